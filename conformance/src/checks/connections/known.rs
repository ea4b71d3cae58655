//! What is known about connections.

use std::{collections::BTreeSet, time::Duration};

use futures_util::StreamExt;
use omniview_sdk::{
    CallContext, Connection, ConnectionId, ConnectionStatus, ConnectionStatusCode, ErrorCode,
};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::{
    Cx,
    check::CheckResult,
    checks::support::{each, list_all, named},
};

pub(crate) async fn loaded_are_named(cx: &Cx) -> CheckResult {
    let loaded = cx.provider().load_connections(&cx.ctx()).await?;
    cx.expect(!loaded.is_empty(), "there is a connection")?;
    let ids: BTreeSet<&ConnectionId> = loaded.iter().map(|one| &one.id).collect();
    cx.expect_eq("the number of different ids", ids.len(), loaded.len())?;
    let unnamed = loaded.iter().any(|one| one.id.is_empty());
    cx.expect(!unnamed, "no id is empty")
}

pub(crate) async fn loaded_are_listed(cx: &Cx) -> CheckResult {
    let provider = cx.provider();
    let loaded = provider.load_connections(&cx.ctx()).await?;
    let listed = ids(&provider.list_connections(&cx.ctx()).await?);
    for connection in &loaded {
        let id = &connection.id;
        cx.expect(
            listed.contains(id),
            format!("{id}, which is loaded, is listed"),
        )?;
        let fetched = provider.get_connection(&cx.ctx(), id).await;
        let fetched = cx.expect_ok(format!("get of the connection {id}"), fetched)?;
        let fetched = fetched.connection.map(|connection| connection.id.clone());
        cx.expect_eq(
            "the connection that was asked for",
            fetched.as_ref(),
            Some(id),
        )?;
    }
    Ok(())
}

fn ids(statuses: &[ConnectionStatus]) -> Vec<ConnectionId> {
    let connections = statuses.iter().filter_map(|one| one.connection.as_ref());
    connections
        .map(|connection| connection.id.clone())
        .collect()
}

pub(crate) async fn list_is_sorted(cx: &Cx) -> CheckResult {
    let listed = cx.provider().list_connections(&cx.ctx()).await?;
    let ids = ids(&listed);
    cx.expect_eq(
        "the connections that come with their status",
        ids.len(),
        listed.len(),
    )?;
    let mut sorted = ids.clone();
    sorted.sort();
    cx.expect_eq("the connections as they are listed", ids, sorted)
}

pub(crate) async fn list_has_state(cx: &Cx) -> CheckResult {
    let provider = cx.provider();
    let id = cx.connection();
    let listed = provider.list_connections(&cx.ctx()).await?;
    let listed = listed.into_iter().find(|status| {
        let connection = status.connection.as_ref();
        connection.is_some_and(|connection| connection.id == *id)
    });
    let listed = cx.expect_some(format!("{id} in the list of connections"), listed)?;
    let fetched = provider.get_connection(&cx.ctx(), id).await?;
    for (how, status) in [("listed", listed), ("fetched", fetched)] {
        let what = format!("the status of {id}, which was started, as {how}");
        cx.expect_eq(what, status.status, ConnectionStatusCode::Connected)?;
    }
    Ok(())
}

pub(crate) async fn check_says_known_status(cx: &Cx) -> CheckResult {
    let id = cx.connection();
    let status = cx.provider().check_connection(&cx.ctx(), id).await?;
    let code = &status.status;
    cx.expect(
        code.is_known(),
        format!("the status {code} of {id} is a documented one"),
    )?;
    let connection = status.connection.map(|connection| connection.id.clone());
    cx.expect_eq(
        "the connection that was checked",
        connection.as_ref(),
        Some(id),
    )
}

pub(crate) async fn check_of_stopped_is_disconnected(cx: &Cx) -> CheckResult {
    let id = cx.connection();
    let status = cx.provider().check_connection(&cx.ctx(), id).await;
    let status = cx.expect_ok(format!("check of {id}, which is not started"), status)?;
    let what = format!("the status of {id}, which is not started");
    cx.expect_eq(what, status.status, ConnectionStatusCode::Disconnected)
}

pub(crate) async fn unknown_is_not_found(cx: &Cx) -> CheckResult {
    let provider = cx.provider();
    let ctx = CallContext::new();
    let id = ConnectionId::from("no-connection-has-this-id");
    let nowhere = Connection {
        id: id.clone(),
        ..Connection::default()
    };
    let code = ErrorCode::NotFound;
    cx.expect_error(code.clone(), provider.start_connection(&ctx, &id).await)?;
    cx.expect_error(code.clone(), provider.check_connection(&ctx, &id).await)?;
    cx.expect_error(code.clone(), provider.get_connection(&ctx, &id).await)?;
    cx.expect_error(
        code.clone(),
        provider.get_connection_namespaces(&ctx, &id).await,
    )?;
    cx.expect_error(
        code.clone(),
        provider.update_connection(&ctx, nowhere).await,
    )?;
    cx.expect_error(code.clone(), provider.delete_connection(&ctx, &id).await)?;
    cx.expect_error(code.clone(), provider.resource_types(&ctx, &id).await)?;
    cx.expect_error(code, provider.resource_groups(&ctx, &id).await)?;
    let listed = ids(&provider.list_connections(&ctx).await?);
    cx.expect(
        !listed.contains(&id),
        "an unknown connection is not listed afterwards",
    )
}

pub(crate) async fn namespaces_are_told(cx: &Cx) -> CheckResult {
    let provider = cx.provider();
    let told = provider
        .get_connection_namespaces(&cx.ctx(), cx.connection())
        .await?;
    let what = format!(
        "the namespaces of {}, whose types have some",
        cx.connection()
    );
    cx.expect_some(what, told)?;
    Ok(())
}

pub(crate) async fn namespaces_have_objects(cx: &Cx) -> CheckResult {
    each(cx, |ty| async move {
        named(cx, ty).await?;
        let told = cx
            .provider()
            .get_connection_namespaces(&cx.ctx(), cx.connection())
            .await?;
        let told = cx.expect_some("the namespaces of the connection", told)?;
        let used = list_all(cx, ty).await?.namespaces();
        let untold = used.into_iter().find(|namespace| !told.contains(namespace));
        let what = format!("a namespace with objects of {} that is not told", ty.key);
        Ok(cx.expect_eq(what, untold, None)?)
    })
    .await
}

pub(crate) async fn stream_stays_open(cx: &Cx) -> CheckResult {
    const WHILE: Duration = Duration::from_millis(20);
    let stop = CancellationToken::new();
    let ctx = cx.ctx().with_cancellation(stop.clone());
    let mut stream = cx.provider().watch_connections(&ctx).await?;
    // What comes in the meantime is welcome; an end is not.
    let early = timeout(WHILE, async { while stream.next().await.is_some() {} }).await;
    cx.expect(
        early.is_err(),
        "the stream is open while it is not cancelled",
    )?;
    stop.cancel();
    let ended = timeout(cx.patience(), async {
        while stream.next().await.is_some() {}
    })
    .await;
    cx.expect(ended.is_ok(), "the stream ends when it is cancelled")
}

pub(crate) async fn schemas_are_stable(cx: &Cx) -> CheckResult {
    let provider = cx.provider();
    let first = provider.editor_schemas(&cx.ctx(), cx.connection()).await?;
    let second = provider.editor_schemas(&cx.ctx(), cx.connection()).await?;
    cx.expect_eq("the editor schemas, asked for again", second, first)
}
