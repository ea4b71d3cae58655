//! Starting, stopping, changing and deleting connections.

use std::sync::Arc;

use futures_util::future::join_all;
use omniview_sdk::{
    Connection, ConnectionStatusCode, ErrorCode, FindInput, GetInput, ListInput, WatchState,
};

use crate::{
    Cx, Halt, TypeUnderTest,
    check::CheckResult,
    checks::support::{no_state_told, prerequisite, synced_after, told_of},
};

pub(crate) async fn start_says_connected(cx: &Cx) -> CheckResult {
    let provider = cx.provider();
    let id = cx.connection();
    let loaded = provider.load_connections(&cx.ctx()).await?;
    let loaded = loaded.into_iter().find(|connection| connection.id == *id);
    let status = provider.start_connection(&cx.ctx(), id).await?;
    let what = format!("the status of {id} after its start");
    cx.expect_eq(what, status.status, ConnectionStatusCode::Connected)?;
    let what = format!("the connection itself in the status that the start of {id} answers");
    let connection = cx.expect_some(what, status.connection)?;
    cx.expect_eq("the connection that was started", &connection.id, id)?;
    if let Some(loaded) = loaded {
        cx.expect_eq("its name", &connection.name, &loaded.name)?;
        cx.expect_eq("its labels", &connection.labels, &loaded.labels)?;
        cx.expect_eq("the keys of its data", keys(&connection), keys(&loaded))?;
    }
    Ok(())
}

/// The keys alone: what a plugin needs to reach a backend does not belong in a report.
fn keys(connection: &Connection) -> Vec<&String> {
    connection.data.keys().collect()
}

pub(crate) async fn start_begins_watches(cx: &Cx) -> CheckResult {
    let provider = cx.provider();
    let state = provider.get_watch_state(&cx.ctx(), cx.connection()).await?;
    let begun = state
        .resources
        .iter()
        .any(|(_, state)| !matches!(state, WatchState::Idle | WatchState::Skipped));
    if !begun {
        return Err(Halt::NotApplicable(
            "a type whose watch begins with the connection".to_owned(),
        ));
    }
    let any = provider.has_watch(&cx.ctx(), cx.connection()).await?;
    cx.expect(any, "the connection has a watch when it has started")?;
    cx.listen().await;
    for (key, state) in &state.resources {
        if matches!(state, WatchState::Idle | WatchState::Skipped) {
            continue;
        }
        cx.wait_state(key, WatchState::Syncing).await?;
    }
    Ok(())
}

pub(crate) async fn start_twice_is_harmless(cx: &Cx) -> CheckResult {
    let watched = cx.watched_types().await?;
    let mark = cx.mark();
    let status = cx
        .provider()
        .start_connection(&cx.ctx(), cx.connection())
        .await?;
    let what = "the status of a connection that was started twice";
    cx.expect_eq(what, status.status, ConnectionStatusCode::Connected)?;
    let by = format!("a second start of {}", cx.connection());
    no_state_told(cx, &watched, mark, &by).await
}

pub(crate) async fn start_at_once_is_one(cx: &Cx) -> CheckResult {
    const CALLS: usize = 6;
    cx.listen().await;
    let provider = cx.provider();
    let starts = (0..CALLS).map(|_| {
        let (provider, ctx) = (Arc::clone(&provider), cx.ctx());
        async move { provider.start_connection(&ctx, cx.connection()).await }
    });
    for started in join_all(starts).await {
        let started = cx.expect_ok("one of many starts at once", started)?;
        let what = "the status after one of many starts at once";
        cx.expect_eq(what, started.status, ConnectionStatusCode::Connected)?;
    }
    let watched = cx.watched_types().await?;
    for ty in watched {
        let attempts = told_of(cx, ty, 0)
            .iter()
            .filter(|event| event.state() == Some(WatchState::Syncing))
            .count();
        let what = format!("the attempts of {} after {CALLS} starts at once", ty.key);
        cx.expect_eq(what, attempts, 1)?;
    }
    Ok(())
}

pub(crate) async fn stop_answers_connection(cx: &Cx) -> CheckResult {
    let provider = cx.provider();
    let id = cx.connection();
    let stopped = provider.stop_connection(&cx.ctx(), id).await?;
    cx.expect_eq("the connection that was stopped", &stopped.id, id)?;
    let status = provider.check_connection(&cx.ctx(), id).await?;
    let what = format!("the status of {id} after its stop");
    cx.expect_eq(what, status.status, ConnectionStatusCode::Disconnected)
}

pub(crate) async fn stop_ends_operations(cx: &Cx) -> CheckResult {
    let provider = cx.provider();
    let stopped = provider.stop_connection(&cx.ctx(), cx.connection()).await;
    cx.given("a stop of the connection", stopped)?;
    let code = ErrorCode::NotConnected;
    for ty in cx.types() {
        let (ctx, key) = (cx.ctx(), &ty.key);
        let got = provider.get(&ctx, key, GetInput::new("any")).await;
        cx.expect_error(code.clone(), got)?;
        cx.expect_error(
            code.clone(),
            provider.list(&ctx, key, ListInput::all()).await,
        )?;
        cx.expect_error(
            code.clone(),
            provider.find(&ctx, key, FindInput::all()).await,
        )?;
    }
    Ok(())
}

pub(crate) async fn stop_of_stopped_is_refused(cx: &Cx) -> CheckResult {
    let stopped = cx
        .provider()
        .stop_connection(&cx.ctx(), cx.connection())
        .await;
    cx.expect_error(ErrorCode::NotConnected, stopped)?;
    Ok(())
}

pub(crate) async fn stop_spares_others(cx: &Cx) -> CheckResult {
    let (provider, other) = (cx.provider(), cx.second_connection());
    let started = provider.start_connection(&cx.ctx_on(other), other).await;
    cx.given("a start of the second connection", started)?;
    let stopped = provider.stop_connection(&cx.ctx_on(other), other).await;
    cx.expect_ok(format!("stop of {other}"), stopped)?;
    let status = provider.get_connection(&cx.ctx(), cx.connection()).await?;
    let what = format!(
        "the status of {} after {other} was stopped",
        cx.connection()
    );
    cx.expect_eq(what, status.status, ConnectionStatusCode::Connected)?;
    for ty in cx.types() {
        let listed = cx.list(&ty.key, ListInput::all()).await;
        cx.expect_ok(
            format!("list of {} after {other} was stopped", ty.key),
            listed,
        )?;
    }
    Ok(())
}

pub(crate) async fn restart_works(cx: &Cx) -> CheckResult {
    let provider = cx.provider();
    cx.listen().await;
    let state = provider.get_watch_state(&cx.ctx(), cx.connection()).await;
    let before = cx.given("the state of the watches", state)?;
    let stopped = provider.stop_connection(&cx.ctx(), cx.connection()).await;
    cx.expect_ok(
        format!("stop of the connection {}", cx.connection()),
        stopped,
    )?;
    let mark = cx.mark();
    let started = provider.start_connection(&cx.ctx(), cx.connection()).await;
    let what = format!("start of the stopped connection {}", cx.connection());
    let started = cx.expect_ok(what, started)?;
    let what = "the status of a connection that was stopped and started";
    cx.expect_eq(what, started.status, ConnectionStatusCode::Connected)?;
    for ty in cx.types() {
        let listed = cx.list(&ty.key, ListInput::all()).await;
        cx.expect_ok(format!("list of {} after the restart", ty.key), listed)?;
        let began = matches!(
            before.resources.get(&ty.key),
            Some(WatchState::Syncing | WatchState::Synced)
        );
        if began {
            synced_after(cx, ty, mark).await?;
        }
    }
    Ok(())
}

pub(crate) async fn update_of_nothing_is_told(cx: &Cx) -> CheckResult {
    let provider = cx.provider();
    let present = provider.get_connection(&cx.ctx(), cx.connection()).await;
    let present = cx.given("the connection", present)?.connection;
    let present = present.ok_or_else(|| Halt::Blocked("the connection as it is".to_owned()))?;
    let updated = provider
        .update_connection(&cx.ctx(), (*present).clone())
        .await;
    let code = ErrorCode::from("CONNECTION_UNCHANGED");
    cx.expect_error(code, updated)?;
    let status = provider.get_connection(&cx.ctx(), cx.connection()).await?;
    let what = "the status after an update of nothing";
    cx.expect_eq(what, status.status, ConnectionStatusCode::Connected)
}

pub(crate) async fn update_swaps_client(cx: &Cx) -> CheckResult {
    let provider = cx.provider();
    let id = cx.connection();
    cx.listen().await;
    let state = provider.get_watch_state(&cx.ctx(), id).await;
    let before = cx.given("the state of the watches", state)?;
    let running: Vec<&TypeUnderTest> = cx
        .types()
        .iter()
        .filter(|ty| before.resources.get(&ty.key) == Some(&WatchState::Synced))
        .collect();
    let present = cx.given(
        "the connection",
        provider.get_connection(&cx.ctx(), id).await,
    )?;
    let present = present
        .connection
        .ok_or_else(|| Halt::Blocked("the connection as it is".to_owned()))?;
    let changed = Connection {
        description: format!("{} (changed by the conformance suite)", present.description),
        ..(*present).clone()
    };
    let mark = cx.mark();
    let updated = provider.update_connection(&cx.ctx(), changed.clone()).await;
    let updated = cx.expect_ok(format!("update of the connection {id}"), updated)?;
    let outcome = async {
        let what = "the status of an active connection after its update";
        cx.expect_eq(what, updated.status, ConnectionStatusCode::Connected)?;
        let kept = provider.get_connection(&cx.ctx(), id).await?.connection;
        let kept = kept.map(|connection| connection.description.clone());
        cx.expect_eq(
            format!("the description of {id} after its update"),
            kept,
            Some(changed.description),
        )?;
        for ty in cx.types() {
            let listed = cx.list(&ty.key, ListInput::all()).await;
            cx.expect_ok(format!("list of {} after the update", ty.key), listed)?;
        }
        for ty in running {
            synced_after(cx, ty, mark).await?;
        }
        Ok::<(), Halt>(())
    }
    .await;
    // A plugin that outlives the check is left as it was found.
    let restored = provider
        .update_connection(&cx.ctx(), (*present).clone())
        .await;
    outcome?;
    prerequisite(cx.expect_ok("update back to what it was", restored))?;
    Ok(())
}

pub(crate) async fn refresh_keeps_watches(cx: &Cx) -> CheckResult {
    cx.listen().await;
    let provider = cx.provider();
    let state = provider.get_watch_state(&cx.ctx(), cx.connection()).await;
    let state = cx.given("the state of the watches", state)?;
    let running: Vec<&TypeUnderTest> = cx
        .types()
        .iter()
        .filter(|ty| state.resources.get(&ty.key) == Some(&WatchState::Synced))
        .collect();
    for ty in &running {
        prerequisite(synced_after(cx, ty, 0).await)?;
    }
    let mark = cx.mark();
    match provider
        .refresh_connection(&cx.ctx(), cx.connection())
        .await
    {
        Ok(status) => {
            let what = "the status after a refresh";
            cx.expect_eq(what, status.status, ConnectionStatusCode::Connected)?;
        }
        Err(error) if *error.code() == ErrorCode::Unsupported => {}
        Err(error) => {
            return Err(Halt::failed(
                format!(
                    "refresh of {} succeeds or is not supported",
                    cx.connection()
                ),
                "success, or UNSUPPORTED",
                error.summary(),
            ));
        }
    }
    let by = format!("a refresh of {}", cx.connection());
    no_state_told(cx, &running, mark, &by).await
}

pub(crate) async fn refresh_of_stopped_is_refused(cx: &Cx) -> CheckResult {
    let refreshed = cx
        .provider()
        .refresh_connection(&cx.ctx(), cx.connection())
        .await;
    let code = match &refreshed {
        // A plugin that renews no credentials says that whether the connection is started or not.
        Err(error) if *error.code() == ErrorCode::Unsupported => ErrorCode::Unsupported,
        _ => ErrorCode::NotConnected,
    };
    cx.expect_error(code, refreshed)?;
    Ok(())
}

pub(crate) async fn delete_forgets(cx: &Cx) -> CheckResult {
    let (provider, id) = (cx.provider(), cx.second_connection());
    let ctx = cx.ctx_on(id);
    let started = provider.start_connection(&ctx, id).await;
    cx.given("a start of the second connection", started)?;
    let deleted = provider.delete_connection(&ctx, id).await;
    cx.expect_ok(format!("delete of the connection {id}"), deleted)?;
    cx.expect_error(ErrorCode::NotFound, provider.get_connection(&ctx, id).await)?;
    cx.expect_error(
        ErrorCode::NotFound,
        provider.start_connection(&ctx, id).await,
    )?;
    let listed = provider.list_connections(&cx.ctx()).await?;
    let still = listed.iter().any(|status| {
        let connection = status.connection.as_ref();
        connection.is_some_and(|connection| connection.id == *id)
    });
    cx.expect_eq(
        format!("whether {id} is listed after its delete"),
        still,
        false,
    )?;
    let status = provider.get_connection(&cx.ctx(), cx.connection()).await?;
    let what = format!("the status of {} after {id} was deleted", cx.connection());
    cx.expect_eq(what, status.status, ConnectionStatusCode::Connected)
}
