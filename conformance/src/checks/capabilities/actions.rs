//! Actions as they are declared. What they do when they run is the affair of the area `actions`.

use std::collections::{BTreeMap, BTreeSet};

use omniview_sdk::{ActionInput, ErrorCode, SchemaProperty};

use crate::{
    Cx, Halt,
    check::CheckResult,
    checks::support::{Stop, each, joined},
};

pub(crate) async fn actions_are_listed(cx: &Cx) -> CheckResult {
    for ty in cx.types() {
        let key = &ty.key;
        let actions = cx.provider().list_actions(&cx.ctx(), key).await?;
        let what = format!("{key}, which says that it has actions, lists one");
        cx.expect(!actions.is_empty(), what)?;
        let ids: BTreeSet<&str> = actions.iter().map(|action| action.id.as_str()).collect();
        let what = format!("the number of different ids of the actions of {key}");
        cx.expect_eq(what, ids.len(), actions.len())?;
        for action in &actions {
            let said = format!("action {:?} of {key}", action.id);
            cx.expect(!action.id.is_empty(), format!("{said} has an id"))?;
            cx.expect(!action.label.is_empty(), format!("{said} has a label"))?;
            let scope = &action.scope;
            cx.expect_as_seen(
                scope.is_known(),
                format!("{said} is of scope instance or type"),
                || format!("it is of scope {scope}"),
            )?;
        }
    }
    Ok(())
}

pub(crate) async fn actions_have_sound_schemas(cx: &Cx) -> CheckResult {
    each(cx, |ty| async move {
        let actions = cx.provider().list_actions(&cx.ctx(), &ty.key).await?;
        let mut seen = 0;
        for action in &actions {
            let schemas = [&action.params_schema, &action.output_schema];
            for schema in schemas.into_iter().flatten() {
                seen += 1;
                let kind = serde_json::to_value(schema)
                    .ok()
                    .map(|value| value["type"].clone());
                let what = format!(
                    "the type of a schema of action {:?} of {}",
                    action.id, ty.key
                );
                cx.expect_eq(what, kind, Some("object".into()))?;
                let strange = unknown_type(&schema.properties, "");
                let what = format!(
                    "a property in a schema of action {:?} of {} whose type JSON Schema does not have",
                    action.id, ty.key
                );
                cx.expect_eq(what, strange, None)?;
            }
        }
        if seen == 0 {
            return Err(Stop::Undeclared("no action has a schema".to_owned()));
        }
        Ok(())
    })
    .await
}

/// The path and type of a property that no JSON Schema can describe.
fn unknown_type(properties: &BTreeMap<String, SchemaProperty>, path: &str) -> Option<String> {
    properties.iter().find_map(|(name, property)| {
        let path = joined(path, name);
        if !property.kind.is_known() {
            return Some(format!("{path} is a {:?}", property.kind.as_str()));
        }
        unknown_type(&property.properties, &path)
    })
}

pub(crate) async fn action_unknown_is_not_found(cx: &Cx) -> CheckResult {
    refused(cx, ErrorCode::NotFound).await
}

pub(crate) async fn actions_undeclared_are_refused(cx: &Cx) -> CheckResult {
    for ty in cx.types() {
        let actions = cx.provider().list_actions(&cx.ctx(), &ty.key).await?;
        let what = format!("the actions of {}, which says that it has none", ty.key);
        let listed: Vec<&str> = actions.iter().map(|action| action.id.as_str()).collect();
        cx.expect_eq(what, listed, Vec::<&str>::new())?;
    }
    refused(cx, ErrorCode::Unsupported).await
}

async fn refused(cx: &Cx, code: ErrorCode) -> Result<(), Halt> {
    let provider = cx.provider();
    let action = "no-action-has-this-id";
    for ty in cx.types() {
        let input = ActionInput::new("any");
        let executed = provider
            .execute_action(&cx.ctx(), &ty.key, action, input.clone())
            .await;
        let what = |call: &str| format!("{call} of {action:?}, which {} does not have,", ty.key);
        cx.expect_refused(what("execute_action"), code.clone(), executed)?;
        let streamed = provider
            .stream_action(&cx.ctx(), &ty.key, action, input)
            .await;
        cx.expect_refused(what("stream_action"), code.clone(), streamed)?;
    }
    Ok(())
}
