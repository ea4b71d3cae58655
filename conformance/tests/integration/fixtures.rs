//! What the suite is told about a plugin, and what it finds out where it is told nothing.

use std::sync::Arc;

use omniview_conformance::{
    Need, Operation, Profile, Report, RunOptions, Selection, StatusKind, Subject, Verdict, run,
};
use omniview_sdk::{CallContext, Provider, build_resource_controller};
use serde_json::{Value, json};

use crate::plugin::{Conduct, Objects, config, config_with_schema, fixture, shop};

/// A run over the plugin with this schema, about which the author tells nothing.
async fn untold(schema: Value) -> (Report, Objects) {
    let objects = Objects::default();
    let subject = Subject::in_process("shop", {
        let objects = objects.clone();
        move || config_with_schema(Conduct::Honest, &objects, schema.clone())
    })
    .without(Need::SecondConnection, "the shop has one");
    let options = RunOptions::new().selection(Selection::profile(Profile::Full));
    (run(&subject, options).await, objects)
}

fn kind(report: &Report, id: &str) -> StatusKind {
    report.result(id).unwrap().status.kind()
}

fn reason(report: &Report, id: &str) -> String {
    report.result(id).unwrap().status.reason().unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_schema_is_enough_to_check_a_type() {
    let (report, objects) = untold(json!({
        "type": "object",
        "required": ["id", "size"],
        "properties": {"id": {"type": "string"}, "size": {"type": "integer", "minimum": 0}},
    }))
    .await;
    assert_eq!(kind(&report, "crud.get.returns-created"), StatusKind::Pass);
    let broken = report.results.iter().filter(|one| {
        matches!(
            one.status.kind(),
            StatusKind::Fail | StatusKind::HarnessError | StatusKind::Timeout
        )
    });
    assert_eq!(broken.count(), 0, "{}", report.to_text());
    assert!(objects.lock().unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_schema_that_demands_the_unknown_blocks_with_the_place_and_what_to_do() {
    let (report, _) = untold(json!({
        "type": "object",
        "required": ["id", "code"],
        "properties": {"id": {"type": "string"}, "code": {"type": "string", "pattern": "^[A-Z]{3}$"}},
    }))
    .await;
    assert_eq!(
        kind(&report, "crud.get.returns-created"),
        StatusKind::Blocked
    );
    assert_eq!(
        reason(&report, "crud.get.returns-created"),
        "samples of a type (ResourceFixture::sample): `pattern` at /properties/code is not known to the generator for \
         shop::v1::Thing"
    );
    assert_eq!(report.verdict(), Verdict::Incomplete);
}

#[tokio::test(start_paused = true)]
async fn a_schema_without_a_field_to_change_blocks_the_checks_of_changes_alone() {
    let (report, _) = untold(json!({
        "type": "object",
        "required": ["id"],
        "properties": {"id": {"type": "string"}, "size": {"type": "integer"}},
    }))
    .await;
    assert_eq!(kind(&report, "crud.get.returns-created"), StatusKind::Pass);
    let blocked = report
        .results
        .iter()
        .filter(|one| one.status.kind() == StatusKind::Blocked);
    let reasons: std::collections::BTreeSet<String> =
        blocked.filter_map(|one| one.status.reason()).collect();
    let expected = "a change to a sample (ResourceFixture::change): the schema demands no field that could be changed for \
                    shop::v1::Thing";
    assert!(reasons.contains(expected), "{reasons:?}");
}

#[tokio::test(start_paused = true)]
async fn a_type_that_is_read_only_conforms_where_its_subject_says_so() {
    const MADE_BY_PEOPLE: usize = 12;
    let options = || RunOptions::new().selection(Selection::profile(Profile::Full));
    let (subject, objects) = shop(Conduct::ReadOnly);
    for number in 0..MADE_BY_PEOPLE {
        let id = format!("old-{number}");
        let object = json!({"id": id, "size": number}).into();
        objects.lock().unwrap().insert(id, object);
    }
    let report = run(&subject, options()).await;
    assert_eq!(
        report.verdict(),
        Verdict::NotConformant,
        "{}",
        report.to_text()
    );
    let refused = [Operation::Create, Operation::Update, Operation::Delete];
    let subject = subject.resource(fixture().unsupported(refused));
    let report = run(&subject, options()).await;
    assert_eq!(
        report.verdict(),
        Verdict::Conformant,
        "{}",
        report.to_text()
    );
    // It was tried, and refused as an operation that is not there is.
    assert_eq!(
        kind(&report, "crud.unsupported.is-refused"),
        StatusKind::Pass
    );
    assert_eq!(objects.lock().unwrap().len(), MADE_BY_PEOPLE);
}

#[tokio::test(start_paused = true)]
async fn any_provider_is_a_subject() {
    let objects = Objects::default();
    let subject = Subject::provider("shop", {
        let objects = objects.clone();
        move || {
            let plugin =
                build_resource_controller(&CallContext::new(), config(Conduct::Honest, &objects));
            let plugin: Arc<dyn Provider> = plugin.unwrap();
            async { plugin }
        }
    });
    let subject = subject
        .resource(fixture())
        .without(Need::SecondConnection, "the shop has one");
    let report = run(&subject, RunOptions::new()).await;
    assert_eq!(
        report.verdict(),
        Verdict::Conformant,
        "{}",
        report.to_text()
    );
    assert_eq!(report.header.subject, "shop");
}
