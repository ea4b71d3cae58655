//! Types, their groups, definitions, capabilities and schemas.

use std::collections::BTreeMap;

use omniview_plugintest::{
    Harness,
    stub::{Stub, StubClient, StubConnections, StubOperation},
};
use omniview_sdk::*;
use serde_json::json;

use crate::{
    boundary::{DEV, METHODS, POD},
    equipped::{PROD, equipped, equipped_serving, on_dev},
    surveyor::Surveyor,
};

const GADGET: &str = "custom::v1::Gadget";

fn stub(key: &str) -> ResourceRegistration<StubClient> {
    Stub::resource(key).build().0
}

fn config() -> ResourcePluginConfig<StubClient> {
    ResourcePluginConfig::new("stub").connections(StubConnections::new([DEV, PROD]).registration())
}

fn found(keys: &[&str]) -> Surveyor {
    let types = keys.iter().map(|key| key.parse().unwrap());
    Surveyor::finding(DiscoveredTypes::additional(types))
}

/// Each version of a group with the kinds in it.
fn kinds(group: &ResourceGroup) -> BTreeMap<&str, Vec<&str>> {
    let versions = group.resources.iter().map(|(version, types)| {
        let kinds = types.iter().map(|meta| meta.kind.as_str()).collect();
        (version.as_str(), kinds)
    });
    versions.collect()
}

/// Contract: TYP-07, TYP-08, TYP-09, TYP-10
#[test]
fn a_type_is_named_by_its_key_and_has_a_label_and_a_category() {
    let meta = ResourceMeta::new("core", "v1", "Pod");
    assert_eq!(
        (meta.label.as_str(), meta.category.as_str()),
        ("Pod", "Uncategorized")
    );
    assert_eq!(meta.key(), "core::v1::Pod");
    assert_eq!(meta.to_string(), "core::v1::Pod");
    assert_eq!(resource_meta_from_string("core::v1::Pod"), Ok(meta));
    for malformed in [
        "",
        "Pod",
        "core::Pod",
        "::v1::Pod",
        "core::v1::",
        "a::b::c::d",
    ] {
        let error = resource_meta_from_string(malformed).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("resource key {malformed:?} is not of the form group::version::kind")
        );
    }
}

/// Contract: TYP-07, TYP-08
#[tokio::test(start_paused = true)]
async fn a_type_that_says_nothing_of_label_and_category_gets_them_registered_or_discovered() {
    let bare = |key: &str| {
        let meta: ResourceMeta = key.parse().unwrap();
        ResourceMeta {
            label: String::new(),
            category: String::new(),
            ..meta
        }
    };
    let (pods, _) = Stub::of(bare(POD)).build();
    let discovered = DiscoveredTypes::additional([bare(GADGET)]);
    let h = Harness::mount(
        config()
            .resource(pods)
            .discovery(Surveyor::finding(discovered)),
    );
    h.connect(DEV).await;
    for (key, meta) in h.resource_types(DEV).await {
        assert_eq!(meta.label, meta.kind, "{key}");
        assert_eq!(meta.category, "Uncategorized", "{key}");
    }
    h.shutdown().await;
}

/// Contract: CFG-14, TYP-01, TYP-02, TYP-06
#[tokio::test(start_paused = true)]
async fn groups_are_those_declared_even_when_empty_and_those_that_types_name() {
    let config = config()
        .group(ResourceGroup::new("core", "Core things").with_icon("cube"))
        .group(ResourceGroup::new("empty", "Nothing yet"))
        .resource(stub("core::v1::Service"))
        .resource(stub("core::v1::Pod"))
        .resource(stub("core::v2::Pod"))
        .resource(stub("core::v1::Node"))
        .resource(stub("apps::v1::Deployment"))
        .discovery(found(&["core::v1::Gadget", "custom::v1::Widget"]));
    let h = Harness::mount(config);
    h.connect(DEV).await;
    let groups = h.resource_groups(DEV).await;
    let ids: Vec<&str> = groups.keys().map(String::as_str).collect();
    assert_eq!(ids, ["apps", "core", "custom", "empty"]);
    assert!(groups.iter().all(|(id, group)| *id == group.id));

    let core = &groups["core"];
    assert_eq!(
        (core.name.as_str(), core.icon.as_str()),
        ("Core things", "cube")
    );
    let expected = [
        ("v1", vec!["Gadget", "Node", "Pod", "Service"]),
        ("v2", vec!["Pod"]),
    ];
    assert_eq!(kinds(core), BTreeMap::from(expected));
    assert_eq!(groups["empty"], ResourceGroup::new("empty", "Nothing yet"));
    assert_eq!(groups["apps"].name, "apps");
    assert_eq!(
        kinds(&groups["custom"]),
        BTreeMap::from([("v1", vec!["Widget"])])
    );

    for (id, group) in &groups {
        assert_eq!(h.resource_group(id).await, *group);
        assert_eq!(h.resource_group(id).on(DEV).await, *group);
    }
    let unknown = h
        .resource_group("nothing")
        .expect_error(ErrorCode::NotFound)
        .await;
    assert_eq!(unknown.message(), "there is no resource group \"nothing\"");
    let other = h.resource_groups(PROD).await;
    assert!(
        !other.contains_key("custom"),
        "it is not there on that connection"
    );
    // Whatever the session says: it is an id of a map.
    assert_eq!(h.resource_group("custom").on(PROD).await, groups["custom"]);
    assert_eq!(h.resource_group("core").on(PROD).await, other["core"]);
    h.shutdown().await;
}

/// Contract: TYP-03
#[tokio::test(start_paused = true)]
async fn the_types_of_a_connection_are_by_key_and_those_of_an_unknown_one_are_not_found() {
    let config = config().resource(stub(POD)).resource(stub("a::v1::B"));
    let h = Harness::mount(config);
    let types = h.resource_types(PROD).await;
    assert!(types.iter().all(|(key, meta)| *key == meta.key()));
    let keys: Vec<_> = types.into_keys().collect();
    assert_eq!(keys, [ResourceKey::from("a::v1::B"), POD.into()]);
    h.resource_types("nowhere")
        .expect_error(ErrorCode::NotFound)
        .await;
    h.resource_groups("nowhere")
        .expect_error(ErrorCode::NotFound)
        .await;
    h.shutdown().await;
}

/// Contract: TYP-04, TYP-05
#[tokio::test(start_paused = true)]
async fn whether_a_type_is_there_agrees_with_its_lookup() {
    let (pattern, _) = Stub::pattern("apps::*::*").build();
    let config = config()
        .resource(stub(POD))
        .resource(pattern)
        .discovery(found(&[GADGET]));
    let h = Harness::mount(config);
    let expected_before = [
        (POD, None),
        ("apps::v1::Anything", None),
        (GADGET, Some(ErrorCode::NotFound)),
        ("core::v1::Nothing", Some(ErrorCode::NotFound)),
        ("malformed", Some(ErrorCode::InvalidInput)),
        ("", Some(ErrorCode::InvalidInput)),
    ];
    let mut expected_after = expected_before.clone();
    expected_after[2].1 = None;
    for (started, expected) in [(false, expected_before), (true, expected_after)] {
        if started {
            h.connect(DEV).await;
        }
        for (key, refusal) in expected {
            assert_eq!(h.has_resource_type(key).await, refusal.is_none(), "{key}");
            match refusal {
                None => assert_eq!(h.resource_type(key).await.key(), key),
                Some(code) => drop(h.resource_type(key).expect_error(code).await),
            }
        }
    }
    assert!(h.has_resource_type(GADGET).on(DEV).await);
    assert!(
        !h.has_resource_type(GADGET).on(PROD).await,
        "it is not there on that one"
    );
    h.shutdown().await;
}

/// Contract: CFG-10, TYP-15
#[tokio::test(start_paused = true)]
async fn a_provided_definition_beats_a_registered_one_and_that_the_default() {
    let definition = |id: &str| ResourceDefinition {
        id_accessor: id.into(),
        ..ResourceDefinition::default()
    };
    let provided = || {
        Stub::resource("a::v1::Provided")
            .definition_provider(definition("provided"))
            .definition(definition("registered"))
    };
    let registered = || Stub::resource("a::v1::Registered").definition(definition("registered"));
    let pattern = |pattern: &str| Stub::pattern(pattern);
    let config = config()
        .default_definition(definition("default"))
        .resource(provided().build().0)
        .resource(registered().build().0)
        .resource(
            Stub::resource("a::v1::Plain")
                .without_definition()
                .build()
                .0,
        )
        .resource(
            pattern("b::*::*")
                .definition_provider(definition("provided"))
                .definition(definition("registered"))
                .build()
                .0,
        )
        .resource(
            pattern("c::*::*")
                .definition(definition("registered"))
                .build()
                .0,
        )
        .resource(pattern("d::*::*").without_definition().build().0);
    let h = Harness::mount(config);
    for (key, expected) in [
        ("a::v1::Provided", "provided"),
        ("a::v1::Registered", "registered"),
        ("a::v1::Plain", "default"),
        ("b::v1::X", "provided"),
        ("c::v1::X", "registered"),
        ("d::v1::X", "default"),
    ] {
        let found = h.resource_definition(key).await;
        assert_eq!(found, definition(expected), "{key}");
    }
    h.resource_definition("e::v1::X")
        .expect_error(ErrorCode::NotFound)
        .await;
    h.shutdown().await;

    let h =
        Harness::mount(self::config().resource(Stub::resource(POD).without_definition().build().0));
    assert_eq!(
        h.resource_definition(POD).await,
        ResourceDefinition::default()
    );
    h.shutdown().await;
}

/// What a stub with the operations alone can do; its objects have namespaces.
fn operations_alone() -> ResourceCapabilities {
    ResourceCapabilities {
        can_get: true,
        can_list: true,
        can_find: true,
        can_create: true,
        can_update: true,
        can_delete: true,
        namespace_scoped: true,
        ..ResourceCapabilities::default()
    }
}

/// Contract: CAP-01, CAP-02, CAP-03, CAP-04
#[tokio::test(start_paused = true)]
async fn each_trait_sets_its_own_flag_and_no_other() {
    type Case = (fn(Stub) -> Stub, fn(&mut ResourceCapabilities));
    fn hint() -> ScaleHint {
        ScaleHint {
            expected_count: 5000,
            ..ScaleHint::new(ScaleLevel::Many)
        }
    }
    let cases: [Case; 12] = [
        (|stub| stub, |_| {}),
        (Stub::watchable, |can| can.watchable = true),
        (|stub| stub.filterable(vec![]), |can| can.filterable = true),
        (Stub::searchable, |can| can.searchable = true),
        (|stub| stub.actions([]), |can| can.has_actions = true),
        (|stub| stub.schema(json!({})), |can| can.has_schema = true),
        (
            |stub| stub.relationships([]),
            |can| can.has_relationships = true,
        ),
        (
            |stub| stub.health(|_| ResourceHealth::default()),
            |can| can.has_health = true,
        ),
        (|stub| stub.events([]), |can| can.has_events = true),
        (
            |stub| stub.scale_hint(hint()),
            |can| can.scale_hint = Some(hint()),
        ),
        (
            |stub| stub.definition(ResourceDefinition::default()),
            |can| can.namespace_scoped = false,
        ),
        // Traits that no flag stands for.
        (
            |stub| {
                stub.sync_policy(SyncPolicy::Never)
                    .error_classifier(|_| None)
                    .resolved_relationships([])
            },
            |_| {},
        ),
    ];
    for (index, (equip, flag)) in cases.into_iter().enumerate() {
        for stub in [Stub::resource(POD), Stub::pattern("*")] {
            let (registration, _) = equip(stub).build();
            let h = Harness::mount(config().resource(registration));
            let mut expected = operations_alone();
            flag(&mut expected);
            assert_eq!(h.resource_capabilities(POD).await, expected, "case {index}");
            h.shutdown().await;
        }
    }
}

/// Contract: CAP-02, CAP-03, CAP-04
#[tokio::test(start_paused = true)]
async fn a_type_with_every_trait_has_every_flag_and_each_goes_with_its_handle() {
    let plugin = equipped();
    let h = Harness::mount(plugin.config());
    let all = h.resource_capabilities(POD).await;
    let written = serde_json::to_value(&all).unwrap();
    for (flag, value) in written.as_object().unwrap() {
        assert!(flag == "scaleHint" || value == true, "{flag} is {value}");
    }
    assert_eq!(all.scale_hint, Some(ScaleHint::new(ScaleLevel::Many)));
    h.shutdown().await;

    let mut config = plugin.config();
    config.resources = config
        .resources
        .into_iter()
        .map(|registration| {
            registration.map_handles(|handles| ResourceHandles::new(handles.resourcer))
        })
        .collect();
    let h = Harness::mount(config);
    assert_eq!(h.resource_capabilities(POD).await, operations_alone());
    h.shutdown().await;
}

/// Contract: CAP-06
#[tokio::test(start_paused = true)]
async fn the_capabilities_of_an_unknown_key_are_an_error() {
    let h = Harness::mount(config().resource(stub(POD)));
    h.resource_capabilities("core::v1::Node")
        .expect_error(ErrorCode::NotFound)
        .await;
    h.resource_capabilities("Pod")
        .expect_error(ErrorCode::InvalidInput)
        .await;
    h.shutdown().await;
}

/// Contract: SCH-02
#[tokio::test(start_paused = true)]
async fn the_schema_of_a_type_is_the_plugins_own_text_or_none() {
    let text = "{\"type\":\"object\", \"$id\" : \"pod\"}";
    let (pods, control) = Stub::resource(POD)
        .schema(Json::parse(text).unwrap())
        .build();
    let h = Harness::mount(config().resource(pods).resource(stub("a::v1::Plain")));
    assert_eq!(
        h.resource_schema("a::v1::Plain").await,
        None,
        "nobody has to be asked"
    );
    h.resource_schema(POD)
        .expect_error(ErrorCode::NotConnected)
        .await;
    h.connect(DEV).await;
    let schema = h.resource_schema(POD).await.unwrap();
    assert_eq!(schema.as_str(), text);
    assert_eq!(control.calls(StubOperation::ResourceSchema), 1);
    h.resource_schema("core::v1::Node")
        .expect_error(ErrorCode::NotFound)
        .await;
    h.shutdown().await;
}

/// Contract: CFG-07
#[tokio::test(start_paused = true)]
async fn a_type_behind_a_pattern_answers_every_method_like_a_registered_one() {
    for plugin in [equipped(), equipped_serving(Stub::pattern("*"))] {
        plugin
            .surveyor
            .answer(DiscoveredTypes::complete([POD.parse().unwrap()]));
        let h = Harness::mount(plugin.config());
        h.connect(DEV).await;
        for method in METHODS {
            // One never ends, the others end what those after them need.
            if matches!(
                method.name,
                "listen_for_events"
                    | "stop_connection"
                    | "delete_connection"
                    | "stop_connection_watch"
            ) {
                continue;
            }
            let told = method.call(&**h.provider(), &on_dev()).await;
            assert_eq!(told, Ok(()), "{}", method.name);
            if method.name == "delete" {
                plugin.pods.insert(json!({"id": "web"}));
            }
        }
        h.shutdown().await;
    }
}
