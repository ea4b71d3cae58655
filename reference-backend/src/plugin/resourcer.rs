//! What serves the types of the fleet.

use omniview_sdk::FilterFields;

use crate::catalog::Kind;

/// Serves one type of the fleet, with every optional trait that the type has.
///
/// It knows nothing but the type: the objects are behind the client.
///
/// ```
/// use omniview_reference_backend::{Kind, ReferenceClient, plugin::ReferenceResourcer};
/// use omniview_sdk::ResourceRegistration;
///
/// let nodes = ReferenceResourcer::new(Kind::Node);
/// assert!(nodes.fields().is_some());
/// // What a type can do is what it is registered with.
/// let registration: ResourceRegistration<ReferenceClient> =
///     ResourceRegistration::builder(Kind::Node.meta(), nodes).watch().filterable().build();
/// ```
#[derive(Debug, Clone)]
pub struct ReferenceResourcer {
    kind: Kind,
    kinds: Vec<Kind>,
    fields: Option<FilterFields>,
}

impl ReferenceResourcer {
    /// Serves `kind` in a backend that has every type.
    pub fn new(kind: Kind) -> Self {
        Self::among(kind, Kind::ALL)
    }

    /// Serves `kind` in a backend that has the types `kinds`.
    pub fn among(kind: Kind, kinds: &[Kind]) -> Self {
        Self {
            kind,
            kinds: kinds.to_vec(),
            fields: kind.filter_fields(),
        }
    }

    /// The types that the backend has.
    pub fn kinds(&self) -> &[Kind] {
        &self.kinds
    }

    /// The type that is served.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The fields that the type can be filtered by; `None` where it is not filterable.
    pub fn fields(&self) -> Option<&FilterFields> {
        self.fields.as_ref()
    }
}
