//! Which types there are, and what is said of each.

use std::collections::BTreeSet;

use omniview_sdk::{ErrorCode, ResourceKey, ResourceMeta};

use super::support::{Id, Stop, each, named, parse};
use crate::{Cx, Halt, check::CheckResult};

#[doc(hidden)]
#[macro_export]
macro_rules! __checks_types {
    ([$($callback:tt)*] [$($args:tt)*]) => { $($callback)*! { [$($args)*] types {
        listed_are_served {
            id: "types.listed.are-served",
            requirement: "Every type of a connection is served: it has a meta of its key, capabilities and a definition.",
            clauses: &["TYP-03", "TYP-04", "TYP-05", "TYP-09", "TYP-15"],
            profile: Smoke,
            catches: &["category-missing", "type-of-another-version"],
        }
        meta_is_complete {
            id: "types.meta.is-complete",
            requirement: "Every type has a key of three parts, a label and a category.",
            clauses: &["TYP-07", "TYP-08", "TYP-09"],
            catches: &["label-missing"],
        }
        groups_hold_types {
            id: "types.groups.hold-types",
            requirement: "The groups of a connection hold each of its types once, under its group and version.",
            clauses: &["TYP-01", "TYP-06"],
            catches: &["type-missing", "discovered-types-missing"],
        }
        groups_are_sorted {
            id: "types.groups.are-sorted",
            requirement: "The types of a version are sorted by kind.",
            clauses: &["TYP-06"],
            catches: &["group-unsorted"],
        }
        group_is_found {
            id: "types.group.is-found",
            requirement: "Every group of a connection is found by its id, and an unknown id is refused with NOT_FOUND.",
            clauses: &["TYP-02"],
            catches: &["group-missing", "unknown-group-answers"],
        }
        has_agrees_with_lookup {
            id: "types.has.agrees-with-lookup",
            requirement: "A type is said to be there exactly if it can be asked for.",
            clauses: &["TYP-05"],
            catches: &["has-type-disagrees"],
        }
        unknown_is_not_found {
            id: "types.unknown.is-not-found",
            requirement: "A type that nobody serves is refused with NOT_FOUND by every question about it.",
            clauses: &["TYP-04", "TYP-05", "TYP-15", "CAP-06", "SCH-02"],
            catches: &[
                "definition-of-unknown-key",
                "capabilities-of-unknown-key",
                "schema-of-unknown-key",
                "relationships-of-unknown-key",
            ],
        }
        definition_names_id {
            id: "types.definition.names-id",
            requirement: "The definition of a type says where an object has its id.",
            level: Should,
            clauses: &["TYP-15", "CFG-10"],
            needs: &[Can(List)],
            catches: &["definition-without-id-accessor"],
        }
        definition_finds_id {
            id: "types.definition.finds-id",
            requirement: "Where the definition says that an object has its id and namespace, it has those that it was made with.",
            clauses: &["TYP-15", "CAP-03"],
            needs: &[Can(Create), Samples],
            catches: &["definition-names-uid"],
        }
        definition_columns_are_sound {
            id: "types.definition.columns-are-sound",
            requirement: "The columns of a definition have ids of their own and say where their values are.",
            level: Should,
            clauses: &["TYP-15"],
            needs: &[Can(List)],
            catches: &["columns-alike"],
        }
        answers_are_stable {
            id: "types.answers.are-stable",
            requirement: "What is said of types is the same each time.",
            clauses: &["TYP-03", "CAP-05"],
            catches: &["types-in-turns"],
        }
    }}};
}

/// A well-formed key that nobody serves, unless a pattern serves everything.
pub(super) async fn unserved(cx: &Cx) -> Result<ResourceKey, Halt> {
    let key = ResourceKey::of("nobody.example", "v0", "Unheard");
    let served = cx.provider().has_resource_type(&cx.ctx(), &key).await;
    if cx.given("whether a type is served", served)? {
        return Err(Halt::NotApplicable("a type that nobody serves".to_owned()));
    }
    Ok(key)
}

pub(crate) async fn listed_are_served(cx: &Cx) -> CheckResult {
    let provider = cx.provider();
    let types = provider.resource_types(&cx.ctx(), cx.connection()).await?;
    cx.expect(!types.is_empty(), "the connection has a type")?;
    for (key, meta) in &types {
        cx.expect_eq(
            format!("the key of the type that is listed as {key}"),
            &meta.key(),
            key,
        )?;
        let found = provider.resource_type(&cx.ctx(), key).await;
        let found = cx.expect_ok(format!("the type {key}"), found)?;
        let what = format!("resource_type of {key}, compared with resource_types,");
        cx.expect_alike(what, &found, meta)?;
        let served = provider.has_resource_type(&cx.ctx(), key).await?;
        cx.expect(served, format!("{key} is served"))?;
        let capabilities = provider.resource_capabilities(&cx.ctx(), key).await;
        cx.expect_ok(format!("the capabilities of {key}"), capabilities)?;
        let definition = provider.resource_definition(&cx.ctx(), key).await;
        cx.expect_ok(format!("the definition of {key}"), definition)?;
    }
    Ok(())
}

pub(crate) async fn meta_is_complete(cx: &Cx) -> CheckResult {
    let types = cx
        .provider()
        .resource_types(&cx.ctx(), cx.connection())
        .await?;
    for (key, meta) in &types {
        let read = key.meta().ok().map(|meta| meta.key());
        cx.expect_eq(
            format!("{key}, taken apart and put together"),
            read.as_ref(),
            Some(key),
        )?;
        cx.expect(!meta.label.is_empty(), format!("{key} has a label"))?;
        cx.expect(!meta.category.is_empty(), format!("{key} has a category"))?;
    }
    cx.expect(!types.is_empty(), "the connection has a type")
}

pub(crate) async fn groups_hold_types(cx: &Cx) -> CheckResult {
    let provider = cx.provider();
    let types = provider.resource_types(&cx.ctx(), cx.connection()).await?;
    let groups = provider.resource_groups(&cx.ctx(), cx.connection()).await?;
    let mut held: Vec<ResourceKey> = Vec::new();
    for (id, group) in &groups {
        cx.expect_eq(
            format!("the id of the group that is listed as {id}"),
            &group.id,
            id,
        )?;
        for (version, metas) in &group.resources {
            let strange = metas
                .iter()
                .find(|meta| meta.group != *id || meta.version != *version);
            let what = format!("a type under {id} {version} that is not of that group and version");
            cx.expect_eq(what, strange.map(ResourceMeta::key), None)?;
            held.extend(metas.iter().map(ResourceMeta::key));
        }
    }
    held.sort();
    let all: Vec<ResourceKey> = types.into_keys().collect();
    let what = format!(
        "the types of all resource_groups of {}, compared with resource_types,",
        cx.connection()
    );
    cx.expect_eq(what, held, all)
}

pub(crate) async fn groups_are_sorted(cx: &Cx) -> CheckResult {
    let groups = cx
        .provider()
        .resource_groups(&cx.ctx(), cx.connection())
        .await?;
    cx.expect(!groups.is_empty(), "the connection has a group")?;
    for (id, group) in &groups {
        for (version, metas) in &group.resources {
            let kinds: Vec<&str> = metas.iter().map(|meta| meta.kind.as_str()).collect();
            let mut sorted = kinds.clone();
            sorted.sort_unstable();
            cx.expect_eq(
                format!("the kinds of version {version} of group {id}, in their order,"),
                kinds,
                sorted,
            )?;
        }
    }
    Ok(())
}

pub(crate) async fn group_is_found(cx: &Cx) -> CheckResult {
    let provider = cx.provider();
    let groups = provider.resource_groups(&cx.ctx(), cx.connection()).await?;
    for id in groups.keys() {
        let found = provider.resource_group(&cx.ctx(), id).await;
        let found = cx.expect_ok(format!("the group {id}"), found)?;
        cx.expect_eq("the id of the group that was asked for", &found.id, id)?;
    }
    let unknown = provider
        .resource_group(&cx.ctx(), "no-group-has-this-id")
        .await;
    let what = "resource_group of \"no-group-has-this-id\"";
    cx.expect_refused(what, ErrorCode::NotFound, unknown)?;
    Ok(())
}

pub(crate) async fn has_agrees_with_lookup(cx: &Cx) -> CheckResult {
    let (provider, ctx) = (cx.provider(), cx.ctx());
    let types = provider.resource_types(&ctx, cx.connection()).await?;
    let nobodys = ResourceKey::of("nobody.example", "v0", "Unheard");
    for key in types.keys().chain([&nobodys]) {
        let has = provider.has_resource_type(&ctx, key).await?;
        let found = provider.resource_type(&ctx, key).await.is_ok();
        cx.expect_eq(
            format!("whether {key} is there, as it can be asked for"),
            has,
            found,
        )?;
    }
    Ok(())
}

pub(crate) async fn unknown_is_not_found(cx: &Cx) -> CheckResult {
    let key = unserved(cx).await?;
    let (provider, ctx) = (cx.provider(), cx.ctx());
    let code = ErrorCode::NotFound;
    cx.expect_error(code.clone(), provider.resource_type(&ctx, &key).await)?;
    cx.expect_error(code.clone(), provider.resource_definition(&ctx, &key).await)?;
    cx.expect_error(
        code.clone(),
        provider.resource_capabilities(&ctx, &key).await,
    )?;
    cx.expect_error(code.clone(), provider.resource_schema(&ctx, &key).await)?;
    cx.expect_error(code.clone(), provider.filter_fields(&ctx, &key).await)?;
    cx.expect_error(code.clone(), provider.list_actions(&ctx, &key).await)?;
    cx.expect_error(
        code.clone(),
        provider.declared_relationships(&ctx, &key).await,
    )?;
    cx.expect_error(code, provider.assess_health(&ctx, &key, "{}").await)?;
    Ok(())
}

pub(crate) async fn definition_names_id(cx: &Cx) -> CheckResult {
    for ty in cx.types() {
        let definition = cx
            .provider()
            .resource_definition(&cx.ctx(), &ty.key)
            .await?;
        let what = format!(
            "the definition of {} says where an object has its id (id_accessor)",
            ty.key
        );
        cx.expect(!definition.id_accessor.is_empty(), what)?;
    }
    Ok(())
}

pub(crate) async fn definition_finds_id(cx: &Cx) -> CheckResult {
    each(cx, |ty| async move {
        let definition = cx.provider().resource_definition(&cx.ctx(), &ty.key).await;
        if cx
            .given("the definition", definition)?
            .id_accessor
            .is_empty()
        {
            return Err(Stop::Undeclared(
                "its definition does not say where the id is".to_owned(),
            ));
        }
        named(cx, ty).await?;
        let namespace = ty.namespaces().pop().unwrap_or_default();
        let object = cx.make_in(ty, &namespace).await?;
        let seen = parse(cx, ty, std::slice::from_ref(&object.data)).await?;
        let found = seen.first().map(|seen| &seen.id);
        let what = format!("the object of {} that create answered", ty.key);
        Ok(cx.expect_eq(what, found, Some(&Id::from(&object)))?)
    })
    .await
}

pub(crate) async fn definition_columns_are_sound(cx: &Cx) -> CheckResult {
    for ty in cx.types() {
        let definition = cx
            .provider()
            .resource_definition(&cx.ctx(), &ty.key)
            .await?;
        let columns = &definition.column_defs;
        let ids: BTreeSet<&str> = columns.iter().map(|column| column.id.as_str()).collect();
        let what = format!("the number of different column ids of {}", ty.key);
        cx.expect_eq(what, ids.len(), columns.len())?;
        let empty = columns
            .iter()
            .find(|column| column.accessor.is_empty() && column.component.is_empty());
        let empty = empty.map(|column| column.id.as_str());
        cx.expect_eq(
            format!("columns of {} without an accessor", ty.key),
            empty,
            None,
        )?;
    }
    Ok(())
}

pub(crate) async fn answers_are_stable(cx: &Cx) -> CheckResult {
    let provider = cx.provider();
    let first = provider.resource_types(&cx.ctx(), cx.connection()).await?;
    for ty in cx.types() {
        let again = provider.resource_capabilities(&cx.ctx(), &ty.key).await?;
        let what = format!("the capabilities of {}, asked for again,", ty.key);
        cx.expect_alike(what, &again, &ty.capabilities)?;
    }
    let second = provider.resource_types(&cx.ctx(), cx.connection()).await?;
    let what = format!("resource_types of {}, asked again", cx.connection());
    cx.expect_alike(what, &second, &first)
}
