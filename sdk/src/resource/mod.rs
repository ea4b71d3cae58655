//! What a plugin author implements for a resource type, and how it is registered.
//!
//! [`Resourcer`] is mandatory: the six operations. Everything else is optional, one small trait a capability; the
//! [`ResourceRegistration`] builder says which of them a type has, and checks with trait bounds that it has them.

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
