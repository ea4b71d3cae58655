//! What crosses the boundary between a plugin and the engine, as plain data.
//!
//! Every structure here has public fields and a default that is the wire's zero value, so authors
//! write a literal with `..Default::default()` or one of the small constructors.
//!
//! Reading is lenient: a list or map may be null, absent or empty, unknown keys are ignored, and an
//! unknown text of an open enumeration is kept. Unknown numbers are rejected. Writing is exact: the
//! keys come in the order of the fields, and an optional key with nothing to say is left out.

mod action;
mod capabilities;
mod connection;
mod connection_builder;
mod connection_status;
mod definition;
mod event;
mod filter;
mod filter_field;
mod health;
mod input;
pub(crate) mod int_enum;
mod meta;
pub(crate) mod open_enum;
mod relationship;
mod result;
mod schema;
mod sensitive;
mod watch;

pub use action::{
    ActionDescriptor, ActionEvent, ActionEventType, ActionInput, ActionResult, ActionScope,
};
pub use capabilities::{ResourceCapabilities, ScaleHint, ScaleLevel};
pub use connection::{
    Connection, ConnectionAutoConnect, ConnectionLifecycle, ConnectionRetry, ConnectionTrigger,
};
pub use connection_builder::{ConnectionBuilder, InvalidConnection};
pub use connection_status::{ConnectionStatus, ConnectionStatusCode};
pub use definition::{
    AccessorPriority, Align, ColumnDefinition, Formatter, ResourceDefinition, ResourceLink,
};
pub use event::{
    ResourceMetadata, WatchAddPayload, WatchDeletePayload, WatchEvent, WatchStateEvent,
    WatchUpdatePayload,
};
pub use filter::{FilterExpression, FilterLogic, FilterOperator, FilterPredicate};
pub use filter_field::{FilterField, FilterFieldType};
pub use health::{EventSeverity, HealthCondition, HealthStatus, ResourceEvent, ResourceHealth};
pub use input::{
    CreateInput, DeleteInput, FindInput, GetInput, ListInput, OrderField, PaginationParams,
    UpdateInput,
};
pub use meta::{ParseKeyError, ResourceGroup, ResourceMeta, resource_meta_from_string};
pub use relationship::{
    EdgeDirection, RelationshipDescriptor, RelationshipExtractor, RelationshipType,
    ResolvedRelationship, ResourceRef,
};
pub use result::{CreateResult, DeleteResult, FindResult, GetResult, ListResult, UpdateResult};
pub use schema::{EditorSchema, Schema, SchemaProperty, SchemaType};
pub use sensitive::SensitiveData;
pub use watch::{ScopeMode, SyncPolicy, WatchConnectionSummary, WatchScope, WatchState};
