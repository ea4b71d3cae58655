//! Health from phases and conditions.

use omniview_sdk::{HealthCondition, HealthStatus, ResourceHealth, Timestamp};
use serde_json::Value;

use super::Kind;

/// Judges an object of any shape: what cannot be read is `unknown`, never a panic.
///
/// Contract: HLT-02
pub(crate) fn assess(kind: Kind, object: &Value) -> ResourceHealth {
    if !object.is_object() {
        return ResourceHealth::new(HealthStatus::Unknown)
            .with_reason("NotAnObject")
            .with_message("the data is not a JSON object");
    }
    let mut health = match kind {
        Kind::Pod => pod(object),
        Kind::Node => node(object),
        Kind::Deployment => deployment(object),
        Kind::Job => job(object),
        Kind::ConfigMap => ResourceHealth::new(HealthStatus::Unknown),
    };
    health.conditions = conditions(object).map(condition).collect();
    health.since = health
        .conditions
        .iter()
        .filter_map(|condition| condition.last_transition_time)
        .max();
    health
}

fn pod(pod: &Value) -> ResourceHealth {
    let reason = text(pod, "/status/reason");
    match text(pod, "/status/phase") {
        "Running" => match holds(pod, "Ready") {
            Some(true) => healthy("Running", "every container is ready"),
            _ => say(
                HealthStatus::Degraded,
                "NotReady",
                "it runs and is not ready",
            ),
        },
        "Succeeded" => healthy("Succeeded", "it ran to its end"),
        "Pending" => say(HealthStatus::Pending, "Pending", "it waits to be run"),
        "Failed" if reason.is_empty() => say(HealthStatus::Unhealthy, "Failed", "it failed"),
        "Failed" => say(HealthStatus::Unhealthy, reason, "it failed"),
        _ => unknown("it says no phase that is known"),
    }
}

fn node(node: &Value) -> ResourceHealth {
    match holds(node, "Ready") {
        Some(true) => {
            let pressure = conditions(node).find(|condition| {
                text(condition, "/type").ends_with("Pressure")
                    && text(condition, "/status") == "True"
            });
            match pressure {
                Some(condition) => say(
                    HealthStatus::Degraded,
                    text(condition, "/type"),
                    "it is ready and runs short of something",
                ),
                None => healthy("Ready", "it takes pods"),
            }
        }
        Some(false) => say(HealthStatus::Unhealthy, "NotReady", "it is not ready"),
        None => unknown("it does not say whether it is ready"),
    }
}

fn deployment(deployment: &Value) -> ResourceHealth {
    let number = |path| deployment.pointer(path).and_then(Value::as_u64);
    let available = number("/status/availableReplicas").unwrap_or(0);
    match number("/spec/replicas") {
        None => unknown("it does not say how many pods there should be"),
        Some(desired) if available >= desired => healthy("Available", "every pod is available"),
        Some(_) if available == 0 => say(
            HealthStatus::Unhealthy,
            "Unavailable",
            "no pod is available",
        ),
        Some(_) => say(
            HealthStatus::Degraded,
            "PartlyAvailable",
            "some pods are not available",
        ),
    }
}

fn job(job: &Value) -> ResourceHealth {
    if holds(job, "Failed") == Some(true) {
        return say(HealthStatus::Unhealthy, "Failed", "it has given up");
    }
    if holds(job, "Complete") == Some(true) {
        return healthy("Complete", "it has come to its end");
    }
    if job.pointer("/spec/completions").is_some() {
        return say(HealthStatus::Pending, "Active", "it is under way");
    }
    unknown("it does not say what it has to do")
}

fn healthy(reason: &str, message: &str) -> ResourceHealth {
    say(HealthStatus::Healthy, reason, message)
}

fn unknown(message: &str) -> ResourceHealth {
    say(HealthStatus::Unknown, "Unknown", message)
}

fn say(status: HealthStatus, reason: &str, message: &str) -> ResourceHealth {
    ResourceHealth::new(status)
        .with_reason(reason)
        .with_message(message)
}

fn conditions(object: &Value) -> impl Iterator<Item = &Value> {
    object
        .pointer("/status/conditions")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter(|condition| condition.is_object())
}

fn holds(object: &Value, kind: &str) -> Option<bool> {
    let condition = conditions(object).find(|condition| text(condition, "/type") == kind)?;
    match text(condition, "/status") {
        "True" => Some(true),
        "False" => Some(false),
        _ => None,
    }
}

fn condition(value: &Value) -> HealthCondition {
    HealthCondition {
        reason: text(value, "/reason").to_owned(),
        message: text(value, "/message").to_owned(),
        last_transition_time: Timestamp::parse(text(value, "/lastTransitionTime")).ok(),
        ..HealthCondition::new(text(value, "/type"), text(value, "/status"))
    }
}

fn text<'a>(value: &'a Value, path: &str) -> &'a str {
    value
        .pointer(path)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::catalog::Site;

    #[test]
    fn the_fleet_has_pods_of_every_health_that_a_pod_can_have() {
        let mut seen: Vec<String> = Site::dev()
            .objects(Kind::Pod)
            .iter()
            .map(|(json, _)| {
                assess(Kind::Pod, &json.to_value().unwrap())
                    .status
                    .to_string()
            })
            .collect();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen, ["degraded", "healthy", "pending", "unhealthy"]);
    }

    #[test]
    fn a_node_under_pressure_is_degraded_and_says_of_what() {
        let node = json!({"status": {"conditions": [
            {"type": "Ready", "status": "True", "lastTransitionTime": "2026-01-01T00:00:00Z"},
            {"type": "DiskPressure", "status": "True"},
        ]}});
        let health = assess(Kind::Node, &node);
        assert_eq!(health.status, HealthStatus::Degraded);
        assert_eq!(health.reason, "DiskPressure");
        assert_eq!(health.since.unwrap().to_string(), "2026-01-01T00:00:00Z");
        assert_eq!(health.conditions.len(), 2);
    }

    #[test]
    fn json_of_any_shape_has_an_unknown_health_and_no_panic() {
        let odd = [
            json!(null),
            json!(7),
            json!([1]),
            json!({}),
            json!({"status": 3, "spec": []}),
            json!({"status": {"phase": 1, "conditions": {"a": 1}}}),
            json!({"status": {"phase": "Odd", "conditions": [1, null, {"type": 2}]}}),
            json!({"spec": {"replicas": -1}}),
        ];
        for kind in Kind::ALL {
            for value in &odd {
                let health = assess(*kind, value);
                assert_eq!(health.status, HealthStatus::Unknown, "{kind:?} {value}");
            }
        }
    }
}
