//! The plugin: what an author writes, one optional trait a file.
//!
//! | file | traits |
//! |---|---|
//! | `resourcer` | [`Resourcer`](omniview_sdk::Resourcer): the six operations |
//! | `watcher` | [`Watcher`](omniview_sdk::Watcher): list, then follow |
//! | `declare` | [`SyncPolicyDeclarer`](omniview_sdk::SyncPolicyDeclarer), [`DefinitionProvider`](omniview_sdk::DefinitionProvider), [`ScaleHintProvider`](omniview_sdk::ScaleHintProvider) |
//! | `query` | [`FilterableProvider`](omniview_sdk::FilterableProvider), [`TextSearchProvider`](omniview_sdk::TextSearchProvider) |
//! | `actions` | [`ActionResourcer`](omniview_sdk::ActionResourcer) |
//! | `classify` | [`ErrorClassifier`](omniview_sdk::ErrorClassifier) |
//! | `schema` | [`ResourceSchemaProvider`](omniview_sdk::ResourceSchemaProvider), [`SchemaProvider`](omniview_sdk::SchemaProvider) |
//! | `relations` | [`RelationshipDeclarer`](omniview_sdk::RelationshipDeclarer), [`RelationshipResolver`](omniview_sdk::RelationshipResolver) |
//! | `health` | [`HealthAssessor`](omniview_sdk::HealthAssessor) |
//! | `events` | [`EventRetriever`](omniview_sdk::EventRetriever) |
//! | `connections` | [`ConnectionProvider`](omniview_sdk::ConnectionProvider), [`ConnectionWatcher`](omniview_sdk::ConnectionWatcher), [`ClientRefresher`](omniview_sdk::ClientRefresher) |
//! | `scope` | [`ScopeProvider`](omniview_sdk::ScopeProvider) |
//! | `discovery` | [`DiscoveryProvider`](omniview_sdk::DiscoveryProvider) |
//! | `custom` | a resourcer for every type that discovery brings |
//! | `register` | the registrations, which say what each type can do |

mod actions;
mod classify;
mod connections;
mod custom;
mod declare;
mod discovery;
mod events;
mod health;
mod mutate;
mod operations;
mod query;
mod register;
mod relations;
mod resourcer;
mod schema;
mod scope;
mod watcher;

pub use classify::StoreErrors;
pub use connections::ReferenceConnections;
pub use custom::CustomResourcer;
pub use discovery::ReferenceDiscovery;
pub(crate) use register::{connections, pattern, registration};
pub use resourcer::ReferenceResourcer;
pub(crate) use watcher::{Emit, follow};
