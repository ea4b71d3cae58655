//! What types declare, and that it is true both ways.
//!
//! Actions are not executed: what they do is not the suite's to know.

use std::collections::BTreeSet;

use omniview_sdk::{ActionInput, ErrorCode};

use super::support::{Stop, each, list_all, named};
use crate::{Cx, Halt, check::CheckResult};

#[doc(hidden)]
#[macro_export]
macro_rules! __checks_capabilities {
    ([$($callback:tt)*] [$($args:tt)*]) => { $($callback)*! { [$($args)*] capabilities {
        crud_is_declared {
            id: "capabilities.crud.is-declared",
            requirement: "Every type declares the six operations; what it cannot do it refuses.",
            clauses: &["CAP-01"],
            needs: &[Can(Get)],
            catches: &["capability-denies-delete"],
        }
        namespaces_follow_definition {
            id: "capabilities.namespaces.follow-definition",
            requirement: "A type says that it has namespaces exactly if its definition says where an object has its own.",
            clauses: &["CAP-03"],
            needs: &[Can(Get)],
            catches: &["capability-not-namespaced"],
        }
        schema_is_given {
            id: "capabilities.schema.is-given",
            requirement: "A type that has a JSON Schema gives one.",
            clauses: &["SCH-02", "CAP-02"],
            needs: &[Has(Schema)],
            catches: &["schema-is-no-schema"],
        }
        schema_undeclared_is_none {
            id: "capabilities.schema.undeclared-is-none",
            requirement: "A type that has no JSON Schema gives none.",
            clauses: &["SCH-02", "CAP-02"],
            needs: &[Lacks(Schema)],
            catches: &["capability-hides-schema"],
        }
        actions_are_listed {
            id: "capabilities.actions.are-listed",
            requirement: "A type that has actions lists them, each with an id of its own, a label and a scope.",
            clauses: &["ACT-01", "ACT-07", "CAP-02"],
            needs: &[Has(Actions)],
            catches: &["action-listed-twice", "action-scope-unknown", "capability-claims-actions"],
        }
        actions_have_sound_schemas {
            id: "capabilities.actions.have-sound-schemas",
            requirement: "What actions are told and answer is described by JSON Schemas of objects.",
            clauses: &["ACT-06"],
            needs: &[Has(Actions)],
        }
        action_unknown_is_not_found {
            id: "capabilities.action.unknown-is-not-found",
            requirement: "An action that a type does not list is refused with NOT_FOUND, executed or streamed.",
            clauses: &["ACT-02"],
            needs: &[Has(Actions)],
            catches: &["action-unknown-accepted"],
        }
        actions_undeclared_are_refused {
            id: "capabilities.actions.undeclared-are-refused",
            requirement: "A type without actions lists none, and refuses to execute one with UNSUPPORTED.",
            clauses: &["ACT-01", "ACT-02", "CAP-02"],
            needs: &[Lacks(Actions)],
            catches: &["capability-hides-actions", "no-actions-is-unsupported", "action-unsupported-accepted"],
        }
        relationships_are_declared {
            id: "capabilities.relationships.are-declared",
            requirement: "A type that has relationships declares them, each with a kind and a type at the other end.",
            clauses: &["REL-01", "CAP-02"],
            needs: &[Has(Relationships)],
        }
        relationships_resolve {
            id: "capabilities.relationships.resolve",
            requirement: "The relationships of an object lead to objects, each named by type, id and connection.",
            clauses: &["REL-02"],
            needs: &[Has(Relationships), Can(List)],
        }
        relationships_undeclared_are_none {
            id: "capabilities.relationships.undeclared-are-none",
            requirement: "A type without relationships declares none and resolves none.",
            clauses: &["REL-01", "REL-02", "CAP-02"],
            needs: &[Lacks(Relationships), Can(List)],
        }
        scale_is_sound {
            id: "capabilities.scale.is-sound",
            requirement: "A hint of scale names a known level and no negative number.",
            clauses: &["CAP-04"],
            needs: &[Can(Get)],
            catches: &["scale-hint-unknown"],
        }
    }}};
}

pub(crate) async fn crud_is_declared(cx: &Cx) -> CheckResult {
    for ty in cx.types() {
        let can = cx
            .provider()
            .resource_capabilities(&cx.ctx(), &ty.key)
            .await?;
        let declared = [
            can.can_get,
            can.can_list,
            can.can_find,
            can.can_create,
            can.can_update,
            can.can_delete,
        ];
        let what = format!("get, list, find, create, update and delete of {}", ty.key);
        cx.expect_eq(what, declared, [true; 6])?;
    }
    Ok(())
}

pub(crate) async fn namespaces_follow_definition(cx: &Cx) -> CheckResult {
    for ty in cx.types() {
        let definition = cx
            .provider()
            .resource_definition(&cx.ctx(), &ty.key)
            .await?;
        let says_where = !definition.namespace_accessor.is_empty();
        let what = format!("whether {} has namespaces", ty.key);
        cx.expect_eq(what, ty.capabilities.namespace_scoped, says_where)?;
    }
    Ok(())
}

pub(crate) async fn schema_is_given(cx: &Cx) -> CheckResult {
    for ty in cx.types() {
        let schema = cx.provider().resource_schema(&cx.ctx(), &ty.key).await?;
        let schema = cx.expect_some(format!("the JSON Schema of {}", ty.key), schema)?;
        let value = schema.to_value().unwrap_or_default();
        // A schema is an object, or true for anything at all.
        let is_schema = value.is_object() || value.is_boolean();
        cx.expect(is_schema, format!("the JSON Schema of {} is one", ty.key))?;
    }
    Ok(())
}

pub(crate) async fn schema_undeclared_is_none(cx: &Cx) -> CheckResult {
    for ty in cx.types() {
        let schema = cx.provider().resource_schema(&cx.ctx(), &ty.key).await?;
        cx.expect_eq(format!("the JSON Schema of {}", ty.key), schema, None)?;
    }
    Ok(())
}

pub(crate) async fn actions_are_listed(cx: &Cx) -> CheckResult {
    for ty in cx.types() {
        let key = &ty.key;
        let actions = cx.provider().list_actions(&cx.ctx(), key).await?;
        cx.expect(!actions.is_empty(), format!("{key} has an action"))?;
        let ids: BTreeSet<&str> = actions.iter().map(|action| action.id.as_str()).collect();
        let what = format!("the number of different ids of the actions of {key}");
        cx.expect_eq(what, ids.len(), actions.len())?;
        for action in &actions {
            let said = format!("action {:?} of {key}", action.id);
            cx.expect(!action.id.is_empty(), format!("{said} has an id"))?;
            cx.expect(!action.label.is_empty(), format!("{said} has a label"))?;
            let scope = &action.scope;
            cx.expect(
                scope.is_known(),
                format!("{said} has a known scope, not {scope:?}"),
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
            }
        }
        if seen == 0 {
            return Err(Stop::Undeclared("no action has a schema".to_owned()));
        }
        Ok(())
    })
    .await
}

pub(crate) async fn action_unknown_is_not_found(cx: &Cx) -> CheckResult {
    refused(cx, ErrorCode::NotFound).await
}

pub(crate) async fn actions_undeclared_are_refused(cx: &Cx) -> CheckResult {
    for ty in cx.types() {
        let actions = cx.provider().list_actions(&cx.ctx(), &ty.key).await?;
        let what = format!("the actions of {}, which says that it has none", ty.key);
        cx.expect_eq(what, actions, Vec::new())?;
    }
    refused(cx, ErrorCode::Unsupported).await
}

/// Expects that an action that there is not is refused, executed and streamed.
async fn refused(cx: &Cx, code: ErrorCode) -> Result<(), Halt> {
    let provider = cx.provider();
    let action = "no-action-has-this-id";
    for ty in cx.types() {
        let input = ActionInput::new("any");
        let executed = provider
            .execute_action(&cx.ctx(), &ty.key, action, input.clone())
            .await;
        cx.expect_error(code.clone(), executed)?;
        let streamed = provider
            .stream_action(&cx.ctx(), &ty.key, action, input)
            .await;
        cx.expect_error(code.clone(), streamed.map(|_| "a stream"))?;
    }
    Ok(())
}

pub(crate) async fn relationships_are_declared(cx: &Cx) -> CheckResult {
    for ty in cx.types() {
        let key = &ty.key;
        // A type that can declare relationships may have none: those to types that are not served, say.
        let declared = cx.provider().declared_relationships(&cx.ctx(), key).await;
        let declared = cx.expect_ok(format!("the relationships of {key}"), declared)?;
        for relation in &declared {
            let said = format!("relationship {:?} of {key}", relation.label);
            cx.expect(!relation.kind.is_empty(), format!("{said} has a kind"))?;
            let target = relation.target_resource_key.meta();
            cx.expect_eq(format!("the target of {said}"), target.err(), None)?;
        }
    }
    Ok(())
}

pub(crate) async fn relationships_resolve(cx: &Cx) -> CheckResult {
    const MOST: usize = 10;
    each(cx, |ty| async move {
        named(cx, ty).await?;
        let listing = list_all(cx, ty).await?;
        if listing.objects.is_empty() {
            return Err(Stop::NoData("there is no object".to_owned()));
        }
        for seen in listing.objects.iter().take(MOST) {
            let (id, namespace) = (&seen.id.id, &seen.id.namespace);
            let resolved = cx
                .provider()
                .resolve_relationships(&cx.ctx(), &ty.key, id, namespace)
                .await;
            let what = format!("the relationships of {} {}", ty.key, seen.id);
            for relation in cx.expect_ok(what.clone(), resolved)? {
                let unnamed = relation.targets.iter().find(|target| {
                    target.id.is_empty()
                        || target.resource_key.meta().is_err()
                        || target.connection_id.is_empty()
                });
                cx.expect_eq(
                    format!("a target without a name among {what}"),
                    unnamed,
                    None,
                )?;
            }
        }
        Ok(())
    })
    .await
}

pub(crate) async fn relationships_undeclared_are_none(cx: &Cx) -> CheckResult {
    each(cx, |ty| async move {
        let provider = cx.provider();
        let declared = provider.declared_relationships(&cx.ctx(), &ty.key).await?;
        let what = format!(
            "the relationships of {}, which says that it has none",
            ty.key
        );
        cx.expect_eq(what.clone(), declared, Vec::new())?;
        let listing = list_all(cx, ty).await?;
        for seen in listing.objects.iter().take(1) {
            let (id, namespace) = (&seen.id.id, &seen.id.namespace);
            let resolved = provider
                .resolve_relationships(&cx.ctx(), &ty.key, id, namespace)
                .await?;
            cx.expect_eq(what.clone(), resolved, Vec::new())?;
        }
        Ok(())
    })
    .await
}

pub(crate) async fn scale_is_sound(cx: &Cx) -> CheckResult {
    each(cx, |ty| async move {
        let capabilities = cx
            .provider()
            .resource_capabilities(&cx.ctx(), &ty.key)
            .await?;
        let Some(hint) = capabilities.scale_hint else {
            return Err(Stop::Undeclared("no hint of scale".to_owned()));
        };
        let said = format!("the hint of scale of {}", ty.key);
        let level = &hint.level;
        cx.expect(
            level.is_known(),
            format!("{said} has a known level, not {level:?}"),
        )?;
        let least = hint.expected_count.min(hint.default_page_size);
        Ok(cx.expect(least >= 0, format!("{said} has no negative number"))?)
    })
    .await
}
