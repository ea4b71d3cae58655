//! The watches of a whole connection.

use omniview_sdk::{ErrorCode, WatchEvent, WatchState};

use super::resource::{ensure, is_running, restart};
use crate::{
    Cx, Halt, TypeUnderTest,
    check::CheckResult,
    checks::support::{a_while, no_state_told, prerequisite, state_after, synced_after, told_of},
    history::EventLine,
};

pub(crate) async fn connection_stops_all(cx: &Cx) -> CheckResult {
    let watched = cx.watched_types().await?;
    let mark = cx.mark();
    let provider = cx.provider();
    let stopped = provider
        .stop_connection_watch(&cx.ctx(), cx.connection())
        .await;
    cx.expect_ok("stop of the connection's watches", stopped)?;
    all_stopped(cx, &watched, mark).await?;
    let any = provider.has_watch(&cx.ctx(), cx.connection()).await?;
    let what = format!(
        "whether {} has a watch once its watches were stopped",
        cx.connection()
    );
    cx.expect_eq(what, any, false)?;
    let mark = cx.mark();
    let here = |event: &WatchEvent| event.connection() == cx.connection();
    cx.expect_silence(
        mark,
        a_while(cx),
        "nothing follows the Stopped of a connection",
        here,
    )
    .await
}

async fn all_stopped(cx: &Cx, watched: &[&TypeUnderTest], mark: u64) -> Result<(), Halt> {
    for ty in watched {
        state_after(cx, ty, mark, WatchState::Stopped).await?;
        let what = format!("whether {} runs after it was stopped", ty.key);
        cx.expect_eq(what, is_running(cx, ty).await?, false)?;
        let last = told_of(cx, ty, mark).pop();
        let is_end = last.as_ref().and_then(|event| event.state()) == Some(WatchState::Stopped);
        let what = format!("the last that is told of {} is STOPPED", ty.key);
        cx.expect_as_seen(is_end, what, || {
            last.map_or_else(String::new, |event| format!("it is {}", EventLine(&event)))
        })?;
    }
    Ok(())
}

pub(crate) async fn connection_starts_again(cx: &Cx) -> CheckResult {
    let provider = cx.provider();
    // What runs before anybody asks begins with the connection.
    let state = provider.get_watch_state(&cx.ctx(), cx.connection()).await;
    let state = cx.given("the state of the watches", state)?;
    let begin: Vec<&TypeUnderTest> = cx
        .types()
        .iter()
        .filter(|ty| {
            let state = state.resources.get(&ty.key);
            matches!(state, Some(WatchState::Syncing | WatchState::Synced))
        })
        .collect();
    if begin.is_empty() {
        return Err(Halt::NotApplicable(
            "a type whose watch begins with the connection".to_owned(),
        ));
    }
    cx.listen().await;
    for ty in &begin {
        prerequisite(synced_after(cx, ty, 0).await)?;
    }
    let stopped = provider
        .stop_connection_watch(&cx.ctx(), cx.connection())
        .await;
    cx.given("a stop of the connection's watches", stopped)?;
    let mark = cx.mark();
    let started = provider
        .start_connection_watch(&cx.ctx(), cx.connection())
        .await;
    cx.expect_ok("start of the connection's watches", started)?;
    for ty in &begin {
        state_after(cx, ty, mark, WatchState::Syncing).await?;
        synced_after(cx, ty, mark).await?;
    }
    Ok(())
}

pub(crate) async fn connection_start_is_idempotent(cx: &Cx) -> CheckResult {
    let watched = cx.watched_types().await?;
    let mark = cx.mark();
    for _ in 0..2 {
        let started = cx
            .provider()
            .start_connection_watch(&cx.ctx(), cx.connection())
            .await;
        cx.expect_ok("start of watches that run", started)?;
    }
    no_state_told(cx, &watched, mark, "starting watches that run").await
}

pub(crate) async fn disconnect_ends_watches(cx: &Cx) -> CheckResult {
    let watched = cx.watched_types().await?;
    let mark = cx.mark();
    let provider = cx.provider();
    let stopped = provider.stop_connection(&cx.ctx(), cx.connection()).await;
    cx.given("a stop of the connection", stopped)?;
    all_stopped(cx, &watched, mark).await?;
    let state = provider.get_watch_state(&cx.ctx(), cx.connection()).await;
    let state = cx.expect_ok("the state of the watches of a stopped connection", state)?;
    for ty in &watched {
        let state = state.resources.get(&ty.key).copied();
        let what = format!("the state of {} on the stopped connection", ty.key);
        cx.expect_eq(what, state, Some(WatchState::Stopped))?;
    }
    let mark = cx.mark();
    let here = |event: &WatchEvent| event.connection() == cx.connection();
    cx.expect_silence(
        mark,
        a_while(cx),
        "nothing follows the end of a connection",
        here,
    )
    .await
}

pub(crate) async fn disconnected_is_refused(cx: &Cx) -> CheckResult {
    let provider = cx.provider();
    let stopped = provider.stop_connection(&cx.ctx(), cx.connection()).await;
    cx.given("a stop of the connection", stopped)?;
    let started = provider
        .start_connection_watch(&cx.ctx(), cx.connection())
        .await;
    cx.expect_error(ErrorCode::NotConnected, started)?;
    for ty in cx.types() {
        cx.expect_error(ErrorCode::NotConnected, ensure(cx, ty).await)?;
        cx.expect_error(ErrorCode::NotConnected, restart(cx, ty).await)?;
        let what = format!("whether {} runs", ty.key);
        cx.expect_eq(what, is_running(cx, ty).await?, false)?;
    }
    Ok(())
}

pub(crate) async fn connections_are_apart(cx: &Cx) -> CheckResult {
    let watched = cx.watched_types().await?;
    let (provider, other) = (cx.provider(), cx.second_connection());
    let ctx = cx.ctx_on(other);
    let started = provider.start_connection(&ctx, other).await;
    cx.given("a start of the second connection", started)?;
    let mut there = Vec::new();
    for ty in &watched {
        let ensured = provider.ensure_resource_watch(&ctx, other, &ty.key).await;
        // A connection may have other types.
        if ensured.is_ok() {
            let synced = |event: &WatchEvent| {
                event.connection() == other
                    && *event.key() == ty.key
                    && event.state() == Some(WatchState::Synced)
            };
            let what = format!("Synced of {} on {other}", ty.key);
            prerequisite(cx.wait_event(what, synced).await)?;
            there.push(*ty);
        }
    }
    if there.is_empty() {
        return Err(Halt::NotApplicable(
            "a type that both connections watch".to_owned(),
        ));
    }
    let mark = cx.mark();
    let stopped = provider.stop_connection(&ctx, other).await;
    cx.given("a stop of the second connection", stopped)?;
    for ty in &there {
        let told = |event: &WatchEvent| {
            event.connection() == other
                && *event.key() == ty.key
                && event.state() == Some(WatchState::Stopped)
        };
        let what = format!("Stopped of {} on {other}", ty.key);
        cx.wait_event_after(mark, what, told).await?;
    }
    let here =
        |event: &WatchEvent| event.connection() == cx.connection() && event.state().is_some();
    let what = format!("stopping {other} changes no state of {}", cx.connection());
    cx.expect_silence(mark, a_while(cx), what, here).await?;
    for ty in &watched {
        let what = format!(
            "{} runs on {} after {other} was stopped",
            ty.key,
            cx.connection()
        );
        cx.expect(is_running(cx, ty).await?, what)?;
    }
    Ok(())
}
