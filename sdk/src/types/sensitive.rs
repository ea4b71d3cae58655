//! Secrets that a connection carries.

use std::fmt;

use serde_json::Value;

use crate::json::JsonMap;

/// Secrets by name: never written, never printed.
///
/// Has no JSON form, so a structure that holds it cannot write it by accident; its debug output
/// tells how many entries there are and nothing else. Memory is not wiped when it is dropped.
///
/// # Examples
///
/// ```
/// use omniview_sdk::SensitiveData;
///
/// let mut secrets = SensitiveData::new();
/// secrets.insert("token", "s3cret");
/// assert_eq!(secrets.text("token"), Some("s3cret"));
/// assert!(!format!("{secrets:?}").contains("s3cret"));
/// ```
#[derive(Clone, PartialEq, Eq, Default)]
pub struct SensitiveData(JsonMap);

impl SensitiveData {
    /// Holds nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// The secret of this name.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// The secret of this name, if it is a text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(Value::as_str)
    }

    /// Sets the secret of a name and returns the one it replaces.
    pub fn insert(&mut self, name: impl Into<String>, value: impl Into<Value>) -> Option<Value> {
        self.0.insert(name.into(), value.into())
    }

    /// Removes the secret of a name and returns it.
    pub fn remove(&mut self, name: &str) -> Option<Value> {
        self.0.remove(name)
    }

    /// The names and secrets, sorted by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// How many secrets there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Tells whether there are no secrets.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for SensitiveData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SensitiveData")
            .field("entries", &self.len())
            .finish()
    }
}

impl From<JsonMap> for SensitiveData {
    fn from(map: JsonMap) -> Self {
        Self(map)
    }
}

impl<N: Into<String>, V: Into<Value>> FromIterator<(N, V)> for SensitiveData {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(entries: I) -> Self {
        Self(
            entries
                .into_iter()
                .map(|(name, value)| (name.into(), value.into()))
                .collect(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_tells_the_number_of_entries_only() {
        let data: SensitiveData = [("token", "hunter2")].into_iter().collect();
        assert_eq!(format!("{data:?}"), "SensitiveData { entries: 1 }");
        assert_eq!(data.text("token"), Some("hunter2"));
    }
}
