//! The registrations: what each type can do.

use std::sync::Arc;

use omniview_sdk::{ConnectionRegistration, ResourceRegistration};

use super::{ReferenceConnections, ReferenceResourcer};
use crate::{
    catalog::Kind,
    world::{ReferenceClient, World},
};

/// Types differ on purpose, so that what is not there can be looked at too.
pub(crate) fn registration(kind: Kind) -> ResourceRegistration<ReferenceClient> {
    let all = ResourceRegistration::builder(kind.meta(), ReferenceResourcer::new(kind))
        .watch()
        .sync_policy()
        .definition_provider();
    match kind {
        Kind::Pod | Kind::Deployment => all.filterable().text_search().health().build(),
        Kind::Node | Kind::Job => all.filterable().health().build(),
        Kind::ConfigMap => all.build(),
    }
}

pub(crate) fn connections(world: Arc<World>) -> ConnectionRegistration<ReferenceClient> {
    ConnectionRegistration::builder(ReferenceConnections::new(world))
        .watch()
        .refresh()
        .build()
}
