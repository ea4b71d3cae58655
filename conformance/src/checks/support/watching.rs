//! What checks of watches share.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use omniview_sdk::{Json, WatchEvent, WatchState};

use super::{Id, Seen, Stop, parse, prerequisite, turns::each_of};
use crate::{Cx, Halt, Object, TypeUnderTest, check::CheckResult};

/// Gives each type that is watched its turn, as [`each`](super::each) does; the watches are synced and listened to.
pub(in crate::checks) async fn each_watched<'a, F, Fut>(cx: &'a Cx, turn: F) -> CheckResult
where
    F: Fn(&'a TypeUnderTest) -> Fut + Send,
    Fut: Future<Output = Result<(), Stop>> + Send,
{
    let watched = cx.watched_types().await?;
    each_of(&watched, turn).await
}

/// Makes a sample of a type where its watch can see it.
pub(in crate::checks) async fn make_in_sight(cx: &Cx, ty: &TypeUnderTest) -> Result<Object, Stop> {
    let namespace = namespace_in_sight(cx, ty).await?;
    Ok(cx.make_in(ty, &namespace).await?)
}

/// A namespace for samples that the scope of the watches includes.
pub(in crate::checks) async fn namespace_in_sight(
    cx: &Cx,
    ty: &TypeUnderTest,
) -> Result<String, Stop> {
    let state = cx
        .provider()
        .get_watch_state(&cx.ctx(), cx.connection())
        .await;
    let scope = cx.given("the state of the watches", state)?.scope;
    let includes = |namespace: &String| {
        let scope = scope.as_ref();
        namespace.is_empty() || scope.is_none_or(|scope| scope.includes(namespace))
    };
    let namespaces = ty.namespaces();
    namespaces.into_iter().find(includes).ok_or_else(|| {
        Stop::NoData("the scope of its watch includes no namespace for samples".to_owned())
    })
}

/// Does not go on where watches are limited to parts of the backend.
pub(in crate::checks) async fn unscoped(cx: &Cx) -> Result<(), Stop> {
    let state = cx
        .provider()
        .get_watch_state(&cx.ctx(), cx.connection())
        .await;
    match cx.given("the state of the watches", state)?.scope {
        Some(scope) if !scope.partitions.is_empty() => Err(Stop::Undeclared(
            "its watch is limited to parts of the backend".to_owned(),
        )),
        _ => Ok(()),
    }
}

/// How long nothing has to be told where nothing may be: a hundredth of the patience, since it always passes.
pub(in crate::checks) fn a_while(cx: &Cx) -> Duration {
    cx.patience() / 100
}

/// Expects that none of these types tells a state for a while.
pub(in crate::checks) async fn no_state_told(
    cx: &Cx,
    types: &[&TypeUnderTest],
    mark: u64,
    by: &str,
) -> Result<(), Halt> {
    let told = |event: &WatchEvent| {
        event.state().is_some() && types.iter().any(|ty| concerns(cx, ty, event))
    };
    let what = format!("{by} changes the state of no watch");
    cx.expect_silence(mark, a_while(cx), what, told).await
}

/// Starts the watch of a type afresh and returns what it tells up to Synced, from Syncing on.
pub(in crate::checks) async fn fresh(
    cx: &Cx,
    ty: &TypeUnderTest,
) -> Result<Vec<Arc<WatchEvent>>, Halt> {
    let mark = cx.mark();
    let restarted = cx
        .provider()
        .restart_resource_watch(&cx.ctx(), cx.connection(), &ty.key)
        .await;
    cx.given("a restart of the watch", restarted)?;
    prerequisite(synced_after(cx, ty, mark).await)?;
    let mut events = told_of(cx, ty, mark);
    let begin = events
        .iter()
        .position(|event| event.state() == Some(WatchState::Syncing));
    events.drain(..begin.unwrap_or(0));
    let end = events
        .iter()
        .position(|event| event.state() == Some(WatchState::Synced));
    events.truncate(end.map_or(events.len(), |end| end + 1));
    Ok(events)
}

/// Waits until the watch of a type says Synced, not earlier than at a mark.
pub(in crate::checks) async fn synced_after(
    cx: &Cx,
    ty: &TypeUnderTest,
    mark: u64,
) -> Result<Arc<WatchEvent>, Halt> {
    state_after(cx, ty, mark, WatchState::Synced).await
}

/// Waits until the watch of a type is in a state, not earlier than at a mark.
pub(in crate::checks) async fn state_after(
    cx: &Cx,
    ty: &TypeUnderTest,
    mark: u64,
    state: WatchState,
) -> Result<Arc<WatchEvent>, Halt> {
    let what = format!(
        "state {} of {} on {}",
        state.ui_name(),
        ty.key,
        cx.connection()
    );
    cx.wait_event_after(mark, what, |event| {
        event.state() == Some(state) && concerns(cx, ty, event)
    })
    .await
}

/// The events about a type on the check's connection since a mark.
pub(in crate::checks) fn told_of(cx: &Cx, ty: &TypeUnderTest, mark: u64) -> Vec<Arc<WatchEvent>> {
    let mut events = cx.events_after(mark);
    events.retain(|event| concerns(cx, ty, event));
    events
}

pub(in crate::checks) fn concerns(cx: &Cx, ty: &TypeUnderTest, event: &WatchEvent) -> bool {
    *event.key() == ty.key && event.connection() == cx.connection()
}

/// Which object an event is about, by what it says itself.
pub(in crate::checks) fn object_of(event: &WatchEvent) -> Option<Id> {
    Some(Id::new(event.namespace()?, event.id()?))
}

pub(in crate::checks) fn is_add(event: &WatchEvent) -> bool {
    matches!(event, WatchEvent::Add(_))
}

pub(in crate::checks) fn is_update(event: &WatchEvent) -> bool {
    matches!(event, WatchEvent::Update(_))
}

pub(in crate::checks) fn is_delete(event: &WatchEvent) -> bool {
    matches!(event, WatchEvent::Delete(_))
}

/// Waits for an event about an object; counts as an expectation.
pub(in crate::checks) async fn told(
    cx: &Cx,
    ty: &TypeUnderTest,
    mark: u64,
    what: &str,
    object: &Id,
    is_it: impl Fn(&WatchEvent) -> bool,
) -> Result<Arc<WatchEvent>, Halt> {
    let described = format!("{what} of {} {object} on {}", ty.key, cx.connection());
    cx.wait_event_after(mark, described, |event| {
        concerns(cx, ty, event) && object_of(event).as_ref() == Some(object) && is_it(event)
    })
    .await
}

/// The objects that are there after the events, with the last state of each; a new attempt begins afresh.
pub(in crate::checks) fn fold(events: &[Arc<WatchEvent>]) -> BTreeMap<Id, Json> {
    let mut objects = BTreeMap::new();
    for event in events {
        match (&**event, object_of(event)) {
            (WatchEvent::Add(payload), Some(id)) => {
                objects.insert(id, payload.data.clone());
            }
            (WatchEvent::Update(payload), Some(id)) => {
                objects.insert(id, payload.data.clone());
            }
            (WatchEvent::Delete(_), Some(id)) => {
                objects.remove(&id);
            }
            _ if event.state() == Some(WatchState::Syncing) => objects.clear(),
            _ => {}
        }
    }
    objects
}

/// The object in an event, with the identity that it has in its data.
pub(in crate::checks) async fn within(
    cx: &Cx,
    ty: &TypeUnderTest,
    event: &WatchEvent,
) -> Result<Option<Seen>, Halt> {
    let Some(data) = event.data() else {
        return Ok(None);
    };
    let seen = parse(cx, ty, std::slice::from_ref(data)).await?;
    Ok(seen.into_iter().next())
}
