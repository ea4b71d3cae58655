//! Every documented name has the Rust path that `docs/symbols.md` gives it.
//!
//! The compiler resolves each path below, and its text is compared with the page, in both directions. So an item that is
//! renamed breaks the build, and a path that only one side knows fails a test.

use std::collections::BTreeSet;

use omniview_sdk::{
    AccessorPriority, ActionEventType, ActionScope, Align, ConnectionRetry, ConnectionStatusCode,
    ConnectionTrigger, ErrorCode, EventSeverity, FilterFieldType, FilterLogic, FilterOperator,
    Formatter, HealthStatus, RelationshipType, ScaleLevel, SchemaType, Settings,
};

const PAGE: &str = include_str!("../../docs/symbols.md");

/// Resolves items by importing them.
macro_rules! items {
    ($krate:ident { $($name:ident)+ }) => {{
        $(#[allow(unused_imports, reason = "to resolve the path is all that is wanted")]
        use $krate::$name as _;)+
        vec![$(concat!(stringify!($krate), "::", stringify!($name))),+]
    }};
}

/// Resolves members of types and traits, in the way of their kind: methods, trait methods, fields or variants.
macro_rules! members {
    ($kind:ident $($owner:ident $(<$arg:ty>)? { $($name:ident)+ })+) => {{
        let mut paths = Vec::new();
        $(paths.extend(members!(@each $kind [$owner $(<$arg>)?] $($name)+));)+
        paths
    }};
    (@each $kind:ident $owner:tt $($name:ident)+) => {
        [$(members!(@one $kind $owner $name)),+]
    };
    (@one $kind:ident [$owner:ident $(<$arg:ty>)?] $name:ident) => {{
        members!(@$kind [omniview_sdk::$owner] [$(<$arg>)?] $name);
        concat!("omniview_sdk::", stringify!($owner), "::", stringify!($name))
    }};
    (@methods [$($owner:tt)+] [$($args:tt)*] $name:ident) => {
        let _ = <$($owner)+ $($args)*>::$name;
    };
    (@trait_methods [$($owner:tt)+] [$($args:tt)*] $name:ident) => {
        let _ = <dyn $($owner)+ $($args)*>::$name;
    };
    (@fields [$($owner:tt)+] [$($args:tt)*] $name:ident) => {
        let _ = std::mem::offset_of!($($owner)+ $($args)*, $name);
    };
    (@variants [$($owner:tt)+] [] $name:ident) => {
        #[allow(unused_imports, reason = "to resolve the path is all that is wanted")]
        use $($owner)+::$name as _;
    };
}

/// Resolves associated functions that are generic, which takes arguments to infer from; calls none of them.
macro_rules! generics {
    ($($owner:ident::$name:ident($($arg:expr),*))+) => {
        vec![$({
            let _ = || omniview_sdk::$owner::$name($($arg),*);
            concat!("omniview_sdk::", stringify!($owner), "::", stringify!($name))
        }),+]
    };
}

/// Resolves the values of open enumerations, and names each as the page does, by its text.
macro_rules! values {
    ($($name:ident { $($value:ident)+ })+) => {{
        let mut values = Vec::new();
        $(
            assert_eq!(<$name>::ALL, [$($name::$value),+], "the values of {}", stringify!($name));
            $(values.push((
                format!("`{}: {}`", stringify!($name), $name::$value),
                concat!("omniview_sdk::", stringify!($name), "::", stringify!($value)),
            ));)+
        )+
        values
    }};
}

#[test]
fn the_page_and_the_code_know_the_same_paths() {
    let page: BTreeSet<&str> = rows().flat_map(|row| row.paths).collect();
    let code: BTreeSet<&str> = [
        registration_and_connections(),
        context(),
        operations(),
        watches(),
        types(),
        insight(),
        items!(omniview_plugintest { Harness }),
        values().into_iter().map(|(_, path)| path).collect(),
    ]
    .concat()
    .into_iter()
    .collect();

    let unresolved: Vec<_> = page.difference(&code).collect();
    assert!(
        unresolved.is_empty(),
        "docs/symbols.md lists what this test does not resolve: {unresolved:#?}"
    );
    let unlisted: Vec<_> = code.difference(&page).collect();
    assert!(
        unlisted.is_empty(),
        "docs/symbols.md does not list what this test resolves: {unlisted:#?}"
    );
}

#[test]
fn every_documented_name_stands_on_the_page_once() {
    let mut seen = BTreeSet::new();
    for row in rows() {
        assert!(seen.insert(row.name), "{} has two rows", row.name);
    }
    assert!(seen.len() > 300, "only {} rows were found", seen.len());
}

#[test]
fn every_value_is_listed_by_its_text_on_the_wire() {
    let rows: Vec<Row> = rows().collect();
    for (name, path) in values() {
        assert!(
            rows.iter()
                .any(|row| row.name == name && row.paths == [path]),
            "docs/symbols.md has no row | {name} | `{path}` |"
        );
    }
}

fn registration_and_connections() -> Vec<&'static str> {
    [
        items!(omniview_sdk {
            ResourcePluginConfig build_resource_controller ResourceRegistration Resourcer
            DefinitionProvider ConnectionProvider ConnectionLifecycleProvider ConnectionWatcher
            ClientRefresher SchemaProvider Connection ConnectionBuilder InvalidConnection
            SensitiveData ConnectionLifecycle ConnectionAutoConnect ConnectionTrigger
            ConnectionRetry ConnectionStatus ConnectionStatusCode
        }),
        members!(fields
            ResourcePluginConfig<()> {
                connections resources groups default_definition discovery error_classifier
            }
            ResourceHandles<()> { resourcer }
        ),
        members!(methods
            ResourcePluginConfig<()> { validate }
            ResourceRegistration<()> { target definition }
            ResourceOperationError { connection_unchanged is_connection_unchanged }
            Connection { is_authed }
        ),
        generics!(Connection::builder("a")),
        members!(trait_methods
            DefinitionProvider { definition }
            ConnectionProvider<()> {
                load_connections create_client destroy_client check_connection get_namespaces
            }
            ConnectionLifecycleProvider {
                load_connections start_connection stop_connection check_connection list_connections
                get_connection get_connection_namespaces update_connection delete_connection
                watch_connections refresh_connection
            }
            ConnectionWatcher { watch_connections }
        ),
        members!(variants
            ResourceTarget { Pattern }
        ),
    ]
    .concat()
}

fn context() -> Vec<&'static str> {
    [
        items!(omniview_sdk {
            Session with_session session_from_context connection_from_context with_watch_scope
            watch_scope_from_context CallContext Context GlobalConfig Settings
            SettingsError Setting SettingValue SettingChange
        }),
        members!(fields
            Session { request_id requester_id }
        ),
        members!(methods
            Session { connection connection_id plugin_config global_config }
            GlobalConfig { get }
            Settings {
                string strings int ints float floats bool list_settings register_setting
            }
        ),
        generics!(
            Settings::register_settings(&Settings::default(), [])
            Settings::set_setting(&Settings::default(), "a", 1)
            Settings::set_settings(&Settings::default(), [("a", 1)])
            Settings::on_change(&Settings::default(), "a", |_| ())
        ),
    ]
    .concat()
}

fn operations() -> Vec<&'static str> {
    [
        items!(omniview_sdk {
            OperationProvider GetInput GetResult ListInput ListResult FindInput FindResult
            CreateInput CreateResult UpdateInput UpdateResult DeleteInput DeleteResult ResourceKey
            Json OrderField PaginationParams FilterPredicate FilterOperator FilterField
            FilterFieldType FilterExpression FilterLogic FilterableProvider FilterFields
            TextSearchProvider
        }),
        members!(fields
            DeleteInput { grace_period_seconds }
            ListInput { order }
            FindInput { order filters text_query }
            PaginationParams { page page_size cursor }
            FilterField { operators allowed_values required }
            ListResult { total_count next_cursor }
            FindResult { total_count next_cursor }
        ),
        members!(methods
            ListResult { UNKNOWN_TOTAL }
            FindResult { UNKNOWN_TOTAL }
            FilterField { allowed_operators }
            ResourceOperationError { filter_unknown_field filter_invalid_operator }
        ),
        members!(trait_methods
            OperationProvider { get list find create update delete }
            Resourcer<()> { get list find create update delete }
            Provider { close }
            FilterableProvider<()> { filter_fields }
            TextSearchProvider<()> { search }
        ),
    ]
    .concat()
}

fn watches() -> Vec<&'static str> {
    [
        items!(omniview_sdk {
            WatchProvider Watcher SyncPolicy SyncPolicyDeclarer WatchState WatchConnectionSummary
            WatchSink WatchEventSink WatchAddPayload WatchUpdatePayload WatchDeletePayload PluginId
            ResourceMetadata WatchStateEvent ScopeProvider ConnectionScope ScopeMode WatchScope
        }),
        members!(fields
            WatchStateEvent { error_code resource_count }
            WatchConnectionSummary { scope }
        ),
        members!(methods
            SyncPolicy { ALL }
            WatchState { ALL }
            WatchSink { add update delete report synced }
            ScopeMode { ALL }
        ),
        members!(trait_methods
            WatchProvider {
                start_connection_watch stop_connection_watch has_watch get_watch_state
                listen_for_events ensure_resource_watch stop_resource_watch restart_resource_watch
                is_resource_watch_running
            }
            Watcher<()> { watch }
            SyncPolicyDeclarer { sync_policy }
            ScopeProvider<()> { resolve_scope }
        ),
        members!(variants
            SyncPolicy { OnConnect OnFirstQuery Never }
            WatchState { Idle Syncing Synced Error Stopped Failed Forbidden Skipped }
            WatchEvent { Add Update Delete State }
            ScopeMode { All Explicit AutoDiscover }
        ),
    ]
    .concat()
}

fn types() -> Vec<&'static str> {
    [
        items!(omniview_sdk {
            TypeProvider ResourceGroup ResourceMeta resource_meta_from_string ParseKeyError
            DiscoveryProvider DiscoveredTypes ResourceDefinition ColumnDefinition AccessorPriority
            Align Formatter ResourceLink
        }),
        members!(fields
            ResourceGroup { resources }
            ResourceMeta { label category }
        ),
        members!(methods
            ResourceMeta { key to_string }
        ),
        members!(trait_methods
            TypeProvider {
                has_resource_type
            }
            DiscoveryProvider<()> { discover on_connection_removed }
        ),
    ]
    .concat()
}

fn insight() -> Vec<&'static str> {
    [
        items!(omniview_sdk {
            Provider ResourceCapabilities ScaleHintProvider ScaleHint ScaleLevel
            EditorSchemaProvider EditorSchema ResourceSchemaProvider ActionProvider ActionResourcer
            ActionSink ActionDescriptor ActionScope ActionInput ActionResult ActionEvent
            ActionEventType Schema SchemaProperty SchemaType RelationshipProvider
            RelationshipDeclarer RelationshipResolver RelationshipDescriptor RelationshipExtractor
            RelationshipType EdgeDirection ResourceRef ResolvedRelationship HealthProvider
            HealthAssessor EventRetriever ResourceHealth HealthCondition HealthStatus ResourceEvent
            EventSeverity ResourceOperationError ErrorCode ErrorClassifier
        }),
        members!(fields
            RelationshipDescriptor { target_namespaced }
        ),
        members!(methods
            ResourceOperationError { to_string cause }
        ),
        members!(trait_methods
            ScaleHintProvider { scale_hint }
            ActionResourcer<()> { stream_action }
        ),
        members!(variants
            EdgeDirection { Outgoing Incoming }
        ),
    ]
    .concat()
}

/// The values of the enumerations, by the names that the page gives them.
fn values() -> Vec<(String, &'static str)> {
    values!(
        FilterOperator {
            Eq Neq Gt Gte Lt Lte Contains Prefix Suffix Regex In NotIn Exists NotExists HasKey
        }
        FilterFieldType { String Integer Number Boolean Datetime Enum Map }
        FilterLogic { And Or }
        ActionScope { Instance Type }
        ScaleLevel { Few Moderate Many }
        HealthStatus { Healthy Degraded Unhealthy Pending Unknown }
        EventSeverity { Normal Warning Error }
        RelationshipType { Owns RunsOn Uses Exposes Manages MemberOf Selects }
        SchemaType { String Integer Number Boolean Object Array }
        ActionEventType { Progress Output Error Complete }
        AccessorPriority { All First Last }
        Align { Left Center Right }
        Formatter { None Bytes Duration Age }
        ConnectionTrigger { PluginStart ConnectionDiscovered }
        ConnectionRetry { None OnChange }
        ConnectionStatusCode {
            Unknown Connected Disconnected Pending Failed Error Unauthorized Forbidden BadRequest
            NotFound Timeout Unavailable RequestEntityTooLarge
        }
        ErrorCode {
            NotFound AlreadyExists PermissionDenied InvalidInput Conflict Internal Unavailable
            Timeout FilterUnknownField FilterInvalidOperator Forbidden Unauthorized ConnectionError
            CertificateError NotConnected AmbiguousConnection Unsupported Cancelled Closed
        }
    )
}

/// One line of a table whose second column holds paths.
struct Row {
    name: &'static str,
    paths: Vec<&'static str>,
}

fn rows() -> impl Iterator<Item = Row> {
    let with_paths = PAGE
        .split("\n## ")
        .filter(|section| section.contains("| documented | Rust | remark |"));
    with_paths
        .flat_map(str::lines)
        .filter(|line| line.starts_with("| ") && !line.starts_with("| documented "))
        .map(|line| {
            let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
            let [name, paths, _] = cells[..] else {
                panic!("a row of docs/symbols.md has not three cells: {line}");
            };
            Row {
                name,
                paths: paths
                    .split(", ")
                    .map(|path| path.trim_matches('`'))
                    .collect(),
            }
        })
}
