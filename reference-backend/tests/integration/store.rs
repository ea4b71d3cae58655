//! The store: versions, refusals, the log and its followers.

use std::{sync::Arc, time::Duration};

use omniview_reference_backend::store::{
    ChangeKind, Clock, Compacted, MAX_NAME_BYTES, MAX_OBJECT_BYTES, Mirror, StoreError, Table,
    TableScope,
};
use omniview_sdk::{ErrorCode, Json};
use serde_json::json;

use crate::support::pod;

fn table() -> Arc<Table> {
    bounded(100)
}

fn bounded(log: usize) -> Arc<Table> {
    let clock = Arc::new(Clock::new());
    Arc::new(Table::with_log_bound(
        "core::v1::Pod",
        TableScope::Namespaced,
        clock,
        log,
    ))
}

fn nodes() -> Arc<Table> {
    let clock = Arc::new(Clock::new());
    Arc::new(Table::new("core::v1::Node", TableScope::Cluster, clock))
}

fn json(value: serde_json::Value) -> Json {
    Json::from(value)
}

#[test]
fn every_change_takes_the_next_version_and_the_uid_stays() {
    let table = table();
    let created = table.create(&pod("web", "shop", 1), "").unwrap();
    let updated = table.update("web", &pod("web", "shop", 2), "").unwrap();
    assert_eq!((created.version(), updated.version()), (1, 2));
    assert_eq!(created.uid(), updated.uid());
    assert_eq!(created.created_at(), updated.created_at());
    assert_eq!(updated.value()["spec"]["priority"], 2);
    assert_eq!(updated.value()["metadata"]["resourceVersion"], "2");
    assert_eq!(updated.json().to_value().unwrap(), *updated.value());

    table.remove("web", "shop").unwrap();
    let again = table.create(&pod("web", "shop", 1), "").unwrap();
    assert_eq!(again.version(), 4);
    assert_ne!(again.uid(), created.uid());
}

#[test]
fn two_tables_of_one_clock_never_share_a_version() {
    let clock = Arc::new(Clock::new());
    let table = |key| Table::new(key, TableScope::Namespaced, Arc::clone(&clock));
    let (pods, jobs) = (table("core::v1::Pod"), table("batch::v1::Job"));
    let mut versions = Vec::new();
    for n in 0..3 {
        let object = pod(&format!("o{n}"), "a", 0);
        versions.push(pods.create(&object, "").unwrap().version());
        versions.push(jobs.create(&object, "").unwrap().version());
    }
    assert_eq!(versions, [1, 2, 3, 4, 5, 6]);
}

#[test]
fn an_update_from_a_stale_version_is_a_conflict_and_changes_nothing() {
    let table = table();
    let first = table.create(&pod("web", "shop", 1), "").unwrap();
    let second = table.update("web", first.json(), "shop").unwrap();

    let error = table.update("web", first.json(), "shop").unwrap_err();
    assert_eq!(*error.code(), ErrorCode::Conflict);
    assert_eq!(
        error.message(),
        "core::v1::Pod: \"web\" in namespace \"shop\" is at version 2, and the update was made from version 1"
    );
    let now = table.get("web", "shop").unwrap();
    assert!(Arc::ptr_eq(&now, &second));

    let unconditional = pod("web", "shop", 9);
    assert!(table.update("web", &unconditional, "shop").is_ok());
}

#[test]
fn an_update_of_an_object_that_was_replaced_is_a_conflict() {
    let table = table();
    let first = table.create(&pod("web", "shop", 1), "").unwrap();
    table.remove("web", "shop").unwrap();
    table.create(&pod("web", "shop", 2), "").unwrap();
    let mut stale = first.value().clone();
    stale["metadata"]["resourceVersion"].take();
    let error = table.update("web", &json(stale), "").unwrap_err();
    assert_eq!(*error.code(), ErrorCode::Conflict);
    assert!(error.message().contains("its uid differs"), "{error}");
}

#[test]
fn bad_objects_are_refused_and_the_store_is_unchanged() {
    let table = table();
    table.create(&pod("web", "shop", 1), "").unwrap();
    let before = table.snapshot();
    let long = "x".repeat(MAX_NAME_BYTES + 1);
    let large = "x".repeat(MAX_OBJECT_BYTES);
    let cases = [
        (json!(null), "has to be a JSON object, and is null"),
        (json!([1]), "has to be a JSON object, and is an array"),
        (json!("web"), "has to be a JSON object, and is a text"),
        (json!({}), "has no id"),
        (json!({"metadata": 3}), "has no id"),
        (json!({"metadata": {"name": ""}}), "has no id"),
        (
            json!({"metadata": {"name": 7}}),
            "has to be a text, and is a number",
        ),
        (json!({"metadata": {"name": long}}), "more than the 1024"),
        (
            json!({"metadata": {"name": "a", "namespace": long}}),
            "more than the 1024",
        ),
        (
            json!({"metadata": {"name": "a"}, "data": large}),
            "more than the 1048576",
        ),
        (
            json!({"metadata": {"name": "a", "resourceVersion": "new"}}),
            "resourceVersion",
        ),
        (
            json!({"metadata": {"name": "a", "namespace": "other"}}),
            "cannot move",
        ),
    ];
    for (object, why) in cases {
        let error = table.create(&json(object), "shop").unwrap_err();
        assert_eq!(*error.code(), ErrorCode::InvalidInput, "{why}");
        assert!(error.message().contains(why), "{why}: {error}");
        assert_eq!(*error.key(), "core::v1::Pod");
    }
    let unreadable = Json::parse(r#"{"metadata": {"name": "a"}, "n": 1e999}"#).unwrap();
    let error = table.create(&unreadable, "shop").unwrap_err();
    assert!(error.message().contains("cannot be read"), "{error}");
    assert!(Arc::ptr_eq(&before, &table.snapshot()));
}

#[test]
fn an_object_cannot_change_its_id_or_namespace_and_an_id_is_taken_once() {
    let table = table();
    table.create(&pod("web", "shop", 1), "").unwrap();
    let before = table.snapshot();
    let code = |result: Result<_, StoreError>| result.map(drop).unwrap_err().code().clone();
    assert_eq!(
        code(table.update("web", &pod("other", "shop", 1), "shop")),
        ErrorCode::InvalidInput
    );
    assert_eq!(
        code(table.update("web", &pod("web", "other", 1), "shop")),
        ErrorCode::InvalidInput
    );
    assert_eq!(
        code(table.create(&pod("web", "shop", 1), "")),
        ErrorCode::AlreadyExists
    );
    assert_eq!(
        code(table.update("none", &pod("none", "shop", 1), "")),
        ErrorCode::NotFound
    );
    assert_eq!(code(table.remove("web", "other")), ErrorCode::NotFound);
    assert!(Arc::ptr_eq(&before, &table.snapshot()));
}

#[test]
fn without_a_namespace_the_only_object_of_an_id_is_meant() {
    let table = table();
    table.create(&pod("web", "shop", 1), "").unwrap();
    assert_eq!(table.get("web", "").unwrap().namespace(), "shop");
    table.create(&pod("web", "other", 1), "").unwrap();
    let error = table.get("web", "").unwrap_err();
    assert_eq!(*error.code(), ErrorCode::InvalidInput);
    assert!(
        error.message().contains("\"other\" and \"shop\""),
        "{error}"
    );

    let object = json(json!({"metadata": {"name": "lost"}}));
    assert_eq!(table.create(&object, "").unwrap().namespace(), "default");
}

#[test]
fn an_object_of_a_type_without_namespaces_takes_none() {
    let nodes = nodes();
    let node = nodes
        .create(&json(json!({"metadata": {"name": "a"}})), "")
        .unwrap();
    assert_eq!(node.namespace(), "");
    assert!(node.value()["metadata"].get("namespace").is_none());
    for (object, namespace) in [
        (json!({"metadata": {"name": "b"}}), "shop"),
        (json!({"metadata": {"name": "b", "namespace": "shop"}}), ""),
    ] {
        let error = nodes.create(&json(object), namespace).unwrap_err();
        assert!(error.message().contains("have no namespace"), "{error}");
    }
    assert_eq!(
        *nodes.get("a", "shop").unwrap_err().code(),
        ErrorCode::NotFound
    );
}

#[test]
fn names_may_hold_any_unicode_character() {
    let table = table();
    let names = [
        "päckchen",
        "箱/子",
        "a b\tc",
        "\u{1F4E6}",
        "../..",
        "\"",
        "\u{0}",
        "::",
    ];
    for name in names {
        table.create(&pod(name, "ns\u{202E}", 1), "").unwrap();
        assert_eq!(table.get(name, "ns\u{202E}").unwrap().id(), name);
    }
    assert_eq!(table.snapshot().len(), names.len());
}

#[test]
fn a_snapshot_stays_as_it_was_while_writers_write() {
    let table = table();
    for n in 0..10 {
        table.create(&pod(&format!("o{n}"), "a", n), "").unwrap();
    }
    let before = table.snapshot();
    table.update("o3", &pod("o3", "a", 99), "a").unwrap();
    table.remove("o4", "a").unwrap();
    assert_eq!((before.version(), before.len()), (10, 10));
    assert_eq!(
        before.objects().nth(3).unwrap().value()["spec"]["priority"],
        3
    );
    let after = table.snapshot();
    assert_eq!((after.version(), after.len()), (12, 9));
    assert!(
        Arc::ptr_eq(&after, &table.snapshot()),
        "made once a version"
    );
}

#[test]
fn a_snapshot_is_ordered_by_namespace_and_id() {
    let table = table();
    for (name, namespace) in [("b", "y"), ("a", "y"), ("z", "x"), ("é", "x")] {
        table.create(&pod(name, namespace, 0), "").unwrap();
    }
    let snapshot = table.snapshot();
    let order: Vec<_> = snapshot
        .objects()
        .map(|object| (object.namespace(), object.id()))
        .collect();
    assert_eq!(order, [("x", "z"), ("x", "é"), ("y", "a"), ("y", "b")]);
}

#[test]
fn a_follower_sees_every_change_once_and_in_order() {
    let table = table();
    table.create(&pod("early", "a", 0), "").unwrap();
    let mut follower = table.follow();
    table.create(&pod("web", "a", 1), "").unwrap();
    table.update("web", &pod("web", "a", 2), "").unwrap();
    table.remove("web", "a").unwrap();
    let seen: Vec<_> = follower
        .pending()
        .unwrap()
        .iter()
        .map(|change| (change.kind, change.version))
        .collect();
    assert_eq!(
        seen,
        [
            (ChangeKind::Added, 2),
            (ChangeKind::Updated, 3),
            (ChangeKind::Removed, 4)
        ]
    );
    assert!(follower.pending().unwrap().is_empty());
    assert_eq!(follower.position(), 4);
}

#[test]
fn a_follower_resumes_from_a_version_as_long_as_the_log_knows_it() {
    let table = bounded(3);
    for n in 0..5 {
        table.create(&pod(&format!("o{n}"), "a", n), "").unwrap();
    }
    let changes = table.follow_from(2).pending().unwrap();
    assert_eq!(changes.len(), 3);
    let compacted = table.follow_from(1).pending().unwrap_err();
    assert_eq!(compacted, Compacted { through: 2 });
}

#[tokio::test(start_paused = true)]
async fn a_follower_that_waits_is_woken_by_a_change() {
    let table = table();
    let mut follower = table.follow();
    let waiting = tokio::spawn(async move { follower.changes().await.unwrap().len() });
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert!(!waiting.is_finished());
    table.create(&pod("web", "a", 1), "").unwrap();
    assert_eq!(waiting.await.unwrap(), 1);
}

#[test]
fn a_follower_that_fell_behind_ends_with_the_truth() {
    let table = bounded(2);
    for name in ["same", "changed", "gone", "replaced"] {
        table.create(&pod(name, "a", 0), "").unwrap();
    }
    let mut follower = table.follow();
    let mut mirror = Mirror::new();
    assert_eq!(mirror.reconcile(&follower.relist(), |_| true).len(), 4);

    table
        .update("changed", &pod("changed", "a", 1), "")
        .unwrap();
    table.remove("gone", "a").unwrap();
    table.remove("replaced", "a").unwrap();
    table.create(&pod("replaced", "a", 2), "").unwrap();
    table.create(&pod("new", "a", 3), "").unwrap();
    assert!(follower.pending().is_err());

    let told: Vec<_> = mirror
        .reconcile(&follower.relist(), |_| true)
        .iter()
        .map(|change| (change.kind, change.object.id().to_owned()))
        .collect();
    let expected = [
        (ChangeKind::Removed, "gone"),
        (ChangeKind::Removed, "replaced"),
        (ChangeKind::Updated, "changed"),
        (ChangeKind::Added, "new"),
        (ChangeKind::Added, "replaced"),
    ]
    .map(|(kind, id)| (kind, id.to_owned()));
    assert_eq!(told, expected);
    assert!(follower.pending().unwrap().is_empty());
}

#[test]
fn writers_on_many_threads_lose_nothing() {
    let table = table();
    std::thread::scope(|scope| {
        for writer in 0..4 {
            let table = &table;
            scope.spawn(move || {
                for n in 0..50 {
                    let name = format!("w{writer}-{n}");
                    table.create(&pod(&name, "a", n), "").unwrap();
                    let _whole = table.snapshot();
                }
            });
        }
    });
    let snapshot = table.snapshot();
    assert_eq!((snapshot.version(), snapshot.len()), (200, 200));
}
