//! Which fields of a type can be filtered by.

use serde::{Deserialize, Serialize};

use super::filter::FilterOperator;
use super::open_enum::open_enum;
use crate::wire;

/// Declares one field that predicates may name. Contract: FLT-01, FLT-02.
///
/// # Examples
///
/// ```
/// use omniview_sdk::{FilterField, FilterFieldType, FilterOperator};
///
/// let phase = FilterField::new("status.phase", FilterFieldType::Enum).allowed_values(["Pending", "Running"]);
/// assert!(phase.allows(&FilterOperator::Eq)); // without a word: eq and neq
/// assert!(!phase.allows(&FilterOperator::Contains));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct FilterField {
    /// A dot path into the resource.
    pub path: String,
    /// What people read.
    pub display_name: String,
    /// What the field says, in a sentence.
    pub description: String,
    /// What the field holds; the key is `type`.
    #[serde(rename = "type")]
    pub kind: FilterFieldType,
    /// The operators that the field allows; none listed means `eq` and `neq`. Contract: FLT-03.
    #[serde(deserialize_with = "wire::null_as_default")]
    pub operators: Vec<FilterOperator>,
    /// The values that an enumeration has. Contract: FLT-07.
    #[serde(
        deserialize_with = "wire::null_as_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub allowed_values: Vec<String>,
    /// Whether every query names the field. Contract: FLT-08.
    #[serde(skip_serializing_if = "wire::is_default")]
    pub required: bool,
}

impl FilterField {
    /// Declares a field that allows `eq` and `neq`; its display name is the path.
    pub fn new(path: impl Into<String>, kind: FilterFieldType) -> Self {
        let path = path.into();
        Self {
            display_name: path.clone(),
            path,
            kind,
            ..Self::default()
        }
    }

    /// Sets what people read.
    #[must_use]
    pub fn display_name(mut self, name: impl Into<String>) -> Self {
        self.display_name = name.into();
        self
    }

    /// Sets the description.
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = description.into();
        self
    }

    /// Lists the operators that the field allows. Contract: FLT-02.
    #[must_use]
    pub fn operators(mut self, operators: impl IntoIterator<Item = FilterOperator>) -> Self {
        self.operators = operators.into_iter().collect();
        self
    }

    /// Lists the values that an enumeration has. Contract: FLT-07.
    #[must_use]
    pub fn allowed_values<T: Into<String>>(mut self, values: impl IntoIterator<Item = T>) -> Self {
        self.allowed_values = values.into_iter().map(Into::into).collect();
        self
    }

    /// Demands that every query names the field. Contract: FLT-08.
    #[must_use]
    pub fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// The operators that predicates on the field may use. Contract: FLT-02, FLT-03.
    pub fn allowed_operators(&self) -> &[FilterOperator] {
        const UNLISTED: &[FilterOperator] = &[FilterOperator::Eq, FilterOperator::Neq];
        if self.operators.is_empty() {
            UNLISTED
        } else {
            &self.operators
        }
    }

    /// Tells whether predicates on the field may use an operator. Contract: FLT-02, FLT-03.
    pub fn allows(&self, operator: &FilterOperator) -> bool {
        self.allowed_operators().contains(operator)
    }
}

open_enum! {
    /// What a field holds, which decides the values its predicates take. Contract: FLT-09.
    ///
    /// # Examples
    ///
    /// ```
    /// use omniview_sdk::{ErrorCode, FilterExpression, FilterField, FilterFieldType, FilterPredicate};
    ///
    /// let fields = [FilterField::new("replicas", FilterFieldType::Integer)];
    /// let asks = |value: serde_json::Value| {
    ///     FilterExpression::from(FilterPredicate::eq("replicas", value)).validate(&fields)
    /// };
    /// asks(3.into())?;
    /// asks(3.0.into())?; // a number without a fraction, however it is written
    /// assert_eq!(*asks("three".into()).unwrap_err().code(), ErrorCode::InvalidInput);
    /// # Ok::<(), omniview_sdk::ResourceOperationError>(())
    /// ```
    FilterFieldType {
        /// A text.
        String = "string",
        /// A number without a fraction.
        Integer = "integer",
        /// Any number.
        Number = "number",
        /// True or false.
        Boolean = "boolean",
        /// An RFC 3339 text, compared as an instant.
        Datetime = "datetime",
        /// One of the allowed values. Contract: FLT-07.
        Enum = "enum",
        /// Texts by key.
        Map = "map",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Contract: FLT-03
    #[test]
    fn a_field_without_operators_allows_eq_and_neq_only() {
        let field = FilterField::new("name", FilterFieldType::String);
        let allowed: Vec<_> = FilterOperator::ALL
            .iter()
            .filter(|op| field.allows(op))
            .collect();
        assert_eq!(allowed, [&FilterOperator::Eq, &FilterOperator::Neq]);
    }

    /// Contract: FLT-02
    #[test]
    fn a_listed_operator_is_allowed_and_no_other() {
        let field = FilterField::new("n", FilterFieldType::Integer).operators([FilterOperator::Gt]);
        assert!(field.allows(&FilterOperator::Gt));
        assert!(!field.allows(&FilterOperator::Eq));
    }

    #[test]
    fn optional_keys_are_left_out() {
        let field = FilterField::new("n", FilterFieldType::Enum);
        assert_eq!(
            serde_json::to_string(&field).unwrap(),
            r#"{"path":"n","displayName":"n","description":"","type":"enum","operators":[]}"#
        );
        let field = field.allowed_values(["a"]).required();
        let value = serde_json::to_value(field).unwrap();
        assert_eq!(value["allowedValues"], serde_json::json!(["a"]));
        assert_eq!(value["required"], true);
    }
}
