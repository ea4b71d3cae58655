//! What a type says of itself: operations, namespaces, scale, schema.

use crate::{
    Cx,
    check::CheckResult,
    checks::support::{Stop, each, stocked, violation},
};

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

pub(crate) async fn schema_fits_objects(cx: &Cx) -> CheckResult {
    const MOST: usize = 25;
    each(cx, |ty| async move {
        let schema = cx.provider().resource_schema(&cx.ctx(), &ty.key).await?;
        let schema = cx.expect_some(format!("the JSON Schema of {}", ty.key), schema)?;
        let schema = schema.to_value().unwrap_or_default();
        let is_schema = schema.is_object() || schema.is_boolean();
        cx.expect(is_schema, format!("the JSON Schema of {} is one", ty.key))?;
        let listing = stocked(cx, ty, 1).await?;
        if listing.objects.is_empty() {
            return Err(Stop::NoData("there is no object".to_owned()));
        }
        for seen in listing.objects.iter().take(MOST) {
            let what = format!("what {} {} does not keep to in its schema", ty.key, seen.id);
            cx.expect_eq(what, violation(&schema, seen.value()), None)?;
        }
        Ok(())
    })
    .await
}
