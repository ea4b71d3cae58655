//! What a query demands of the fields of a resource.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::open_enum::open_enum;
use crate::wire;

/// Joins predicates, and at most one level of groups of them.
///
/// An empty expression filters nothing out. Contract: FLT-10, FLT-11, FLT-14.
///
/// # Examples
///
/// ```
/// use omniview_sdk::{FilterExpression, FilterPredicate};
///
/// // name begins with "web", and the pod runs or waits
/// let wanted = FilterExpression::and([FilterPredicate::prefix("name", "web")]).group(FilterExpression::or([
///     FilterPredicate::eq("phase", "Running"),
///     FilterPredicate::eq("phase", "Pending"),
/// ]));
/// assert!(!wanted.is_empty());
/// assert!(FilterExpression::default().is_empty());
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct FilterExpression {
    /// How the parts are joined; none means `and`. Contract: FLT-11.
    #[serde(
        deserialize_with = "wire::text_or_none",
        skip_serializing_if = "wire::no_text"
    )]
    pub logic: Option<FilterLogic>,
    /// What single fields satisfy.
    #[serde(
        deserialize_with = "wire::null_as_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub predicates: Vec<FilterPredicate>,
    /// Expressions joined like the predicates; they have no groups themselves. Contract: FLT-10.
    #[serde(
        deserialize_with = "wire::null_as_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub groups: Vec<FilterExpression>,
}

impl FilterExpression {
    /// Holds where every predicate does.
    pub fn and(predicates: impl IntoIterator<Item = FilterPredicate>) -> Self {
        Self::joined(FilterLogic::And, predicates)
    }

    /// Holds where any predicate does.
    pub fn or(predicates: impl IntoIterator<Item = FilterPredicate>) -> Self {
        Self::joined(FilterLogic::Or, predicates)
    }

    /// Joins one more group. Contract: FLT-10.
    #[must_use]
    pub fn group(mut self, group: FilterExpression) -> Self {
        self.groups.push(group);
        self
    }

    /// Tells whether there is nothing to satisfy. Contract: FLT-14.
    pub fn is_empty(&self) -> bool {
        self.predicates.is_empty() && self.groups.is_empty()
    }

    fn joined(logic: FilterLogic, predicates: impl IntoIterator<Item = FilterPredicate>) -> Self {
        Self {
            logic: Some(logic),
            predicates: predicates.into_iter().collect(),
            groups: Vec::new(),
        }
    }
}

impl From<FilterPredicate> for FilterExpression {
    fn from(predicate: FilterPredicate) -> Self {
        Self {
            predicates: vec![predicate],
            ..Self::default()
        }
    }
}

/// Demands something of one field. Contract: FLT-01, FLT-02, FLT-09.
///
/// # Examples
///
/// ```
/// use omniview_sdk::FilterPredicate;
///
/// let many = FilterPredicate::gt("restarts", 3);
/// let odd = FilterPredicate::none_of("phase", ["Running", "Succeeded"]);
/// let labelled = FilterPredicate::eq("labels", "app=web"); // a map takes `key=value`
/// let owned = FilterPredicate::exists("owner"); // takes no value
/// # assert_eq!(serde_json::to_value(&many)?["value"], 3);
/// # assert_eq!(serde_json::to_value(&odd)?["operator"], "notin");
/// # assert_eq!(serde_json::to_value(&owned)?.get("value"), None);
/// # drop(labelled);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct FilterPredicate {
    /// The declared path of the field. Contract: FLT-01.
    pub field: String,
    /// What is demanded. Contract: FLT-12.
    pub operator: FilterOperator,
    /// What the field is compared with; none where the operator takes nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
}

impl FilterPredicate {
    /// Demands something of a field; a null value is none at all.
    pub fn new(
        field: impl Into<String>,
        operator: FilterOperator,
        value: impl Into<Value>,
    ) -> Self {
        let value = value.into();
        Self {
            field: field.into(),
            operator,
            value: (!value.is_null()).then_some(value),
        }
    }

    /// Holds where the field is there and not null.
    pub fn exists(field: impl Into<String>) -> Self {
        Self::new(field, FilterOperator::Exists, Value::Null)
    }

    /// Holds where the field is missing or null.
    pub fn not_exists(field: impl Into<String>) -> Self {
        Self::new(field, FilterOperator::NotExists, Value::Null)
    }

    /// Holds where the field is one of these texts.
    pub fn any_of<T: Into<String>>(
        field: impl Into<String>,
        values: impl IntoIterator<Item = T>,
    ) -> Self {
        Self::new(field, FilterOperator::In, texts(values))
    }

    /// Holds where the field is none of these texts.
    pub fn none_of<T: Into<String>>(
        field: impl Into<String>,
        values: impl IntoIterator<Item = T>,
    ) -> Self {
        Self::new(field, FilterOperator::NotIn, texts(values))
    }
}

macro_rules! shorthands {
    ($($(#[$doc:meta])* $name:ident => $operator:ident;)+) => {
        impl FilterPredicate {
            $(
                $(#[$doc])*
                pub fn $name(field: impl Into<String>, value: impl Into<Value>) -> Self {
                    Self::new(field, FilterOperator::$operator, value)
                }
            )+
        }
    };
}

shorthands! {
    /// Holds where the field equals the value.
    eq => Eq;
    /// Holds where the field differs from the value.
    neq => Neq;
    /// Holds where the field is greater than the value.
    gt => Gt;
    /// Holds where the field is greater than the value or equal to it.
    gte => Gte;
    /// Holds where the field is less than the value.
    lt => Lt;
    /// Holds where the field is less than the value or equal to it.
    lte => Lte;
    /// Holds where the field contains the text.
    contains => Contains;
    /// Holds where the field starts with the text.
    prefix => Prefix;
    /// Holds where the field ends with the text.
    suffix => Suffix;
    /// Holds where the regular expression is found in the field.
    regex => Regex;
    /// Holds where the field is a map that has the key.
    has_key => HasKey;
}

fn texts<T: Into<String>>(values: impl IntoIterator<Item = T>) -> Value {
    values
        .into_iter()
        .map(|value| Value::String(value.into()))
        .collect()
}

open_enum! {
    /// What a predicate demands of its field. Contract: FLT-12.
    ///
    /// # Examples
    ///
    /// ```
    /// use omniview_sdk::{FilterExpression, FilterField, FilterFieldType, FilterOperator, FilterPredicate};
    /// use serde_json::json;
    ///
    /// let owner = FilterField::new("owner", FilterFieldType::String)
    ///     .operators([FilterOperator::Neq, FilterOperator::Prefix]);
    /// let nobodys_pod = json!({"name": "web"});
    /// let holds = |predicate| {
    ///     let filter = FilterExpression::from(predicate).compile(std::slice::from_ref(&owner));
    ///     filter.map(|filter| filter.matches(&nobodys_pod))
    /// };
    /// assert!(holds(FilterPredicate::neq("owner", "ada"))?, "nobody is not ada");
    /// assert!(!holds(FilterPredicate::prefix("owner", "a"))?);
    /// assert!(holds(FilterPredicate::gt("owner", "ada")).is_err(), "not one that the field allows");
    /// # Ok::<(), omniview_sdk::ResourceOperationError>(())
    /// ```
    FilterOperator {
        /// Equal.
        Eq = "eq",
        /// Not equal; true of a missing field.
        Neq = "neq",
        /// Greater.
        Gt = "gt",
        /// Greater or equal.
        Gte = "gte",
        /// Less.
        Lt = "lt",
        /// Less or equal.
        Lte = "lte",
        /// Contains a text.
        Contains = "contains",
        /// Starts with a text.
        Prefix = "prefix",
        /// Ends with a text.
        Suffix = "suffix",
        /// Matches a regular expression anywhere.
        Regex = "regex",
        /// Is one of a list of texts.
        In = "in",
        /// Is none of a list of texts; true of a missing field.
        NotIn = "notin",
        /// Is there and not null.
        Exists = "exists",
        /// Is missing or null.
        NotExists = "notexists",
        /// Is a map that has a key.
        HasKey = "haskey",
    }
}

open_enum! {
    /// How the parts of an expression are joined. Contract: FLT-11.
    ///
    /// # Examples
    ///
    /// ```
    /// use omniview_sdk::{FilterExpression, FilterField, FilterFieldType, FilterLogic, FilterPredicate};
    /// use serde_json::json;
    ///
    /// let fields = [FilterField::new("phase", FilterFieldType::String)];
    /// let phases = || ["Running", "Pending"].map(|phase| FilterPredicate::eq("phase", phase));
    /// let either = FilterExpression::or(phases());
    /// assert_eq!(either.logic, Some(FilterLogic::Or));
    /// assert!(either.compile(&fields)?.matches(&json!({"phase": "Running"})));
    /// assert!(!FilterExpression::and(phases()).compile(&fields)?.matches(&json!({"phase": "Running"})));
    /// # Ok::<(), omniview_sdk::ResourceOperationError>(())
    /// ```
    FilterLogic = And {
        /// Every part holds.
        And = "and",
        /// Any part holds.
        Or = "or",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Contract: FLT-12
    #[test]
    fn there_are_fifteen_operators() {
        assert_eq!(FilterOperator::ALL.len(), 15);
    }

    #[test]
    fn an_expression_without_logic_says_nothing_of_it() {
        for value in [
            json!({}),
            json!({"logic": "", "predicates": null, "groups": []}),
        ] {
            let expression: FilterExpression = serde_json::from_value(value).unwrap();
            assert!(expression.is_empty());
            assert_eq!(serde_json::to_string(&expression).unwrap(), "{}");
        }
    }

    #[test]
    fn a_falsy_value_is_kept_and_null_is_dropped() {
        for value in [json!(false), json!(0), json!("")] {
            let predicate = FilterPredicate::eq("a", value.clone());
            assert_eq!(serde_json::to_value(predicate).unwrap()["value"], value);
        }
        let written = serde_json::to_string(&FilterPredicate::exists("a")).unwrap();
        assert_eq!(written, r#"{"field":"a","operator":"exists"}"#);
    }

    #[test]
    fn groups_and_lists_nest() {
        let expression = FilterExpression::and([FilterPredicate::any_of("phase", ["A", "B"])])
            .group(FilterExpression::or([FilterPredicate::gt("n", 3)]));
        assert_eq!(
            serde_json::to_value(expression).unwrap(),
            json!({
                "logic": "and",
                "predicates": [{"field": "phase", "operator": "in", "value": ["A", "B"]}],
                "groups": [{
                    "logic": "or",
                    "predicates": [{"field": "n", "operator": "gt", "value": 3}],
                }],
            })
        );
    }
}
