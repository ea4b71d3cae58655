//! Who gets what is told.

use std::sync::{Arc, Mutex, PoisonError};

use futures_util::poll;
use omniview_sdk::{CallContext, Delivery, ErrorCode, WatchEvent, WatchEventSink, WatchState};
use tokio::time::timeout;
use tokio_util::{sync::CancellationToken, task::AbortOnDropHandle};

use crate::{
    Cx,
    check::CheckResult,
    checks::support::{
        Id, Stop, a_while, concerns, each, each_of, is_add, make_in_sight, object_of, prerequisite,
        told, told_of,
    },
};

pub(crate) async fn listener_hears_the_past(cx: &Cx) -> CheckResult {
    // Nobody listens yet; how far the watches are is asked for instead.
    let provider = cx.provider();
    each(cx, |ty| {
        let provider = Arc::clone(&provider);
        async move {
            let ensured = provider
                .ensure_resource_watch(&cx.ctx(), cx.connection(), &ty.key)
                .await;
            match ensured {
                Err(error) if *error.code() == ErrorCode::Unsupported => {
                    return Err(Stop::Undeclared("it is never watched".to_owned()));
                }
                ensured => cx.given("a watch", ensured)?,
            }
            let synced = || async {
                let state = cx
                    .provider()
                    .get_watch_state(&cx.ctx(), cx.connection())
                    .await;
                let state = cx.given("the state of the watches", state)?;
                Ok(state.resources.get(&ty.key) == Some(&WatchState::Synced))
            };
            prerequisite(cx.eventually(format!("{} is synced", ty.key), synced).await)?;
            Ok(())
        }
    })
    .await?;
    cx.listen().await;
    each(cx, |ty| async move {
        let state = cx
            .provider()
            .get_watch_state(&cx.ctx(), cx.connection())
            .await?;
        if state.resources.get(&ty.key) != Some(&WatchState::Synced) {
            return Err(Stop::Undeclared("it is never watched".to_owned()));
        }
        cx.wait_state(&ty.key, WatchState::Synced).await?;
        let events = told_of(cx, ty, 0);
        let place = |wanted| {
            events
                .iter()
                .position(|event| event.state() == Some(wanted))
        };
        let what = format!("what {} told first, before anybody listened", ty.key);
        cx.expect_eq(what, place(WatchState::Syncing), Some(0))?;
        let synced = place(WatchState::Synced).unwrap_or(events.len());
        let adds = events[..synced]
            .iter()
            .filter(|event| is_add(event))
            .count();
        let count = state.resource_counts.get(&ty.key).copied().unwrap_or(0);
        let what = format!(
            "the adds of {} that a late listener gets before Synced",
            ty.key
        );
        Ok(cx.expect_eq(what, i64::try_from(adds).unwrap_or(i64::MAX), count)?)
    })
    .await
}

/// A listener beside that of the check.
#[derive(Default)]
struct Beside(Mutex<Vec<Arc<WatchEvent>>>);

impl Beside {
    fn events(&self) -> Vec<Arc<WatchEvent>> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

impl WatchEventSink for Beside {
    fn on_event(&self, event: Arc<WatchEvent>) -> Delivery {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(event);
        Delivery::Done
    }
}

pub(crate) async fn listeners_hear_the_same(cx: &Cx) -> CheckResult {
    let watched = cx.watched_types().await?;
    let second = Arc::new(Beside::default());
    let provider = cx.provider();
    let stop = CancellationToken::new();
    let ctx = CallContext::new().with_cancellation(stop.clone());
    let sink = Arc::clone(&second) as Arc<dyn WatchEventSink>;
    let mut listening = Box::pin(async move { provider.listen_for_events(&ctx, sink).await });
    // The first poll attaches it.
    let _ = poll!(&mut listening);
    let listening = AbortOnDropHandle::new(tokio::spawn(listening));
    let heard = each_of(&watched, |ty| {
        let second = &second;
        async move {
            let mark = cx.mark();
            let object = make_in_sight(cx, ty).await?;
            let id = Id::from(&object);
            let first = prerequisite(told(cx, ty, mark, "an add", &id, is_add).await)?;
            let also = || async { Ok(second.events().contains(&first)) };
            let what = format!("the second listener gets the add of {id}");
            cx.eventually(what, also).await?;
            let events = second.events();
            let adds = events.iter().filter(|event| {
                is_add(event) && concerns(cx, ty, event) && object_of(event).as_ref() == Some(&id)
            });
            let what = format!("adds of {id} at the second listener");
            cx.expect_eq(what, adds.count(), 1)?;
            let past = events.iter().find(|event| {
                concerns(cx, ty, event) && event.state() == Some(WatchState::Syncing)
            });
            let what = format!("what the second listener got of the past of {}", ty.key);
            Ok(cx.expect_eq(what, past, None)?)
        }
    })
    .await;
    stop.cancel();
    // That listening ends is another requirement; here it is only waited for.
    let _ = timeout(cx.patience(), listening).await;
    heard
}

pub(crate) async fn listener_ends_when_cancelled(cx: &Cx) -> CheckResult {
    let stop = CancellationToken::new();
    let ctx = CallContext::new().with_cancellation(stop.clone());
    let provider = cx.provider();
    let sink: Arc<dyn WatchEventSink> = Arc::new(Beside::default());
    let mut listening = AbortOnDropHandle::new(tokio::spawn(async move {
        provider.listen_for_events(&ctx, sink).await
    }));
    let early = timeout(a_while(cx), &mut listening).await;
    cx.expect(
        early.is_err(),
        "listening lasts while its context is not cancelled",
    )?;
    stop.cancel();
    let ended = timeout(cx.patience(), listening).await;
    cx.expect(
        ended.is_ok(),
        "listening ends when its context is cancelled",
    )
}
