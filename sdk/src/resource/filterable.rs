//! Filters and text search.

use std::{ops::Deref, sync::Arc};

use async_trait::async_trait;

use crate::{Context, FilterField, Json, PluginResult};

/// The declared fields of a type, shared: an author builds them once and hands out copies.
///
/// ```
/// use omniview_sdk::{FilterField, FilterFieldType, FilterFields};
///
/// let fields = FilterFields::from(vec![FilterField::new("status.phase", FilterFieldType::String)]);
/// assert!(fields.field("status.phase").is_some());
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FilterFields(Arc<[FilterField]>);

impl FilterFields {
    /// The field with this path.
    pub fn field(&self, path: &str) -> Option<&FilterField> {
        self.0.iter().find(|field| field.path == path)
    }
}

impl Deref for FilterFields {
    type Target = [FilterField];

    fn deref(&self) -> &[FilterField] {
        &self.0
    }
}

impl From<Vec<FilterField>> for FilterFields {
    fn from(fields: Vec<FilterField>) -> Self {
        Self(fields.into())
    }
}

impl FromIterator<FilterField> for FilterFields {
    fn from_iter<I: IntoIterator<Item = FilterField>>(fields: I) -> Self {
        Self(fields.into_iter().collect())
    }
}

/// Declares the fields that a type can be filtered by.
///
/// The SDK validates every filter against them before `find` is called; they may differ from one connection to
/// the next, so they are asked for with each query: answer from memory.
///
/// # Cancel safety
///
/// A future is dropped at its next `.await` when nobody waits for its answer any more; see [`Resourcer`](crate::Resourcer).
///
/// # Examples
///
/// ```
/// # use omniview_sdk::*;
/// # struct Pods;
/// #[async_trait]
/// impl FilterableProvider<()> for Pods {
///     async fn filter_fields(&self, _: &Context<()>) -> PluginResult<FilterFields> {
///         let phase = FilterField::new("status.phase", FilterFieldType::Enum);
///         Ok(vec![phase.allowed_values(["Pending", "Running"])].into())
///     }
/// }
/// ```
///
/// Contract: FLT-01 to FLT-08, FLT-15
#[async_trait]
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not implement `FilterableProvider<{C}>`",
    label = "`.filterable()` needs `FilterableProvider<{C}>`",
    note = "implement `FilterableProvider<{C}>` for `{Self}`, or drop the `.filterable()` call"
)]
pub trait FilterableProvider<C>: Send + Sync + 'static {
    /// The fields of the type in [`Context::meta`] on the context's connection.
    ///
    /// # Errors
    ///
    /// Whatever the backend says.
    async fn filter_fields(&self, ctx: &Context<C>) -> PluginResult<FilterFields>;
}

/// Searches a type by text.
///
/// Where a query has a text, the SDK calls this instead of `find`, and applies filters, namespaces, order and page
/// to what it returns.
///
/// # Cancel safety
///
/// A future is dropped at its next `.await` when nobody waits for its answer any more; see [`Resourcer`](crate::Resourcer).
///
/// # Examples
///
/// ```
/// # use omniview_sdk::*;
/// # struct Pods;
/// #[async_trait]
/// impl TextSearchProvider<()> for Pods {
///     async fn search(&self, _: &Context<()>, query: &str, limit: usize) -> PluginResult<Vec<Json>> {
///         let found = ["web", "api"].into_iter().filter(|name| name.contains(query));
///         let found = found.take(if limit == 0 { usize::MAX } else { limit });
///         Ok(found.map(|name| Json::of(&[("name", name)])).collect::<Result<_, _>>()?)
///     }
/// }
/// ```
///
/// Contract: TXT-01, TXT-02
#[async_trait]
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not implement `TextSearchProvider<{C}>`",
    label = "`.text_search()` needs `TextSearchProvider<{C}>`",
    note = "implement `TextSearchProvider<{C}>` for `{Self}`, or drop the `.text_search()` call"
)]
pub trait TextSearchProvider<C>: Send + Sync + 'static {
    /// The objects that match `query`, at most `limit`; a limit of 0 is no limit.
    ///
    /// # Errors
    ///
    /// Whatever the backend says.
    async fn search(&self, ctx: &Context<C>, query: &str, limit: usize) -> PluginResult<Vec<Json>>;
}
