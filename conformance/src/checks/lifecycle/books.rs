//! What can be asked about watches, and what is refused.

use std::{collections::BTreeSet, time::Duration};

use omniview_sdk::{
    ConnectionId, ErrorCode, ListInput, ResourceKey, ResourceOperationError, WatchEvent, WatchState,
};
use tokio::time::Instant;

use super::resource::{ensure, is_running, restart, stop};
use crate::{
    Capability, Cx, Halt,
    check::CheckResult,
    checks::support::{Stop, concerns, each, each_watched, synced_after, told_of},
    history::EventLine,
};

pub(crate) async fn running_agrees_with_state(cx: &Cx) -> CheckResult {
    let watched = cx.watched_types().await?;
    // Some that run and one that does not.
    if let [first, _, ..] = watched.as_slice() {
        cx.given("a stop of the watch", stop(cx, first).await)?;
    }
    for ty in cx.types() {
        let state = cx
            .provider()
            .get_watch_state(&cx.ctx(), cx.connection())
            .await?;
        let state = state.resources.get(&ty.key).copied().unwrap_or_default();
        let active = matches!(
            state,
            WatchState::Syncing | WatchState::Synced | WatchState::Error
        );
        let what = format!("whether {} runs, in state {}", ty.key, state.ui_name());
        cx.expect_eq(what, is_running(cx, ty).await?, active)?;
    }
    Ok(())
}

pub(crate) async fn state_lists_watchable(cx: &Cx) -> CheckResult {
    let provider = cx.provider();
    let state = provider.get_watch_state(&cx.ctx(), cx.connection()).await?;
    cx.expect_eq(
        "the connection of the state",
        &state.connection_id,
        cx.connection(),
    )?;
    let types = provider.resource_types(&cx.ctx(), cx.connection()).await;
    let types = cx.given("the types of the connection", types)?;
    let mut watchable = BTreeSet::new();
    for key in types.keys() {
        let capabilities = provider.resource_capabilities(&cx.ctx(), key).await;
        let capabilities = cx.given("the capabilities of a type", capabilities)?;
        if Capability::Watchable.is_in(&capabilities) {
            watchable.insert(key);
        }
    }
    let listed: BTreeSet<&ResourceKey> = state.resources.keys().collect();
    // A type that discovery excludes is no type of the connection, and Skipped.
    let missing: Vec<_> = watchable.difference(&listed).collect();
    let what = format!(
        "a watchable type that has no state in get_watch_state of {}",
        cx.connection()
    );
    cx.expect_eq(what, missing.first(), None)?;
    let strange = cx
        .types()
        .iter()
        .find(|ty| !ty.capabilities.watchable && listed.contains(&ty.key))
        .map(|ty| &ty.key);
    let what = format!(
        "a type that is not watchable and has a state in get_watch_state of {}",
        cx.connection()
    );
    cx.expect_eq(what, strange, None)
}

pub(crate) async fn state_follows_events(cx: &Cx) -> CheckResult {
    each_watched(cx, |ty| async move {
        let events = told_of(cx, ty, 0);
        let told = events.iter().rev().find_map(|event| match &**event {
            WatchEvent::State(state) => Some((state.state, state.resource_count)),
            _ => None,
        });
        let (told, count) = told.unwrap_or_default();
        let state = cx
            .provider()
            .get_watch_state(&cx.ctx(), cx.connection())
            .await?;
        let key = &ty.key;
        let now = state.resources.get(key).copied();
        let what = format!("the state of {key} in get_watch_state, by what it told last");
        cx.expect_eq(what, now, Some(told))?;
        let counted = state.resource_counts.get(key).copied();
        let what = format!("the count of {key}, which is synced, in get_watch_state");
        cx.expect_eq(what, counted, Some(count.unwrap_or(0)))?;
        let any = cx.provider().has_watch(&cx.ctx(), cx.connection()).await?;
        Ok(cx.expect(
            any,
            format!("the connection has a watch, since {key} is synced"),
        )?)
    })
    .await
}

pub(crate) async fn unwatchable_is_refused(cx: &Cx) -> CheckResult {
    cx.listen().await;
    for ty in cx.types() {
        cx.expect_error(ErrorCode::Unsupported, ensure(cx, ty).await)?;
        cx.expect_error(ErrorCode::Unsupported, restart(cx, ty).await)?;
        let what = format!("{} runs, which cannot be watched", ty.key);
        cx.expect_eq(what, is_running(cx, ty).await?, false)?;
        let told = cx.events().into_iter().find(|event| *event.key() == ty.key);
        let what = format!("what is told of {}, which cannot be watched", ty.key);
        let told = told.map(|event| EventLine(&event).to_string());
        cx.expect_eq(what, told, None)?;
    }
    Ok(())
}

pub(crate) async fn never_is_refused(cx: &Cx) -> CheckResult {
    cx.listen().await;
    each(cx, |ty| async move {
        match ensure(cx, ty).await {
            Err(error) if *error.code() == ErrorCode::Unsupported => {}
            _ => return Err(Stop::Undeclared("it is watched".to_owned())),
        }
        cx.expect_error(ErrorCode::Unsupported, restart(cx, ty).await)?;
        let provider = cx.provider();
        if ty.supports(crate::Operation::List) {
            cx.given("a list", cx.list(&ty.key, ListInput::all()).await)?;
        }
        let started = provider
            .start_connection_watch(&cx.ctx(), cx.connection())
            .await;
        cx.given("a start of the watches", started)?;
        let what = format!("{} runs, which is never watched", ty.key);
        cx.expect_eq(what, is_running(cx, ty).await?, false)?;
        let syncing = told_of(cx, ty, 0)
            .into_iter()
            .find(|event| event.state() == Some(WatchState::Syncing));
        let what = format!("an attempt of {}, which is never watched", ty.key);
        let syncing = syncing.map(|event| EventLine(&event).to_string());
        Ok(cx.expect_eq(what, syncing, None)?)
    })
    .await
}

pub(crate) async fn unknown_type_is_refused(cx: &Cx) -> CheckResult {
    let provider = cx.provider();
    let key = ResourceKey::of("nobody.example", "v0", "Unheard");
    let served = provider.has_resource_type(&cx.ctx(), &key).await;
    if cx.given("whether a type is served", served)? {
        return Err(Halt::NotApplicable("a type that nobody serves".to_owned()));
    }
    let (ctx, connection) = (cx.ctx(), cx.connection());
    let ensured = provider.ensure_resource_watch(&ctx, connection, &key).await;
    cx.expect_error(ErrorCode::NotFound, ensured)?;
    let restarted = provider
        .restart_resource_watch(&ctx, connection, &key)
        .await;
    cx.expect_error(ErrorCode::NotFound, restarted)?;
    let running = provider
        .is_resource_watch_running(&ctx, connection, &key)
        .await?;
    cx.expect_eq(
        "whether the watch of a type that nobody serves runs",
        running,
        false,
    )
}

pub(crate) async fn unknown_connection_is_refused(cx: &Cx) -> CheckResult {
    let provider = cx.provider();
    let nowhere = ConnectionId::from("no-connection-has-this-id");
    let ctx = cx.ctx_on(&nowhere);
    let started = provider.start_connection_watch(&ctx, &nowhere).await;
    cx.expect_error(ErrorCode::NotFound, started)?;
    let stopped = provider.stop_connection_watch(&ctx, &nowhere).await;
    cx.expect_error(ErrorCode::NotFound, stopped)?;
    let state = provider.get_watch_state(&ctx, &nowhere).await;
    cx.expect_error(ErrorCode::NotFound, state)?;
    Ok(())
}

pub(crate) async fn first_query_starts(cx: &Cx) -> CheckResult {
    cx.listen().await;
    each(cx, |ty| async move {
        let provider = cx.provider();
        let state = provider.get_watch_state(&cx.ctx(), cx.connection()).await;
        let state = cx.given("the state of the watches", state)?;
        if state.resources.get(&ty.key) != Some(&WatchState::Idle) {
            return Err(Stop::Undeclared("it does not wait for a query".to_owned()));
        }
        let told = told_of(cx, ty, 0)
            .into_iter()
            .find(|event| concerns(cx, ty, event));
        let told = told.map(|event| EventLine(&event).to_string());
        cx.expect_eq(
            format!("what is told of {}, which is idle", ty.key),
            told,
            None,
        )?;
        let mark = cx.mark();
        cx.given("a list", cx.list(&ty.key, ListInput::all()).await)?;
        // Idle may also mean never, which ensuring it tells; but that would start one that waits for its query.
        let started = poll_until(cx.patience() / 10, || is_running(cx, ty)).await?;
        if !started {
            let refused = ensure(cx, ty).await;
            if refused.is_err_and(|error| *error.code() == ErrorCode::Unsupported) {
                return Err(Stop::Undeclared("it is never watched".to_owned()));
            }
        }
        let what = format!("the first query of {} starts its watch", ty.key);
        cx.expect(started, what)?;
        synced_after(cx, ty, mark).await?;
        Ok(())
    })
    .await
}

/// Asks until the answer is yes, or the time is over.
async fn poll_until<F>(limit: Duration, ask: impl Fn() -> F) -> Result<bool, ResourceOperationError>
where
    F: Future<Output = Result<bool, ResourceOperationError>>,
{
    const PAUSE: Duration = Duration::from_millis(2);
    let until = Instant::now() + limit;
    loop {
        if ask().await? {
            return Ok(true);
        }
        if Instant::now() >= until {
            return Ok(false);
        }
        tokio::time::sleep(PAUSE).await;
    }
}
