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
            ("get", can.can_get),
            ("list", can.can_list),
            ("find", can.can_find),
            ("create", can.can_create),
            ("update", can.can_update),
            ("delete", can.can_delete),
        ];
        let undeclared = declared.iter().filter(|(_, can)| !can);
        let undeclared: Vec<&str> = undeclared.map(|(operation, _)| *operation).collect();
        let what = format!(
            "the operations that the capabilities of {} do not declare",
            ty.key
        );
        cx.expect_eq(what, undeclared, Vec::<&str>::new())?;
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
        let what = format!(
            "whether the capabilities of {} say that it has namespaces, as its definition does",
            ty.key
        );
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
        cx.expect_as_seen(
            level.is_known(),
            format!("{said} has a known level"),
            || format!("it is {level}"),
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
        let what = format!(
            "the JSON Schema of {} is an object, or true or false",
            ty.key
        );
        cx.expect_as_seen(is_schema, what, || format!("it is {value}"))?;
    }
    Ok(())
}

pub(crate) async fn schema_undeclared_is_none(cx: &Cx) -> CheckResult {
    for ty in cx.types() {
        let schema = cx.provider().resource_schema(&cx.ctx(), &ty.key).await?;
        let what = format!("the JSON Schema of {}, which says that it has none", ty.key);
        cx.expect_eq(what, schema, None)?;
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
        let what = format!(
            "the JSON Schema of {} is an object, or true or false",
            ty.key
        );
        cx.expect_as_seen(is_schema, what, || format!("it is {schema}"))?;
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
