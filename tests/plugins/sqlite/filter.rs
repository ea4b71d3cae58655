//! The filters of the contract as conditions of SQL.
//!
//! SQL means nearly the same by its operators. Where it does not, the condition says so: `<>` is unknown of a NULL,
//! where `neq` is true; `LIKE` disregards case, and reads wildcards out of what it is given; times are texts.
//!
//! Nothing is ever negated as a whole, so that SQL's third truth value, unknown, ends up as false: which is what the
//! contract says of a comparison with nothing.

use omniview_sdk::{
    FilterExpression, FilterLogic, FilterOperator as Op, FilterPredicate, ResourceOperationError,
    Result, Timestamp,
};
use rusqlite::types::Value as SqlValue;
use serde_json::Value;

use super::{
    schema::{Column, Holds, Table},
    sql::Sql,
};

/// The condition that holds exactly of the rows that satisfy a filter. The SDK has validated it.
///
/// # Errors
///
/// `UNSUPPORTED` for an operator that [`operators`](super::insight::operators) does not list.
pub fn condition(table: &Table, filter: &FilterExpression) -> Result<Sql> {
    // An empty group, like an empty filter, lets everything through.
    let mut parts = predicates(table, filter)?;
    for group in &filter.groups {
        parts.push(joined(group, &predicates(table, group)?));
    }
    Ok(joined(filter, &parts))
}

fn predicates(table: &Table, filter: &FilterExpression) -> Result<Vec<Sql>> {
    let predicates = filter.predicates.iter();
    predicates
        .map(|predicate| self::predicate(table, predicate))
        .collect()
}

fn joined(filter: &FilterExpression, parts: &[Sql]) -> Sql {
    if parts.is_empty() {
        return Sql::new("TRUE");
    }
    let word = match filter.logic {
        Some(FilterLogic::Or) => " OR ",
        _ => " AND ",
    };
    let mut sql = Sql::new("(");
    sql.list(word, parts, |sql, part| {
        sql.append(part);
    });
    sql.push(")");
    sql
}

fn predicate(table: &Table, predicate: &FilterPredicate) -> Result<Sql> {
    let column = table
        .column(&predicate.field)
        .ok_or_else(|| ResourceOperationError::filter_unknown_field(&predicate.field))?;
    let value = predicate.value.as_ref().unwrap_or(&Value::Null);
    let (wanted, field) = (wanted(column, value), field(column));
    let mut sql = Sql::new("(");
    let compare = |sql: &mut Sql, operator| {
        sql.append(&field).push(operator).bind(wanted.clone());
    };
    match predicate.operator {
        Op::Eq => compare(&mut sql, " = "),
        // True of a NULL, unlike `<>`.
        Op::Neq => compare(&mut sql, " IS NOT "),
        Op::Gt => compare(&mut sql, " > "),
        Op::Gte => compare(&mut sql, " >= "),
        Op::Lt => compare(&mut sql, " < "),
        Op::Lte => compare(&mut sql, " <= "),
        Op::Regex => compare(&mut sql, " REGEXP "),
        Op::Contains | Op::Prefix => {
            sql.push("instr(").append(&field).push(", ").bind(wanted);
            sql.push(if predicate.operator == Op::Prefix {
                ") = 1"
            } else {
                ") > 0"
            });
        }
        // By bytes: `length` of a text stops at a NUL. In UTF-8 the bytes of one text end another
        // only where its characters do.
        Op::Suffix => {
            sql.push("substr(CAST(")
                .append(&field)
                .push(" AS BLOB), -length(");
            let wanted = SqlValue::Blob(bytes(wanted));
            sql.bind(wanted.clone()).push(")) = ").bind(wanted.clone());
            // From the end, a length of 0 is all of it.
            sql.push(" OR length(").bind(wanted).push(") = 0 AND ");
            sql.append(&field).push(" IS NOT NULL");
        }
        Op::In | Op::NotIn => {
            if predicate.operator == Op::NotIn {
                sql.append(&field)
                    .push(" IS NULL OR ")
                    .append(&field)
                    .push(" NOT");
            } else {
                sql.append(&field);
            }
            sql.push(" IN (");
            sql.list(", ", value.as_array().into_iter().flatten(), |sql, one| {
                sql.bind(self::wanted(column, one));
            });
            sql.push(")");
        }
        // Of the column itself: a text that says no instant is there all the same.
        Op::Exists => {
            sql.push(column.name).push(" IS NOT NULL");
        }
        Op::NotExists => {
            sql.push(column.name).push(" IS NULL");
        }
        ref other => {
            let message = format!("{} cannot be filtered by {other}", predicate.field);
            return Err(ResourceOperationError::unsupported(message));
        }
    }
    sql.push(")");
    Ok(sql)
}

/// What a predicate looks at: the column, or the instant that its text says.
fn field(column: &Column) -> Sql {
    let mut sql = Sql::default();
    match column.holds {
        Holds::Instant => sql.push("instant(").push(column.name).push(")"),
        _ => sql.push(column.name),
    };
    sql
}

/// The value of a predicate, in the form of what it is compared with.
fn wanted(column: &Column, value: &Value) -> SqlValue {
    match (column.holds, value) {
        (Holds::Instant, Value::String(text)) => instant(text).into(),
        (_, value) => parameter(value),
    }
}

/// A JSON value as a parameter.
///
/// An integer that SQLite has no room for is a float: it is then still greater than every integer of a column.
pub fn parameter(value: &Value) -> SqlValue {
    match value {
        Value::Null | Value::Array(_) | Value::Object(_) => SqlValue::Null,
        Value::Bool(value) => i64::from(*value).into(),
        Value::Number(number) => match number.as_i64() {
            Some(integer) => integer.into(),
            None => number.as_f64().into(),
        },
        Value::String(text) => text.clone().into(),
    }
}

/// An RFC 3339 text as one that compares as the instant does, whatever its offset and its digits; none for another text.
pub fn instant(text: &str) -> Option<String> {
    // Moves the year 0 above zero, so that every number has as many digits.
    const YEAR_0: i128 = 100_000_000_000_000_000_000;
    let instant = Timestamp::parse(text).ok()?;
    Some(format!("{:021}", instant.unix_nanos() + YEAR_0))
}

fn bytes(value: SqlValue) -> Vec<u8> {
    match value {
        SqlValue::Text(text) => text.into_bytes(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use omniview_sdk::FilterPredicate;

    use super::{super::schema::ORDERS, *};

    fn text_of(filter: impl Into<FilterExpression>) -> String {
        condition(&ORDERS, &filter.into())
            .unwrap()
            .text()
            .to_owned()
    }

    #[test]
    fn values_are_parameters_whatever_they_say() {
        let nasty = "'; DROP TABLE orders; --";
        let filter = FilterExpression::or([
            FilterPredicate::eq("note", nasty),
            FilterPredicate::any_of("customer", [nasty, "ada"]),
        ])
        .group(FilterExpression::and([FilterPredicate::gt(
            "placed",
            "2026-01-01T00:00:00Z",
        )]));
        assert_eq!(
            text_of(filter),
            "((note = ?) OR (customer IN (?, ?)) OR ((instant(placed) > ?)))"
        );
    }

    #[test]
    fn a_name_that_is_no_column_never_becomes_text() {
        let filter = FilterPredicate::eq("note OR 1=1", "x").into();
        let error = condition(&ORDERS, &filter).unwrap_err();
        assert_eq!(error.code().as_str(), "FILTER_UNKNOWN_FIELD");
    }

    #[test]
    fn instants_compare_as_texts_from_the_first_year_to_the_last() {
        let ascending = [
            "0000-01-01T00:00:00Z",
            "1969-12-31T23:59:59.999999999Z",
            "1970-01-01T02:00:00+02:00",
            "1970-01-01T00:00:00.1Z",
            "9999-12-31T23:59:59Z",
        ];
        let keys: Vec<String> = ascending
            .iter()
            .map(|text| instant(text).unwrap())
            .collect();
        assert!(
            keys.is_sorted() && keys.iter().all(|key| key.len() == 21),
            "{keys:?}"
        );
        assert_eq!(
            instant("1970-01-01T00:00:00Z"),
            instant("1970-01-01T02:00:00+02:00")
        );
        assert_eq!(instant("tomorrow"), None);
    }
}
