//! The registrations: what each type can do.

use std::sync::Arc;

use omniview_sdk::{ConnectionRegistration, ResourceRegistration};

use super::{CustomResourcer, ReferenceConnections, ReferenceResourcer};
use crate::{
    catalog::{CUSTOM_PATTERN, Kind},
    world::{ReferenceClient, World},
};

/// Types differ on purpose, so that what is not there can be looked at too.
pub(crate) fn registration(kind: Kind, kinds: &[Kind]) -> ResourceRegistration<ReferenceClient> {
    let all = ResourceRegistration::builder(kind.meta(), ReferenceResourcer::among(kind, kinds))
        .watch()
        .sync_policy()
        .definition_provider()
        .schema();
    match kind {
        Kind::Pod => all
            .filterable()
            .text_search()
            .actions()
            .error_classifier()
            .scale_hint()
            .relationships()
            .relationship_resolver()
            .health()
            .events()
            .build(),
        Kind::Deployment => all
            .filterable()
            .text_search()
            .actions()
            .scale_hint()
            .relationships()
            .relationship_resolver()
            .health()
            .events()
            .build(),
        Kind::Node => all
            .filterable()
            .actions()
            .scale_hint()
            .relationships()
            .relationship_resolver()
            .health()
            .events()
            .build(),
        Kind::Job => all.filterable().scale_hint().health().events().build(),
        Kind::ConfigMap => all.build(),
    }
}

/// The types that discovery brings.
pub(crate) fn pattern() -> ResourceRegistration<ReferenceClient> {
    ResourceRegistration::pattern(CUSTOM_PATTERN, CustomResourcer)
        .watch()
        .definition_provider()
        .events()
        .build()
}

/// Connections, with a scope where the world has one.
pub(crate) fn connections(world: Arc<World>) -> ConnectionRegistration<ReferenceClient> {
    let scoped = world.scope().is_some();
    let connections = ConnectionRegistration::builder(ReferenceConnections::new(world))
        .watch()
        .refresh()
        .schemas();
    if scoped {
        connections.scope().build()
    } else {
        connections.build()
    }
}
