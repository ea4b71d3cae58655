//! Connections that come and go in the configuration.

use std::fmt;

use futures_util::{StreamExt, stream::BoxStream};
use omniview_sdk::{Connection, ConnectionId, ConnectionStatus};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::{Cx, Halt, check::CheckResult};

pub(crate) async fn outside_is_told(cx: &Cx) -> CheckResult {
    let present = cx
        .provider()
        .get_connection(&cx.ctx(), cx.connection())
        .await;
    let present = cx.given("the connection", present)?.connection;
    let present = present.ok_or_else(|| Halt::Blocked("the connection as it is".to_owned()))?;
    let added = Connection {
        id: "added-by-the-conformance-suite".into(),
        uid: "added-by-the-conformance-suite".to_owned(),
        name: "added by the conformance suite".to_owned(),
        ..(*present).clone()
    };
    let stop = CancellationToken::new();
    let ctx = cx.ctx().with_cancellation(stop.clone());
    let mut stream = cx.provider().watch_connections(&ctx).await?;
    let told = told(cx, &mut stream, &added).await;
    // Whatever was seen, the configuration is left as it was.
    let removed = cx.outside().remove_connection(&added.id).await;
    stop.cancel();
    told?;
    removed.map_err(|error| Halt::Blocked(format!("take a connection away: {error}")))
}

async fn told(
    cx: &Cx,
    stream: &mut BoxStream<'static, Vec<ConnectionStatus>>,
    added: &Connection,
) -> Result<(), Halt> {
    let id = &added.id;
    cx.note(format!("outside: {id} is added to the configuration"));
    let done = cx.outside().add_connection(added).await;
    done.map_err(|error| Halt::Blocked(format!("configure a connection: {error}")))?;
    streamed(cx, stream, id, Presence::There).await?;
    listed(cx, id, Presence::There).await?;
    cx.note(format!("outside: {id} is taken from the configuration"));
    let done = cx.outside().remove_connection(id).await;
    done.map_err(|error| Halt::Blocked(format!("take a connection away: {error}")))?;
    streamed(cx, stream, id, Presence::Gone).await?;
    listed(cx, id, Presence::Gone).await
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Presence {
    There,
    Gone,
}

impl fmt::Display for Presence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::There => "there",
            Self::Gone => "gone",
        })
    }
}

fn presence(id: &ConnectionId, all: &[ConnectionStatus]) -> Presence {
    let has = all.iter().any(|status| {
        let connection = status.connection.as_ref();
        connection.is_some_and(|connection| connection.id == *id)
    });
    if has { Presence::There } else { Presence::Gone }
}

/// Waits for the stream to say that a connection is there, or that it is not.
async fn streamed(
    cx: &Cx,
    stream: &mut BoxStream<'static, Vec<ConnectionStatus>>,
    id: &ConnectionId,
    wanted: Presence,
) -> Result<(), Halt> {
    cx.count_assertion();
    let mut told = Vec::new();
    let waiting = async {
        while let Some(all) = stream.next().await {
            told.push(presence(id, &all));
            if told.last() == Some(&wanted) {
                return true;
            }
        }
        false
    };
    if timeout(cx.patience(), waiting).await == Ok(true) {
        return Ok(());
    }
    Err(Halt::failed(
        format!("the stream of watch_connections tells that {id} is {wanted} in the configuration"),
        format!("it is {wanted}, within {:?}", cx.patience()),
        match told.last() {
            None => "the stream told nothing".to_owned(),
            Some(last) => format!("told {} times, the last time that it is {last}", told.len()),
        },
    ))
}

async fn listed(cx: &Cx, id: &ConnectionId, wanted: Presence) -> Result<(), Halt> {
    let all = cx.provider().list_connections(&cx.ctx()).await?;
    let what = format!("{id} in the list of connections, once the stream has told of it");
    cx.expect_eq(what, presence(id, &all), wanted)
}
