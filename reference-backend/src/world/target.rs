//! Which calls a fault meets.

use omniview_sdk::ResourceKey;

use super::Operation;

/// Which calls a fault meets.
///
/// ```
/// use omniview_reference_backend::{Fault, FaultScope, ReferenceBackend};
/// use omniview_sdk::ErrorCode;
///
/// let faults = ReferenceBackend::new().faults("dev")?;
/// // Objects can be read; nobody may watch pods.
/// faults.inject(FaultScope::Watches.on("core::v1::Pod"), Fault::Refuse(ErrorCode::Forbidden));
/// # Ok::<(), omniview_sdk::ResourceOperationError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FaultScope {
    /// All of them.
    Everything,
    /// The six operations, search, actions, schemas, relationships and events.
    Operations,
    /// Watches: each attempt, and those that run.
    Watches,
    /// Creating, checking and refreshing clients, namespaces, editor schemas, scopes and discovery.
    Connection,
}

impl FaultScope {
    /// These calls on one type; those that are about no type are not among them.
    pub fn on(self, key: impl Into<ResourceKey>) -> FaultTarget {
        FaultTarget::from(self).on(key)
    }
}

/// Which calls a fault meets, and on which type.
///
/// ```
/// use omniview_reference_backend::{FaultScope, FaultTarget, Operation};
///
/// let by_scope: FaultTarget = FaultScope::Operations.into();
/// assert_eq!(by_scope.on("core::v1::Pod"), FaultScope::Operations.on("core::v1::Pod"));
/// assert_ne!(FaultTarget::from(Operation::Get), FaultTarget::from(Operation::List));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FaultTarget {
    calls: Calls,
    key: Option<ResourceKey>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Calls {
    Scope(FaultScope),
    Operation(Operation),
}

impl FaultTarget {
    /// Limits it to one type.
    #[must_use]
    pub fn on(mut self, key: impl Into<ResourceKey>) -> Self {
        self.key = Some(key.into());
        self
    }

    pub(super) fn meets(&self, operation: Operation, key: Option<&ResourceKey>) -> bool {
        let calls = match self.calls {
            Calls::Scope(FaultScope::Everything) => true,
            Calls::Scope(scope) => operation.scope() == scope,
            Calls::Operation(one) => operation == one,
        };
        calls && (self.key.is_none() || self.key.as_ref() == key)
    }
}

impl From<FaultScope> for FaultTarget {
    fn from(scope: FaultScope) -> Self {
        Self {
            calls: Calls::Scope(scope),
            key: None,
        }
    }
}

impl From<Operation> for FaultTarget {
    fn from(operation: Operation) -> Self {
        Self {
            calls: Calls::Operation(operation),
            key: None,
        }
    }
}
