//! JSON compared by meaning.

use insta::assert_snapshot;
use omniview_plugintest::{assert_json_eq, json_differences};
use omniview_sdk::Json;
use serde_json::json;

use crate::support::sync_failure;

#[test]
fn order_of_keys_whitespace_and_the_form_of_a_number_do_not_count() {
    let found = Json::parse(r#" {"b" : [1.0, 2e2], "a":null} "#).unwrap();
    assert_json_eq!(found, json!({"a": null, "b": [1, 200]}));
    assert_json_eq!(u64::MAX, u64::MAX);
}

#[test]
fn large_integers_are_compared_exactly() {
    let near = json_differences(
        &json!(9_007_199_254_740_993_u64),
        &json!(9_007_199_254_740_992_u64),
    );
    assert_eq!(near.len(), 1);
    assert!(json_differences(&json!(-1), &json!(u64::MAX)).len() == 1);
}

#[test]
fn what_differs_is_listed_by_path() {
    let found = json!({
        "metadata": {"labels": {"app.kubernetes.io/name": "web"}},
        "spec": {"replicas": 2, "ports": [80, 443]},
        "status": "Running",
    });
    let expected = json!({
        "metadata": {"labels": {"app.kubernetes.io/name": "api", "tier": "front"}},
        "spec": {"replicas": 3, "ports": [80]},
        "status": {"phase": "Running"},
    });
    let text = sync_failure(|| assert_json_eq!(found, expected, "the deployment {}", "web"));
    assert_snapshot!(text, @r#"
    JSON differs in 5 places: the deployment web
      $.metadata.labels["app.kubernetes.io/name"]: expected "api", found "web"
      $.metadata.labels.tier: expected "front", found nothing
      $.spec.ports[1]: expected nothing, found 443
      $.spec.replicas: expected 3, found 2
      $.status: expected {"phase":"Running"}, found "Running"
      found: {"metadata":{"labels":{"app.kubernetes.io/name":"web"}},"spec":{"ports":[80,443],"replicas":2},"status":"Running"}
    "#);
}

#[test]
fn many_differences_are_counted() {
    let found: Vec<usize> = (0..30).collect();
    let expected: Vec<usize> = (1..31).collect();
    let text = sync_failure(|| assert_json_eq!(found, expected));
    assert!(
        text.starts_with("JSON differs in 30 places\n  $[0]: expected 1, found 0\n"),
        "{text}"
    );
    assert!(text.contains("\n  and in 10 other places\n"), "{text}");
}

#[test]
fn null_and_nothing_differ() {
    let differences = json_differences(&json!({"a": null}), &json!({}));
    assert_eq!(
        differences[0].to_string(),
        "$.a: expected nothing, found null"
    );
}
