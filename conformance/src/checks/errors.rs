//! What is refused, how it is said, and that nothing happens then.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use futures_util::future::join_all;
use omniview_sdk::{
    ActionInput, CallContext, CreateInput, DeleteInput, Delivery, ErrorCode, FindInput, GetInput,
    Json, ListInput, ResourceKey, Session, UpdateInput, WatchEvent, WatchEventSink,
};
use serde_json::{Value, json};
use tokio::time::timeout;
use tokio_util::{sync::CancellationToken, task::AbortOnDropHandle};

use super::{
    support::{Stop, each, ids, list_all, named},
    types::unserved,
};
use crate::{Cx, Halt, check::CheckResult};

#[doc(hidden)]
#[macro_export]
macro_rules! __checks_errors {
    ([$($callback:tt)*] [$($args:tt)*]) => { $($callback)*! { [$($args)*] errors {
        cancelled_is_refused {
            id: "errors.cancelled.is-refused",
            requirement: "A call that was taken back before it is made is refused with CANCELLED.",
            clauses: &["OPS-14"],
            needs: &[Can(Get), Can(List), Can(Find)],
            catches: &["deadline-ignored", "cancelled-is-timeout"],
        }
        expired_is_refused {
            id: "errors.expired.is-refused",
            requirement: "A call whose deadline has passed is refused with TIMEOUT.",
            clauses: &["OPS-14"],
            needs: &[Can(Get), Can(List), Can(Find)],
            catches: &["deadline-ignored"],
        }
        cancelled_create_makes_nothing {
            id: "errors.cancelled-create.makes-nothing",
            requirement: "A creation that was taken back, or came too late, makes nothing.",
            clauses: &["OPS-14"],
            needs: &[Can(Create), Can(Get), Samples],
            catches: &["deadline-ignored"],
        }
        unknown_type_is_refused {
            id: "errors.unknown-type.is-refused",
            requirement: "Every operation on a type that nobody serves is refused with NOT_FOUND, which names the type.",
            clauses: &["OPS-02", "OPS-01"],
            catches: &["unknown-key-is-internal", "unknown-key-suggests-nothing"],
        }
        malformed_key_is_refused {
            id: "errors.malformed-key.is-refused",
            requirement: "A key that is not of three parts is refused as INVALID_INPUT or NOT_FOUND.",
            clauses: &["OPS-01", "CFG-07"],
            catches: &["malformed-key-accepted"],
        }
        malformed_key_is_invalid_input {
            id: "errors.malformed-key.is-invalid-input",
            requirement: "A key that is not three non-empty parts is refused with INVALID_INPUT, and not as a type that is not there.",
            level: Should,
            clauses: &["CFG-07"],
            catches: &["malformed-key-not-found"],
        }
        error_is_structured {
            id: "errors.error.is-structured",
            requirement: "An error has a title and a message, and its text is the JSON of them.",
            clauses: &["ERR-01", "FLT-13"],
            needs: &[Can(Get), Samples],
            catches: &["error-without-title"],
        }
        error_names_object {
            id: "errors.error.names-object",
            requirement: "The message about an object that does not exist names it.",
            level: Should,
            clauses: &["ERR-01"],
            needs: &[Can(Get), Samples],
            catches: &["error-without-id"],
        }
        error_keeps_secrets {
            id: "errors.error.keeps-secrets",
            requirement: "No error says what is in the sensitive data of a connection.",
            clauses: &["ERR-01"],
            needs: &[Can(Get), Samples],
            catches: &["error-tells-secrets"],
        }
        bad_input_is_refused {
            id: "errors.bad-input.is-refused",
            requirement: "A creation of what is no object is refused, and makes nothing.",
            clauses: &["OPS-05"],
            needs: &[Can(Create), Can(List)],
            catches: &["odd-input-accepted"],
        }
        others_go_on {
            id: "errors.others.go-on",
            requirement: "Calls that are made at once are each answered for what they asked.",
            clauses: &["CON-31"],
            needs: &[Can(Create), Can(Get), Samples],
            catches: &["gets-mixed-up"],
        }
        closed_refuses_all {
            id: "errors.closed.refuses-all",
            requirement: "After close every method is refused with CLOSED, and closing again is harmless.",
            clauses: &["OPS-16"],
            needs: &[Can(Get)],
            catches: &["closed-still-answers", "close-again-fails"],
        }
        close_ends_listening {
            id: "errors.close.ends-listening",
            requirement: "Closing ends those who listen.",
            clauses: &["OPS-16", "WAT-10"],
            needs: &[Has(Watchable)],
            catches: &["closed-still-answers"],
        }
    }}};
}

fn cancelled(cx: &Cx) -> CallContext {
    let token = CancellationToken::new();
    token.cancel();
    cx.ctx().with_cancellation(token)
}

fn expired(cx: &Cx) -> CallContext {
    cx.ctx().with_timeout(Duration::ZERO)
}

pub(crate) async fn cancelled_is_refused(cx: &Cx) -> CheckResult {
    refused(cx, &cancelled(cx), ErrorCode::Cancelled).await
}

pub(crate) async fn expired_is_refused(cx: &Cx) -> CheckResult {
    refused(cx, &expired(cx), ErrorCode::Timeout).await
}

async fn refused(cx: &Cx, ctx: &CallContext, code: ErrorCode) -> Result<(), Halt> {
    let provider = cx.provider();
    for ty in cx.types() {
        let key = &ty.key;
        let got = provider.get(ctx, key, GetInput::new("any")).await;
        cx.expect_error(code.clone(), got)?;
        cx.expect_error(
            code.clone(),
            provider.list(ctx, key, ListInput::all()).await,
        )?;
        cx.expect_error(
            code.clone(),
            provider.find(ctx, key, FindInput::all()).await,
        )?;
    }
    Ok(())
}

pub(crate) async fn cancelled_create_makes_nothing(cx: &Cx) -> CheckResult {
    for ty in cx.types() {
        for (ctx, code) in [
            (cancelled(cx), ErrorCode::Cancelled),
            (expired(cx), ErrorCode::Timeout),
        ] {
            let sample = cx.sample(ty)?;
            let input = CreateInput::new(sample.data.clone()).in_namespace(&sample.namespace);
            let created = cx.provider().create(&ctx, &ty.key, input).await;
            cx.expect_error(code.clone(), created)?;
            let got = cx.get(&ty.key, &sample.id, &sample.namespace).await;
            let what = format!("whether {} {} is there after {code}", ty.key, sample.id);
            cx.expect_eq(what, got.is_ok(), false)?;
        }
    }
    Ok(())
}

pub(crate) async fn unknown_type_is_refused(cx: &Cx) -> CheckResult {
    let key = unserved(cx).await?;
    let (provider, ctx) = (cx.provider(), cx.ctx());
    let code = ErrorCode::NotFound;
    let error = cx.expect_error(
        code.clone(),
        provider.get(&ctx, &key, GetInput::new("a")).await,
    )?;
    let names = error.message().contains(key.as_str()) || error.key() == Some(&key);
    let what = format!("the error of get on {key} names the type");
    cx.expect_as_seen(names, what, || error.summary())?;
    cx.expect_error(
        code.clone(),
        provider.list(&ctx, &key, ListInput::all()).await,
    )?;
    cx.expect_error(
        code.clone(),
        provider.find(&ctx, &key, FindInput::all()).await,
    )?;
    let created = provider
        .create(&ctx, &key, CreateInput::new(json!({})))
        .await;
    cx.expect_error(code.clone(), created)?;
    let updated = provider
        .update(&ctx, &key, UpdateInput::new("a", json!({})))
        .await;
    cx.expect_error(code.clone(), updated)?;
    cx.expect_error(
        code,
        provider.delete(&ctx, &key, DeleteInput::new("a")).await,
    )?;
    Ok(())
}

/// Texts that are no keys.
const MALFORMED: [&str; 6] = ["", "Pod", "core::Pod", "core::v1::", "::::", "a::b::c::d"];

pub(crate) async fn malformed_key_is_invalid_input(cx: &Cx) -> CheckResult {
    for text in MALFORMED {
        let key = ResourceKey::from(text);
        let listed = cx.provider().list(&cx.ctx(), &key, ListInput::all()).await;
        cx.note(format!("list of the key {text:?}"));
        let what = format!("list of the key {text:?}");
        cx.expect_refused(what, ErrorCode::InvalidInput, listed)?;
    }
    Ok(())
}

pub(crate) async fn malformed_key_is_refused(cx: &Cx) -> CheckResult {
    for text in MALFORMED {
        let key = ResourceKey::from(text);
        let listed = cx.provider().list(&cx.ctx(), &key, ListInput::all()).await;
        let is_refused = listed.as_ref().is_err_and(|error| {
            matches!(error.code(), ErrorCode::InvalidInput | ErrorCode::NotFound)
        });
        let what = format!("list of the key {text:?} is refused with INVALID_INPUT or NOT_FOUND");
        cx.expect_as_seen(is_refused, what, || match &listed {
            Ok(listed) => format!("it was answered with {} objects", listed.result.len()),
            Err(error) => error.summary(),
        })?;
    }
    Ok(())
}

pub(crate) async fn error_is_structured(cx: &Cx) -> CheckResult {
    for ty in cx.types() {
        let sample = cx.sample(ty)?;
        let got = cx.get(&ty.key, &sample.id, &sample.namespace).await;
        let Err(error) = got else {
            return Err(Halt::Blocked("an error to look at".to_owned()));
        };
        let said = format!("the error of get of {} {}", ty.key, sample.id);
        cx.expect(!error.title().is_empty(), format!("{said} has a title"))?;
        cx.expect(!error.message().is_empty(), format!("{said} has a message"))?;
        let text = error.to_string();
        let read: Value = serde_json::from_str(&text).unwrap_or_default();
        let what = format!("the text of {said} is the JSON of its code, title and message");
        let parts = read["code"] == error.code().as_str()
            && read["title"] == error.title()
            && read["message"] == error.message();
        cx.expect_as_seen(parts, what, || text.clone())?;
    }
    Ok(())
}

pub(crate) async fn error_names_object(cx: &Cx) -> CheckResult {
    for ty in cx.types() {
        let sample = cx.sample(ty)?;
        let got = cx.get(&ty.key, &sample.id, &sample.namespace).await;
        let Err(error) = got else {
            return Err(Halt::Blocked("an error to look at".to_owned()));
        };
        let names = error.message().contains(&sample.id);
        let what = format!(
            "the message of the error of get of {} {}, which does not exist, names the id",
            ty.key, sample.id
        );
        cx.expect_as_seen(names, what, || error.message().to_owned())?;
    }
    Ok(())
}

pub(crate) async fn error_keeps_secrets(cx: &Cx) -> CheckResult {
    let connection = cx
        .provider()
        .get_connection(&cx.ctx(), cx.connection())
        .await;
    let connection = cx.given("the connection", connection)?.connection;
    let secret = "a-secret-that-nobody-may-say";
    let mut with_secret = connection.map(|one| (*one).clone()).unwrap_or_default();
    with_secret.sensitive.insert("token", secret);
    let session = Session::new().with_connection(Arc::new(with_secret));
    let ctx = CallContext::new().with_session(session);
    for ty in cx.types() {
        let sample = cx.sample(ty)?;
        let input = GetInput::new(&sample.id).in_namespace(&sample.namespace);
        let got = cx.provider().get(&ctx, &ty.key, input).await;
        let Err(error) = got else {
            return Err(Halt::Blocked("an error to look at".to_owned()));
        };
        let told = format!("{error} {} {error:?}", error.summary()).contains(secret);
        let what = format!(
            "whether the error of get of {} {} says what is in the sensitive data of its connection",
            ty.key, sample.id
        );
        cx.expect_eq(what, told, false)?;
    }
    Ok(())
}

pub(crate) async fn bad_input_is_refused(cx: &Cx) -> CheckResult {
    each(cx, |ty| async move {
        named(cx, ty).await?;
        let before = list_all(cx, ty).await?.ids();
        for input in [json!(null), json!("text"), json!([1, 2])] {
            let created = cx
                .provider()
                .create(
                    &cx.ctx(),
                    &ty.key,
                    CreateInput::new(Json::from(input.clone())),
                )
                .await;
            let what = format!("create of {input} as {} is refused", ty.key);
            cx.expect(created.is_err(), what)?;
        }
        let after = cx.list(&ty.key, ListInput::all()).await?;
        let after = ids(cx, ty, &after.result).await?;
        // Somebody else may make objects meanwhile, but not one for each of ours.
        let new: BTreeSet<_> = after.iter().filter(|id| !before.contains(id)).collect();
        let what = format!("the three refused creates of {} made nothing", ty.key);
        Ok::<(), Stop>(cx.expect_as_seen(new.len() < 3, what, || {
            format!("there are {} objects more: {new:?}", new.len())
        })?)
    })
    .await
}

pub(crate) async fn others_go_on(cx: &Cx) -> CheckResult {
    const EACH: usize = 4;
    for ty in cx.types() {
        let mut objects = Vec::new();
        for _ in 0..EACH {
            objects.push(cx.make(ty).await?);
        }
        let calls =
            objects
                .iter()
                .cycle()
                .take(EACH * EACH)
                .map(|object| async move {
                    (object, cx.get(&ty.key, &object.id, &object.namespace).await)
                });
        for (object, got) in join_all(calls).await {
            let what = format!("one of many gets at once, of {} {}", ty.key, object.id);
            let got = cx.expect_ok(what.clone(), got)?;
            cx.expect_includes(what, &got.result, &object.sent)?;
        }
    }
    Ok(())
}

pub(crate) async fn closed_refuses_all(cx: &Cx) -> CheckResult {
    let (provider, ctx) = (cx.provider(), cx.ctx());
    let (key, id) = (cx.any_type().key.clone(), cx.connection());
    cx.expect_ok("close", provider.close().await)?;
    let code = ErrorCode::Closed;
    macro_rules! refused {
        ($($call:expr),+ $(,)?) => {
            $(cx.expect_error(code.clone(), $call.await.map(drop))?;)+
        };
    }
    let input = CreateInput::new(json!({}));
    refused!(
        provider.get(&ctx, &key, GetInput::new("a")),
        provider.list(&ctx, &key, ListInput::all()),
        provider.find(&ctx, &key, FindInput::all()),
        provider.create(&ctx, &key, input),
        provider.update(&ctx, &key, UpdateInput::new("a", json!({}))),
        provider.delete(&ctx, &key, DeleteInput::new("a")),
        provider.load_connections(&ctx),
        provider.start_connection(&ctx, id),
        provider.stop_connection(&ctx, id),
        provider.check_connection(&ctx, id),
        provider.list_connections(&ctx),
        provider.get_connection(&ctx, id),
        provider.get_connection_namespaces(&ctx, id),
        provider.delete_connection(&ctx, id),
        provider.refresh_connection(&ctx, id),
        provider.watch_connections(&ctx),
        provider.editor_schemas(&ctx, id),
        provider.start_connection_watch(&ctx, id),
        provider.stop_connection_watch(&ctx, id),
        provider.has_watch(&ctx, id),
        provider.get_watch_state(&ctx, id),
        provider.ensure_resource_watch(&ctx, id, &key),
        provider.stop_resource_watch(&ctx, id, &key),
        provider.restart_resource_watch(&ctx, id, &key),
        provider.is_resource_watch_running(&ctx, id, &key),
        provider.resource_groups(&ctx, id),
        provider.resource_group(&ctx, "a"),
        provider.resource_types(&ctx, id),
        provider.resource_type(&ctx, &key),
        provider.has_resource_type(&ctx, &key),
        provider.resource_definition(&ctx, &key),
        provider.resource_capabilities(&ctx, &key),
        provider.resource_schema(&ctx, &key),
        provider.filter_fields(&ctx, &key),
        provider.list_actions(&ctx, &key),
        provider.execute_action(&ctx, &key, "a", ActionInput::default()),
        provider.declared_relationships(&ctx, &key),
        provider.resolve_relationships(&ctx, &key, "a", ""),
        provider.assess_health(&ctx, &key, "{}"),
        provider.resource_events(&ctx, &key, "a", "", 0),
    );
    cx.expect_ok("close, called a second time", provider.close().await)
}

/// A listener that does not care.
struct Deaf;

impl WatchEventSink for Deaf {
    fn on_event(&self, _event: Arc<WatchEvent>) -> Delivery {
        Delivery::Done
    }
}

pub(crate) async fn close_ends_listening(cx: &Cx) -> CheckResult {
    let provider = cx.provider();
    let listener = Arc::clone(&provider);
    // A plugin that does not end it, or a check that stops early, leaves no task behind.
    let listening = AbortOnDropHandle::new(tokio::spawn(async move {
        let sink: Arc<dyn WatchEventSink> = Arc::new(Deaf);
        listener.listen_for_events(&CallContext::new(), sink).await
    }));
    // It is attached once it has been polled.
    tokio::task::yield_now().await;
    cx.given("close", provider.close().await)?;
    let ended = timeout(cx.patience(), listening).await;
    cx.expect(ended.is_ok(), "listening ends when the plugin is closed")
}
