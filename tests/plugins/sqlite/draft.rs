//! What callers say of rows, held against what the columns can hold.

use omniview_sdk::{Json, ResourceOperationError, Result};
use serde_json::{Map, Value};

use super::{
    filter::instant,
    schema::{Holds, Table},
};

/// An object, field by field.
pub(super) type Object = Map<String, Value>;

/// Reads an object whose fields the columns can hold.
///
/// What no column holds is refused: it would be lost without a word.
pub(super) fn read(table: &Table, input: &Json) -> Result<Object> {
    let kind = table.kind;
    let row: Object = input.to().map_err(|error| {
        ResourceOperationError::invalid_input(format!("this is no {kind}: {error}"))
            .with_suggestion("give an object with a field for each column")
            .with_source(error)
    })?;
    for (name, value) in &row {
        let Some(column) = table.column(name) else {
            let columns: Vec<&str> = table.columns.iter().map(|column| column.name).collect();
            let message = format!("a {kind} has no field {name:?}");
            return Err(ResourceOperationError::invalid_input(message)
                .with_suggestion(format!("its fields are {}", columns.join(", "))));
        };
        let fits = match column.holds {
            Holds::Text | Holds::Choice(_) => value.is_string(),
            Holds::Instant => value.as_str().is_some_and(|text| instant(text).is_some()),
            Holds::Integer => value.is_i64(),
            Holds::Real => value.is_number(),
            Holds::Boolean => value.is_boolean(),
        };
        if !fits && !value.is_null() {
            let message = format!("the field {name} of a {kind} cannot be {value}");
            return Err(ResourceOperationError::invalid_input(message)
                .with_suggestion(format!("give {}", column.holds)));
        }
    }
    Ok(row)
}

/// Has the object say what the call says about where it is; refuses where the two differ.
pub(super) fn settle(row: &mut Object, name: &'static str, said: &str) -> Result<()> {
    match row.get(name).and_then(Value::as_str) {
        Some(own) if !said.is_empty() && own != said => Err(ResourceOperationError::invalid_input(
            format!("the call says {said:?} for {name}, and the object {own:?}"),
        )
        .with_suggestion("a row cannot be moved; create it in its new place")),
        Some(_) => Ok(()),
        None if said.is_empty() => Ok(()),
        None => {
            row.insert(name.to_owned(), said.into());
            Ok(())
        }
    }
}
