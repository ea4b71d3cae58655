//! One check an operator.

use omniview_sdk::FilterOperator as Op;

use crate::{
    Cx,
    check::CheckResult,
    checks::support::{Demand, Filterable, Query, each_compared},
};

pub(crate) async fn operator_eq(cx: &Cx) -> CheckResult {
    operator(cx, Op::Eq).await
}

pub(crate) async fn operator_neq(cx: &Cx) -> CheckResult {
    operator(cx, Op::Neq).await
}

pub(crate) async fn operator_gt(cx: &Cx) -> CheckResult {
    operator(cx, Op::Gt).await
}

pub(crate) async fn operator_gte(cx: &Cx) -> CheckResult {
    operator(cx, Op::Gte).await
}

pub(crate) async fn operator_lt(cx: &Cx) -> CheckResult {
    operator(cx, Op::Lt).await
}

pub(crate) async fn operator_lte(cx: &Cx) -> CheckResult {
    operator(cx, Op::Lte).await
}

pub(crate) async fn operator_contains(cx: &Cx) -> CheckResult {
    operator(cx, Op::Contains).await
}

pub(crate) async fn operator_prefix(cx: &Cx) -> CheckResult {
    operator(cx, Op::Prefix).await
}

pub(crate) async fn operator_suffix(cx: &Cx) -> CheckResult {
    operator(cx, Op::Suffix).await
}

pub(crate) async fn operator_regex(cx: &Cx) -> CheckResult {
    operator(cx, Op::Regex).await
}

pub(crate) async fn operator_within(cx: &Cx) -> CheckResult {
    operator(cx, Op::In).await
}

pub(crate) async fn operator_not_within(cx: &Cx) -> CheckResult {
    operator(cx, Op::NotIn).await
}

pub(crate) async fn operator_exists(cx: &Cx) -> CheckResult {
    operator(cx, Op::Exists).await
}

pub(crate) async fn operator_not_exists(cx: &Cx) -> CheckResult {
    operator(cx, Op::NotExists).await
}

pub(crate) async fn operator_has_key(cx: &Cx) -> CheckResult {
    operator(cx, Op::HasKey).await
}

/// Tries an operator on every field that allows it.
async fn operator(cx: &Cx, operator: Op) -> CheckResult {
    let operator = &operator;
    each_compared(cx, |ty| async move {
        let filterable = Filterable::of(cx, ty).await?;
        let probes = filterable.probes(operator)?;
        let queries: Vec<Query<'_>> = probes
            .iter()
            .map(|probe| Query {
                what: probe.to_string(),
                input: filterable.query(Demand::Of(probe)),
                verdict: Box::new(|object| probe.holds(object)),
            })
            .collect();
        filterable.expect(cx, ty, &queries).await
    })
    .await
}
