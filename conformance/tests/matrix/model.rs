//! Random programs over the honest plugin, alone and beside somebody else.

use omniview_conformance::{
    CheckReport, Profile, RunOptions, Selection, StatusKind, find_check, run,
};
use omniview_reference_backend::{Deviation, Kind};

use crate::{
    reference::{Handles, Meanwhile, Shape},
    wrapped::Pace,
};

const CHECK: &str = "model.random-programs";

/// Random programs over types whose backend somebody else works on too.
async fn beside(meanwhile: Meanwhile, strip: fn(&mut Handles)) -> CheckReport {
    let shape = Shape {
        kinds: &[Kind::Node, Kind::Deployment],
        pace: Pace::InAMoment,
        strip,
        meanwhile,
        ..Shape::default()
    };
    over(shape, RunOptions::new().programs(40)).await
}

async fn over(shape: Shape, options: RunOptions) -> CheckReport {
    let only = Selection::new(Profile::Full, &[CHECK], &[]).unwrap();
    let report = run(&shape.subject(), options.selection(only)).await;
    report.result(CHECK).unwrap().clone()
}

#[tokio::test(start_paused = true)]
async fn what_somebody_else_has_in_the_backend_changes_no_verdict() {
    for meanwhile in [Meanwhile::Updates, Meanwhile::ComingsAndGoings] {
        for strip in [
            |_: &mut Handles| {},
            |handles: &mut Handles| {
                handles.watcher = None;
            },
        ] {
            let result = beside(meanwhile, strip).await;
            let kind = result.status.kind();
            assert_eq!(kind, StatusKind::Pass, "{}", result.to_text());
        }
    }
}

#[tokio::test(start_paused = true)]
async fn somebody_who_meddles_with_the_objects_of_a_program_is_not_taken_for_the_plugin() {
    let result = beside(Meanwhile::Meddling, |_| {}).await;
    assert_eq!(
        result.status.kind(),
        StatusKind::Blocked,
        "{}",
        result.to_text()
    );
    insta::assert_snapshot!(result.status.reason().unwrap());
}

#[tokio::test(start_paused = true)]
async fn a_defect_is_the_plugins_though_somebody_else_works_on_the_backend() {
    let mut missed = Vec::new();
    for name in find_check(CHECK).unwrap().catches {
        let shape = Shape {
            meanwhile: Meanwhile::ComingsAndGoings,
            ..Shape::deviating(name.parse::<Deviation>().unwrap())
        };
        let result = over(shape, RunOptions::new()).await;
        if result.status.kind() != StatusKind::Fail {
            missed.push(format!("{name}: {}", result.to_text()));
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

#[tokio::test]
#[ignore = "takes seconds; for every night"]
async fn a_thousand_random_programs_find_nothing_wrong_with_the_honest_plugin() {
    for seed in (0..1000).step_by(100) {
        let only = Selection::new(Profile::Full, &["model.*"], &[]).unwrap();
        let options = RunOptions::new().selection(only).seed(seed).programs(100);
        let report = run(&Shape::default().subject(), options).await;
        let result = report.result("model.random-programs").unwrap();
        assert_eq!(
            result.status.kind(),
            StatusKind::Pass,
            "{}",
            result.to_text()
        );
        let history = report.results.iter().filter(|one| one.area() == "history");
        for one in history {
            assert_eq!(one.status.kind(), StatusKind::NotRun, "{}", one.to_text());
        }
    }
}
