//! The resource types that a check looks at, and the objects that it makes.

use std::sync::Arc;

use omniview_sdk::{Json, ResourceCapabilities, ResourceKey};

use crate::{
    check::{Need, Operation},
    subject::ResourceFixture,
};

/// One resource type of the plugin: what it declares and what the subject tells.
///
/// ```
/// use omniview_conformance::{Capability, Cx, Operation, TypeUnderTest};
///
/// /// The types of a check that can be listed and are told apart by namespaces.
/// fn listed_by_namespace(cx: &Cx) -> impl Iterator<Item = &TypeUnderTest> {
///     cx.types().iter().filter(|ty| {
///         ty.supports(Operation::List) && Capability::NamespaceScoped.is_in(&ty.capabilities)
///     })
/// }
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct TypeUnderTest {
    /// The type.
    pub key: ResourceKey,
    /// What the plugin says that it can do.
    pub capabilities: ResourceCapabilities,
    /// What the subject tells about it, if anything.
    pub fixture: Option<Arc<ResourceFixture>>,
}

/// Why a type cannot serve a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Unfit {
    /// It does not declare what the check is about.
    NotApplicable(String),
    /// The subject does not tell what the check needs.
    Blocked(String),
}

impl TypeUnderTest {
    /// Whether the type supports an operation: the plugin declares it and the subject does not except it.
    pub fn supports(&self, operation: Operation) -> bool {
        let declared = match operation {
            Operation::Get => self.capabilities.can_get,
            Operation::List => self.capabilities.can_list,
            Operation::Find => self.capabilities.can_find,
            Operation::Create => self.capabilities.can_create,
            Operation::Update => self.capabilities.can_update,
            Operation::Delete => self.capabilities.can_delete,
        };
        declared
            && self
                .fixture
                .as_ref()
                .is_none_or(|fixture| fixture.supports(operation))
    }

    /// The namespaces for samples, the usual one first; one empty name for a type without namespaces.
    pub fn namespaces(&self) -> Vec<String> {
        let named = self
            .fixture
            .as_ref()
            .map_or(&[][..], |fixture| fixture.namespace_names());
        if named.is_empty() || !self.capabilities.namespace_scoped {
            vec![String::new()]
        } else {
            named.to_vec()
        }
    }

    pub(crate) fn fit(&self, need: Need) -> Result<(), Unfit> {
        let capabilities = &self.capabilities;
        let fixture = self.fixture.as_ref();
        let blocked = || Err(Unfit::Blocked(need.to_string()));
        let because = |why: Option<String>| match why {
            Some(why) => Err(Unfit::Blocked(format!("{need}: {why}"))),
            None => blocked(),
        };
        let not_applicable = |what: String| Err(Unfit::NotApplicable(what));
        match need {
            Need::Can(operation) if !self.supports(operation) => {
                not_applicable(format!("{operation} is not supported"))
            }
            Need::Has(capability) if !capability.is_in(capabilities) => {
                not_applicable(capability.to_string())
            }
            Need::Lacks(capability) if capability.is_in(capabilities) => {
                not_applicable(format!("not {capability}"))
            }
            Need::Samples if !fixture.is_some_and(|fixture| fixture.has_samples()) => {
                because(fixture.and_then(|fixture| fixture.why_no_samples()))
            }
            Need::Change if !fixture.is_some_and(|fixture| fixture.has_change()) => {
                because(fixture.and_then(|fixture| fixture.why_no_change()))
            }
            Need::HarmlessAction
                if fixture.is_none_or(|fixture| fixture.harmless_actions().is_empty()) =>
            {
                blocked()
            }
            Need::TwoNamespaces if !capabilities.namespace_scoped => {
                not_applicable("namespaceScoped".to_owned())
            }
            Need::TwoNamespaces if self.namespaces().len() < 2 => blocked(),
            _ => Ok(()),
        }
    }
}

/// An object that exists, as `create` answered it.
///
/// ```
/// use omniview_conformance::{CheckResult, Cx};
///
/// async fn create_keeps_what_it_was_given(cx: &Cx) -> CheckResult {
///     let object = cx.make(cx.any_type()).await?;
///     // The backend may add fields of its own.
///     cx.expect_includes("what create answers", &object.data, &object.sent)
/// }
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Object {
    /// Its type.
    pub key: ResourceKey,
    /// Its id.
    pub id: String,
    /// Its namespace; empty for a type without namespaces.
    pub namespace: String,
    /// What it was created from.
    pub sent: Json,
    /// What `create` answered.
    pub data: Json,
}
