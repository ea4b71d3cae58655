//! The plugin: what an author writes, one optional trait a file.
//!
//! | file | traits |
//! |---|---|
//! | `resourcer` | [`Resourcer`](omniview_sdk::Resourcer): the six operations |
//! | `watcher` | [`Watcher`](omniview_sdk::Watcher): list, then follow |
//! | `declare` | [`SyncPolicyDeclarer`](omniview_sdk::SyncPolicyDeclarer), [`DefinitionProvider`](omniview_sdk::DefinitionProvider) |
//! | `query` | [`FilterableProvider`](omniview_sdk::FilterableProvider), [`TextSearchProvider`](omniview_sdk::TextSearchProvider) |
//! | `health` | [`HealthAssessor`](omniview_sdk::HealthAssessor) |
//! | `connections` | [`ConnectionProvider`](omniview_sdk::ConnectionProvider), [`ConnectionWatcher`](omniview_sdk::ConnectionWatcher), [`ClientRefresher`](omniview_sdk::ClientRefresher) |
//! | `register` | the registrations, which say what each type can do |

mod connections;
mod declare;
mod health;
mod query;
mod register;
mod resourcer;
mod watcher;

pub use connections::ReferenceConnections;
pub(crate) use register::{connections, registration};
pub use resourcer::ReferenceResourcer;
pub(crate) use watcher::{Emit, follow};
