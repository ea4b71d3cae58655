//! What is refused before any work, and with which code.

use omniview_sdk::{
    ErrorCode, FilterExpression, FilterField, FilterFieldType as Kind, FilterOperator as Op,
    FilterPredicate, FindInput,
};
use serde_json::{Value, json};

use crate::{
    Cx, Halt, TypeUnderTest,
    check::CheckResult,
    checks::support::{Filterable, NOWHERE, Stop, each, in_words},
};

pub(crate) async fn fields_are_sound(cx: &Cx) -> CheckResult {
    for ty in cx.types() {
        let fields = cx.provider().filter_fields(&cx.ctx(), &ty.key).await?;
        let what = format!(
            "the filter fields of {}, which says that it is filterable",
            ty.key
        );
        let fields = cx.expect_some(what, fields)?;
        let mut paths: Vec<&str> = fields.iter().map(|field| field.path.as_str()).collect();
        let count = paths.len();
        paths.sort_unstable();
        paths.dedup();
        cx.expect_eq(
            format!("different paths among the fields of {}", ty.key),
            paths.len(),
            count,
        )?;
        for field in fields.iter() {
            let said = format!("field {:?} of {}", field.path, ty.key);
            cx.expect(!field.path.is_empty(), format!("{said} has a path"))?;
            let kind = &field.kind;
            cx.expect_as_seen(kind.is_known(), format!("{said} has a known type"), || {
                format!("it is {kind}")
            })?;
            let odd = field.operators.iter().find(|operator| !operator.is_known());
            cx.expect_eq(format!("unknown operators of {said}"), odd, None)?;
            if *kind == Kind::Enum {
                let what = format!("{said} lists the values that it has");
                cx.expect(!field.allowed_values.is_empty(), what)?;
            }
        }
    }
    Ok(())
}

pub(crate) async fn unknown_field_is_refused(cx: &Cx) -> CheckResult {
    for ty in cx.types() {
        let path = "nothing.has.this.field";
        let predicate = FilterPredicate::eq(path, "x");
        let error = refused(cx, ty, predicate, ErrorCode::FilterUnknownField).await?;
        cx.expect(
            error.message().contains(path),
            format!(
                "the message of the refusal names the field {path}: {}",
                error.message()
            ),
        )?;
    }
    Ok(())
}

pub(crate) async fn other_operator_is_refused(cx: &Cx) -> CheckResult {
    each(cx, |ty| async move {
        let filterable = Filterable::of(cx, ty).await?;
        let mut tried = 0;
        for field in filterable.fields.iter() {
            let Some(other) = Op::ALL.iter().find(|operator| !field.allows(operator)) else {
                continue;
            };
            tried += 1;
            let predicate = FilterPredicate::new(&field.path, other.clone(), "x");
            let error = refused(cx, ty, predicate, ErrorCode::FilterInvalidOperator).await?;
            let text = error.suggestions().join(" ");
            let unsaid = field
                .allowed_operators()
                .iter()
                .find(|operator| !text.contains(operator.as_str()));
            let what = format!(
                "allowed operators of {} that the suggestions ({text}) do not name",
                field.path
            );
            cx.expect_eq(what, unsaid, None)?;
        }
        if tried == 0 {
            return Err(Stop::Undeclared(
                "every field allows every operator".to_owned(),
            ));
        }
        Ok(())
    })
    .await
}

pub(crate) async fn wrong_value_is_refused(cx: &Cx) -> CheckResult {
    on_fields(cx, "compares with a value", |field| {
        let operator = comparing(field)?;
        let wrong = match field.kind {
            Kind::Integer => vec![json!("many"), json!(1.5), json!(true)],
            Kind::Number => vec![json!("many"), json!(true)],
            Kind::Boolean => vec![json!("yes"), json!(1)],
            Kind::Datetime => vec![json!("yesterday"), json!("2026-01-02"), json!(5)],
            Kind::String => vec![json!({"a": 1}), json!(true)],
            Kind::Map => vec![json!("no-equals-sign"), json!(1)],
            _ => return None,
        };
        let predicate = |value| FilterPredicate::new(&field.path, operator.clone(), value);
        Some(wrong.into_iter().map(predicate).collect())
    })
    .await
}

pub(crate) async fn missing_value_is_refused(cx: &Cx) -> CheckResult {
    on_fields(cx, "compares with a value", |field| {
        let operator = comparing(field).filter(|_| field.kind.is_known())?;
        Some(vec![FilterPredicate::new(
            &field.path,
            operator,
            Value::Null,
        )])
    })
    .await
}

pub(crate) async fn list_is_demanded(cx: &Cx) -> CheckResult {
    on_fields(cx, "allows in or notin", |field| {
        let operator = [Op::In, Op::NotIn]
            .into_iter()
            .find(|one| field.allows(one))?;
        let predicate = |value| FilterPredicate::new(&field.path, operator.clone(), value);
        Some(vec![predicate(json!("x")), predicate(json!([1, 2]))])
    })
    .await
}

pub(crate) async fn bad_pattern_is_refused(cx: &Cx) -> CheckResult {
    on_fields(cx, "allows regex", |field| {
        let allows = field.allows(&Op::Regex) && field.kind == Kind::String;
        allows.then(|| vec![FilterPredicate::regex(&field.path, "(")])
    })
    .await
}

pub(crate) async fn value_outside_enum_is_refused(cx: &Cx) -> CheckResult {
    each(cx, |ty| async move {
        let filterable = Filterable::of(cx, ty).await?;
        let mut tried = 0;
        for field in filterable.fields.iter() {
            let operator = [Op::Eq, Op::Neq].into_iter().find(|one| field.allows(one));
            let (Kind::Enum, Some(operator), [first, ..]) =
                (&field.kind, operator, field.allowed_values.as_slice())
            else {
                continue;
            };
            tried += 1;
            let predicate = FilterPredicate::new(&field.path, operator, NOWHERE);
            let error = refused(cx, ty, predicate, ErrorCode::InvalidInput).await?;
            let what = format!("the suggestions for {} list {first}", field.path);
            cx.expect(error.suggestions().join(" ").contains(first), what)?;
        }
        if tried == 0 {
            return Err(Stop::Undeclared("no field is an enumeration".to_owned()));
        }
        Ok(())
    })
    .await
}

pub(crate) async fn required_field_is_demanded(cx: &Cx) -> CheckResult {
    each(cx, |ty| async move {
        let fields = cx.provider().filter_fields(&cx.ctx(), &ty.key).await?;
        let fields = fields.unwrap_or_default();
        let Some(required) = fields.iter().find(|field| field.required) else {
            return Err(Stop::Undeclared("no field is required".to_owned()));
        };
        for (how, input) in [
            ("without a filter", FindInput::all()),
            (
                "with an empty filter",
                FindInput::all().filter(FilterExpression::default()),
            ),
        ] {
            let what = format!(
                "find of {} {how}, where {} is required,",
                ty.key, required.path
            );
            let found = cx.find(&ty.key, input).await;
            let error = cx.expect_refused(what, ErrorCode::InvalidInput, found)?;
            let what = format!("the message names {}: {}", required.path, error.message());
            cx.expect(error.message().contains(&required.path), what)?;
        }
        Ok(())
    })
    .await
}

pub(crate) async fn deep_groups_are_refused(cx: &Cx) -> CheckResult {
    each(cx, |ty| async move {
        let filterable = Filterable::of(cx, ty).await?;
        let any = Op::ALL
            .iter()
            .find_map(|operator| filterable.probes(operator).ok()?.into_iter().next());
        let probe = any.ok_or_else(|| Stop::NoData("there is nothing to filter by".to_owned()))?;
        let inner = || FilterExpression::and([probe.predicate.clone()]);
        let deep = inner().group(inner().group(inner()));
        let found = cx.find(&ty.key, FindInput::all().filter(deep)).await;
        let what = format!(
            "find of {} where {probe} and (the same and (the same))",
            ty.key
        );
        cx.expect_refused(what, ErrorCode::InvalidInput, found)?;
        Ok(())
    })
    .await
}

pub(crate) async fn undeclared_has_no_fields(cx: &Cx) -> CheckResult {
    for ty in cx.types() {
        let fields = cx.provider().filter_fields(&cx.ctx(), &ty.key).await?;
        let what = format!(
            "the number of filter fields of {}, which is not filterable",
            ty.key
        );
        cx.expect_eq(what, fields.map(|fields| fields.len()), None)?;
        let found = cx.find(&ty.key, FindInput::all()).await;
        cx.expect_ok(
            format!("find of {}, which is not filterable", ty.key),
            found,
        )?;
    }
    Ok(())
}

/// An operator of the field that compares with one value.
fn comparing(field: &FilterField) -> Option<Op> {
    [Op::Eq, Op::Neq, Op::Gt, Op::Gte, Op::Lt, Op::Lte]
        .into_iter()
        .find(|operator| field.allows(operator))
}

/// Expects that a predicate is refused; whatever else is required is satisfied.
async fn refused(
    cx: &Cx,
    ty: &TypeUnderTest,
    predicate: FilterPredicate,
    code: ErrorCode,
) -> Result<omniview_sdk::ResourceOperationError, Halt> {
    let what = format!("find of {} where {}", ty.key, in_words(&predicate));
    let input = FindInput::all().filter(predicate);
    cx.expect_refused(what, code, cx.find(&ty.key, input).await)
}

/// Expects INVALID_INPUT for predicates on each field that has some.
async fn on_fields(
    cx: &Cx,
    which: &str,
    wrong: impl Fn(&FilterField) -> Option<Vec<FilterPredicate>> + Send + Sync,
) -> CheckResult {
    let wrong = &wrong;
    each(cx, |ty| async move {
        let fields = cx.provider().filter_fields(&cx.ctx(), &ty.key).await;
        let fields = cx.given("the filter fields of the type", fields)?;
        let mut tried = 0;
        for field in fields.iter().flat_map(|fields| fields.iter()) {
            for predicate in wrong(field).unwrap_or_default() {
                tried += 1;
                refused(cx, ty, predicate, ErrorCode::InvalidInput).await?;
            }
        }
        if tried == 0 {
            return Err(Stop::Undeclared(format!("no field {which}")));
        }
        Ok(())
    })
    .await
}
