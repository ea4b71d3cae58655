//! The way of an attempt to Synced, and beyond.

use std::collections::BTreeSet;

use omniview_sdk::{ErrorCode, WatchEvent, WatchState};

use crate::{
    Cx,
    check::CheckResult,
    checks::support::{
        Id, Stop, a_while, concerns, each, each_watched, fresh, is_add, named, object_of,
        prerequisite, quiet, same_objects, state_after, synced_after, told_of, unscoped,
    },
    history::EventLine,
};

pub(crate) async fn sync_is_reached(cx: &Cx) -> CheckResult {
    cx.listen().await;
    each(cx, |ty| async move {
        let provider = cx.provider();
        let started = provider
            .ensure_resource_watch(&cx.ctx(), cx.connection(), &ty.key)
            .await;
        match started {
            Err(error) if *error.code() == ErrorCode::Unsupported => {
                return Err(Stop::Undeclared("it is never watched".to_owned()));
            }
            started => cx.expect_ok(format!("a watch of {}", ty.key), started)?,
        }
        // It may have begun with the connection, before anybody asked.
        state_after(cx, ty, 0, WatchState::Syncing).await?;
        synced_after(cx, ty, 0).await?;
        Ok(())
    })
    .await
}

pub(crate) async fn sync_begins_with_syncing(cx: &Cx) -> CheckResult {
    each_watched(cx, |ty| async move {
        let mark = cx.mark();
        let provider = cx.provider();
        let restarted = provider
            .restart_resource_watch(&cx.ctx(), cx.connection(), &ty.key)
            .await;
        cx.given("a restart of the watch", restarted)?;
        prerequisite(synced_after(cx, ty, mark).await)?;
        let events = told_of(cx, ty, mark);
        // Of the old attempt, its Stopped and what was on its way before are told first.
        let begin = events
            .iter()
            .position(|event| event.state() == Some(WatchState::Stopped))
            .map_or(0, |stopped| stopped + 1);
        let first = events.get(begin);
        let is_syncing = first.is_some_and(|event| event.state() == Some(WatchState::Syncing));
        let what = format!(
            "the first that the new attempt of {} tells is SYNCING",
            ty.key
        );
        Ok(cx.expect_as_seen(is_syncing, what, || {
            first.map_or_else(
                || "it tells nothing".to_owned(),
                |event| format!("it is {}", EventLine(event)),
            )
        })?)
    })
    .await
}

pub(crate) async fn sync_adds_list(cx: &Cx) -> CheckResult {
    each_watched(cx, |ty| async move {
        unscoped(cx).await?;
        named(cx, ty).await?;
        let (listing, events) = quiet(cx, ty, |_| async { Ok(fresh(cx, ty).await?) }).await?;
        let added: Vec<Id> = events
            .iter()
            .filter(|event| is_add(event))
            .filter_map(|event| object_of(event))
            .collect();
        let distinct: BTreeSet<&Id> = added.iter().collect();
        let what = format!("what {} added before Synced, compared with list,", ty.key);
        Ok(same_objects(cx, what, distinct, &listing.ids())?)
    })
    .await
}

pub(crate) async fn sync_counts_adds(cx: &Cx) -> CheckResult {
    each_watched(cx, |ty| async move {
        let events = fresh(cx, ty).await?;
        let mut there = BTreeSet::new();
        let mut count = None;
        for event in &events {
            match (&**event, object_of(event)) {
                (WatchEvent::Add(_), Some(id)) => {
                    there.insert(id);
                }
                (WatchEvent::Delete(_), Some(id)) => {
                    there.remove(&id);
                }
                (WatchEvent::State(state), _) if state.state == WatchState::Synced => {
                    // Across the wire a count of 0 and none look the same.
                    count = Some(state.resource_count.unwrap_or(0));
                }
                _ => {}
            }
        }
        let added = i64::try_from(there.len()).unwrap_or(i64::MAX);
        let what = format!("the count of {} at Synced, after {added} adds", ty.key);
        Ok(cx.expect_eq(what, count, Some(added))?)
    })
    .await
}

pub(crate) async fn sync_adds_each_once(cx: &Cx) -> CheckResult {
    each_watched(cx, |ty| async move {
        let events = fresh(cx, ty).await?;
        let mut there = BTreeSet::new();
        let mut again = Vec::new();
        for event in &events {
            match (&**event, object_of(event)) {
                (WatchEvent::Add(_), Some(id)) if !there.insert(id.clone()) => again.push(id),
                (WatchEvent::Delete(_), Some(id)) => {
                    there.remove(&id);
                }
                _ => {}
            }
        }
        let what = format!("what {} added though it had been added", ty.key);
        Ok(same_objects(cx, what, &again, [])?)
    })
    .await
}

pub(crate) async fn sync_goes_on(cx: &Cx) -> CheckResult {
    let watched = cx.watched_types().await?;
    let ended = |event: &WatchEvent| {
        watched.iter().any(|ty| concerns(cx, ty, event))
            && event.state().is_some_and(WatchState::is_terminal)
    };
    cx.expect_silence(0, a_while(cx), "no watch ends by itself", ended)
        .await?;
    for ty in &watched {
        let provider = cx.provider();
        let running = provider
            .is_resource_watch_running(&cx.ctx(), cx.connection(), &ty.key)
            .await?;
        let what = format!("the synced watch of {} is running", ty.key);
        cx.expect(running, what)?;
    }
    Ok(())
}
