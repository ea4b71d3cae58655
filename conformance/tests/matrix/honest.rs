//! A check has to hold for any honest plugin, whatever it has, lacks, or is going through.

use omniview_conformance::{Profile, Report, RunOptions, Selection, StatusKind, run};
use omniview_reference_backend::Kind;

use crate::{
    reference::{Meanwhile, Shape},
    wrapped::Pace,
};

async fn full(shape: Shape) -> Report {
    let selection = Selection::profile(Profile::Full);
    run(&shape.subject(), RunOptions::new().selection(selection)).await
}

/// What ended otherwise, of what was run.
fn others(report: &Report, fine: &[StatusKind]) -> Vec<String> {
    let broken = report.results.iter().filter(|result| {
        let kind = result.status.kind();
        kind != StatusKind::NotRun && !fine.contains(&kind)
    });
    broken.map(|result| result.to_text()).collect()
}

/// Everything is kept or not applicable, and something is kept.
async fn keeps_every_promise(shape: Shape) {
    let report = full(shape).await;
    let broken = others(&report, &[StatusKind::Pass, StatusKind::NotApplicable]);
    assert!(broken.is_empty(), "{}", broken.join("\n"));
    let kept = report
        .results
        .iter()
        .filter(|one| one.status.kind() == StatusKind::Pass);
    assert!(kept.count() > 50);
}

#[tokio::test(start_paused = true)]
async fn with_everything() {
    keeps_every_promise(Shape::default()).await;
}

#[tokio::test(start_paused = true)]
async fn with_limited_watches() {
    keeps_every_promise(Shape {
        scoped: true,
        ..Shape::default()
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn with_one_type_alone() {
    for kind in Kind::ALL {
        keeps_every_promise(Shape {
            kinds: std::slice::from_ref(kind),
            ..Shape::default()
        })
        .await;
    }
}

#[tokio::test(start_paused = true)]
async fn without_one_capability_or_any() {
    let strips: [fn(&mut crate::reference::Handles); 9] = [
        |handles| handles.watcher = None,
        |handles| handles.actions = None,
        |handles| handles.schema = None,
        |handles| handles.filterable = None,
        |handles| handles.text_search = None,
        |handles| handles.relationships = None,
        |handles| handles.health = None,
        |handles| handles.events = None,
        |handles| {
            let definition = handles.definition.clone();
            *handles = crate::reference::Handles::new(handles.resourcer.clone());
            handles.definition = definition;
        },
    ];
    for strip in strips {
        keeps_every_promise(Shape {
            kinds: &[Kind::Node, Kind::Job],
            strip,
            ..Shape::default()
        })
        .await;
    }
}

#[tokio::test(start_paused = true)]
async fn that_only_reads() {
    let report = full(Shape {
        read_only: true,
        ..Shape::default()
    })
    .await;
    // Types with few objects cannot show everything, and samples cannot be made.
    let fine = [
        StatusKind::Pass,
        StatusKind::NotApplicable,
        StatusKind::Blocked,
    ];
    let broken = others(&report, &fine);
    assert!(broken.is_empty(), "{}", broken.join("\n"));
    let refused = report.result("crud.unsupported.is-refused").unwrap();
    assert_eq!(refused.status.kind(), StatusKind::Pass);
}

#[tokio::test(start_paused = true)]
async fn whose_backend_takes_a_moment() {
    keeps_every_promise(Shape {
        kinds: &[Kind::Node, Kind::Pod],
        pace: Pace::InAMoment,
        ..Shape::default()
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn whose_objects_somebody_else_changes() {
    keeps_every_promise(Shape {
        kinds: &[Kind::Node, Kind::Deployment],
        pace: Pace::InAMoment,
        meanwhile: Meanwhile::Updates,
        ..Shape::default()
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn whose_objects_come_and_go() {
    let shape = Shape {
        kinds: &[Kind::Node, Kind::Deployment],
        pace: Pace::InAMoment,
        meanwhile: Meanwhile::ComingsAndGoings,
        ..Shape::default()
    };
    let report = full(shape).await;
    // What needs the backend to stand still for long cannot be seen; nothing is held against the plugin.
    let fine = [
        StatusKind::Pass,
        StatusKind::NotApplicable,
        StatusKind::Blocked,
    ];
    let broken = others(&report, &fine);
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}
