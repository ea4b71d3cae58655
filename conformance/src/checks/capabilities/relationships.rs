//! Relationships, declared and resolved.

use omniview_sdk::{
    ErrorCode, GetInput, RelationshipDescriptor, ResolvedRelationship, ResourceRef,
};

use crate::{
    Cx, Halt, TypeUnderTest,
    check::CheckResult,
    checks::support::{Stop, each, each_compared, list_all, named},
};

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
                let unnamed = unnamed.map(|target| {
                    let ResourceRef {
                        connection_id,
                        resource_key,
                        id,
                        ..
                    } = target;
                    format!("id {id:?} of type {resource_key:?} on connection {connection_id:?}")
                });
                cx.expect_eq(
                    format!("a target without id, type or connection among {what}"),
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
        let declared: Vec<String> = declared.iter().map(brief).collect();
        cx.expect_eq(what.clone(), declared, Vec::<String>::new())?;
        named(cx, ty).await?;
        let listing = list_all(cx, ty).await?;
        for seen in listing.objects.iter().take(1) {
            let (id, namespace) = (&seen.id.id, &seen.id.namespace);
            let resolved = provider
                .resolve_relationships(&cx.ctx(), &ty.key, id, namespace)
                .await?;
            let resolved = resolved.iter().map(|one| brief(&one.descriptor));
            let resolved: Vec<String> = resolved.collect();
            cx.expect_eq(what.clone(), resolved, Vec::<String>::new())?;
        }
        Ok(())
    })
    .await
}

/// How many objects of a type are asked for their relationships.
const MOST: usize = 10;

/// What the relationships of some objects of a type resolve to, with the name of each object.
async fn resolved(
    cx: &Cx,
    ty: &TypeUnderTest,
) -> Result<Vec<(String, Vec<ResolvedRelationship>)>, Stop> {
    let declared = cx
        .provider()
        .declared_relationships(&cx.ctx(), &ty.key)
        .await;
    if cx.given("the declared relationships", declared)?.is_empty() {
        return Err(Stop::Undeclared("no relationship is declared".to_owned()));
    }
    named(cx, ty).await?;
    let mut all = Vec::new();
    for seen in list_all(cx, ty).await?.objects.iter().take(MOST) {
        let (id, namespace) = (&seen.id.id, &seen.id.namespace);
        let answer = cx
            .provider()
            .resolve_relationships(&cx.ctx(), &ty.key, id, namespace)
            .await;
        let name = format!("{} {}", ty.key, seen.id);
        let what = format!("the relationships of {name}");
        all.push((name, cx.given(&what, answer)?));
    }
    if all.iter().all(|(_, relations)| relations.is_empty()) {
        return Err(Stop::NoData(format!(
            "none of {} objects has a relationship (a plugin that resolves none says so: \
             Subject::without(Need::Related, why))",
            all.len()
        )));
    }
    Ok(all)
}

/// A relationship in a few words.
fn brief(relation: &RelationshipDescriptor) -> String {
    let RelationshipDescriptor {
        kind,
        target_resource_key,
        direction,
        ..
    } = relation;
    format!("{direction:?} {kind} {target_resource_key}")
}

pub(crate) async fn relationships_know_target_scope(cx: &Cx) -> CheckResult {
    each(cx, |ty| async move {
        let (provider, ctx) = (cx.provider(), cx.ctx());
        let declared = provider.declared_relationships(&ctx, &ty.key).await?;
        let mut said = 0;
        for relation in &declared {
            let target = &relation.target_resource_key;
            let Some(namespaced) = relation.target_namespaced else {
                continue;
            };
            // A type that nobody serves here may be another plugin's.
            let Ok(capabilities) = provider.resource_capabilities(&ctx, target).await else {
                continue;
            };
            said += 1;
            let what = format!(
                "whether {target} has namespaces, as the relationship {:?} of {} says",
                relation.label, ty.key
            );
            cx.expect_eq(what, namespaced, capabilities.namespace_scoped)?;
        }
        if said == 0 {
            let what = "no relationship says it of a type that is served";
            return Err(Stop::Undeclared(what.to_owned()));
        }
        Ok(())
    })
    .await
}

pub(crate) async fn relationships_are_those_declared(cx: &Cx) -> CheckResult {
    each(cx, |ty| async move {
        let declared = cx
            .provider()
            .declared_relationships(&cx.ctx(), &ty.key)
            .await?;
        let declared: Vec<String> = declared.iter().map(brief).collect();
        for (name, relations) in resolved(cx, ty).await? {
            for relation in &relations {
                let found = brief(&relation.descriptor);
                if declared.contains(&found) {
                    cx.count_assertion();
                    continue;
                }
                return Err(Stop::Halt(Halt::failed(
                    format!("a relationship of {name}"),
                    format!("one of those declared: {}", declared.join(", ")),
                    found,
                )));
            }
        }
        Ok(())
    })
    .await
}

pub(crate) async fn relationships_stay_within_reach(cx: &Cx) -> CheckResult {
    each(cx, |ty| async move {
        let known = cx.provider().list_connections(&cx.ctx()).await?;
        let known: Vec<_> = known
            .into_iter()
            .filter_map(|status| Some(status.connection?.id.clone()))
            .collect();
        for (name, relations) in resolved(cx, ty).await? {
            for target in own_targets(&relations) {
                if known.contains(&target.connection_id) {
                    cx.count_assertion();
                    continue;
                }
                return Err(Stop::Halt(Halt::failed(
                    format!(
                        "the connection of {} {}, to which {name} leads",
                        target.resource_key, target.id
                    ),
                    format!("one of {known:?}"),
                    target.connection_id.to_string(),
                )));
            }
        }
        Ok(())
    })
    .await
}

/// The objects that the plugin itself serves.
fn own_targets(relations: &[ResolvedRelationship]) -> impl Iterator<Item = &ResourceRef> {
    let targets = relations.iter().flat_map(|relation| &relation.targets);
    targets.filter(|target| target.plugin_id.is_empty())
}

pub(crate) async fn relationships_lead_somewhere(cx: &Cx) -> CheckResult {
    each_compared(cx, |ty| async move {
        let (provider, ctx) = (cx.provider(), cx.ctx());
        let mut visited = 0;
        for (name, relations) in resolved(cx, ty).await? {
            for target in own_targets(&relations) {
                let key = &target.resource_key;
                // What is elsewhere, or of a type that this plugin does not serve, cannot be asked for.
                if target.connection_id != *cx.connection()
                    || !provider.has_resource_type(&ctx, key).await?
                {
                    continue;
                }
                visited += 1;
                let get = GetInput::new(&target.id).in_namespace(&target.namespace);
                let got = provider.get(&ctx, key, get).await;
                let missing = got
                    .err()
                    .filter(|error| *error.code() == ErrorCode::NotFound);
                let what = format!(
                    "get of {key} {} in namespace {:?}, to which {name} leads",
                    target.id, target.namespace
                );
                cx.expect_ok(what, missing.map_or(Ok(()), Err))?;
            }
        }
        if visited == 0 {
            return Err(Stop::NoData(
                "no relationship leads to an object".to_owned(),
            ));
        }
        Ok(())
    })
    .await
}
