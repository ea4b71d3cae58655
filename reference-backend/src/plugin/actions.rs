//! Actions: quick, streaming, dangerous, failing, and each of them ended by a caller who goes away.

use std::{sync::Arc, time::Duration};

use omniview_sdk::{
    ActionDescriptor, ActionInput, ActionResourcer, ActionResult, ActionSink, Context, ErrorCode,
    JsonMap, PluginResult, ResourceOperationError, Result, SinkClosed, async_trait,
};
use serde_json::{Value, json};

use super::{
    ReferenceResourcer,
    mutate::{evict, modify, restart},
};
use crate::{
    catalog::{Kind, MAX_REPLICAS},
    store::{Happening, Object, Row, Table},
    world::{Operation, ReferenceClient},
};

/// How long a step of an action takes, in tokio's time.
const STEP: Duration = Duration::from_millis(1);

/// An action is the same whether it is executed or streamed: streaming only tells how it goes. It works step by step, waits
/// between the steps, and meets the faults of the connection at each; when its caller goes away, what was done stays done.
///
/// | type | action | |
/// |---|---|---|
/// | Pod | `restart` | quick |
/// | | `evict` | dangerous |
/// | | `logs` | streaming, with output and a parameter |
/// | | `clean-up` | on the type, dangerous |
/// | Node | `cordon`, `uncordon` | quick |
/// | | `drain` | streaming, dangerous |
/// | Deployment | `scale` | quick, with a parameter |
/// | | `rollout` | streaming |
/// | | `rollback` | fails: no revision is kept |
///
/// Contract: ACT-01 to ACT-07
#[async_trait]
impl ActionResourcer<ReferenceClient> for ReferenceResourcer {
    async fn list_actions(
        &self,
        ctx: &Context<ReferenceClient>,
    ) -> PluginResult<Vec<ActionDescriptor>> {
        ctx.client().reach(Operation::Act, ctx.key()).await?;
        Ok(self.kind().actions())
    }

    async fn execute_action(
        &self,
        ctx: &Context<ReferenceClient>,
        action: &str,
        input: ActionInput,
    ) -> PluginResult<ActionResult> {
        self.perform(ctx, action, &input, &Audience(None)).await
    }

    async fn stream_action(
        &self,
        ctx: &Context<ReferenceClient>,
        action: &str,
        input: ActionInput,
        sink: ActionSink,
    ) -> PluginResult<()> {
        let audience = Audience(Some(sink.clone()));
        let ActionResult {
            success: _,
            mut data,
            message,
        } = self.perform(ctx, action, &input, &audience).await?;
        data.insert("message".to_owned(), message.into());
        Ok(sink.complete(data).await?)
    }
}

impl ReferenceResourcer {
    async fn perform(
        &self,
        ctx: &Context<ReferenceClient>,
        action: &str,
        input: &ActionInput,
        audience: &Audience,
    ) -> PluginResult<ActionResult> {
        let table = ctx.client().reach(Operation::Act, ctx.key()).await?;
        let (id, namespace) = (&*input.id, &*input.namespace);
        match (self.kind(), action) {
            (Kind::Pod, "restart") => {
                restart(&table, id, namespace)?;
                Ok(ActionResult::new(format!("{id} was restarted")))
            }
            (Kind::Pod, "evict") => {
                evict(&table, id, namespace)?;
                Ok(ActionResult::new(format!("{id} was evicted")))
            }
            (Kind::Pod, "logs") => logs(ctx, &table, input, audience).await,
            (Kind::Pod, "clean-up") => clean_up(ctx, &table, namespace).await,
            (Kind::Node, "cordon") => {
                cordon(&table, id, Schedulable::No)?;
                Ok(ActionResult::new(format!("{id} takes no new pods")))
            }
            (Kind::Node, "uncordon") => {
                cordon(&table, id, Schedulable::Yes)?;
                Ok(ActionResult::new(format!("{id} takes new pods")))
            }
            (Kind::Node, "drain") => drain(ctx, &table, id, audience).await,
            (Kind::Deployment, "scale") => scale(&table, input),
            (Kind::Deployment, "rollout") => roll_out(ctx, &table, input, audience).await,
            (Kind::Deployment, "rollback") => {
                table.get(id, namespace)?;
                let message = format!("there is no earlier revision of {id} to go back to");
                Err(ResourceOperationError::new(ErrorCode::Conflict, message).into())
            }
            (_, unknown) => Err(ResourceOperationError::not_found(format!(
                "{} has no action {unknown:?}",
                ctx.key()
            ))
            .into()),
        }
    }
}

/// Who is told how an action goes; nobody, where it is executed.
struct Audience(Option<ActionSink>);

impl Audience {
    async fn progress(&self, done: usize, total: usize, what: &str) -> Result<(), SinkClosed> {
        let data = data(json!({"done": done, "total": total, "message": what}));
        match &self.0 {
            Some(sink) => sink.progress(data).await,
            None => Ok(()),
        }
    }

    async fn output(&self, line: &str) -> Result<(), SinkClosed> {
        match &self.0 {
            Some(sink) => sink.output(data(json!({"line": line}))).await,
            None => Ok(()),
        }
    }
}

fn data(value: Value) -> JsonMap {
    match value {
        Value::Object(map) => map,
        _ => JsonMap::new(),
    }
}

/// The time that a step takes, at the end of which the backend may refuse to go on.
async fn step(ctx: &Context<ReferenceClient>) -> Result<()> {
    tokio::time::sleep(STEP).await;
    let faults = ctx.client().fleet().faults();
    faults.meet(Operation::Act, Some(ctx.key())).await
}

async fn logs(
    ctx: &Context<ReferenceClient>,
    table: &Table,
    input: &ActionInput,
    audience: &Audience,
) -> PluginResult<ActionResult> {
    let lines = number(&input.params, "lines", 1..=100)?.unwrap_or(3);
    let pod = table.get(&input.id, &input.namespace)?;
    for line in 1..=lines {
        step(ctx).await?;
        let text = format!("{} line {line}", pod.id());
        audience.output(&text).await?;
    }
    Ok(ActionResult::new(format!("{lines} lines")).with_data("lines", lines))
}

async fn clean_up(
    ctx: &Context<ReferenceClient>,
    table: &Table,
    namespace: &str,
) -> PluginResult<ActionResult> {
    let snapshot = table.snapshot();
    let ended = snapshot.rows().filter(|pod| {
        let phase = pod.at("status.phase");
        let ended = matches!(
            phase.as_deref().and_then(Value::as_str),
            Some("Succeeded" | "Failed")
        );
        ended && (namespace.is_empty() || pod.namespace() == namespace)
    });
    let mut removed = 0;
    for pod in ended {
        step(ctx).await?;
        // Somebody else may have been faster.
        removed += u64::from(table.remove(pod.id(), pod.namespace()).is_ok());
    }
    Ok(ActionResult::new(format!("{removed} pods were removed")).with_data("removed", removed))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Schedulable {
    Yes,
    No,
}

fn cordon(table: &Table, node: &str, schedulable: Schedulable) -> PluginResult<()> {
    let cordoned = schedulable == Schedulable::No;
    let node = modify(table, node, "", |node| {
        node["spec"]["unschedulable"] = cordoned.into();
    })?;
    let reason = if cordoned { "Cordoned" } else { "Uncordoned" };
    table.happen(
        &node,
        Happening::normal(reason, "somebody asked for it").by("actions"),
    );
    Ok(())
}

async fn drain(
    ctx: &Context<ReferenceClient>,
    nodes: &Table,
    node: &str,
    audience: &Audience,
) -> PluginResult<ActionResult> {
    cordon(nodes, node, Schedulable::No)?;
    let pods = ctx.client().fleet().table(&Kind::Pod.key());
    let on_it = match &pods {
        Ok(pods) => matching(pods, |pod| {
            pod.at("spec.nodeName").as_deref().and_then(Value::as_str) == Some(node)
        }),
        // A backend without pods has none to evict.
        Err(_) => Vec::new(),
    };
    let total = on_it.len();
    audience.progress(0, total, "cordoned").await?;
    let mut evicted = 0;
    for (done, pod) in on_it.iter().enumerate() {
        step(ctx).await?;
        if let Ok(pods) = &pods {
            evicted += u64::from(evict(pods, pod.id(), pod.namespace()).is_ok());
        }
        audience.progress(done + 1, total, pod.id()).await?;
    }
    Ok(ActionResult::new(format!("{node} is drained")).with_data("evicted", evicted))
}

fn scale(table: &Table, input: &ActionInput) -> PluginResult<ActionResult> {
    let Some(replicas) = number(&input.params, "replicas", 0..=MAX_REPLICAS)? else {
        return Err(
            ResourceOperationError::invalid_input("parameter `replicas` is missing").into(),
        );
    };
    let deployment = modify(table, &input.id, &input.namespace, |deployment| {
        deployment["spec"]["replicas"] = replicas.into();
        deployment["status"]["availableReplicas"] = replicas.into();
    })?;
    let scaled = Happening::normal("Scaled", format!("it has {replicas} replicas")).by("actions");
    table.happen(&deployment, scaled);
    let message = format!("{} has {replicas} replicas", input.id);
    Ok(ActionResult::new(message).with_data("replicas", replicas))
}

async fn roll_out(
    ctx: &Context<ReferenceClient>,
    table: &Table,
    input: &ActionInput,
    audience: &Audience,
) -> PluginResult<ActionResult> {
    let deployment = table.get(&input.id, &input.namespace)?;
    let pods = ctx.client().fleet().table(&Kind::Pod.key());
    let owned = match &pods {
        Ok(pods) => matching(pods, |pod| {
            super::relations::owns(Kind::Deployment, &deployment, pod)
        }),
        Err(_) => Vec::new(),
    };
    let total = owned.len();
    for (done, pod) in owned.iter().enumerate() {
        step(ctx).await?;
        if let Ok(pods) = &pods {
            // A pod that is gone by now needs no restart.
            let _ = restart(pods, pod.id(), pod.namespace());
        }
        audience.progress(done + 1, total, pod.id()).await?;
    }
    let deployment = modify(
        table,
        deployment.id(),
        deployment.namespace(),
        |deployment| {
            let rollouts = deployment["status"]["observedRollouts"].as_u64();
            deployment["status"]["observedRollouts"] = (rollouts.unwrap_or(0) + 1).into();
        },
    )?;
    table.happen(
        &deployment,
        Happening::normal("RolledOut", format!("{total} pods are new")).by("actions"),
    );
    Ok(ActionResult::new(format!("{total} pods are new")).with_data("pods", total))
}

fn matching(table: &Table, wanted: impl Fn(Row<'_>) -> bool) -> Vec<Arc<Object>> {
    let snapshot = table.snapshot();
    let wanted = snapshot.rows().filter(|row| wanted(*row));
    wanted.map(|row| Arc::clone(&row)).collect()
}

fn number(
    params: &JsonMap,
    name: &str,
    allowed: std::ops::RangeInclusive<u64>,
) -> Result<Option<u64>> {
    match params.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => match value.as_u64().filter(|number| allowed.contains(number)) {
            Some(number) => Ok(Some(number)),
            None => Err(ResourceOperationError::invalid_input(format!(
                "parameter `{name}` has to be an integer from {} to {}, and is {value}",
                allowed.start(),
                allowed.end()
            ))),
        },
    }
}
