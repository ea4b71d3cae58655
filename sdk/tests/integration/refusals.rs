//! What is refused: the code, the words, the advice, and that nothing has changed.

use futures_util::future::BoxFuture;
use omniview_plugintest::{
    Harness, state,
    stub::{Stub, StubConnections, StubControl, StubOperation},
};
use omniview_sdk::*;
use rstest::rstest;
use serde_json::{Value, json};

use crate::{
    boundary::{DEV, POD},
    equipped::{PROD, connection, definition, on_dev},
};

const PLAIN: &str = "core::v1::Plain";
const NEVER: &str = "core::v1::Never";
const TEST: &str = "test";

struct Mounted {
    h: Harness,
    connections: StubConnections,
    controls: Vec<StubControl>,
}

/// [`DEV`] and [`TEST`] are started, [`PROD`] is not.
async fn mount() -> Mounted {
    let connections = StubConnections::configured([DEV, TEST, PROD].map(connection));
    let stubs = [
        Stub::resource(POD)
            .watchable()
            .definition(definition())
            .searchable()
            .filterable(vec![FilterField::new("phase", FilterFieldType::String)])
            .actions([ActionDescriptor::new("restart", "Restart").streaming()])
            .health(|_| ResourceHealth::new(HealthStatus::Healthy))
            .events([ResourceEvent::default()])
            .objects(["web", "api"].map(|id| json!({"id": id, "phase": "Running"}))),
        Stub::resource(PLAIN),
        Stub::resource(NEVER)
            .watchable()
            .sync_policy(SyncPolicy::Never),
    ];
    let mut config = ResourcePluginConfig::new("stub").connections(connections.registration());
    let mut controls = Vec::new();
    for stub in stubs {
        let (registration, control) = stub.build();
        config = config.resource(registration);
        controls.push(control);
    }
    let h = Harness::mount(config);
    h.connect(DEV).await;
    h.connect(TEST).await;
    h.wait_for(state(POD, WatchState::Synced)).times(2).await;
    Mounted {
        h,
        connections,
        controls,
    }
}

impl Mounted {
    /// Everything that a call could have changed, and how often the plugin was asked to change it.
    async fn digest(&self) -> Value {
        let writing = [
            StubOperation::Create,
            StubOperation::Update,
            StubOperation::Delete,
            StubOperation::ExecuteAction,
            StubOperation::StreamAction,
            StubOperation::Watch,
        ];
        let calls: Vec<usize> = self
            .controls
            .iter()
            .flat_map(|control| writing.map(|operation| control.calls(operation)))
            .collect();
        json!({
            "connections": self.h.list_connections().await,
            "loads": self.connections.calls(StubOperation::LoadConnections),
            "clients": [self.connections.created().len(), self.connections.destroyed().len()],
            "watches": [
                self.h.get_watch_state(DEV).await,
                self.h.get_watch_state(TEST).await,
                self.h.get_watch_state(PROD).await,
            ],
            "objects": self.controls[0].objects(DEV),
            "calls": calls,
            "events": self.h.recording().len(),
        })
    }
}

type Call = for<'a> fn(&'a dyn Provider, &'a CallContext) -> BoxFuture<'a, Result<()>>;

/// A call that a plugin refuses; its error is all that is left of it.
macro_rules! call {
    (|$plugin:ident, $ctx:ident| $call:expr) => {{
        let call: Call = |$plugin, $ctx| Box::pin(async move { $call.await.map(drop) });
        call
    }};
}

fn key(text: &str) -> ResourceKey {
    text.into()
}

fn list(pagination: PaginationParams) -> ListInput {
    ListInput {
        pagination,
        ..ListInput::all()
    }
}

fn find(filters: impl Into<FilterExpression>) -> FindInput {
    FindInput {
        filters: Some(filters.into()),
        ..FindInput::all()
    }
}

/// One page of one object that has a text in it, which the SDK cuts out of what the plugin has found.
fn searched(text: &str, cursor: Option<&str>) -> FindInput {
    FindInput {
        text_query: text.into(),
        pagination: PaginationParams {
            page_size: 1,
            cursor: cursor.map(Into::into),
            ..PaginationParams::default()
        },
        ..FindInput::all()
    }
}

/// Contract: CON-05, CON-14, CON-21, CON-23, CON-25, CON-29, WAT-03, WAT-06, WAT-15, PAG-04, PAG-06, PAG-07, PAG-08, FLT-01, FLT-02, FLT-09,
/// ACT-02, HLT-02, HLT-03, TYP-02, SES-07, OPS-02
#[rstest]
#[case::start_unknown(
    call!(|plugin, ctx| plugin.start_connection(ctx, &"nowhere".into())),
    "NOT_FOUND", "there is no connection \"nowhere\"", "the nearest connections are \"dev\", \"test\", \"prod\"; list the connections, or load them again"
)]
#[case::stop_unknown(
    call!(|plugin, ctx| plugin.stop_connection(ctx, &"nowhere".into())),
    "NOT_FOUND", "there is no connection \"nowhere\"", "the nearest connections are \"dev\", \"test\", \"prod\"; list the connections, or load them again"
)]
#[case::stop_stopped(
    call!(|plugin, ctx| plugin.stop_connection(ctx, &PROD.into())),
    "NOT_CONNECTED", "connection \"prod\" is not started", "start the connection first"
)]
#[case::check_unknown(
    call!(|plugin, ctx| plugin.check_connection(ctx, &"nowhere".into())),
    "NOT_FOUND", "there is no connection \"nowhere\"", "the nearest connections are \"dev\", \"test\", \"prod\"; list the connections, or load them again"
)]
#[case::update_unknown(
    call!(|plugin, ctx| plugin.update_connection(ctx, connection("nowhere"))),
    "NOT_FOUND", "there is no connection \"nowhere\"", "the nearest connections are \"dev\", \"test\", \"prod\"; list the connections, or load them again"
)]
#[case::update_unchanged(
    call!(|plugin, ctx| plugin.update_connection(ctx, connection(DEV))),
    "CONNECTION_UNCHANGED", "connection \"dev\" already has this configuration", ""
)]
#[case::delete_unknown(
    call!(|plugin, ctx| plugin.delete_connection(ctx, &"nowhere".into())),
    "NOT_FOUND", "there is no connection \"nowhere\"", "the nearest connections are \"dev\", \"test\", \"prod\"; list the connections, or load them again"
)]
#[case::refresh_without_refresher(
    call!(|plugin, ctx| plugin.refresh_connection(ctx, &DEV.into())),
    "UNSUPPORTED", "this plugin cannot renew credentials in place", "stop and start the connection instead"
)]
#[case::namespaces_of_stopped(
    call!(|plugin, ctx| plugin.get_connection_namespaces(ctx, &PROD.into())),
    "NOT_CONNECTED", "connection \"prod\" is not started", "start the connection first"
)]
#[case::watch_stopped(
    call!(|plugin, ctx| plugin.start_connection_watch(ctx, &PROD.into())),
    "NOT_CONNECTED", "connection \"prod\" is not started", "start the connection first"
)]
#[case::ensure_on_stopped(
    call!(|plugin, ctx| plugin.ensure_resource_watch(ctx, &PROD.into(), &key(POD))),
    "NOT_CONNECTED", "connection \"prod\" is not started", "start the connection first"
)]
#[case::ensure_unwatchable(
    call!(|plugin, ctx| plugin.ensure_resource_watch(ctx, &DEV.into(), &key(PLAIN))),
    "UNSUPPORTED", "resource type core::v1::Plain cannot be watched", "list it instead"
)]
#[case::ensure_never(
    call!(|plugin, ctx| plugin.ensure_resource_watch(ctx, &DEV.into(), &key(NEVER))),
    "UNSUPPORTED", "resource type core::v1::Never is never watched: its sync policy says so", "list it instead"
)]
#[case::restart_never(
    call!(|plugin, ctx| plugin.restart_resource_watch(ctx, &DEV.into(), &key(NEVER))),
    "UNSUPPORTED", "resource type core::v1::Never is never watched: its sync policy says so", "list it instead"
)]
#[case::ensure_unknown(
    call!(|plugin, ctx| plugin.ensure_resource_watch(ctx, &DEV.into(), &key("core::v1::Pud"))),
    "NOT_FOUND", "resource type core::v1::Pud is not known to this plugin", "the nearest type is core::v1::Pod"
)]
#[case::unknown_type(
    call!(|plugin, ctx| plugin.create(ctx, &key("core::v1::Pud"), CreateInput::default())),
    "NOT_FOUND", "resource type core::v1::Pud is not known to this plugin", "the nearest type is core::v1::Pod"
)]
#[case::malformed_key(
    call!(|plugin, ctx| plugin.delete(ctx, &key("Pod"), DeleteInput::default())),
    "INVALID_INPUT", "resource key \"Pod\" is not of the form group::version::kind", "write the key as group::version::kind"
)]
#[case::unnamed_connection(
    call!(|plugin, _ctx| plugin.update(&CallContext::new(), &key(POD), UpdateInput::default())),
    "AMBIGUOUS_CONNECTION", "several connections are started, and the session names none: dev, test", "name one of them in the session"
)]
#[case::stopped_connection(
    call!(|plugin, ctx| plugin.create(&ctx.clone().with_session(Session::for_connection(PROD)), &key(POD), CreateInput::default())),
    "NOT_CONNECTED", "connection \"prod\" is not started", "start the connection first"
)]
#[case::negative_page(
    call!(|plugin, ctx| plugin.list(ctx, &key(POD), list(PaginationParams { page: -1, ..Default::default() }))),
    "INVALID_INPUT", "page -1 is negative", "Count pages from 1; 0 means the first"
)]
#[case::second_page_without_a_size(
    call!(|plugin, ctx| plugin.list(ctx, &key(POD), list(PaginationParams { page: 2, ..Default::default() }))),
    "INVALID_INPUT", "page 2 is asked for with page size 0, which puts everything on page 1", "Give a page size, or ask for page 1"
)]
#[case::cursor_and_page(
    call!(|plugin, ctx| plugin.list(ctx, &key(POD), list(PaginationParams { page: 2, page_size: 1, cursor: Some("c".into()) }))),
    "INVALID_INPUT", "page 2 and a cursor are given, and they exclude each other", "Leave the page at 0 to continue from the cursor, or drop the cursor"
)]
#[case::malformed_cursor(
    call!(|plugin, ctx| plugin.find(ctx, &key(POD), searched("Running", Some("c")))),
    "INVALID_INPUT", "the cursor is malformed", "Pass on the nextCursor of an earlier result as it is, or drop the cursor"
)]
#[case::cursor_of_another_query(
    call!(|plugin, ctx| async {
        let first = plugin.find(ctx, &key(POD), searched("Running", None)).await?;
        let cursor = first.next_cursor.as_deref().expect("two objects are two pages");
        plugin.find(ctx, &key(POD), searched("e", Some(cursor))).await
    }),
    "INVALID_INPUT", "the cursor belongs to another query: namespaces, order, filters or text differ", "Repeat the query that the cursor came from, or drop the cursor"
)]
#[case::undeclared_field(
    call!(|plugin, ctx| plugin.find(ctx, &key(POD), find(FilterPredicate::eq("stage", "x")))),
    "FILTER_UNKNOWN_FIELD", "field stage is not a valid filter field", "Check FilterFields() for the list of supported filter paths; Supported filter paths: phase"
)]
#[case::operator_that_is_not_allowed(
    call!(|plugin, ctx| plugin.find(ctx, &key(POD), find(FilterPredicate::exists("phase")))),
    "FILTER_INVALID_OPERATOR", "operator exists is not valid for field phase", "Allowed operators: eq, neq"
)]
#[case::unfit_value(
    call!(|plugin, ctx| plugin.find(ctx, &key(POD), find(FilterPredicate::eq("phase", 3)))),
    "INVALID_INPUT", "operator eq on field phase of type string takes a text, not 3", "Give a text, for example \"web\""
)]
#[case::unknown_action(
    call!(|plugin, ctx| plugin.execute_action(ctx, &key(POD), "reboot", ActionInput::default())),
    "NOT_FOUND", "resource type core::v1::Pod has no action \"reboot\"", "its actions are: restart"
)]
#[case::unknown_action_as_a_stream(
    call!(|plugin, ctx| plugin.stream_action(ctx, &key(POD), "reboot", ActionInput::default())),
    "NOT_FOUND", "resource type core::v1::Pod has no action \"reboot\"", "its actions are: restart"
)]
#[case::type_without_actions(
    call!(|plugin, ctx| plugin.execute_action(ctx, &key(PLAIN), "restart", ActionInput::default())),
    "UNSUPPORTED", "resource type core::v1::Plain has no actions", "list the actions of a type before running one"
)]
#[case::health_of_no_json(
    call!(|plugin, ctx| plugin.assess_health(ctx, &key(POD), "{\"id\":")),
    "INVALID_INPUT", "the object whose health is asked for is not JSON: EOF while parsing a value at line 1 column 6", "pass the object as a get or a list has returned it"
)]
#[case::negative_number_of_events(
    call!(|plugin, ctx| plugin.resource_events(ctx, &key(POD), "web", "", -1)),
    "INVALID_INPUT", "the limit of events is -1: it cannot be negative", "pass 0 for the default of 20"
)]
#[case::unknown_group(
    call!(|plugin, ctx| plugin.resource_group(ctx, "nothing")),
    "NOT_FOUND", "there is no resource group \"nothing\"", "list the groups of the connection"
)]
#[tokio::test(start_paused = true)]
async fn a_refusal_says_what_and_what_to_do_and_changes_nothing(
    #[case] call: Call,
    #[case] code: &str,
    #[case] message: &str,
    #[case] advice: &str,
) {
    let mounted = mount().await;
    let before = mounted.digest().await;
    let plugin = mounted.h.provider().clone();
    let error = call(&*plugin, &on_dev()).await.unwrap_err();
    assert_eq!(*error.code(), *code);
    assert_eq!(error.message(), message);
    assert_eq!(error.suggestions().join("; "), advice);
    assert!(error.operation().is_some(), "{error:?}");
    assert_eq!(mounted.digest().await, before);
    mounted.h.shutdown().await;
    mounted.connections.assert_each_destroyed_once();
}

/// Contract: CON-05
#[tokio::test(start_paused = true)]
async fn an_unknown_connection_names_the_few_that_are_most_like_it() {
    const LIST: &str = "list the connections, or load them again";
    let connections = StubConnections::new(["prod", "dev-3", "dev-1", "dev-2"]);
    let (pods, _) = Stub::resource(POD).build();
    let config = ResourcePluginConfig::new("stub")
        .connections(connections.registration())
        .resource(pods);
    let h = Harness::mount(config);
    let advice = async || {
        let unknown = h.start_connection("dev-9").attempt().await.unwrap_err();
        unknown.suggestions().join("; ")
    };
    let three = r#"the nearest connections are "dev-1", "dev-2", "dev-3""#;
    assert_eq!(advice().await, format!("{three}; {LIST}"));

    connections.change(|configured| configured.truncate(1));
    h.load_connections().await;
    let one = r#"the nearest connection is "prod""#;
    assert_eq!(advice().await, format!("{one}; {LIST}"));

    connections.remove("prod");
    h.load_connections().await;
    assert_eq!(advice().await, LIST);
    h.shutdown().await;
}
