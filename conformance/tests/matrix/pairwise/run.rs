//! The suite over each row.

use std::collections::BTreeSet;

use omniview_conformance::{
    Profile, Report, RunOptions, Selection, Shard, StatusKind, catalogue, find_check, run,
};

use super::factors::Row;

/// A warning that some rows earn: nothing says where their nodes have their id.
const NAMELESS: &str = "types.definition.names-id";

/// What no type of the reference plugin has, so that its check never applies: a field that every filter must name.
const NOWHERE: &str = "filters.required-field.is-demanded";

/// What a report says of a row that is not true of it.
fn untrue(row: &Row, report: &Report) -> Vec<String> {
    let mut untrue = Vec::new();
    for result in &report.results {
        let check = find_check(&result.id).unwrap();
        let reason = result.status.reason().unwrap_or_default();
        let is_true = match result.status.kind() {
            StatusKind::Pass => !row.rules_out(check),
            StatusKind::NotApplicable => row.explains(check, &reason),
            StatusKind::Warn => result.id == NAMELESS && row.is("definition", "none"),
            StatusKind::NotRun => true,
            _ => false,
        };
        if !is_true {
            untrue.push(format!("over a plugin with {row}:\n{}", result.to_text()));
        }
    }
    untrue
}

async fn over(row: &Row, selection: Selection) -> Report {
    run(&row.subject(), RunOptions::new().selection(selection)).await
}

/// A third of the suite over each row, and another one over the next.
#[tokio::test(start_paused = true)]
async fn the_honest_plugin_is_blamed_for_nothing_that_it_goes_without() {
    const PARTS: u64 = 3;
    let mut wrong = Vec::new();
    for (row, part) in Row::all().iter().zip((1..=PARTS).cycle()) {
        let shard = Shard::new(part, PARTS).unwrap();
        let selection = Selection::profile(Profile::Full).in_shard(shard).unwrap();
        wrong.extend(untrue(row, &over(row, selection).await));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test(start_paused = true)]
#[ignore = "takes half a minute; for every night"]
async fn the_honest_plugin_is_blamed_for_nothing_in_the_whole_suite_and_each_check_passes_somewhere()
 {
    let mut wrong = Vec::new();
    let mut passed = BTreeSet::new();
    for row in Row::all() {
        let report = over(&row, Selection::profile(Profile::Full)).await;
        wrong.extend(untrue(&row, &report));
        let kept = report.results.into_iter();
        passed.extend(
            kept.filter(|one| one.status.kind() == StatusKind::Pass)
                .map(|one| one.id),
        );
    }
    let never = catalogue()
        .iter()
        .filter(|one| !passed.contains(one.id) && one.id != NOWHERE);
    wrong.extend(never.map(|one| format!("{} passes over no row", one.id)));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
