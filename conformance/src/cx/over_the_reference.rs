//! Listening and waiting, seen over the reference backend.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::{sync::Arc, time::Duration};

use omniview_reference_backend::{Kind, ReferenceBackend, TypeFixture};
use omniview_sdk::{ErrorCode, ListInput};
use serde_json::json;

use super::Cx;
use crate::{Halt, ResourceFixture, RunOptions, Sample, Subject, find_check, runner::context_of};

fn subject() -> Subject {
    let kind = Kind::Job;
    let make = move |number: u32, namespace: &str| {
        let of = TypeFixture::new(kind, vec![namespace.to_owned()]);
        Sample::new(of.id(number as usize), of.sample(number as usize))
    };
    let fixture = ResourceFixture::new(kind.key())
        .namespaces(["shop"])
        .sample(make);
    Subject::in_process("reference", || ReferenceBackend::new().config()).resource(fixture)
}

/// A context as the body of `crud.get.returns-created` gets it, with the type that the subject describes.
async fn context() -> Cx {
    let subject = subject();
    let check = find_check("crud.get.returns-created").unwrap();
    let mut cx = context_of(&subject, check, &RunOptions::new()).await;
    // The schemas of the others are enough for samples of theirs.
    cx.types.retain(|ty| ty.key == Kind::Job.key());
    cx
}

#[tokio::test(start_paused = true)]
async fn an_event_that_came_before_the_wait_is_found() {
    let cx = context().await;
    let ty = cx.watched_types().await.unwrap()[0];
    cx.listen().await;
    let mark = cx.mark();
    let object = cx.make(ty).await.unwrap();
    let is_it = |event: &omniview_sdk::WatchEvent| event.id() == Some(&object.id);
    cx.wait_event("the add", is_it).await.unwrap();
    let again = cx.wait_event_after(mark, "the add", is_it).await.unwrap();
    cx.expect_includes("the add", again.data().unwrap(), &object.sent)
        .unwrap();
    // One listener, though it was asked for twice.
    let adds = cx.events_of(&ty.key);
    assert_eq!(adds.iter().filter(|event| is_it(event)).count(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_wait_in_vain_says_what_came_instead() {
    let cx = context().await;
    cx.watched_types().await.unwrap();
    let halt = cx
        .wait_event("a dragon", |event| event.id() == Some("dragon"))
        .await
        .unwrap_err();
    let Halt::Failed(failure) = halt else {
        panic!("{halt:?}");
    };
    assert_eq!(failure.what, "a dragon is delivered");
    assert_eq!(failure.expected, "within 2s");
    let actual = &failure.actual;
    assert!(actual.starts_with("not among the "), "{actual}");
    assert!(actual.contains(" that came; the last was "), "{actual}");
}

#[tokio::test(start_paused = true)]
async fn silence_is_broken_by_the_event_that_it_excludes() {
    let cx = context().await;
    let ty = cx.watched_types().await.unwrap()[0];
    let short = Duration::from_millis(10);
    let mark = cx.mark();
    let quiet = cx.expect_silence(mark, short, "nothing happens", |event| {
        event.key() == &ty.key
    });
    quiet.await.unwrap();
    cx.make(ty).await.unwrap();
    let broken = cx.expect_silence(mark, short, "nothing happens", |event| {
        event.key() == &ty.key
    });
    assert!(matches!(broken.await, Err(Halt::Failed(_))));
}

#[tokio::test(start_paused = true)]
async fn what_holds_late_holds_and_what_never_holds_does_not() {
    let cx = context().await;
    let began = tokio::time::Instant::now();
    let late = || async { Ok(began.elapsed() > Duration::from_millis(500)) };
    cx.eventually("it is late", late).await.unwrap();
    let never = cx.eventually("never", || async { Ok(false) }).await;
    let Err(Halt::Failed(failure)) = never else {
        panic!("{never:?}");
    };
    assert_eq!(failure.expected, "yes, within 2s");
    assert!(failure.actual.starts_with("not yet"), "{failure}");
    assert!(began.elapsed() < Duration::from_secs(3));
}

#[tokio::test(start_paused = true)]
async fn a_failure_says_which_call_it_was_and_what_it_was_answered() {
    let cx = context().await;
    let ty = &cx.types()[0].key;
    let got = cx.get(ty, "nobody", "shop").await;
    let told = |halt: Halt| match halt {
        Halt::Failed(failure) => failure,
        halt => panic!("{halt:?}"),
    };
    let mut failure = told(Halt::from(got.clone().unwrap_err()));
    cx.name_the_call(&mut failure);
    assert_eq!(
        failure.what,
        "get batch::v1::Job shop/nobody on dev succeeds"
    );

    let refused = told(cx.expect_error(ErrorCode::Conflict, got).unwrap_err());
    assert_eq!(
        refused.what,
        "get batch::v1::Job shop/nobody on dev is refused with CONFLICT"
    );
    assert!(refused.actual.contains("(NOT_FOUND)"), "{refused}");

    let listed = cx.list(ty, ListInput::all()).await;
    let answered = told(cx.expect_error(ErrorCode::Conflict, listed).unwrap_err());
    assert_eq!(answered.actual, "success: 3 objects of 3");
    let untrue = told(cx.expect(false, "there is a dragon").unwrap_err());
    assert_eq!(
        untrue.actual,
        "no; list batch::v1::Job on dev was answered: 3 objects of 3"
    );
    let other = told(
        cx.expect_alike("a pair", &json!({"a": 1}), &json!({"a": 1, "b": 2}))
            .unwrap_err(),
    );
    assert_eq!(
        (&*other.expected, &*other.actual),
        ("b is 2", "b is missing")
    );
}

/// The recorder is a provider of its own, with nothing of the controller but its boundary.
///
/// Contract: PRV-01
#[tokio::test(start_paused = true)]
async fn calls_from_a_task_are_in_the_history_and_the_ledger() {
    let cx = context().await;
    let ty = cx.any_type();
    let sample = cx.sample(ty).unwrap();
    let (provider, ctx, key) = (cx.provider(), cx.ctx(), ty.key.clone());
    let input = omniview_sdk::CreateInput::new(sample.data.clone()).in_namespace("shop");
    let task = tokio::spawn(async move { provider.create(&ctx, &key, input).await });
    task.await.unwrap().unwrap();
    let line = &cx.history().tail(2)[0];
    assert!(line.contains("create batch::v1::Job shop/"), "{line}");
    let made = cx.ledger.take();
    assert_eq!(made.len(), 1);
    assert_eq!(made[0].id, sample.id);
}

#[tokio::test(start_paused = true)]
async fn somebody_elses_object_is_not_ours_to_remove() {
    let cx = context().await;
    let ty = cx.any_type();
    let sample = cx.sample(ty).unwrap();
    // Another plugin would have made it; here it is made past the recorder.
    let input = omniview_sdk::CreateInput::new(sample.data.clone()).in_namespace("shop");
    let past = Arc::clone(cx.recorder.bypass());
    past.create(&cx.ctx(), &ty.key, input).await.unwrap();
    cx.create(&ty.key, &sample).await.unwrap_err();
    assert_eq!(cx.ledger.take(), []);
}

#[tokio::test(start_paused = true)]
async fn a_type_that_is_never_watched_is_left_out() {
    let mut cx = context().await;
    let subject = Subject::in_process("reference", || ReferenceBackend::new().config())
        .resource(ResourceFixture::new(Kind::ConfigMap.key()))
        .resource(ResourceFixture::new(Kind::Job.key()));
    let check = find_check("suite.mount-and-connect").unwrap();
    let every = context_of(&subject, check, &RunOptions::new()).await;
    let watched: Vec<_> = every.watched_types().await.unwrap();
    assert_eq!(watched.len() + 1, every.types().len());
    assert!(watched.iter().all(|ty| ty.key != Kind::ConfigMap.key()));

    cx.types[0].key = Kind::ConfigMap.key();
    let none = cx.watched_types().await;
    assert!(matches!(none, Err(Halt::NotApplicable(_))), "{none:?}");
}
