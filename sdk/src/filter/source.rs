//! Where a filter looks for values, and what it asks of them.

use serde_json::{Number, Value};

use crate::query::any_at;

/// Where a filter looks for the values of an object.
///
/// A [`Value`] is one. A backend that keeps its objects in another form (columns, a packed row) implements it for that and asks
/// [`CompiledFilter::matches_fields`](super::CompiledFilter::matches_fields).
///
/// ```
/// use omniview_sdk::{FilterExpression, FilterField, FilterFieldType, FilterPredicate, filter::FieldSource};
/// use serde_json::{Value, json};
///
/// /// One column.
/// struct Row(Value);
///
/// impl FieldSource for Row {
///     type Value = Value;
///
///     fn any_field(&self, path: &str, test: impl Fn(&Value) -> bool) -> bool {
///         path == "status.phase" && test(&self.0)
///     }
/// }
///
/// let fields = [FilterField::new("status.phase", FilterFieldType::String)];
/// let filter = FilterExpression::from(FilterPredicate::eq("status.phase", "Running")).compile(&fields)?;
/// assert!(filter.matches_fields(&Row(json!("Running"))));
/// assert!(!filter.matches_fields(&Row(json!("Failed"))));
/// # Ok::<(), omniview_sdk::ResourceOperationError>(())
/// ```
///
/// Contract: FLT-12
pub trait FieldSource {
    /// The form in which the object keeps its values.
    type Value: FieldValue;

    /// Whether any value that `path` leads to passes a test; false where it leads nowhere.
    ///
    /// An array along the path leads on through each of its elements; an array at its end is one value.
    /// [`query::lookup_all`](crate::query::lookup_all) finds these values in a [`Value`].
    fn any_field(&self, path: &str, test: impl Fn(&Self::Value) -> bool) -> bool;
}

impl FieldSource for Value {
    type Value = Self;

    fn any_field(&self, path: &str, test: impl Fn(&Self) -> bool) -> bool {
        any_at(self, path, &test)
    }
}

/// A JSON value as a filter sees it.
///
/// A [`Value`] is one. A backend that keeps values in another form implements it for that, and builds no [`Value`] to filter.
///
/// # Examples
///
/// ```
/// use omniview_sdk::filter::{FieldSource, FieldValue, FieldView};
/// use omniview_sdk::{FilterExpression, FilterField, FilterFieldType, FilterOperator, FilterPredicate};
///
/// /// A cell of a table: a text, or nothing.
/// struct Cell(Option<&'static str>);
///
/// impl FieldValue for Cell {
///     fn view(&self) -> FieldView<'_> { self.0.map_or(FieldView::Null, FieldView::Text) }
///     fn any_element(&self, _: impl Fn(&Self) -> bool) -> bool { false }
///     fn any_entry(&self, _: &str, _: impl Fn(&Self) -> bool) -> bool { false }
/// }
///
/// struct Row { owner: Cell }
///
/// impl FieldSource for Row {
///     type Value = Cell;
///     fn any_field(&self, path: &str, test: impl Fn(&Cell) -> bool) -> bool {
///         path == "owner" && test(&self.owner)
///     }
/// }
///
/// let fields = [FilterField::new("owner", FilterFieldType::String).operators([FilterOperator::Exists])];
/// let owned = FilterExpression::from(FilterPredicate::exists("owner")).compile(&fields)?;
/// assert!(owned.matches_fields(&Row { owner: Cell(Some("ada")) }));
/// assert!(!owned.matches_fields(&Row { owner: Cell(None) }), "null is not there");
/// # Ok::<(), omniview_sdk::ResourceOperationError>(())
/// ```
///
/// Contract: FLT-12
pub trait FieldValue {
    /// What the value is, with all of it where it is neither an array nor an object.
    fn view(&self) -> FieldView<'_>;

    /// Whether any element of an array passes a test; false for what is no array.
    fn any_element(&self, test: impl Fn(&Self) -> bool) -> bool;

    /// Whether an object has this key and its value passes a test; false for what is no object.
    fn any_entry(&self, key: &str, test: impl Fn(&Self) -> bool) -> bool;
}

/// What a [`FieldValue`] is.
///
/// # Examples
///
/// ```
/// use omniview_sdk::filter::{FieldValue, FieldView};
/// use serde_json::json;
///
/// let pod = json!({"name": "web", "owner": null, "ports": [80, 443]});
/// assert_eq!(pod["name"].view(), FieldView::Text("web"));
/// assert_eq!(pod["owner"].view(), FieldView::Null);
/// // An array says only that it is one; its elements are asked.
/// assert_eq!(pod["ports"].view(), FieldView::Array);
/// assert!(pod["ports"].any_element(|port| port.view() == FieldView::Number(443.into())));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub enum FieldView<'a> {
    /// Null.
    Null,
    /// True or false.
    Bool(bool),
    /// A number.
    Number(Number),
    /// A text.
    Text(&'a str),
    /// An array, whose elements [`FieldValue::any_element`] visits.
    Array,
    /// An object, whose entries [`FieldValue::any_entry`] visits.
    Object,
}

impl FieldValue for Value {
    fn view(&self) -> FieldView<'_> {
        match self {
            Self::Null => FieldView::Null,
            Self::Bool(value) => FieldView::Bool(*value),
            Self::Number(number) => FieldView::Number(number.clone()),
            Self::String(text) => FieldView::Text(text),
            Self::Array(_) => FieldView::Array,
            Self::Object(_) => FieldView::Object,
        }
    }

    fn any_element(&self, test: impl Fn(&Self) -> bool) -> bool {
        matches!(self, Self::Array(items) if items.iter().any(test))
    }

    fn any_entry(&self, key: &str, test: impl Fn(&Self) -> bool) -> bool {
        self.as_object()
            .and_then(|map| map.get(key))
            .is_some_and(test)
    }
}

/// Whether a value passes a test or, if it is an array, any element at any depth does.
pub(super) fn any_leaf<V: FieldValue>(
    value: &V,
    test: &impl Fn(&V, FieldView<'_>) -> bool,
) -> bool {
    match value.view() {
        FieldView::Array => value.any_element(|item| any_leaf(item, test)),
        view => test(value, view),
    }
}
