//! Statements whose text is fixed and whose values are parameters.

use rusqlite::{Connection, Params, Row, params_from_iter, types::Value};

/// A statement that is put together.
///
/// Its text takes what is known at compile time and nothing else, so that nothing a caller says can become SQL:
/// there is no way to write an injection, not even by mistake.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sql {
    text: String,
    values: Vec<Value>,
}

impl Sql {
    /// A statement that begins like this.
    pub fn new(text: &'static str) -> Self {
        let mut sql = Self::default();
        sql.push(text);
        sql
    }

    /// Adds text.
    pub fn push(&mut self, text: &'static str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// Adds a value, as a parameter.
    pub fn bind(&mut self, value: impl Into<Value>) -> &mut Self {
        self.text.push('?');
        self.values.push(value.into());
        self
    }

    /// Adds another statement's text and values.
    pub fn append(&mut self, other: &Self) -> &mut Self {
        self.text.push_str(&other.text);
        self.values.extend(other.values.iter().cloned());
        self
    }

    /// Adds names, with commas between them.
    pub fn names(&mut self, names: impl IntoIterator<Item = &'static str>) -> &mut Self {
        self.list(", ", names, |sql, name| {
            sql.push(name);
        })
    }

    /// Adds a part for each item, with a text between them.
    pub fn list<T>(
        &mut self,
        between: &'static str,
        items: impl IntoIterator<Item = T>,
        mut part: impl FnMut(&mut Self, T),
    ) -> &mut Self {
        for (place, item) in items.into_iter().enumerate() {
            if place > 0 {
                self.push(between);
            }
            part(self, item);
        }
        self
    }

    /// The text, with a question mark for each value.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Runs it and reads every row of the answer.
    ///
    /// # Errors
    ///
    /// Those of SQLite and of `read`.
    pub fn query<T>(
        &self,
        database: &Connection,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<Vec<T>> {
        let mut statement = database.prepare(&self.text)?;
        statement.query_map(self.params(), read)?.collect()
    }

    fn params(&self) -> impl Params + '_ {
        params_from_iter(self.values.iter())
    }
}
