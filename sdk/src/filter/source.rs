//! Where a filter looks for values.

use serde_json::Value;

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
    /// Whether any value that `path` leads to passes a test; false where it leads nowhere.
    ///
    /// An array along the path leads on through each of its elements; an array at its end is one value.
    /// [`query::lookup_all`](crate::query::lookup_all) finds these values in a [`Value`].
    fn any_field(&self, path: &str, test: impl Fn(&Value) -> bool) -> bool;
}

impl FieldSource for Value {
    fn any_field(&self, path: &str, test: impl Fn(&Value) -> bool) -> bool {
        any_at(self, path, &test)
    }
}
