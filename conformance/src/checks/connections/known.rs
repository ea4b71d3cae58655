//! What is known about connections.

use std::collections::BTreeSet;

use futures_util::StreamExt;
use omniview_sdk::{
    CallContext, Connection, ConnectionId, ConnectionStatus, ConnectionStatusCode, EditorSchema,
    ErrorCode,
};
use serde::de::IgnoredAny;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::{
    Cx, Halt,
    check::CheckResult,
    checks::support::{a_while, each, list_all, named},
};

pub(crate) async fn loaded_are_named(cx: &Cx) -> CheckResult {
    let loaded = cx.provider().load_connections(&cx.ctx()).await?;
    cx.expect(!loaded.is_empty(), "there is a connection")?;
    let ids: BTreeSet<&ConnectionId> = loaded.iter().map(|one| &one.id).collect();
    let what = format!(
        "the number of different ids among the {} connections that load_connections answers",
        loaded.len()
    );
    cx.expect_eq(what, ids.len(), loaded.len())?;
    let unnamed = loaded.iter().any(|one| one.id.is_empty());
    cx.expect(!unnamed, "no id is empty")
}

pub(crate) async fn loaded_are_listed(cx: &Cx) -> CheckResult {
    let provider = cx.provider();
    let loaded = provider.load_connections(&cx.ctx()).await?;
    let listed = ids(&provider.list_connections(&cx.ctx()).await?);
    for connection in &loaded {
        let id = &connection.id;
        let what = format!("the connection {id}, which load_connections answers, is listed");
        cx.expect_as_seen(listed.contains(id), what, || {
            format!("list_connections answers {listed:?}")
        })?;
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
    let what = format!("the status of {id} is a documented one");
    cx.expect_as_seen(code.is_known(), what, || {
        let known: Vec<String> = ConnectionStatusCode::ALL
            .iter()
            .map(ToString::to_string)
            .collect();
        format!("it is {code}, which is none of {}", known.join(", "))
    })?;
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

pub(crate) async fn namespaces_are_told_once(cx: &Cx) -> CheckResult {
    let told = cx
        .provider()
        .get_connection_namespaces(&cx.ctx(), cx.connection())
        .await?;
    let what = format!("the namespaces of {}", cx.connection());
    let told = cx.expect_some(what, told)?;
    let mut once = BTreeSet::new();
    let twice = told.iter().find(|namespace| !once.insert(*namespace));
    let what = format!("a namespace of {} that is told twice", cx.connection());
    cx.expect_eq(what, twice, None)?;
    let nameless = told.iter().any(String::is_empty);
    cx.expect_eq("whether a namespace has no name", nameless, false)
}

pub(crate) async fn namespaces_have_objects(cx: &Cx) -> CheckResult {
    each(cx, |ty| async move {
        named(cx, ty).await?;
        let told = cx
            .provider()
            .get_connection_namespaces(&cx.ctx(), cx.connection())
            .await?;
        let what = format!("the namespaces of {}", cx.connection());
        let told = cx.expect_some(what, told)?;
        let used = list_all(cx, ty).await?.namespaces();
        let untold = used.into_iter().find(|namespace| !told.contains(namespace));
        let what = format!("a namespace with objects of {} that is not told", ty.key);
        Ok(cx.expect_eq(what, untold, None)?)
    })
    .await
}

pub(crate) async fn stream_stays_open(cx: &Cx) -> CheckResult {
    let stop = CancellationToken::new();
    let ctx = cx.ctx().with_cancellation(stop.clone());
    let mut stream = cx.provider().watch_connections(&ctx).await?;
    // What comes in the meantime is welcome; an end is not.
    let early = timeout(a_while(cx), async {
        while stream.next().await.is_some() {}
    })
    .await;
    cx.expect(
        early.is_err(),
        "the stream of watch_connections is open while it is not cancelled",
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
    let what = format!("the editor schemas of {}, asked for again", cx.connection());
    cx.expect_eq(what, brief(&second), brief(&first))?;
    let differs = second.iter().zip(&first).find(|(two, one)| two != one);
    let differs = differs.map(|(two, _)| format!("{} for {}", two.uri, two.resource_key));
    cx.expect_eq(
        "an editor schema that is another the second time",
        differs,
        None,
    )
}

/// Which editor schemas there are, without their contents.
fn brief(schemas: &[EditorSchema]) -> Vec<String> {
    let brief = |one: &EditorSchema| format!("{} for {}", one.uri, one.resource_key);
    schemas.iter().map(brief).collect()
}

/// The editor schemas of the connection, of which there is one at least.
async fn schemas(cx: &Cx) -> Result<Vec<EditorSchema>, Halt> {
    let schemas = cx
        .provider()
        .editor_schemas(&cx.ctx(), cx.connection())
        .await?;
    if schemas.is_empty() {
        return Err(Halt::NotApplicable("an editor schema".to_owned()));
    }
    Ok(schemas)
}

pub(crate) async fn schemas_are_of_types(cx: &Cx) -> CheckResult {
    for schema in schemas(cx).await? {
        let key = &schema.resource_key;
        let served = cx.provider().has_resource_type(&cx.ctx(), key).await?;
        let what = format!("whether {key} is served, for which there is an editor schema");
        cx.expect_eq(what, served, true)?;
    }
    Ok(())
}

pub(crate) async fn schemas_can_be_read(cx: &Cx) -> CheckResult {
    for schema in schemas(cx).await? {
        let said = format!(
            "the editor schema {:?} of {}",
            schema.uri, schema.resource_key
        );
        if schema.content.is_empty() {
            let what = format!("whether {said}, which has no content, says where it is");
            cx.expect_eq(what, schema.url.is_empty(), false)?;
            continue;
        }
        let read = serde_json::from_slice::<IgnoredAny>(&schema.content);
        let problem = read.err().map(|error| error.to_string());
        cx.expect_eq(format!("what keeps {said} from being JSON"), problem, None)?;
    }
    Ok(())
}

pub(crate) async fn schemas_of_unknown_are_refused(cx: &Cx) -> CheckResult {
    let id = ConnectionId::from("no-connection-has-this-id");
    let schemas = cx.provider().editor_schemas(&cx.ctx(), &id).await;
    cx.expect_error(ErrorCode::NotFound, schemas)?;
    Ok(())
}
