//! Filters that are ready to be asked.

use regex::Regex;
use serde_json::Value;

use super::{
    demand::{Demand, Relation, TextRelation, is_negative},
    fault,
    source::{FieldSource, FieldValue, FieldView, any_leaf},
    validate::{declared, is_or},
    value::Literal,
};
use crate::{FilterExpression, FilterField, FilterLogic, FilterPredicate, Result};

impl FilterExpression {
    /// Validates the expression and readies it for many objects.
    ///
    /// ```
    /// use omniview_sdk::{FilterExpression, FilterField, FilterFieldType, FilterOperator, FilterPredicate};
    /// use serde_json::json;
    ///
    /// let fields = [
    ///     FilterField::new("status.phase", FilterFieldType::String),
    ///     FilterField::new("spec.replicas", FilterFieldType::Integer).operators([FilterOperator::Gt]),
    /// ];
    /// let filter = FilterExpression::and([
    ///     FilterPredicate::eq("status.phase", "Running"),
    ///     FilterPredicate::gt("spec.replicas", 2),
    /// ])
    /// .compile(&fields)?;
    ///
    /// assert!(filter.matches(&json!({"status": {"phase": "Running"}, "spec": {"replicas": 3}})));
    /// assert!(!filter.matches(&json!({"status": {"phase": "Running"}})));
    /// # Ok::<(), omniview_sdk::ResourceOperationError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`validate`](Self::validate), and `UNSUPPORTED` for an operator or a field type that
    /// the SDK does not know; `exists` and `notexists` need no type.
    ///
    /// Contract: FLT-09 to FLT-12
    pub fn compile(&self, fields: &[FilterField]) -> Result<CompiledFilter> {
        self.validate(fields)?;
        CompiledFilter::of(self, fields)
    }
}

/// A filter that was validated once and can be asked about any number of objects.
///
/// Made by [`FilterExpression::compile`]; the default lets everything through.
///
/// # Examples
///
/// ```
/// use omniview_sdk::{FilterField, FilterFieldType, FilterPredicate, FilterExpression};
/// use serde_json::json;
///
/// let fields = [FilterField::new("phase", FilterFieldType::String)];
/// let running = FilterExpression::from(FilterPredicate::eq("phase", "Running")).compile(&fields)?;
/// let pods = [json!({"phase": "Running"}), json!({"phase": "Failed"})];
/// assert_eq!(pods.iter().filter(|pod| running.matches(pod)).count(), 1);
/// # Ok::<(), omniview_sdk::ResourceOperationError>(())
/// ```
///
/// Contract: FLT-12
#[derive(Debug, Clone, Default)]
pub struct CompiledFilter {
    any: bool,
    predicates: Vec<CompiledPredicate>,
    groups: Vec<CompiledFilter>,
}

impl CompiledFilter {
    /// Tells whether an object satisfies the filter.
    ///
    /// - A demand on a field that is missing or null fails, except `neq`, `notin` and `notexists`,
    ///   which hold. `exists` holds where the field is there and not null, an empty array included.
    /// - A value that is not of the declared type satisfies nothing: a text is no integer, and neither
    ///   is 2.5. So it satisfies `neq` and `notin`, which hold exactly where `eq` and `in` do not.
    /// - On an array along or at the end of the path a demand holds if any element satisfies it, at any
    ///   depth; `neq` and `notin` hold if none contradicts.
    /// - Texts are compared case-sensitively, numbers by value without rounding, times as instants.
    ///   Regular expressions search anywhere in the text, in time linear in its length.
    /// - Entries of a map are texts, or arrays of texts: `replicas=3` does not hold of the number 3.
    ///   `haskey` looks at the key alone and holds for one whose value is null.
    /// - An empty expression or group, whatever its logic, lets everything through.
    ///
    /// Paths are those of [`query::lookup`](crate::query::lookup), except for arrays.
    ///
    /// Contract: FLT-11, FLT-12
    pub fn matches(&self, object: &Value) -> bool {
        self.matches_fields(object)
    }

    /// As [`matches`](Self::matches), for an object that is not kept as a [`Value`].
    ///
    /// Contract: FLT-11, FLT-12
    pub fn matches_fields<S: FieldSource + ?Sized>(&self, object: &S) -> bool {
        let Self {
            any,
            predicates,
            groups,
        } = self;
        if predicates.is_empty() && groups.is_empty() {
            true
        } else if *any {
            predicates.iter().any(|predicate| predicate.holds(object))
                || groups.iter().any(|group| group.matches_fields(object))
        } else {
            predicates.iter().all(|predicate| predicate.holds(object))
                && groups.iter().all(|group| group.matches_fields(object))
        }
    }

    /// How predicates and groups are joined.
    ///
    /// With [`predicates`](Self::predicates) and [`groups`](Self::groups) it is what a backend asks that looks at one column
    /// of all objects after the other. A filter that has neither lets everything through, whatever its logic.
    pub fn logic(&self) -> FilterLogic {
        if self.any {
            FilterLogic::Or
        } else {
            FilterLogic::And
        }
    }

    /// The predicates of this level.
    pub fn predicates(&self) -> &[CompiledPredicate] {
        &self.predicates
    }

    /// The groups, each a filter of its own.
    pub fn groups(&self) -> &[Self] {
        &self.groups
    }

    fn of(expression: &FilterExpression, fields: &[FilterField]) -> Result<Self> {
        let predicates = expression.predicates.iter();
        let groups = expression.groups.iter();
        Ok(Self {
            any: is_or(expression)?,
            predicates: predicates
                .map(|predicate| CompiledPredicate::of(predicate, declared(predicate, fields)?))
                .collect::<Result<_>>()?,
            groups: groups
                .map(|group| Self::of(group, fields))
                .collect::<Result<_>>()?,
        })
    }
}

/// One predicate of a [`CompiledFilter`].
///
/// # Examples
///
/// ```
/// use omniview_sdk::{FilterExpression, FilterField, FilterFieldType, FilterPredicate};
/// use serde_json::json;
///
/// let fields = ["phase", "node"].map(|path| FilterField::new(path, FilterFieldType::String));
/// let filter = FilterExpression::and([
///     FilterPredicate::eq("phase", "Running"),
///     FilterPredicate::neq("node", "node-1"),
/// ])
/// .compile(&fields)?;
/// let node = &filter.predicates()[1];
/// assert_eq!(node.path(), "node");
/// assert!(node.holds(&json!({"phase": "Failed"})), "of a missing field, and whatever the others say");
/// # Ok::<(), omniview_sdk::ResourceOperationError>(())
/// ```
///
/// Contract: FLT-12
#[derive(Debug, Clone)]
pub struct CompiledPredicate {
    path: Box<str>,
    negative: bool,
    check: Check,
}

#[derive(Debug, Clone)]
enum Check {
    Present,
    Equals(Literal<'static>),
    OneOf(Vec<Literal<'static>>),
    Ordered(Relation, Literal<'static>),
    Text(TextRelation, Box<str>),
    Matches(Regex),
    HasKey(Box<str>),
}

impl CompiledPredicate {
    fn of(predicate: &FilterPredicate, field: &FilterField) -> Result<Self> {
        let check = match Demand::of(predicate, field)? {
            Demand::Present => Check::Present,
            Demand::Equals(literal) => Check::Equals(literal.into_owned()),
            Demand::OneOf(kind, elements) => Check::OneOf(
                elements
                    .iter()
                    .filter_map(|element| Literal::of_text(&kind, element.as_str()?))
                    .map(Literal::into_owned)
                    .collect(),
            ),
            Demand::Ordered(relation, literal) => Check::Ordered(relation, literal.into_owned()),
            Demand::Text(relation, text) => Check::Text(relation, text.into()),
            Demand::Matches(regex) => Check::Matches(regex),
            Demand::HasKey(key) => Check::HasKey(key.into()),
            Demand::Foreign => return Err(fault::foreign(predicate, field)),
        };
        Ok(Self {
            path: predicate.field.as_str().into(),
            negative: is_negative(&predicate.operator),
            check,
        })
    }

    /// The path that it asks for: the only one.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Tells whether an object satisfies it, as [`CompiledFilter::matches`] says.
    pub fn holds<S: FieldSource + ?Sized>(&self, object: &S) -> bool {
        object.any_field(&self.path, |found| self.check.holds(found)) != self.negative
    }
}

impl Check {
    fn holds<V: FieldValue>(&self, found: &V) -> bool {
        match self {
            Self::Present => found.view() != FieldView::Null,
            check => any_leaf(found, &|leaf, view| check.holds_for(leaf, &view)),
        }
    }

    fn holds_for<V: FieldValue>(&self, leaf: &V, view: &FieldView<'_>) -> bool {
        match (self, view) {
            (Self::Equals(wanted), view) => wanted.equals(leaf, view),
            (Self::OneOf(wanted), view) => wanted.iter().any(|wanted| wanted.equals(leaf, view)),
            (Self::Ordered(relation, wanted), view) => wanted
                .compare(view)
                .is_some_and(|found| relation.holds(found)),
            (Self::Text(relation, wanted), FieldView::Text(text)) => relation.holds(text, wanted),
            (Self::Matches(regex), FieldView::Text(text)) => regex.is_match(text),
            (Self::HasKey(key), _) => leaf.any_entry(key, |_| true),
            _ => false,
        }
    }
}
