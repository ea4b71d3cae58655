//! What each deviation is caught by.

use std::collections::BTreeSet;

use omniview_conformance::{Profile, Report, RunOptions, Selection, StatusKind, catalogue, run};
use omniview_reference_backend::Deviation;

use crate::{reference::Shape, texts::Texts};

/// Deviations that nothing at the boundary shows, and checks that no deviation proves, each with the reason.
const OUT_OF_REACH: &str = include_str!("../../src/cli/matrix/out-of-reach.txt");
const CATCH_NOTHING: &str = include_str!("../../src/cli/matrix/catch-nothing.txt");

/// The names in such a list.
fn names(list: &'static str) -> Vec<&'static str> {
    let lines = list.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| {
            let (name, reason) = line.split_once(": ").unwrap();
            assert!(reason.len() > 20, "{name}: {reason:?} is no reason");
            name
        })
        .collect()
}

async fn full(deviation: Option<Deviation>, only: &[&str]) -> Report {
    let none: [&str; 0] = [];
    let selection = Selection::new(Profile::Full, only, &none).unwrap();
    let subject = deviation
        .map_or_else(Shape::default, Shape::deviating)
        .subject();
    run(&subject, RunOptions::new().selection(selection)).await
}

fn has_caught(kind: StatusKind) -> bool {
    matches!(
        kind,
        StatusKind::Fail | StatusKind::Warn | StatusKind::Timeout
    )
}

#[test]
fn every_deviation_that_a_check_names_exists() {
    for check in catalogue() {
        for name in check.catches {
            let parsed = name.parse::<Deviation>();
            assert!(parsed.is_ok(), "{}: {}", check.id, parsed.unwrap_err());
        }
    }
}

#[test]
fn every_check_catches_a_deviation_or_says_why_not() {
    let excused = names(CATCH_NOTHING);
    let mut wrong = Vec::new();
    for check in catalogue() {
        if check.catches.is_empty() != excused.contains(&check.id) {
            wrong.push(format!(
                "{} names {} deviations",
                check.id,
                check.catches.len()
            ));
        }
    }
    let ids: BTreeSet<&str> = catalogue().iter().map(|check| check.id).collect();
    let unknown = excused.iter().filter(|id| !ids.contains(*id));
    wrong.extend(unknown.map(|id| format!("{id} is no check")));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test(start_paused = true)]
async fn every_deviation_is_caught_by_the_checks_that_name_it() {
    let mut missed = Vec::new();
    let mut told = Texts::default();
    for deviation in Deviation::ALL.iter().copied() {
        let named: Vec<&str> = catalogue()
            .iter()
            .filter(|check| check.catches.contains(&deviation.name()))
            .map(|check| check.id)
            .collect();
        let out_of_reach = names(OUT_OF_REACH).contains(&deviation.name());
        if named.is_empty() != out_of_reach {
            missed.push(format!("{deviation}: named by {} checks", named.len()));
        }
        if named.is_empty() {
            continue;
        }
        let report = full(Some(deviation), &named).await;
        for id in named {
            let result = report.result(id).unwrap();
            if has_caught(result.status.kind()) {
                told.note(deviation, result);
            } else {
                missed.push(format!("{deviation}: {}", result.to_text()));
            }
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
    told.are_those_that_were_reviewed();
}

/// Not a test of anything: prints what each deviation is caught by, to keep the `catches` of the table complete.
#[tokio::test(start_paused = true)]
#[ignore = "prints the matrix; run it by name"]
async fn matrix() {
    let mut idle: BTreeSet<&str> = catalogue().iter().map(|check| check.id).collect();
    for deviation in Deviation::ALL.iter().copied() {
        let report = full(Some(deviation), &[]).await;
        println!("{deviation}");
        for result in &report.results {
            let kind = result.status.kind();
            if matches!(kind, StatusKind::Pass | StatusKind::NotApplicable) {
                continue;
            }
            let check = catalogue()
                .iter()
                .find(|check| check.id == result.id)
                .unwrap();
            let named = if check.catches.contains(&deviation.name()) {
                "*"
            } else {
                " "
            };
            if has_caught(kind) {
                idle.remove(check.id);
            }
            let reason = result.status.reason().unwrap_or_default();
            println!("  {named} {kind:14} {}: {reason}", result.id);
        }
    }
    println!("catch nothing: {idle:?}");
}
