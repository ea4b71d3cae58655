//! The plugin's traits, called as the controller calls them.

use std::sync::Arc;

use omniview_reference_backend::{
    Fault, FaultScope, Kind, ReferenceBackend, Site,
    plugin::{ReferenceResourcer, StoreErrors},
};
use omniview_sdk::{
    BoxError, CreateInput, DeleteInput, ErrorClassifier, ErrorCode, FilterPredicate,
    FilterableProvider, FindInput, GetInput, HealthAssessor, HealthStatus, Json, ListInput,
    ResourceOperationError, Resourcer, SyncPolicy, SyncPolicyDeclarer, TextSearchProvider,
    UpdateInput,
};
use serde_json::json;

use crate::support::{context, names, pod, text};

fn code(error: &BoxError) -> ErrorCode {
    match error.downcast_ref::<ResourceOperationError>() {
        Some(error) => error.code().clone(),
        None => StoreErrors.classify(&**error).unwrap().code().clone(),
    }
}

fn pods() -> (ReferenceBackend, ReferenceResourcer) {
    let backend = ReferenceBackend::new();
    (backend, ReferenceResourcer::new(Kind::Pod))
}

#[tokio::test]
async fn an_object_is_created_got_updated_and_deleted() {
    let (backend, pods) = pods();
    let ctx = context(&backend, "dev", Kind::Pod);
    let create = CreateInput::new(pod("mine", "shop", 1));
    let created = pods.create(&ctx, create.clone()).await.unwrap();
    assert!(created.success);
    assert_eq!(
        code(&pods.create(&ctx, create).await.unwrap_err()),
        ErrorCode::AlreadyExists
    );

    let get = GetInput::new("mine").in_namespace("shop");
    assert_eq!(
        pods.get(&ctx, get.clone()).await.unwrap().result,
        created.result
    );

    let update = UpdateInput::new("mine", pod("mine", "shop", 2)).in_namespace("shop");
    let updated = pods.update(&ctx, update).await.unwrap();
    assert_eq!(updated.result.to_value().unwrap()["spec"]["priority"], 2);
    let stale = UpdateInput::new("mine", created.result).in_namespace("shop");
    assert_eq!(
        code(&pods.update(&ctx, stale).await.unwrap_err()),
        ErrorCode::Conflict
    );

    let delete = DeleteInput::new("mine").in_namespace("shop");
    let deleted = pods.delete(&ctx, delete.clone()).await.unwrap();
    assert_eq!(deleted.result.unwrap(), updated.result);
    assert_eq!(
        code(&pods.delete(&ctx, delete).await.unwrap_err()),
        ErrorCode::NotFound
    );
    assert_eq!(
        code(&pods.get(&ctx, get).await.unwrap_err()),
        ErrorCode::NotFound
    );
}

#[tokio::test]
async fn connections_lead_to_different_objects() {
    let (backend, pods) = pods();
    let (dev, prod) = (
        context(&backend, "dev", Kind::Pod),
        context(&backend, "prod", Kind::Pod),
    );
    let before = pods.list(&prod, ListInput::all()).await.unwrap();
    pods.create(&dev, CreateInput::new(pod("mine", "shop", 1)))
        .await
        .unwrap();
    assert_eq!(pods.list(&prod, ListInput::all()).await.unwrap(), before);
    let ledger = GetInput::new("ledger-0");
    assert!(pods.get(&prod, ledger.clone()).await.is_ok());
    assert!(pods.get(&dev, ledger).await.is_err());
}

#[tokio::test]
async fn lists_have_namespaces_order_and_pages() {
    let (backend, pods) = pods();
    let ctx = context(&backend, "dev", Kind::Pod);
    let all = pods.list(&ctx, ListInput::all()).await.unwrap();
    assert_eq!(all.total_count, 23);
    let shop = pods
        .list(&ctx, ListInput::all().namespace("shop"))
        .await
        .unwrap();
    assert!(
        shop.result
            .iter()
            .all(|pod| text(pod, "/metadata/namespace") == "shop")
    );

    let by_priority = ListInput::all()
        .order_by_descending("spec.priority")
        .order_by("metadata.name");
    let ordered = pods.list(&ctx, by_priority.clone()).await.unwrap();
    let first = pods
        .list(&ctx, by_priority.clone().page_size(10))
        .await
        .unwrap();
    assert_eq!(first.result, ordered.result[..10]);
    assert_eq!(first.total_count, 23);
    let next = by_priority.page_size(10).cursor(first.next_cursor.unwrap());
    let second = pods.list(&ctx, next).await.unwrap();
    assert_eq!(second.result, ordered.result[10..20]);
}

#[tokio::test]
async fn filters_look_at_missing_fields_lists_maps_and_times() {
    let (backend, pods) = pods();
    let ctx = context(&backend, "dev", Kind::Pod);
    for (filter, expected) in [
        (
            FilterPredicate::eq("status.phase", "Pending"),
            vec!["prometheus-1"],
        ),
        (
            FilterPredicate::not_exists("spec.nodeName"),
            vec!["prometheus-1"],
        ),
        (
            FilterPredicate::gt("status.containerStatuses.restartCount", 10),
            vec!["checkout-2"],
        ),
        (
            FilterPredicate::eq("metadata.labels", "app=echo"),
            vec!["echo-0"],
        ),
        (
            FilterPredicate::lt("metadata.creationTimestamp", "2025-12-01T14:00:00+01:00"),
            vec!["echo-0"],
        ),
        (
            FilterPredicate::suffix("spec.containers.image", "-rc1"),
            vec!["checkout-0", "checkout-1", "checkout-2"],
        ),
    ] {
        let input = FindInput::all().filter(filter.clone());
        let found = pods.find(&ctx, input).await.unwrap();
        assert_eq!(names(&found.result), expected, "{filter:?}");
    }
}

#[tokio::test]
async fn a_type_without_filter_fields_can_still_be_found_by_a_filter() {
    let backend = ReferenceBackend::new();
    let maps = ReferenceResourcer::new(Kind::ConfigMap);
    let ctx = context(&backend, "dev", Kind::ConfigMap);
    let input = FindInput::all().filter(FilterPredicate::prefix("metadata.name", "c"));
    let found = maps.find(&ctx, input).await.unwrap();
    assert_eq!(
        names(&found.result),
        ["coredns-settings", "cart-settings", "checkout-settings"]
    );
}

#[tokio::test]
async fn every_declared_field_and_operator_is_one_that_find_understands() {
    for kind in Kind::ALL {
        let Some(fields) = kind.filter_fields() else {
            continue;
        };
        for field in fields.iter() {
            let exists = FindInput::all().filter(FilterPredicate::exists(&field.path));
            let backend = ReferenceBackend::new();
            let ctx = context(&backend, "dev", *kind);
            let found = ReferenceResourcer::new(*kind)
                .find(&ctx, exists)
                .await
                .unwrap();
            assert!(found.total_count > 0, "{kind:?} never has {}", field.path);
        }
    }
}

#[tokio::test]
async fn text_search_looks_at_ids_and_labels() {
    let (backend, pods) = pods();
    let ctx = context(&backend, "dev", Kind::Pod);
    let found = pods.search(&ctx, "GRAF", 0).await.unwrap();
    assert_eq!(names(&found), ["grafana-0"]);
    let observability = pods.search(&ctx, "observability", 0).await.unwrap();
    assert_eq!(observability.len(), 3);
    assert_eq!(
        pods.search(&ctx, "observability", 2).await.unwrap().len(),
        2
    );
    assert!(
        pods.search(&ctx, "nothing like it", 0)
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn health_of_json_of_any_shape_is_an_answer() {
    let (backend, pods) = pods();
    let ctx = context(&backend, "dev", Kind::Pod);
    for odd in [json!(null), json!([]), json!({"status": [1]})] {
        let health = pods.assess_health(&ctx, &Json::from(odd)).await.unwrap();
        assert_eq!(health.status, HealthStatus::Unknown);
    }
    let unreadable = Json::parse("1e999").unwrap();
    let error = pods.assess_health(&ctx, &unreadable).await.unwrap_err();
    assert_eq!(code(&error), ErrorCode::InvalidInput);
}

#[tokio::test]
async fn a_fault_meets_the_calls_of_its_scope_and_connection() {
    let (backend, pods) = pods();
    let dev = context(&backend, "dev", Kind::Pod);
    let prod = context(&backend, "prod", Kind::Pod);
    let faults = backend.faults("dev").unwrap();
    faults.inject(FaultScope::Operations, Fault::Refuse(ErrorCode::Forbidden));
    let error = pods.list(&dev, ListInput::all()).await.unwrap_err();
    assert_eq!(code(&error), ErrorCode::Forbidden);
    assert!(pods.list(&prod, ListInput::all()).await.is_ok());
    assert!(faults_leave_fields_alone(&pods, &dev).await);
    faults.clear();
    assert!(pods.list(&dev, ListInput::all()).await.is_ok());
}

async fn faults_leave_fields_alone(
    pods: &ReferenceResourcer,
    ctx: &omniview_sdk::Context<omniview_reference_backend::ReferenceClient>,
) -> bool {
    pods.filter_fields(ctx).await.is_ok()
}

#[test]
fn types_sync_on_connect_on_first_query_and_never() {
    let policy = |kind: Kind| ReferenceResourcer::new(kind).sync_policy(&kind.meta());
    assert_eq!(policy(Kind::Pod), SyncPolicy::OnConnect);
    assert_eq!(policy(Kind::Job), SyncPolicy::OnFirstQuery);
    assert_eq!(policy(Kind::ConfigMap), SyncPolicy::Never);
}

#[test]
fn samples_are_stored_and_changed_as_they_say() {
    let backend = ReferenceBackend::builder()
        .connection("one", Site::dev())
        .build();
    for fixture in backend.type_fixtures("one").unwrap() {
        let table = backend.table("one", fixture.kind()).unwrap();
        for n in 0..20 {
            let created = table.create(&fixture.sample(n), "").unwrap();
            assert_eq!(created.id(), fixture.id(n));
            assert_eq!(created.namespace(), fixture.namespace(n));
            let changed = fixture.change(created.json());
            assert_ne!(changed, *created.json());
            let again = fixture.change(&changed);
            assert_ne!(again, changed);
            let updated = table.update(created.id(), &changed, created.namespace());
            assert_eq!(
                text(updated.unwrap().json(), "/metadata/labels/revision"),
                "1"
            );
        }
    }
}

#[test]
fn two_backends_hold_the_same_objects() {
    let objects = || {
        let backend = ReferenceBackend::new();
        let mut all = Vec::new();
        for connection in ["dev", "prod"] {
            for kind in Kind::ALL {
                all.extend(backend.objects(connection, *kind).unwrap());
            }
        }
        all
    };
    assert_eq!(objects(), objects());
    let one = ReferenceBackend::new();
    // One more is the pattern for discovered types.
    assert_eq!(one.config().resources.len(), Kind::ALL.len() + 1);
    let copy = one.clone();
    assert!(Arc::ptr_eq(
        &one.fleet("dev").unwrap(),
        &copy.fleet("dev").unwrap()
    ));
}
