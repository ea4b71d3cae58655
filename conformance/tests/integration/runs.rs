//! What a run says about plugins and subjects of all sorts.

use std::{sync::Arc, time::Duration};

use omniview_conformance::{
    CheckReport, Need, NotRunReason, Observer, Operation, Profile, Report, ResourceFixture,
    RunOptions, Sample, Selection, Status, StatusKind, Subject, Verdict, catalogue, run,
};
use tokio_util::sync::CancellationToken;

use crate::plugin::{Conduct, THING, bare, config, fixture, shop};

const CRUD: &str = "crud.get.returns-created";

fn only(globs: &[&str]) -> RunOptions {
    RunOptions::new().selection(Selection::new(Profile::Full, globs, &[]).unwrap())
}

fn kind(report: &Report, id: &str) -> StatusKind {
    report.result(id).unwrap().status.kind()
}

fn reason(report: &Report, id: &str) -> String {
    report.result(id).unwrap().status.reason().unwrap()
}

#[tokio::test(start_paused = true)]
async fn an_honest_plugin_conforms_and_nothing_of_the_run_stays() {
    let (subject, objects) = shop(Conduct::Honest);
    let report = run(&subject, RunOptions::new()).await;
    assert_eq!(
        report.verdict(),
        Verdict::Conformant,
        "{}",
        report.to_text()
    );
    assert_eq!(report.result(CRUD).unwrap().types, [THING]);
    assert!(objects.lock().unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_report_has_every_check_once_in_the_catalogues_order() {
    let (subject, _) = shop(Conduct::Honest);
    let report = run(&subject, only(&[CRUD])).await;
    let reported: Vec<&str> = report.results.iter().map(|one| one.id.as_str()).collect();
    let listed: Vec<&str> = catalogue().iter().map(|check| check.id).collect();
    assert_eq!(reported, listed);
    for result in &report.results {
        let expected = match result.id.as_str() {
            CRUD => Status::Pass,
            _ => Status::NotRun {
                reason: NotRunReason::NotSelected,
            },
        };
        assert_eq!(result.status, expected, "{}", result.id);
    }
}

#[tokio::test(start_paused = true)]
async fn times_without_end_are_times() {
    let (subject, _) = shop(Conduct::Honest);
    let options = only(&[CRUD, "crud.delete.*", "connections.*"]);
    let options = options.patience(Duration::MAX).set_up(Duration::MAX);
    let report = run(&subject, options).await;
    assert_eq!(
        report.verdict(),
        Verdict::Conformant,
        "{}",
        report.to_text()
    );
}

#[tokio::test(start_paused = true)]
async fn a_broken_promise_is_told_in_full() {
    let (subject, objects) = shop(Conduct::GetAnswersNothing);
    let report = run(&subject, only(&[CRUD]).command("check-shop")).await;
    assert_eq!(report.verdict(), Verdict::NotConformant);
    insta::assert_snapshot!(report.result(CRUD).unwrap().to_text());
    assert!(objects.lock().unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_plugin_that_panics_fails_and_is_no_error_of_the_suite() {
    let (subject, objects) = shop(Conduct::GetPanics);
    let report = run(&subject, only(&["crud.get.*"])).await;
    assert_eq!(kind(&report, CRUD), StatusKind::Fail);
    let reason = reason(&report, CRUD);
    assert!(reason.contains("the get of this plugin panics"), "{reason}");
    assert!(objects.lock().unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_plugin_that_hangs_times_out_and_is_cleaned_up_after() {
    let (subject, objects) = shop(Conduct::GetHangs);
    let report = run(&subject, only(&[CRUD, "crud.create.returns-object"])).await;
    assert_eq!(report.verdict(), Verdict::NotConformant);
    assert_eq!(
        kind(&report, "crud.create.returns-object"),
        StatusKind::Pass
    );
    let Status::Timeout { history, .. } = &report.result(CRUD).unwrap().status else {
        panic!("{}", report.to_text());
    };
    let last = history.last().unwrap();
    assert!(last.contains("get shop::v1::Thing thing-"), "{last}");
    assert!(objects.lock().unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_removed_is_blamed_on_the_clean_up_with_its_maker() {
    let (subject, _) = shop(Conduct::DeleteFails);
    let report = run(&subject, only(&[CRUD])).await;
    assert_eq!(kind(&report, CRUD), StatusKind::Pass);
    let Status::Fail(failure) = &report.result("suite.clean-up").unwrap().status else {
        panic!("{}", report.to_text());
    };
    let line = &failure.history[0];
    assert!(line.starts_with("crud.get.returns-created left"), "{line}");
    assert!(line.contains("this thing is stuck"), "{line}");
    assert_eq!(report.verdict(), Verdict::NotConformant);
}

#[tokio::test(start_paused = true)]
async fn a_plugin_that_cannot_be_used_fails_once_and_blocks_the_rest() {
    let panicking = Subject::in_process("panics", || -> omniview_sdk::ResourcePluginConfig<()> {
        panic!("no configuration today")
    });
    let invalid = Subject::in_process("invalid", || {
        omniview_sdk::ResourcePluginConfig::<()>::new("invalid")
    });
    let hanging = Subject::provider("hangs", || {
        std::future::pending::<Arc<dyn omniview_sdk::Provider>>()
    });
    let offline = shop(Conduct::ClientFails).0;
    for (subject, text) in [
        (panicking, "no configuration today"),
        (invalid, "there is no connection provider"),
        (hanging, "it did not mount within 10s"),
        (offline, "the backend does not answer"),
    ] {
        let subject = subject.resource(fixture());
        let report = run(&subject, only(&[CRUD, "suite.mount-and-connect"])).await;
        assert_eq!(report.verdict(), Verdict::NotConformant);
        let reason = reason(&report, "suite.mount-and-connect");
        assert!(reason.contains(text), "{reason}");
        assert_eq!(kind(&report, CRUD), StatusKind::Blocked);
    }
}

#[tokio::test(start_paused = true)]
async fn a_fixture_that_panics_is_an_error_of_the_suite_and_harms_no_other_check() {
    let (subject, _) = bare(Conduct::Honest);
    let subject =
        subject.resource(ResourceFixture::new(THING).sample(|_, _| panic!("no samples today")));
    let report = run(&subject, only(&[CRUD, "suite.mount-and-connect"])).await;
    assert_eq!(report.verdict(), Verdict::HarnessError);
    assert!(reason(&report, CRUD).contains("no samples today"));
    assert_eq!(kind(&report, "suite.mount-and-connect"), StatusKind::Pass);
}

#[tokio::test(start_paused = true)]
async fn what_the_subject_does_not_tell_blocks_unless_it_says_why() {
    let (subject, _) = bare(Conduct::Honest);
    let report = run(&subject, only(&[CRUD])).await;
    assert_eq!(report.verdict(), Verdict::Incomplete);
    assert_eq!(
        reason(&report, CRUD),
        "samples of a type (ResourceFixture::sample) for shop::v1::Thing"
    );
    let subject = subject.without(Need::Samples, "things are made by people");
    let report = run(&subject, only(&[CRUD])).await;
    assert_eq!(kind(&report, CRUD), StatusKind::NotApplicable);
    assert!(reason(&report, CRUD).ends_with("things are made by people"));
}

#[tokio::test(start_paused = true)]
async fn what_the_type_does_not_support_by_intent_is_not_applicable() {
    let (subject, _) = bare(Conduct::Honest);
    let subject = subject.resource(fixture().unsupported([Operation::Create]));
    let report = run(&subject, only(&[CRUD, "suite.mount-and-connect"])).await;
    assert_eq!(reason(&report, CRUD), "create is not supported");
    assert_eq!(report.verdict(), Verdict::Conformant);
}

#[tokio::test(start_paused = true)]
async fn objects_that_were_there_before_stay() {
    let (subject, objects) = shop(Conduct::Honest);
    objects
        .lock()
        .unwrap()
        .insert("old".to_owned(), serde_json::json!({ "id": "old" }).into());
    let report = run(&subject, RunOptions::new()).await;
    assert_eq!(
        report.verdict(),
        Verdict::Conformant,
        "{}",
        report.to_text()
    );
    let left: Vec<String> = objects.lock().unwrap().keys().cloned().collect();
    assert_eq!(left, ["old"]);
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_does_not_exist_is_named() {
    let (subject, _) = shop(Conduct::Honest);
    let report = run(&subject.connection("missing"), only(&[CRUD])).await;
    assert_eq!(report.verdict(), Verdict::Incomplete);
    assert!(reason(&report, CRUD).contains("\"missing\""));
}

/// Cancels a token when a check begins.
struct InterruptAt(&'static str, CancellationToken);

impl Observer for InterruptAt {
    fn started(&self, check: &omniview_conformance::Check) {
        if check.id == self.0 {
            let token = self.1.clone();
            tokio::spawn(async move {
                tokio::time::sleep(Duration::from_secs(1)).await;
                token.cancel();
            });
        }
    }

    fn finished(&self, _report: &CheckReport) {}
}

#[tokio::test(start_paused = true)]
async fn an_interrupted_run_cleans_up_and_is_incomplete() {
    let (subject, objects) = shop(Conduct::GetHangs);
    let token = CancellationToken::new();
    let options = only(&["suite.*", CRUD])
        .interrupt(token.clone())
        .observer(Arc::new(InterruptAt(CRUD, token)));
    let report = run(&subject, options).await;
    assert!(objects.lock().unwrap().is_empty());
    for id in [CRUD, "suite.clean-up"] {
        assert_eq!(reason(&report, id), "interrupted", "{id}");
    }
    assert_eq!(report.verdict(), Verdict::Incomplete);
}

#[tokio::test(start_paused = true)]
async fn a_type_that_a_pattern_serves_is_checked_when_the_subject_describes_it() {
    let objects = crate::plugin::Objects::default();
    let subject = Subject::in_process("shop", move || config(Conduct::Honest, &objects))
        .resource(fixture())
        .resource(ResourceFixture::new("shop::v1::Nothing"));
    let report = run(&subject, only(&[CRUD])).await;
    // There is no such pattern, and the fixture's key is named.
    let reason = reason(&report, CRUD);
    assert!(reason.contains("shop::v1::Nothing"), "{reason}");
}

#[test]
fn samples_keep_the_namespace_that_the_suite_chose() {
    let sample = Sample::new("a", serde_json::json!({})).in_namespace("blue");
    assert_eq!(sample.namespace, "blue");
}

#[tokio::test(start_paused = true)]
async fn what_a_run_reports_is_read_back_as_it_was() {
    for conduct in [
        Conduct::Honest,
        Conduct::GetAnswersNothing,
        Conduct::GetHangs,
    ] {
        let report = run(&shop(conduct).0, only(&["crud.*", "history.*"])).await;
        let again = Report::from_json(&report.to_json()).unwrap();
        assert_eq!(again, report);
    }
}
