//! What a call asks the backend for.

use omniview_sdk::ResourceKey;

use super::{FaultScope, FaultTarget};

/// What a call asks the backend for.
///
/// ```
/// use omniview_reference_backend::{Fault, FaultScope, Operation, ReferenceBackend};
///
/// assert_eq!(Operation::Search.scope(), FaultScope::Operations);
/// let faults = ReferenceBackend::new().faults("dev")?;
/// faults.inject(Operation::Check, Fault::Hang);
/// # Ok::<(), omniview_sdk::ResourceOperationError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Operation {
    /// Get an object.
    Get,
    /// List objects.
    List,
    /// Find objects.
    Find,
    /// Create an object.
    Create,
    /// Update an object.
    Update,
    /// Delete an object.
    Delete,
    /// Search by text.
    Search,
    /// List, execute or stream an action; each step of one.
    Act,
    /// Read the schema of a type.
    Schema,
    /// Resolve the relationships of an object.
    Relationships,
    /// Read the events of an object.
    Events,
    /// Watch a type: each attempt, and those that run.
    Watch,
    /// Create a client.
    CreateClient,
    /// Check a connection.
    Check,
    /// Renew the credentials of a client.
    Refresh,
    /// List namespaces.
    Namespaces,
    /// Read the schemas of an editor.
    EditorSchemas,
    /// Resolve the scope of a connection.
    Scope,
    /// Discover types.
    Discover,
}

impl Operation {
    /// Which calls it belongs to.
    pub const fn scope(self) -> FaultScope {
        match self {
            Self::Get
            | Self::List
            | Self::Find
            | Self::Create
            | Self::Update
            | Self::Delete
            | Self::Search
            | Self::Act
            | Self::Schema
            | Self::Relationships
            | Self::Events => FaultScope::Operations,
            Self::Watch => FaultScope::Watches,
            Self::CreateClient
            | Self::Check
            | Self::Refresh
            | Self::Namespaces
            | Self::EditorSchemas
            | Self::Scope
            | Self::Discover => FaultScope::Connection,
        }
    }

    /// This operation on one type, as the target of a fault.
    pub fn on(self, key: impl Into<ResourceKey>) -> FaultTarget {
        FaultTarget::from(self).on(key)
    }
}
