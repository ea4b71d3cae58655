//! What a plugin author implements for a resource type, and how it is registered.
//!
//! [`Resourcer`] is mandatory: the six operations. Everything else is optional, one small trait a capability. The
//! [`ResourceRegistration`] builder says which of them a type has, and checks with trait bounds that it has them;
//! [`register_resource!`](crate::register_resource) finds them.
//!
//! | builder | trait | what it adds |
//! |---|---|---|
//! | `.watch()` | [`Watcher`] | the type is followed |
//! | `.sync_policy()` | [`SyncPolicyDeclarer`] | when that starts |
//! | `.definition_provider()` | [`DefinitionProvider`] | how objects are shown and identified |
//! | `.actions()` | [`ActionResourcer`] | operations beyond the six |
//! | `.error_classifier()` | [`ErrorClassifier`] | codes for raw errors |
//! | `.schema()` | [`ResourceSchemaProvider`] | the JSON Schema of an object |
//! | `.filterable()` | [`FilterableProvider`] | fields to filter by, checked before `find` |
//! | `.text_search()` | [`TextSearchProvider`] | search by text |
//! | `.scale_hint()` | [`ScaleHintProvider`] | how many objects to expect |
//! | `.relationships()` | [`RelationshipDeclarer`] | how the type relates to others |
//! | `.relationship_resolver()` | [`RelationshipResolver`] | which objects an object relates to |
//! | `.health()` | [`HealthAssessor`] | the health of an object |
//! | `.events()` | [`EventRetriever`] | what happened to an object |

mod actions;
mod classify;
mod declare;
mod detect;
mod filterable;
mod handles;
mod insight;
mod pattern;
mod registration;
mod resourcer;
mod watcher;

pub use actions::{ActionResourcer, ActionSink};
pub use classify::ErrorClassifier;
pub use declare::{
    DefinitionProvider, RelationshipDeclarer, ResourceSchemaProvider, ScaleHintProvider,
    SyncPolicyDeclarer,
};
#[doc(hidden)]
pub use detect::{Detect, Undetected};
pub use filterable::{FilterFields, FilterableProvider, TextSearchProvider};
pub use handles::ResourceHandles;
pub use insight::{EventRetriever, HealthAssessor, RelationshipResolver};
pub use pattern::{InvalidPattern, KeyPattern};
pub use registration::{ResourceRegistration, ResourceRegistrationBuilder, ResourceTarget};
pub use resourcer::Resourcer;
pub use watcher::Watcher;
