//! How predicates are joined, and what else holds of what is found.

use omniview_sdk::{FilterExpression, FilterOperator as Op, FindResult};
use serde_json::Value;

use crate::{
    Cx,
    check::CheckResult,
    checks::support::{
        By, Demand, Filterable, Id, Probe, Query, Stop, columns, each_compared, ids, ordered,
        quiet, same_objects, same_sequence,
    },
};

pub(crate) async fn negatives_partition(cx: &Cx) -> CheckResult {
    each_compared(cx, |ty| async move {
        let filterable = Filterable::of(cx, ty).await?;
        let mut pairs = Vec::new();
        for (operator, negative) in [
            (Op::Eq, Op::Neq),
            (Op::In, Op::NotIn),
            (Op::Exists, Op::NotExists),
        ] {
            for field in filterable.fields.iter() {
                if !field.allows(&operator) || !field.allows(&negative) {
                    continue;
                }
                let probes = filterable.probes_of(field, &operator);
                pairs.extend(probes.into_iter().take(2).map(|probe| {
                    let negated = probe.with_operator(&negative);
                    (probe, negated)
                }));
            }
        }
        if pairs.is_empty() {
            return Err(Stop::Undeclared(
                "no field allows an operator and its opposite".to_owned(),
            ));
        }
        let (filterable, pairs) = (&filterable, &pairs);
        let (listing, found) = quiet(cx, ty, |_| async move {
            let mut found = Vec::new();
            for (probe, negated) in pairs {
                let some = cx
                    .find(&ty.key, filterable.query(Demand::Of(probe)))
                    .await?;
                let rest = cx
                    .find(&ty.key, filterable.query(Demand::Of(negated)))
                    .await?;
                found.push((
                    ids(cx, ty, &some.result).await?,
                    ids(cx, ty, &rest.result).await?,
                ));
            }
            Ok(found)
        })
        .await?;
        let steady = |id: &Id| {
            let seen = listing.find(id);
            seen.is_some_and(|seen| seen.steady && filterable.admits(seen.value()) == Some(true))
        };
        let all: Vec<Id> = listing.ids().into_iter().filter(steady).collect();
        for ((probe, negated), (some, rest)) in pairs.iter().zip(found) {
            let both: Vec<&Id> = some.iter().chain(&rest).filter(|id| steady(id)).collect();
            let what = format!("find of {} where {probe}, and where {negated}", ty.key);
            same_objects(cx, what, both, &all)?;
        }
        Ok(())
    })
    .await
}

pub(crate) async fn and_intersects(cx: &Cx) -> CheckResult {
    pairs(cx, |a, b| {
        let predicates = [a.predicate.clone(), b.predicate.clone()];
        (FilterExpression::and(predicates), "and", both)
    })
    .await
}

pub(crate) async fn or_unites(cx: &Cx) -> CheckResult {
    pairs(cx, |a, b| {
        let predicates = [a.predicate.clone(), b.predicate.clone()];
        (FilterExpression::or(predicates), "or", either)
    })
    .await
}

pub(crate) async fn unsaid_logic_is_and(cx: &Cx) -> CheckResult {
    pairs(cx, |a, b| {
        let expression = FilterExpression {
            logic: None,
            ..FilterExpression::and([a.predicate.clone(), b.predicate.clone()])
        };
        (expression, "and, without saying so,", both)
    })
    .await
}

type Join = fn(Option<bool>, Option<bool>) -> Option<bool>;

fn both(a: Option<bool>, b: Option<bool>) -> Option<bool> {
    Some(a? && b?)
}

fn either(a: Option<bool>, b: Option<bool>) -> Option<bool> {
    Some(a? || b?)
}

/// Joins the predicates of a type two by two.
async fn pairs(
    cx: &Cx,
    join: impl Fn(&Probe, &Probe) -> (FilterExpression, &'static str, Join) + Send + Sync,
) -> CheckResult {
    let join = &join;
    each_compared(cx, |ty| async move {
        let filterable = Filterable::of(cx, ty).await?;
        let dividing = two(&filterable)?;
        let queries: Vec<Query<'_>> = dividing
            .windows(2)
            .take(4)
            .map(|pair| {
                let (a, b) = (&pair[0], &pair[1]);
                let (expression, word, join) = join(a, b);
                Query {
                    what: format!("{a} {word} {b}"),
                    input: filterable.query(Demand::Whole(expression)),
                    verdict: Box::new(move |object: &Value| join(a.holds(object), b.holds(object))),
                }
            })
            .collect();
        filterable.expect(cx, ty, &queries).await
    })
    .await
}

pub(crate) async fn groups_are_joined(cx: &Cx) -> CheckResult {
    each_compared(cx, |ty| async move {
        let filterable = Filterable::of(cx, ty).await?;
        if !filterable.base.is_empty() {
            return Err(Stop::Undeclared(
                "its required fields leave no room for groups".to_owned(),
            ));
        }
        let dividing = two(&filterable)?;
        let mut queries: Vec<Query<'_>> = Vec::new();
        for three in dividing.windows(3).take(3) {
            let [a, b, c] = three else { continue };
            let group = |join: fn([_; 2]) -> FilterExpression| {
                join([b.predicate.clone(), c.predicate.clone()])
            };
            queries.push(Query {
                what: format!("{a} and ({b} or {c})"),
                input: filterable.query(Demand::Whole(
                    FilterExpression::and([a.predicate.clone()]).group(group(FilterExpression::or)),
                )),
                verdict: Box::new(|object| {
                    both(a.holds(object), either(b.holds(object), c.holds(object)))
                }),
            });
            queries.push(Query {
                what: format!("{a} or ({b} and {c})"),
                input: filterable.query(Demand::Whole(
                    FilterExpression::or([a.predicate.clone()]).group(group(FilterExpression::and)),
                )),
                verdict: Box::new(|object| {
                    either(a.holds(object), both(b.holds(object), c.holds(object)))
                }),
            });
        }
        if queries.is_empty() {
            return Err(Stop::NoData(
                "it takes three predicates that part its objects".to_owned(),
            ));
        }
        filterable.expect(cx, ty, &queries).await
    })
    .await
}

fn two(filterable: &Filterable) -> Result<Vec<Probe>, Stop> {
    let dividing = filterable.dividing();
    if dividing.len() < 2 {
        return Err(Stop::NoData(
            "it takes two predicates that part its objects".to_owned(),
        ));
    }
    Ok(dividing)
}

pub(crate) async fn empty_finds_all(cx: &Cx) -> CheckResult {
    each_compared(cx, |ty| async move {
        let filterable = Filterable::of(cx, ty).await?;
        let queries: Vec<Query<'_>> = [
            ("nothing is demanded", FilterExpression::default()),
            ("nothing is joined by and", FilterExpression::and([])),
            ("nothing is joined by or", FilterExpression::or([])),
        ]
        .into_iter()
        .map(|(what, expression)| Query {
            what: what.to_owned(),
            input: filterable.query(Demand::Whole(expression)),
            verdict: Box::new(|_| Some(true)),
        })
        .collect();
        filterable.expect(cx, ty, &queries).await
    })
    .await
}

pub(crate) async fn namespace_restricts_too(cx: &Cx) -> CheckResult {
    each_compared(cx, |ty| async move {
        let filterable = Filterable::of(cx, ty).await?;
        let dividing = filterable.dividing();
        let probe = dividing
            .first()
            .ok_or_else(|| Stop::NoData("no predicate parts its objects".to_owned()))?;
        let namespaces = filterable.listing.namespaces();
        if namespaces.len() < 2 {
            return Err(Stop::NoData(
                "its objects are all in one namespace".to_owned(),
            ));
        }
        for namespace in namespaces.iter().take(3) {
            let input = filterable.query(Demand::Of(probe)).namespace(namespace);
            let (listing, found) = quiet(cx, ty, |_| async {
                let found = cx.find(&ty.key, input.clone()).await?;
                Ok(ids(cx, ty, &found.result).await?)
            })
            .await?;
            let judged = |id: &Id| {
                let seen = listing.find(id).filter(|seen| seen.steady);
                seen.and_then(|seen| {
                    both(filterable.admits(seen.value()), probe.holds(seen.value()))
                })
            };
            let expected: Vec<Id> = listing
                .ids()
                .into_iter()
                .filter(|id| id.namespace == *namespace && judged(id) == Some(true))
                .collect();
            let found = found.iter().filter(|id| judged(id).is_some());
            let what = format!("find of {} in {namespace} where {probe}", ty.key);
            same_objects(cx, what, found, &expected)?;
        }
        Ok(())
    })
    .await
}

pub(crate) async fn order_and_pages_apply(cx: &Cx) -> CheckResult {
    each_compared(cx, |ty| async move {
        let filterable = Filterable::of(cx, ty).await?;
        let count = |probe: &&Probe| {
            let objects = filterable.listing.objects.iter();
            objects
                .filter(|seen| probe.holds(seen.value()) == Some(true))
                .count()
        };
        let dividing = filterable.dividing();
        let probe = dividing
            .iter()
            .max_by_key(count)
            .filter(|probe| count(probe) > 2)
            .ok_or_else(|| Stop::NoData("no predicate finds three objects".to_owned()))?;
        let column = columns(&filterable.listing.objects)
            .into_iter()
            .find(|column| column.distinct > 1)
            .ok_or_else(|| Stop::NoData("its objects differ in no field".to_owned()))?;
        let input = filterable
            .query(Demand::Of(probe))
            .order_by_descending(&column.path);
        let (listing, (whole, pages)) = quiet(cx, ty, |_| async {
            let whole = cx.find(&ty.key, input.clone()).await?;
            let mut pages = Vec::new();
            for page in 1..=2 {
                pages.push(cx.find(&ty.key, input.clone().page(page, 2)).await?);
            }
            Ok((whole, pages))
        })
        .await?;
        let seen = ids(cx, ty, &whole.result).await?;
        let of_found: Vec<_> = listing
            .objects
            .iter()
            .filter(|one| seen.contains(&one.id))
            .cloned()
            .collect();
        let what = format!(
            "find of {} where {probe} by {} descending",
            ty.key, column.path
        );
        let expected = ordered(&of_found, &[By::Descending(&column.path)]);
        same_sequence(cx, what.clone(), &seen, &expected)?;
        let mut paged = Vec::new();
        for page in &pages {
            paged.extend(ids(cx, ty, &page.result).await?);
            if page.total_count != FindResult::UNKNOWN_TOTAL {
                let total = i64::try_from(seen.len()).unwrap_or(i64::MAX);
                cx.expect_eq(format!("the total of {what}"), page.total_count, total)?;
            }
        }
        let first: Vec<Id> = expected.into_iter().take(4).collect();
        Ok(same_sequence(
            cx,
            format!("the first two pages of {what}"),
            &paged,
            &first,
        )?)
    })
    .await
}
