//! Changes that actions make.

use std::sync::Arc;

use omniview_sdk::Json;
use serde_json::{Value, json};

use crate::store::{Happening, Object, Refusal, StoreError, Table};

/// How often a change is repeated when others are faster.
const ATTEMPTS: usize = 16;

/// Changes an object as it is at the moment; when it changes meanwhile, the change is made anew.
pub(super) fn modify(
    table: &Table,
    id: &str,
    namespace: &str,
    change: impl Fn(&mut Value),
) -> Result<Arc<Object>, StoreError> {
    let mut attempt = 1;
    loop {
        let object = table.get(id, namespace)?;
        let mut value = object.value().clone();
        for part in ["spec", "status"] {
            if !value[part].is_object() {
                value[part] = json!({});
            }
        }
        change(&mut value);
        match table.update(id, &Json::from(value), object.namespace()) {
            Err(error) if error.refusal() == Refusal::Conflict && attempt < ATTEMPTS => {
                attempt += 1;
            }
            answer => return answer,
        }
    }
}

/// Starts the containers of a pod again.
pub(super) fn restart(pods: &Table, id: &str, namespace: &str) -> Result<(), StoreError> {
    let pod = modify(pods, id, namespace, |pod| {
        let statuses = &mut pod["status"]["containerStatuses"];
        if !statuses.is_array() {
            *statuses = json!([{"name": "main"}]);
        }
        for status in statuses.as_array_mut().into_iter().flatten() {
            if status.is_object() {
                let restarts = status["restartCount"].as_u64().unwrap_or(0);
                status["restartCount"] = (restarts + 1).into();
            }
        }
    })?;
    let restarted = Happening::normal("Restarted", "its containers were started again");
    pods.happen(&pod, restarted.by("actions"));
    Ok(())
}

/// Takes a pod off its node for good.
pub(super) fn evict(pods: &Table, id: &str, namespace: &str) -> Result<(), StoreError> {
    let pod = modify(pods, id, namespace, |pod| {
        if let Some(spec) = pod["spec"].as_object_mut() {
            spec.remove("nodeName");
        }
        pod["status"]["phase"] = "Failed".into();
        pod["status"]["reason"] = "Evicted".into();
        pod["status"]["conditions"] =
            json!([{"type": "Ready", "status": "False", "reason": "PodFailed"}]);
    })?;
    pods.happen(
        &pod,
        Happening::warning("Evicted", "it was taken off its node").by("actions"),
    );
    Ok(())
}
