//! Several checks at the same time: where it is allowed, and that nobody sees a difference.

use std::{
    num::NonZeroUsize,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use omniview_conformance::{
    Check, CheckReport, Mounted, Observer, Profile, ResourceFixture, RunOptions, Selection, Status,
    StatusKind, Subject, Verdict, run,
};
use omniview_sdk::{CallContext, build_resource_controller};
use tokio::sync::Barrier;

use crate::plugin::{Conduct, Objects, THING, config, fixture, shop};

fn jobs(number: usize) -> RunOptions {
    RunOptions::new().jobs(NonZeroUsize::new(number).unwrap())
}

fn only(globs: &[&str]) -> Selection {
    Selection::new(Profile::Full, globs, &[]).unwrap()
}

fn mounted() -> Mounted {
    let config = config(Conduct::Honest, &Objects::default());
    build_resource_controller(&CallContext::new(), config)
        .unwrap()
        .into()
}

/// Writes down what it hears.
#[derive(Default)]
struct Heard(Mutex<Vec<String>>);

impl Heard {
    fn lines(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }
}

impl Observer for Heard {
    fn started(&self, check: &Check) {
        let line = format!("{} begins", check.id);
        self.0.lock().unwrap().push(line);
    }

    fn finished(&self, report: &CheckReport) {
        let line = format!("{} ends with {}", report.id, report.status.kind());
        self.0.lock().unwrap().push(line);
    }

    fn recorded(&self, trace: &omniview_conformance::history::Trace) {
        let line = format!("{} took {} steps", trace.check, trace.steps.len());
        self.0.lock().unwrap().push(line);
    }
}

#[cfg(feature = "virtual-time")]
#[tokio::test(start_paused = true)]
async fn a_report_is_the_same_at_1_job_and_at_4_whatever_the_plugin_does() {
    for conduct in [
        Conduct::Honest,
        Conduct::GetAnswersNothing,
        Conduct::GetHangs,
        Conduct::GetPanics,
        Conduct::ListAnswersText,
        Conduct::RefusesSamples,
        Conduct::ClientFails,
    ] {
        // Each mount has objects of its own, so that no check sees those of another.
        let subject = Subject::in_process("shop", move || config(conduct, &Objects::default()))
            .resource(fixture())
            .virtual_time();
        let mut seen = Vec::new();
        for number in [1, 4] {
            let heard = Arc::new(Heard::default());
            let options = jobs(number)
                .selection(Selection::profile(Profile::Full))
                .observer(Arc::clone(&heard) as Arc<dyn Observer>);
            let mut report = run(&subject, options).await;
            for result in &mut report.results {
                result.elapsed = std::time::Duration::ZERO;
            }
            seen.push((report, heard.lines()));
        }
        let (one, four) = (&seen[0], &seen[1]);
        assert_eq!(one.0, four.0, "{conduct:?}");
        assert_eq!(one.1, four.1, "{conduct:?}");
    }
}

#[tokio::test]
async fn checks_run_at_the_same_time_where_the_subject_allows_it() {
    // The survey mounts first; the two checks then meet in their mounts, or neither gets past it.
    let (mounts, meeting) = (Arc::new(AtomicUsize::new(0)), Arc::new(Barrier::new(2)));
    let subject = Subject::provider("shop", move || {
        let meeting = Arc::clone(&meeting);
        let is_survey = mounts.fetch_add(1, Ordering::Relaxed) == 0;
        async move {
            if !is_survey {
                meeting.wait().await;
            }
            mounted()
        }
    })
    .resource(fixture())
    .parallel();
    let selection = only(&["crud.get.returns-created", "suite.mount-and-connect"]);
    let report = run(&subject, jobs(2).selection(selection)).await;
    assert_eq!(
        report.verdict(),
        Verdict::Conformant,
        "{}",
        report.to_text()
    );
}

#[tokio::test(start_paused = true)]
async fn one_check_runs_after_the_other_where_the_subject_says_nothing() {
    let (open, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let counted = Arc::clone(&most);
    let subject = Subject::provider("shop", move || {
        let (open, most) = (Arc::clone(&open), Arc::clone(&counted));
        async move {
            most.fetch_max(open.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            // Of no length on this runtime, and long enough to be met in on any other.
            tokio::time::sleep(std::time::Duration::from_secs(1)).await;
            open.fetch_sub(1, Ordering::SeqCst);
            mounted()
        }
    })
    .resource(fixture());
    let report = run(&subject, jobs(4).selection(only(&["crud.*"]))).await;
    assert!(report.results.len() > 4);
    assert_eq!(most.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_check_that_panics_harms_no_other_and_no_thread_outlives_the_run() {
    let alive = Arc::new(());
    let kept = Arc::clone(&alive);
    let panicking = ResourceFixture::new(THING).sample(move |number, _| {
        let _ = &kept;
        panic!("no sample {number} today")
    });
    let subject = Subject::in_process("shop", || config(Conduct::Honest, &Objects::default()))
        .resource(panicking)
        .parallel();
    let before = Arc::strong_count(&alive);
    let mount = "suite.mount-and-connect";
    let selection = only(&["crud.get.returns-created", "connections.*", mount]);
    let report = run(&subject, jobs(4).selection(selection)).await;
    let broken: Vec<&str> = report
        .results
        .iter()
        .filter(|result| matches!(result.status, Status::HarnessError { .. }))
        .map(|result| result.id.as_str())
        .collect();
    assert_eq!(broken, ["crud.get.returns-created"]);
    let mounting = report.result(mount).unwrap();
    assert_eq!(mounting.status.kind(), StatusKind::Pass);
    assert_eq!(Arc::strong_count(&alive), before);
}

/// Cancels a token when the first check begins.
struct InterruptAtOnce(tokio_util::sync::CancellationToken);

impl Observer for InterruptAtOnce {
    fn started(&self, _check: &Check) {
        self.0.cancel();
    }

    fn finished(&self, _report: &CheckReport) {}
}

#[tokio::test]
async fn an_interrupt_ends_every_check_that_runs_and_each_is_cleaned_up_after() {
    let token = tokio_util::sync::CancellationToken::new();
    let (subject, objects) = shop(Conduct::GetHangs);
    let options = jobs(2)
        .selection(only(&["crud.get.*"]))
        .interrupt(token.clone())
        .observer(Arc::new(InterruptAtOnce(token)));
    let report = run(&subject.parallel(), options).await;
    assert_eq!(report.verdict(), Verdict::Incomplete);
    assert!(objects.lock().unwrap().is_empty());
    let left: Vec<_> = report
        .results
        .iter()
        .filter(|result| result.id.starts_with("crud.get."))
        .map(|result| result.status.kind())
        .collect();
    assert!(left.len() > 2);
    assert!(
        left.iter().all(|kind| *kind == StatusKind::NotRun),
        "{left:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_run_that_is_given_up_ends_its_threads_and_begins_no_other_check() {
    let (began, mut begun) = tokio::sync::mpsc::unbounded_channel();
    let mounts = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&mounts);
    let subject = Subject::in_process("hangs", move || {
        // The survey comes first.
        if counted.fetch_add(1, Ordering::SeqCst) > 0 {
            let _ = began.send(());
        }
        config(Conduct::GetHangs, &Objects::default())
    })
    .resource(fixture())
    .parallel();
    {
        let options = jobs(2).selection(only(&["crud.get.*"]));
        let mut running = Box::pin(run(&subject, options));
        tokio::select! {
            _ = &mut running => {}
            _ = begun.recv() => {}
        }
    }
    drop(subject);
    // The channel is closed when the last thread has let go of the subject.
    while begun.recv().await.is_some() {}
    let mounts = mounts.load(Ordering::SeqCst);
    assert!(
        mounts <= 3,
        "{mounts} mounts: the survey's, and one a thread"
    );
}
