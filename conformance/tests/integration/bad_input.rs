//! Subjects and plugins that are wrong in every way: each has a status, a message that names the culprit, and harms no
//! other check.

use omniview_conformance::{
    Profile, Report, ResourceFixture, RunOptions, Sample, Selection, StatusKind, Subject, Verdict,
    run,
};
use serde_json::json;

use crate::plugin::{Conduct, Objects, THING, bare, config_with_schema, fixture, shop};

const CRUD: &str = "crud.get.returns-created";
const UNHARMED: &str = "suite.mount-and-connect";

async fn report(subject: &Subject) -> Report {
    let options = RunOptions::new().selection(Selection::profile(Profile::Full));
    run(subject, options).await
}

fn ending(report: &Report, id: &str) -> (StatusKind, String) {
    let status = &report.result(id).unwrap().status;
    (status.kind(), status.reason().unwrap_or_default())
}

#[tokio::test(start_paused = true)]
async fn a_sample_that_is_called_otherwise_than_it_says_is_the_fixtures_fault() {
    let objects = Objects::default();
    let schema = json!({"type": "object"});
    let subject = Subject::in_process("shop", {
        let objects = objects.clone();
        move || config_with_schema(Conduct::Honest, &objects, schema.clone())
    })
    .resource(
        ResourceFixture::new(THING)
            .sample(|n, _| Sample::new(format!("thing-{n}"), json!({"id": format!("thong-{n}")}))),
    );
    let report = report(&subject).await;
    let (kind, reason) = ending(&report, CRUD);
    assert_eq!(kind, StatusKind::HarnessError, "{reason}");
    assert!(
        reason.starts_with(
            "a sample of shop::v1::Thing (ResourceFixture::sample) says that its id is \"thing-"
        ),
        "{reason}"
    );
    assert!(reason.contains("\"thong-"), "{reason}");
    assert_eq!(ending(&report, UNHARMED).0, StatusKind::Pass);
    assert_eq!(report.verdict(), Verdict::HarnessError);
    assert!(objects.lock().unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_sample_that_the_plugin_refuses_is_told_with_its_maker() {
    let (subject, _) = shop(Conduct::RefusesSamples);
    let report = report(&subject).await;
    let (kind, reason) = ending(&report, CRUD);
    assert_eq!(kind, StatusKind::Blocked, "{reason}");
    assert!(reason.contains("INVALID_INPUT"), "{reason}");
    assert!(
        reason.ends_with("(is what ResourceFixture::sample makes of shop::v1::Thing valid?)"),
        "{reason}"
    );
    assert_eq!(ending(&report, UNHARMED).0, StatusKind::Pass);
    // Whether creation works is what this one asks.
    assert_eq!(
        ending(&report, "crud.create.returns-object").0,
        StatusKind::Fail
    );
}

#[tokio::test(start_paused = true)]
async fn a_fixture_whose_closures_panic_is_an_error_of_the_suite_and_says_so() {
    let (subject, objects) = bare(Conduct::Honest);
    let changing = fixture().change(|_| panic!("no changes today"));
    let report = report(&subject.resource(changing)).await;
    let panicked = report.results.iter().filter(|one| {
        one.status.kind() == StatusKind::HarnessError
            && one.status.reason().unwrap().contains("no changes today")
    });
    assert!(panicked.count() > 0, "{}", report.to_text());
    assert_eq!(ending(&report, CRUD).0, StatusKind::Pass);
    assert!(objects.lock().unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_plugin_that_answers_with_other_json_than_objects_fails_and_harms_nothing() {
    for conduct in [Conduct::GetAnswersText, Conduct::ListAnswersText] {
        let (subject, objects) = shop(conduct);
        let report = report(&subject).await;
        assert_eq!(
            report.verdict(),
            Verdict::NotConformant,
            "{}",
            report.to_text()
        );
        let errors: Vec<_> = report
            .results
            .iter()
            .filter(|one| one.status.kind() == StatusKind::HarnessError)
            .map(|one| one.to_text())
            .collect();
        assert_eq!(errors, [""; 0]);
        assert_eq!(ending(&report, UNHARMED).0, StatusKind::Pass);
        assert!(objects.lock().unwrap().is_empty());
    }
}
