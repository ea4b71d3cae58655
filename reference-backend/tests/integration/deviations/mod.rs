//! Each deviation shows through the boundary, and the honest backend does not show it.

mod insight;
mod objects;
mod queries;
mod watches;

use omniview_reference_backend::{Deviation, Kind, ReferenceBackend, deviation::Area};
use omniview_sdk::{CallContext, ResourceKey};

use crate::support::{Mounted, call};

/// One plugin to look at.
struct Look {
    backend: ReferenceBackend,
    plugin: Mounted,
    ctx: CallContext,
    pods: ResourceKey,
}

impl Look {
    async fn at(backend: ReferenceBackend) -> Self {
        // Connections are looked at from before their start.
        let started = backend
            .deviation()
            .is_none_or(|one| one.area() != Area::Connection);
        Self {
            plugin: Mounted::new(&backend, if started { "dev" } else { "" }).await,
            backend,
            ctx: call("dev"),
            pods: Kind::Pod.key(),
        }
    }

    /// Whether the plugin does what the deviation describes.
    async fn shows(&self, deviation: Deviation) -> bool {
        match deviation.area() {
            Area::Crud => self.shows_in_objects(deviation).await,
            Area::Query => self.shows_in_queries(deviation).await,
            Area::Watch => self.shows_in_watches(deviation).await,
            Area::Insight => self.shows_in_insight(deviation).await,
            Area::Connection => self.shows_in_connections(deviation).await,
            other => panic!("nobody looks at {other:?}"),
        }
    }
}

async fn each_shows(area: Area) {
    for deviation in Deviation::ALL.iter().copied() {
        if deviation.area() != area {
            continue;
        }
        let honest = Look::at(ReferenceBackend::new()).await;
        assert!(
            !honest.shows(deviation).await,
            "the honest backend shows {deviation}"
        );
        let _ = honest.plugin.provider.close().await;
        let bent = Look::at(ReferenceBackend::deviating(deviation)).await;
        assert!(bent.shows(deviation).await, "{deviation} does not show");
        let _ = bent.plugin.provider.close().await;
    }
}

#[tokio::test(start_paused = true)]
async fn each_deviation_of_objects_shows() {
    each_shows(Area::Crud).await;
}

#[tokio::test(start_paused = true)]
async fn each_deviation_of_queries_shows() {
    each_shows(Area::Query).await;
}

#[tokio::test(start_paused = true)]
async fn each_deviation_of_watches_shows() {
    each_shows(Area::Watch).await;
}

#[tokio::test(start_paused = true)]
async fn each_deviation_of_insight_shows() {
    each_shows(Area::Insight).await;
}

#[tokio::test(start_paused = true)]
async fn each_deviation_of_connections_shows() {
    each_shows(Area::Connection).await;
}
