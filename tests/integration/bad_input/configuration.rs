//! A configuration that breaks an invariant.

use omniview_plugintest::Harness;
use omniview_sdk::{
    ConnectionRegistration, ErrorCode, Fault, ResourceGroup, ResourceMeta, ResourcePluginConfig,
    ResourceRegistration,
};
use rstest::rstest;

use super::notes::{Calls, Desks, config, well};

type Config = ResourcePluginConfig<()>;

fn valid() -> Config {
    config(&Calls::default())
}

fn with_type(group: &str, version: &str, kind: &str) -> Config {
    let meta = ResourceMeta::new(group, version, kind);
    valid().resource(ResourceRegistration::builder(meta, well()).build())
}

fn with_pattern(pattern: &str) -> Config {
    valid().resource(ResourceRegistration::pattern(pattern, well()).build())
}

fn nameless() -> Config {
    Config {
        plugin_id: "".into(),
        ..valid()
    }
}

fn without_connections() -> Config {
    Config {
        connections: None,
        ..valid()
    }
}

fn without_types() -> Config {
    Config::new("notes").connections(ConnectionRegistration::builder(Desks).build())
}

fn with_a_group_twice() -> Config {
    valid()
        .group(ResourceGroup::new("notes", "Notes"))
        .group(ResourceGroup::new("notes", "Notes again"))
}

/// Contract: CFG-01, CFG-02, CFG-03, CFG-04, CFG-06
#[rstest]
#[case::no_name(nameless(), "the plugin id is empty")]
#[case::no_connections(
    without_connections(),
    "there is no connection provider: call `.connections(…)`"
)]
#[case::no_types(
    without_types(),
    "there is neither a type nor a pattern: call `.resource(…)`"
)]
#[case::a_key_with_an_empty_part(
    with_type("notes", "", "Note"),
    "resource key \"notes::::Note\" is not of the form group::version::kind"
)]
#[case::a_key_of_four_parts(
    with_type("notes", "v1", "Note::Pad"),
    "resource key \"notes::v1::Note::Pad\" is not of the form group::version::kind"
)]
#[case::a_key_twice(
    with_type("notes", "v1", "Note"),
    "notes::v1::Note is registered twice"
)]
#[case::a_malformed_pattern(with_pattern("notes::*"), "\"notes::*\" is not a key pattern")]
#[case::a_pattern_twice(
    with_pattern("*").resource(ResourceRegistration::pattern("*", well()).build()),
    "* is registered twice"
)]
#[case::a_group_twice(with_a_group_twice(), "group \"notes\" is declared twice")]
#[tokio::test]
async fn is_refused_with_what_is_wrong(#[case] config: Config, #[case] problem: &str) {
    let plugin = config.plugin_id.clone();
    let error = Harness::try_mount(config).unwrap_err();
    assert_eq!(
        (error.code(), error.fault()),
        (&ErrorCode::InvalidInput, Fault::Caller)
    );
    assert_eq!(error.operation(), Some("build_resource_controller"));
    let expected = format!("the configuration of plugin {plugin:?} is not valid: {problem}");
    assert!(
        error.message().starts_with(&expected),
        "{error}\ninstead of {expected}"
    );
    let rest = &error.message()[expected.len()..];
    assert!(!rest.contains(';'), "there is one problem, and not {error}");
}

/// Contract: CFG-04
#[tokio::test]
async fn all_that_is_wrong_is_said_at_once() {
    let error = Harness::try_mount(Config::new("")).unwrap_err();
    for problem in [
        "plugin id is empty",
        "no connection provider",
        "neither a type nor a pattern",
    ] {
        assert!(
            error.message().contains(problem),
            "{problem:?} is not in {error}"
        );
    }
}

#[tokio::test]
async fn a_valid_one_is_mounted() {
    Harness::mount(valid()).shutdown().await;
}
