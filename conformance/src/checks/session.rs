//! How a call finds its connection.

use omniview_sdk::{CallContext, ConnectionId, ErrorCode, GetInput, ListInput};

use super::support::{each_compared, ids, named, quiet, same_objects};
use crate::{Cx, Halt, check::CheckResult};

#[doc(hidden)]
#[macro_export]
macro_rules! __checks_session {
    ([$($callback:tt)*] [$($args:tt)*]) => { $($callback)*! { [$($args)*] session {
        names_the_connection {
            id: "session.names.the-connection",
            requirement: "The session chooses the connection: one that is not started is refused with NOT_CONNECTED while another works.",
            clauses: &["SES-07", "OPS-13"],
            needs: &[Can(List), SecondConnection],
            profile: Smoke,
            catches: &["not-connected-answers"],
        }
        unknown_connection_is_refused {
            id: "session.unknown-connection.is-refused",
            requirement: "A session that names a connection that is not known is refused with NOT_FOUND.",
            clauses: &["SES-07"],
            needs: &[Can(List)],
            catches: &["unknown-connection-served"],
        }
        absent_means_the_only_one {
            id: "session.absent.means-the-only-one",
            requirement: "Without a session the only connection that is started is meant.",
            clauses: &["SES-07"],
            needs: &[Can(List)],
            catches: &["sole-connection-refused"],
        }
        absent_among_several_is_refused {
            id: "session.absent.among-several-is-refused",
            requirement: "Without a session and with several connections started, a call is refused with AMBIGUOUS_CONNECTION, which lists them.",
            clauses: &["SES-07"],
            needs: &[Can(List), SecondConnection],
            catches: &["ambiguous-picks-first"],
        }
        absent_among_none_is_refused {
            id: "session.absent.among-none-is-refused",
            requirement: "Without a session and without a started connection, a call is refused with NOT_CONNECTED.",
            clauses: &["SES-07", "OPS-13"],
            needs: &[Can(List)],
            start: Mounted,
            catches: &["not-connected-answers"],
        }
        chosen_among_several_works {
            id: "session.chosen.among-several-works",
            requirement: "With several connections started, each session reaches its own: an object that is made on one is found there.",
            clauses: &["SES-07", "SES-04"],
            needs: &[Can(Create), Can(Get), Samples, SecondConnection],
            catches: &["get-asks-last-connection"],
        }
        second_reaches_its_own_backend {
            id: "session.second.reaches-its-own-backend",
            requirement: "A session that names another connection reaches the backend of that one: what is put there is found.",
            clauses: &["SES-07", "CON-06"],
            needs: &[Can(Get), Samples, SecondConnection, Outside],
            catches: &["lost-session"],
        }
        types_need_none {
            id: "session.types.need-none",
            requirement: "What is known of types can be asked without a session and without a connection.",
            clauses: &["TYP-04", "TYP-15", "CAP-05"],
            needs: &[Can(Get)],
            start: Mounted,
            catches: &["types-need-session"],
        }
    }}};
}

pub(crate) async fn names_the_connection(cx: &Cx) -> CheckResult {
    let (provider, other) = (cx.provider(), cx.second_connection());
    for ty in cx.types() {
        let there = provider
            .list(&cx.ctx_on(other), &ty.key, ListInput::all())
            .await;
        let what = format!("list of {} on {other}, which is not started,", ty.key);
        cx.expect_refused(what, ErrorCode::NotConnected, there)?;
        let here = provider.list(&cx.ctx(), &ty.key, ListInput::all()).await;
        cx.expect_ok(format!("list of {} on {}", ty.key, cx.connection()), here)?;
    }
    Ok(())
}

pub(crate) async fn unknown_connection_is_refused(cx: &Cx) -> CheckResult {
    let nowhere = ConnectionId::from("no-connection-has-this-id");
    for ty in cx.types() {
        let listed = cx
            .provider()
            .list(&cx.ctx_on(&nowhere), &ty.key, ListInput::all())
            .await;
        cx.expect_error(ErrorCode::NotFound, listed)?;
    }
    Ok(())
}

pub(crate) async fn absent_means_the_only_one(cx: &Cx) -> CheckResult {
    each_compared(cx, |ty| async move {
        named(cx, ty).await?;
        let (listing, listed) = quiet(cx, ty, |_| async {
            let provider = cx.provider();
            let listed = provider
                .list(&CallContext::new(), &ty.key, ListInput::all())
                .await;
            let listed = cx.expect_ok(format!("list of {} without a session", ty.key), listed)?;
            Ok(ids(cx, ty, &listed.result).await?)
        })
        .await?;
        let what = format!("what {} lists without a session", ty.key);
        Ok(same_objects(cx, what, &listed, &listing.ids())?)
    })
    .await
}

pub(crate) async fn absent_among_several_is_refused(cx: &Cx) -> CheckResult {
    let (provider, other) = (cx.provider(), cx.second_connection());
    let started = provider.start_connection(&cx.ctx_on(other), other).await;
    cx.given("a start of the second connection", started)?;
    let ty = cx.any_type();
    let listed = provider
        .list(&CallContext::new(), &ty.key, ListInput::all())
        .await;
    let what = format!(
        "list of {} without a session, with {} and {other} started,",
        ty.key,
        cx.connection()
    );
    let error = cx.expect_refused(what, ErrorCode::AmbiguousConnection, listed)?;
    let text = format!("{} {}", error.message(), error.suggestions().join(" "));
    for id in [cx.connection(), other] {
        cx.expect(
            text.contains(id.as_str()),
            format!("the error lists {id}: {text}"),
        )?;
    }
    Ok(())
}

pub(crate) async fn absent_among_none_is_refused(cx: &Cx) -> CheckResult {
    for ty in cx.types() {
        let listed = cx
            .provider()
            .list(&CallContext::new(), &ty.key, ListInput::all())
            .await;
        let what = format!(
            "list of {} without a session, with no connection started,",
            ty.key
        );
        cx.expect_refused(what, ErrorCode::NotConnected, listed)?;
    }
    Ok(())
}

pub(crate) async fn chosen_among_several_works(cx: &Cx) -> CheckResult {
    let (provider, other) = (cx.provider(), cx.second_connection());
    let started = provider.start_connection(&cx.ctx_on(other), other).await;
    cx.given("a start of the second connection", started)?;
    for ty in cx.types() {
        let object = cx.make(ty).await?;
        let got = cx.get(&ty.key, &object.id, &object.namespace).await;
        let what = format!(
            "get of {} {} on {}, where it was made, with {other} started too",
            ty.key,
            object.id,
            cx.connection()
        );
        let got = cx.expect_ok(what, got)?;
        cx.expect_includes(
            format!("{} as it is there", object.id),
            &got.result,
            &object.sent,
        )?;
    }
    Ok(())
}

pub(crate) async fn second_reaches_its_own_backend(cx: &Cx) -> CheckResult {
    let (provider, other) = (cx.provider(), cx.second_connection());
    let started = provider.start_connection(&cx.ctx_on(other), other).await;
    cx.given("a start of the second connection", started)?;
    for ty in cx.types() {
        let sample = cx.sample(ty)?;
        let (id, namespace) = (&sample.id, &sample.namespace);
        cx.insert_outside_on(other, &ty.key, &sample).await?;
        let found = || async {
            let input = GetInput::new(id).in_namespace(namespace);
            let got = provider.get(&cx.ctx_on(other), &ty.key, input).await;
            Ok(got.is_ok())
        };
        let what = format!(
            "{} {id}, which is put into the backend of {other}, is found there",
            ty.key
        );
        cx.eventually(what, found).await?;
    }
    Ok(())
}

pub(crate) async fn types_need_none(cx: &Cx) -> CheckResult {
    let (provider, ctx) = (cx.provider(), CallContext::new());
    let mut asked = 0;
    for ty in cx.types() {
        let key = &ty.key;
        let served = provider.has_resource_type(&ctx, key).await;
        if !cx.expect_ok(format!("whether {key} is served"), served)? {
            // What a connection has discovered is known while it is started.
            continue;
        }
        asked += 1;
        let meta = provider.resource_type(&ctx, key).await;
        cx.expect_ok(format!("the type {key}"), meta)?;
        let capabilities = provider.resource_capabilities(&ctx, key).await;
        cx.expect_ok(format!("the capabilities of {key}"), capabilities)?;
        let definition = provider.resource_definition(&ctx, key).await;
        cx.expect_ok(format!("the definition of {key}"), definition)?;
    }
    if asked == 0 {
        return Err(Halt::Blocked(
            "a type that the subject tells about".to_owned(),
        ));
    }
    Ok(())
}
