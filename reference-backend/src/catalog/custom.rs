//! Types that only the backend knows, and what happened to objects before anybody looked.

use omniview_sdk::{ResourceDefinition, ResourceGroup, ResourceMeta, Timestamp};
use serde_json::{Value, json};

use super::{
    definitions::plain,
    objects::SiteCopy,
    workloads::{Trouble, Workload},
};
use crate::store::Happening;

/// The group of the types that discovery brings.
pub(crate) const CUSTOM_GROUP: &str = "fleet.example.io";

/// Serves every type of [`CUSTOM_GROUP`].
pub(crate) const CUSTOM_PATTERN: &str = "fleet.example.io::*::*";

/// The discovered type that every connection has: `fleet.example.io::v1::Rollout`.
pub(crate) fn rollout() -> ResourceMeta {
    ResourceMeta::new(CUSTOM_GROUP, "v1", "Rollout")
        .with_category("Workloads")
        .with_icon("rocket")
        .with_description("A new image on its way to the pods of a deployment.")
}

/// The group of the discovered types.
pub(crate) fn custom_group() -> ResourceGroup {
    ResourceGroup::new(CUSTOM_GROUP, "Fleet").with_description("What only this backend has.")
}

/// How discovered types are identified and shown: what a type can know without knowing the type.
pub(crate) fn custom_definition() -> ResourceDefinition {
    plain()
}

/// A rollout for every workload that is not up.
pub(super) fn rollouts(workloads: &[Workload], copy: SiteCopy) -> Vec<Value> {
    let troubled = workloads
        .iter()
        .filter(|workload| workload.trouble != Trouble::None);
    troubled
        .map(|workload| {
            let name = copy.name(workload.name);
            json!({
                "apiVersion": "fleet.example.io/v1",
                "kind": "Rollout",
                "metadata": {
                    "name": name,
                    "namespace": workload.namespace,
                    "labels": {"app": name, "team": workload.team},
                },
                "spec": {"deployment": name, "image": workload.image},
                "status": {"progress": 100 * (workload.replicas - 1) / workload.replicas},
            })
        })
        .collect()
}

/// What the conditions of an object tell of its past: one event for each that has a reason.
pub(crate) fn happenings(conditions: &Value) -> Vec<(Happening, Timestamp)> {
    conditions
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|condition| {
            let reason = condition["reason"].as_str()?;
            let at = Timestamp::parse(condition["lastTransitionTime"].as_str()?).ok()?;
            let message = format!(
                "{} is {}",
                condition["type"].as_str()?,
                condition["status"].as_str()?
            );
            Some((Happening::warning(reason, message).by("kubelet"), at))
        })
        .collect()
}
