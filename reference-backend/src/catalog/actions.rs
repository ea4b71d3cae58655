//! The actions of each type.

use omniview_sdk::{ActionDescriptor, ActionScope, Schema, SchemaProperty};

use super::Kind;

/// The most replicas that a deployment can be scaled to: 1,000.
pub(crate) const MAX_REPLICAS: u64 = 1000;

/// None of a type without actions.
///
/// Contract: ACT-01, ACT-06, ACT-07
pub(super) fn actions(kind: Kind) -> Vec<ActionDescriptor> {
    match kind {
        Kind::Pod => vec![
            action(
                "restart",
                "Restart",
                "Starts the containers again.",
                "rotate-cw",
            ),
            action(
                "evict",
                "Evict",
                "Takes the pod off its node for good.",
                "log-out",
            )
            .dangerous(),
            action(
                "logs",
                "Show logs",
                "Prints what the containers said.",
                "scroll-text",
            )
            .streaming()
            .params_schema(
                Schema::new().property(
                    "lines",
                    SchemaProperty::integer()
                        .description("How many lines.")
                        .minimum(1)
                        .maximum(100)
                        .default_value(3),
                ),
            ),
            action(
                "clean-up",
                "Clean up",
                "Removes the pods that have ended.",
                "trash-2",
            )
            .scope(ActionScope::Type)
            .dangerous()
            .output_schema(removed()),
        ],
        Kind::Node => vec![
            action("cordon", "Cordon", "Takes no new pods.", "circle-slash"),
            action(
                "uncordon",
                "Uncordon",
                "Takes new pods again.",
                "circle-check",
            ),
            action(
                "drain",
                "Drain",
                "Cordons the node and evicts its pods, one after the other.",
                "log-out",
            )
            .streaming()
            .dangerous()
            .output_schema(
                Schema::new()
                    .property(
                        "evicted",
                        SchemaProperty::integer()
                            .description("How many pods.")
                            .minimum(0),
                    )
                    .required("evicted"),
            ),
        ],
        Kind::Deployment => vec![
            action(
                "scale",
                "Scale",
                "Changes how many pods there should be.",
                "scaling",
            )
            .params_schema(replicas())
            .output_schema(replicas()),
            action(
                "rollout",
                "Roll out",
                "Replaces the pods by new ones, one after the other.",
                "refresh-cw",
            )
            .streaming(),
            action(
                "rollback",
                "Roll back",
                "Goes back to the revision before; no revision is kept, so it fails.",
                "undo-2",
            ),
        ],
        Kind::Job | Kind::ConfigMap => Vec::new(),
    }
}

fn action(id: &str, label: &str, description: &str, icon: &str) -> ActionDescriptor {
    ActionDescriptor {
        icon: icon.to_owned(),
        ..ActionDescriptor::new(id, label).description(description)
    }
}

fn replicas() -> Schema {
    Schema::new()
        .property(
            "replicas",
            SchemaProperty::integer()
                .description("How many pods.")
                .minimum(0)
                .maximum(MAX_REPLICAS as f64),
        )
        .required("replicas")
}

fn removed() -> Schema {
    Schema::new()
        .property(
            "removed",
            SchemaProperty::integer()
                .description("How many pods.")
                .minimum(0),
        )
        .required("removed")
}
