//! Puts a deviation around the honest handles.

use std::sync::Arc;

use omniview_sdk::{ResourceHandles, ResourcePluginConfig};

use super::{Area, Deviation, connection, crud, insight, query, watch};
use crate::world::ReferenceClient;

/// The same plugin with one defect.
pub(crate) fn apply(
    deviation: Deviation,
    mut config: ResourcePluginConfig<ReferenceClient>,
) -> ResourcePluginConfig<ReferenceClient> {
    config.resources = config
        .resources
        .into_iter()
        .map(|registration| registration.map_handles(|handles| bend(deviation, handles)))
        .collect();
    if deviation.area() == Area::Connection {
        config.connections = config
            .connections
            .map(|registration| connection::bend(deviation, registration));
    }
    if deviation == Deviation::ErrorsUnclassified {
        config.error_classifier = None;
    }
    config
}

fn bend(
    deviation: Deviation,
    mut handles: ResourceHandles<ReferenceClient>,
) -> ResourceHandles<ReferenceClient> {
    match deviation.area() {
        Area::Crud => {
            handles.resourcer = Arc::new(crud::BentCrud::new(deviation, handles.resourcer));
        }
        Area::Query => {
            handles.resourcer = Arc::new(query::BentQuery::new(deviation, handles.resourcer));
        }
        Area::Watch => return watch::bend(deviation, handles),
        Area::Insight => return insight::bend(deviation, handles),
        Area::Connection => {}
        // What it claims has to be missing.
        Area::Boundary if deviation == Deviation::CapabilityClaimsWatch => handles.watcher = None,
        Area::Boundary | Area::Answer => {}
    }
    handles
}
