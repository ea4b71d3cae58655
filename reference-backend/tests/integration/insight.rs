//! Actions, relationships, events, schemas, classified errors and scale hints, through the boundary.

use std::time::Duration;

use futures_util::StreamExt;
use omniview_reference_backend::{Fault, FaultScope, Kind, Operation, ReferenceBackend, Site};
use omniview_sdk::{
    ActionEvent, ActionEventType, ActionInput, CallContext, EdgeDirection, ErrorCode, GetInput,
    Json, RelationshipType, ResourceKey, ScaleLevel,
};
use serde_json::{Value, json};

use crate::support::{Mounted, call, pod, text};

fn key(text: &str) -> ResourceKey {
    text.into()
}

async fn mounted() -> (ReferenceBackend, Mounted) {
    let backend = ReferenceBackend::new();
    let plugin = Mounted::new(&backend, "dev").await;
    (backend, plugin)
}

async fn get(plugin: &Mounted, kind: Kind, id: &str, namespace: &str) -> Value {
    let input = GetInput::new(id).in_namespace(namespace);
    let got = plugin.provider.get(&call("dev"), &kind.key(), input).await;
    got.unwrap().result.to_value().unwrap()
}

async fn stream(
    plugin: &Mounted,
    kind: Kind,
    action: &str,
    input: ActionInput,
) -> Vec<ActionEvent> {
    let provider = &plugin.provider;
    let stream = provider
        .stream_action(&call("dev"), &kind.key(), action, input)
        .await
        .unwrap();
    stream.collect().await
}

#[tokio::test(start_paused = true)]
async fn a_quick_action_changes_the_object_and_tells_the_watch() {
    let (_, plugin) = mounted().await;
    plugin.forget().await;
    let cart = ActionInput::new("cart-0").in_namespace("shop");
    let provider = &plugin.provider;
    let before = get(&plugin, Kind::Pod, "cart-0", "shop").await;
    let done = provider
        .execute_action(&call("dev"), &Kind::Pod.key(), "restart", cart)
        .await
        .unwrap();
    assert!(done.success && done.message == "cart-0 was restarted");
    let restarts = |pod: &Value| pod["status"]["containerStatuses"][0]["restartCount"].clone();
    let after = get(&plugin, Kind::Pod, "cart-0", "shop").await;
    assert_eq!(
        restarts(&after).as_u64().unwrap(),
        restarts(&before).as_u64().unwrap() + 1
    );
    assert_eq!(plugin.told(Kind::Pod).await, ["update shop/cart-0"]);
    plugin.close().await;
}

#[tokio::test(start_paused = true)]
async fn draining_a_node_tells_of_every_pod_and_ends_with_complete() {
    let (_, plugin) = mounted().await;
    let events = stream(&plugin, Kind::Node, "drain", ActionInput::new("dev-a")).await;
    let last = events.last().unwrap();
    assert_eq!(last.kind, ActionEventType::Complete);
    let evicted = last.data["evicted"].as_u64().unwrap();
    assert!(evicted > 3, "{last:?}");
    let progress: Vec<u64> = events[..events.len() - 1]
        .iter()
        .map(|event| {
            assert_eq!(event.kind, ActionEventType::Progress);
            assert_eq!(event.data["total"], evicted);
            event.data["done"].as_u64().unwrap()
        })
        .collect();
    assert_eq!(progress, (0..=evicted).collect::<Vec<_>>());
    let node = get(&plugin, Kind::Node, "dev-a", "").await;
    assert_eq!(node["spec"]["unschedulable"], true);
    let runs = plugin
        .provider
        .resolve_relationships(&call("dev"), &Kind::Node.key(), "dev-a", "")
        .await
        .unwrap();
    assert!(runs[0].targets.is_empty());
    plugin.close().await;
}

#[tokio::test(start_paused = true)]
async fn an_action_whose_caller_goes_away_ends_between_two_steps() {
    let (backend, plugin) = mounted().await;
    let mut stream = plugin
        .provider
        .stream_action(
            &call("dev"),
            &Kind::Node.key(),
            "drain",
            ActionInput::new("dev-a"),
        )
        .await
        .unwrap();
    for _ in 0..3 {
        stream.next().await.unwrap();
    }
    drop(stream);
    tokio::time::sleep(Duration::from_secs(10)).await;
    let evicted = backend.objects("dev", Kind::Pod).unwrap();
    let evicted = evicted
        .iter()
        .filter(|pod| text(pod, "/status/reason") == "Evicted")
        .count();
    // One was evicted before, and two until the stream was dropped.
    assert_eq!(evicted, 3);
    plugin.close().await;
}

#[tokio::test(start_paused = true)]
async fn an_action_meets_the_faults_of_each_step() {
    let (backend, plugin) = mounted().await;
    let faults = backend.faults("dev").unwrap();
    faults.inject(
        Operation::Act.on(Kind::Pod.key()),
        Fault::Slow(Duration::from_secs(5)),
    );
    let begin = tokio::time::Instant::now();
    let input = ActionInput::new("cart-0")
        .in_namespace("shop")
        .param("lines", 2);
    let events = stream(&plugin, Kind::Pod, "logs", input).await;
    assert_eq!(events.len(), 3);
    // Listed, begun, and two steps.
    assert_eq!(begin.elapsed().as_secs(), 20);
    faults.clear();
    faults.inject(FaultScope::Operations, Fault::Refuse(ErrorCode::Forbidden));
    let error = plugin
        .provider
        .list_actions(&call("dev"), &Kind::Pod.key())
        .await
        .unwrap_err();
    assert_eq!(*error.code(), ErrorCode::Forbidden);
    plugin.close().await;
}

#[tokio::test(start_paused = true)]
async fn actions_refuse_what_they_cannot_do() {
    let (_, plugin) = mounted().await;
    let provider = &plugin.provider;
    let refused = async |kind: Kind, action: &str, input: ActionInput| {
        let (ctx, key) = (call("dev"), kind.key());
        let answer = provider.execute_action(&ctx, &key, action, input);
        answer.await.unwrap_err().code().clone()
    };
    let cart = || ActionInput::new("cart").in_namespace("shop");
    for (kind, action, input, code) in [
        (Kind::Deployment, "rollback", cart(), ErrorCode::Conflict),
        (Kind::Deployment, "scale", cart(), ErrorCode::InvalidInput),
        (
            Kind::Deployment,
            "scale",
            cart().param("replicas", -1),
            ErrorCode::InvalidInput,
        ),
        (Kind::Deployment, "fly", cart(), ErrorCode::NotFound),
        (
            Kind::Deployment,
            "scale",
            ActionInput::new("no").param("replicas", 1),
            ErrorCode::NotFound,
        ),
        (Kind::Job, "restart", cart(), ErrorCode::Unsupported),
    ] {
        assert_eq!(
            refused(kind, action, input).await,
            code,
            "{kind:?} {action}"
        );
    }
    let scaled = provider
        .execute_action(
            &call("dev"),
            &Kind::Deployment.key(),
            "scale",
            cart().param("replicas", 0),
        )
        .await
        .unwrap();
    assert_eq!(scaled.data["replicas"], 0);
    plugin.close().await;
}

#[tokio::test(start_paused = true)]
async fn a_type_action_removes_what_has_ended() {
    let (backend, plugin) = mounted().await;
    let done = plugin
        .provider
        .execute_action(
            &call("dev"),
            &Kind::Pod.key(),
            "clean-up",
            ActionInput::default(),
        )
        .await
        .unwrap();
    assert_eq!(done.data["removed"], 1);
    assert_eq!(backend.objects("dev", Kind::Pod).unwrap().len(), 22);
    let rolled = stream(
        &plugin,
        Kind::Deployment,
        "rollout",
        ActionInput::new("cart").in_namespace("shop"),
    )
    .await;
    assert_eq!(rolled.last().unwrap().data["pods"], 3);
    plugin.close().await;
}

#[tokio::test(start_paused = true)]
async fn both_ends_of_a_relationship_name_each_other() {
    let (_, plugin) = mounted().await;
    let provider = &plugin.provider;
    let resolve = async |kind: Kind, id: &str, namespace: &str| {
        let resolved = provider
            .resolve_relationships(&call("dev"), &kind.key(), id, namespace)
            .await
            .unwrap();
        let declared = provider
            .declared_relationships(&call("dev"), &kind.key())
            .await
            .unwrap();
        let descriptors: Vec<_> = resolved.iter().map(|one| one.descriptor.clone()).collect();
        assert_eq!(descriptors, declared);
        resolved
            .into_iter()
            .map(|one| {
                let targets = one.targets.into_iter();
                let ids: Vec<String> = targets.map(|target| target.id.into()).collect();
                (one.descriptor.kind, one.descriptor.direction, ids)
            })
            .collect::<Vec<_>>()
    };
    use EdgeDirection::{Incoming, Outgoing};
    let cart = ["cart-0", "cart-1", "cart-2"].map(str::to_owned).to_vec();
    assert_eq!(
        resolve(Kind::Deployment, "cart", "shop").await,
        [
            (RelationshipType::Owns, Outgoing, cart.clone()),
            (RelationshipType::Selects, Outgoing, cart),
            (
                RelationshipType::Uses,
                Outgoing,
                vec!["cart-settings".to_owned()]
            ),
        ]
    );
    let of_pod = resolve(Kind::Pod, "cart-0", "shop").await;
    let node = of_pod[0].2[0].clone();
    assert_eq!(of_pod[0].0, RelationshipType::RunsOn);
    assert_eq!(
        of_pod[1],
        (RelationshipType::Owns, Incoming, vec!["cart".to_owned()])
    );
    assert_eq!(of_pod[2].2, ["cart"]);
    let of_node = resolve(Kind::Node, &node, "").await;
    assert_eq!((of_node[0].1, of_node.len()), (Incoming, 1));
    assert!(of_node[0].2.contains(&"cart-0".to_owned()));
    // It runs nowhere.
    assert!(
        resolve(Kind::Pod, "prometheus-1", "monitoring").await[0]
            .2
            .is_empty()
    );
    plugin.close().await;
}

#[tokio::test(start_paused = true)]
async fn a_backend_without_a_type_has_no_relationship_to_it() {
    let backend = ReferenceBackend::builder()
        .kinds([Kind::Pod])
        .connection("dev", Site::dev())
        .build();
    let plugin = Mounted::new(&backend, "dev").await;
    let declared = plugin
        .provider
        .declared_relationships(&call("dev"), &Kind::Pod.key())
        .await;
    assert!(declared.unwrap().is_empty());
    plugin.close().await;
}

#[tokio::test(start_paused = true)]
async fn events_are_what_happened_newest_first() {
    let (backend, plugin) = mounted().await;
    let reasons = async |id: &str, namespace: &str, limit: i64| {
        let events = plugin
            .provider
            .resource_events(&call("dev"), &Kind::Pod.key(), id, namespace, limit)
            .await
            .unwrap();
        let times: Vec<_> = events.iter().map(|event| event.last_seen).collect();
        assert!(times.is_sorted_by(|a, b| a >= b));
        events
            .into_iter()
            .map(|event| event.reason)
            .collect::<Vec<_>>()
    };
    // Before anybody looked: the newest of the same time is the one that was told last.
    assert_eq!(
        reasons("checkout-2", "shop", 0).await,
        ["ContainersNotReady", "Created"]
    );
    backend
        .insert("dev", Kind::Pod, &pod("mine", "shop", 1))
        .unwrap();
    tokio::time::sleep(Duration::from_secs(1)).await;
    let evict = ActionInput::new("mine").in_namespace("shop");
    plugin
        .provider
        .execute_action(&call("dev"), &Kind::Pod.key(), "evict", evict)
        .await
        .unwrap();
    tokio::time::sleep(Duration::from_secs(1)).await;
    backend.remove("dev", Kind::Pod, "shop", "mine").unwrap();
    assert_eq!(
        reasons("mine", "shop", 0).await,
        ["Deleted", "Evicted", "Updated", "Created"]
    );
    assert_eq!(reasons("mine", "shop", 2).await, ["Deleted", "Evicted"]);
    assert!(reasons("never", "shop", 0).await.is_empty());
    plugin.close().await;
}

#[tokio::test(start_paused = true)]
async fn every_object_and_sample_validates_against_the_schema_of_its_type() {
    let (backend, plugin) = mounted().await;
    for kind in Kind::ALL {
        let schema = plugin
            .provider
            .resource_schema(&call("dev"), &kind.key())
            .await
            .unwrap()
            .unwrap();
        let validator = jsonschema::options()
            .should_validate_formats(true)
            .build(&schema.to_value().unwrap())
            .unwrap();
        let mut objects = backend.objects("dev", *kind).unwrap();
        objects.extend(backend.objects("prod", *kind).unwrap());
        let fixtures = backend.type_fixtures("dev").unwrap();
        let fixture = fixtures.iter().find(|one| one.kind() == *kind).unwrap();
        objects.extend((0..20).map(|n| fixture.sample(n)));
        objects.extend((0..20).map(|n| fixture.change(&fixture.sample(n))));
        for object in &objects {
            let object = object.to_value().unwrap();
            let errors: Vec<String> = validator
                .iter_errors(&object)
                .map(|error| error.to_string())
                .collect();
            assert!(errors.is_empty(), "{kind:?} {object}: {errors:?}");
        }
        let odd = json!({"metadata": {"name": ""}, "spec": [], "status": [], "data": []});
        assert!(!validator.is_valid(&odd), "{kind:?}");
    }
    let schemas = plugin
        .provider
        .editor_schemas(&CallContext::new(), &"dev".into())
        .await
        .unwrap();
    assert_eq!(schemas.len(), Kind::ALL.len());
    for schema in schemas {
        let kind = Kind::of(&schema.resource_key).unwrap();
        let content = String::from_utf8(schema.content).unwrap();
        assert_eq!(Json::parse(content).unwrap(), kind.schema());
    }
    plugin.close().await;
}

#[tokio::test(start_paused = true)]
async fn raw_errors_of_the_store_are_classified_by_the_type_or_the_plugin() {
    let (_, plugin) = mounted().await;
    let missing = async |kind: Kind| {
        let (ctx, key) = (call("dev"), kind.key());
        let got = plugin.provider.get(&ctx, &key, GetInput::new("no"));
        got.await.unwrap_err()
    };
    let pod = missing(Kind::Pod).await;
    assert_eq!(*pod.code(), ErrorCode::NotFound);
    assert!(pod.title().starts_with("Pod: "), "{}", pod.title());
    assert!(pod.cause().is_some());
    let node = missing(Kind::Node).await;
    assert_eq!(*node.code(), ErrorCode::NotFound);
    assert!(!node.title().contains("Node"), "{}", node.title());
    plugin.close().await;
}

#[tokio::test(start_paused = true)]
async fn capabilities_differ_from_type_to_type() {
    let (_, plugin) = mounted().await;
    let of = async |text: &str| {
        let (ctx, key) = (call("dev"), key(text));
        let capabilities = plugin.provider.resource_capabilities(&ctx, &key);
        capabilities.await.unwrap()
    };
    let pod = of("core::v1::Pod").await;
    assert!(pod.has_actions && pod.has_events && pod.has_relationships && pod.has_schema);
    assert_eq!(pod.scale_hint.unwrap().level, ScaleLevel::Many);
    let map = of("core::v1::ConfigMap").await;
    assert!(map.has_schema && !map.has_actions && !map.filterable && !map.has_health);
    assert_eq!(map.scale_hint, None);
    let rollout = of("fleet.example.io::v1::Rollout").await;
    assert!(rollout.watchable && rollout.namespace_scoped && !rollout.has_schema);
    plugin.close().await;
}
