//! Each deviation shows through the boundary, and the honest backend does not show it.

mod answers;
mod boundary;
mod insight;
mod objects;
mod queries;
mod reads;
mod relations;
mod streams;
mod untruths;
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
            Area::Boundary => self.shows_at_the_boundary(deviation).await,
            Area::Answer => match answers::ANSWERS.contains(&deviation) {
                true => self.shows_in_answers(deviation).await,
                false => self.shows_in_untruths(deviation).await,
            },
            other => panic!("nobody looks at {other:?}"),
        }
    }
}

fn backend(deviation: Option<Deviation>) -> ReferenceBackend {
    match deviation {
        None => ReferenceBackend::new(),
        Some(deviation) => ReferenceBackend::deviating(deviation),
    }
}

async fn each_shows(area: Area) {
    let all = Deviation::ALL.iter().copied();
    each_of_these_shows(all.filter(|deviation| deviation.area() == area)).await;
}

async fn each_of_these_shows(deviations: impl Iterator<Item = Deviation>) {
    let mut wrong = Vec::new();
    for deviation in deviations {
        let honest = Look::at(backend(None)).await;
        if honest.shows(deviation).await {
            wrong.push(format!("the honest backend shows {deviation}"));
        }
        let _ = honest.plugin.provider.close().await;
        let bent = Look::at(backend(Some(deviation))).await;
        if !bent.shows(deviation).await {
            wrong.push(format!("{deviation} does not show"));
        }
        let _ = bent.plugin.provider.close().await;
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
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

#[tokio::test(start_paused = true)]
async fn each_deviation_at_the_boundary_shows() {
    each_shows(Area::Boundary).await;
}

#[tokio::test(start_paused = true)]
async fn each_small_untruth_shows() {
    each_shows(Area::Answer).await;
}

#[test]
fn there_is_a_deviation_for_most_clauses_that_can_be_seen_from_outside() {
    let clauses: std::collections::BTreeSet<_> = Deviation::ALL
        .iter()
        .flat_map(|one| one.clauses())
        .collect();
    assert!(Deviation::ALL.len() >= 90, "{}", Deviation::ALL.len());
    assert!(clauses.len() >= 80, "{}", clauses.len());
}
