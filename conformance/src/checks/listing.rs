//! What List and Find answer, and in which order.

use std::collections::BTreeSet;

use omniview_sdk::{ErrorCode, FindInput, ListInput, ListResult};
use serde_json::Value;

use super::support::{
    By, Column, Id, Listing, Seen, Stop, can_make, columns, each, each_compared, ids, in_order,
    list_all, named, ordered, orders, parse, plain, quiet, same_objects, same_sequence, stocked,
};
use crate::{Cx, Halt, TypeUnderTest, check::CheckResult};

#[doc(hidden)]
#[macro_export]
macro_rules! __checks_listing {
    ([$($callback:tt)*] [$($args:tt)*]) => { $($callback)*! { [$($args)*] listing {
        list_answers {
            id: "listing.list.answers",
            requirement: "List answers with success and with objects that are JSON objects.",
            clauses: &["OPS-04", "OPS-11"],
            needs: &[Can(List)],
            profile: Smoke,
            catches: &["list-without-success"],
        }
        objects_are_there_once {
            id: "listing.objects.are-there-once",
            requirement: "No object is listed twice.",
            clauses: &["OPS-11"],
            needs: &[Can(List)],
            catches: &["list-repeats-first"],
        }
        total_counts_all {
            id: "listing.total.counts-all",
            requirement: "The total of a list is the number of its objects, or −1 where it is not known.",
            clauses: &["PAG-09"],
            needs: &[Can(List)],
            catches: &["wrong-total"],
        }
        unordered_is_deterministic {
            id: "listing.unordered.is-deterministic",
            requirement: "A list without an order is ordered by namespace and id.",
            clauses: &["PAG-01"],
            needs: &[Can(List)],
            catches: &["unordered-by-age", "unordered-wavers"],
        }
        order_ascends {
            id: "listing.order.ascends",
            requirement: "A list is ordered by the field that it is asked to be ordered by, ascending unless it says otherwise.",
            clauses: &["PAG-01", "PAG-02", "PAG-03"],
            needs: &[Can(List)],
            catches: &["order-ignored"],
        }
        order_descends {
            id: "listing.order.descends",
            requirement: "A list is ordered descending where that is asked for, missing values first.",
            clauses: &["PAG-02", "PAG-03"],
            needs: &[Can(List)],
            catches: &["order-ignored", "descending-ignored"],
        }
        order_reverses {
            id: "listing.order.reverses",
            requirement: "The descending order is the reverse of the ascending one, up to ties.",
            clauses: &["PAG-02"],
            needs: &[Can(List)],
            catches: &["descending-ignored"],
        }
        order_has_more_fields {
            id: "listing.order.has-more-fields",
            requirement: "Objects that are equal in one order field are ordered by the next.",
            clauses: &["PAG-01"],
            needs: &[Can(List)],
            catches: &["second-order-ignored"],
        }
        order_breaks_ties {
            id: "listing.order.breaks-ties",
            requirement: "Objects that are equal in every order field are ordered by namespace and id, each time.",
            clauses: &["PAG-01"],
            needs: &[Can(List)],
            catches: &["ties-unstable"],
        }
        order_by_nothing {
            id: "listing.order.by-nothing",
            requirement: "An order by a field that no object has is not an error and leaves no object out.",
            clauses: &["PAG-03"],
            needs: &[Can(List)],
            catches: &["unknown-order-refused"],
        }
        namespace_restricts {
            id: "listing.namespace.restricts",
            requirement: "A list of one namespace has the objects of that namespace and no other: namespaces partition the list.",
            clauses: &["OPS-11", "OPS-12"],
            needs: &[Can(List), Has(NamespaceScoped)],
            catches: &["namespace-filter-ignored"],
        }
        namespaces_add_up {
            id: "listing.namespaces.add-up",
            requirement: "A list of two namespaces has the objects of both.",
            clauses: &["OPS-12"],
            needs: &[Can(List), Has(NamespaceScoped)],
            catches: &["namespace-filter-ignored"],
        }
        namespace_without_objects {
            id: "listing.namespace.without-objects",
            requirement: "A list of a namespace that nothing is in has no object.",
            clauses: &["OPS-12"],
            needs: &[Can(List), Has(NamespaceScoped)],
            catches: &["namespace-filter-ignored"],
        }
        cluster_scoped_has_none {
            id: "listing.cluster-scoped.has-none",
            requirement: "A type that has no namespaces says of no object where its namespace is.",
            clauses: &["CAP-03", "OPS-06"],
            needs: &[Can(List), Lacks(NamespaceScoped)],
            catches: &["capability-not-namespaced"],
        }
        find_is_list {
            id: "listing.find.is-list",
            requirement: "Find without a demand finds what List lists.",
            clauses: &["OPS-11", "FLT-14"],
            needs: &[Can(List), Can(Find)],
            profile: Smoke,
            catches: &["list-without-success"],
        }
        find_is_ordered {
            id: "listing.find.is-ordered",
            requirement: "Find orders as List does.",
            clauses: &["PAG-01", "PAG-02"],
            needs: &[Can(List), Can(Find)],
            catches: &["order-ignored", "descending-ignored"],
        }
        find_in_namespace {
            id: "listing.find.in-namespace",
            requirement: "Find in one namespace finds what List lists there.",
            clauses: &["OPS-12"],
            needs: &[Can(List), Can(Find), Has(NamespaceScoped)],
            catches: &["namespace-filter-ignored"],
        }
        find_counts_all {
            id: "listing.find.counts-all",
            requirement: "The total of Find is the number of objects that it finds, or −1 where it is not known.",
            clauses: &["PAG-09"],
            needs: &[Can(Find), Can(List)],
            catches: &["wrong-total"],
        }
    }}};
}

/// How many objects a comparison of orders wants.
const ENOUGH: usize = 6;

/// A path that no object has.
const NOTHING: &str = "nothing.has.this.field";

/// How many columns of a type are tried.
const COLUMNS: usize = 6;

pub(crate) async fn list_answers(cx: &Cx) -> CheckResult {
    for ty in cx.types() {
        let listed = cx.list(&ty.key, ListInput::all()).await?;
        cx.expect(listed.success, format!("list of {} says success", ty.key))?;
        let odd = listed
            .result
            .iter()
            .find(|json| !json.to_value().is_ok_and(|value| value.is_object()));
        cx.expect_eq(
            format!("what is no object in the list of {}", ty.key),
            odd,
            None,
        )?;
    }
    Ok(())
}

pub(crate) async fn objects_are_there_once(cx: &Cx) -> CheckResult {
    each_compared(cx, |ty| async move {
        named(cx, ty).await?;
        stocked(cx, ty, 2).await?;
        let listed = cx.list(&ty.key, ListInput::all()).await?;
        let ids = ids(cx, ty, &listed.result).await?;
        let distinct: BTreeSet<&Id> = ids.iter().collect();
        let what = format!("the objects of {}", ty.key);
        Ok(same_objects(cx, what, &ids, distinct)?)
    })
    .await
}

pub(crate) async fn total_counts_all(cx: &Cx) -> CheckResult {
    each_compared(cx, |ty| async move {
        let listed = cx.list(&ty.key, ListInput::all()).await?;
        total_is(cx, ty, listed.total_count, listed.result.len())
    })
    .await
}

fn total_is(cx: &Cx, ty: &TypeUnderTest, total: i64, count: usize) -> Result<(), Stop> {
    if total == ListResult::UNKNOWN_TOTAL {
        return Err(Stop::Undeclared("the total is not known".to_owned()));
    }
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    let what = format!("the total of {}, which has {count} objects", ty.key);
    Ok(cx.expect_eq(what, total, count)?)
}

pub(crate) async fn unordered_is_deterministic(cx: &Cx) -> CheckResult {
    // One list is in its order or is not, whatever others do meanwhile; the next may be in another.
    const LISTS: usize = 3;
    each(cx, |ty| async move {
        named(cx, ty).await?;
        stocked(cx, ty, ENOUGH).await?;
        for turn in 1..=LISTS {
            let listing = list_all(cx, ty).await?;
            let sorted: Vec<Id> = listing.ids().into_iter().collect();
            let seen: Vec<Id> = listing.objects.iter().map(|seen| seen.id.clone()).collect();
            let what = format!(
                "list of {} without an order, time {turn} of {LISTS}, is by namespace and id",
                ty.key
            );
            same_sequence(cx, what, &seen, &sorted)?;
        }
        Ok(())
    })
    .await
}

pub(crate) async fn order_ascends(cx: &Cx) -> CheckResult {
    each_compared(cx, |ty| async move {
        for column in telling(&stocked(cx, ty, ENOUGH).await?)? {
            let by = [By::Ascending(&column.path)];
            let (listing, listed) =
                quiet(cx, ty, |_| async { Ok(list_by(cx, ty, &by).await?) }).await?;
            in_sequence(cx, ty, &listed, &by)?;
            let what = format!("what {} lists by {}", ty.key, column.path);
            let listed: Vec<&Id> = listed.iter().map(|seen| &seen.id).collect();
            same_objects(cx, what, listed, &listing.ids())?;
        }
        Ok(())
    })
    .await
}

pub(crate) async fn order_descends(cx: &Cx) -> CheckResult {
    each_compared(cx, |ty| async move {
        for column in telling(&stocked(cx, ty, ENOUGH).await?)? {
            let by = [By::Descending(&column.path)];
            in_sequence(cx, ty, &list_by(cx, ty, &by).await?, &by)?;
        }
        Ok(())
    })
    .await
}

pub(crate) async fn order_reverses(cx: &Cx) -> CheckResult {
    each_compared(cx, |ty| async move {
        for column in telling(&stocked(cx, ty, ENOUGH).await?)? {
            let (up, down) = (
                [By::Ascending(&column.path)],
                [By::Descending(&column.path)],
            );
            let (_, (up, down)) = quiet(cx, ty, |_| async {
                Ok((list_by(cx, ty, &up).await?, list_by(cx, ty, &down).await?))
            })
            .await?;
            let what = format!("the values of {} in {} descending", column.path, ty.key);
            let values = |seen: &Seen| {
                plain(seen.value(), &column.path)
                    .filter(|value| !value.is_null())
                    .cloned()
            };
            let up: Vec<_> = up.iter().rev().map(values).collect();
            let down: Vec<_> = down.iter().map(values).collect();
            let differs = up.iter().zip(&down).position(|(up, down)| up != down);
            let shown = |values: &[Option<Value>]| {
                let at = differs?;
                let value = values[at].as_ref();
                let value = value.map_or_else(|| "missing".to_owned(), Value::to_string);
                Some(format!("{value} in place {}", at + 1))
            };
            cx.expect_eq(what.clone(), shown(&down), shown(&up))?;
            cx.expect_eq(
                format!("how many of {what} there are"),
                down.len(),
                up.len(),
            )?;
        }
        Ok(())
    })
    .await
}

pub(crate) async fn order_has_more_fields(cx: &Cx) -> CheckResult {
    each_compared(cx, |ty| async move {
        let listing = stocked(cx, ty, ENOUGH).await?;
        let (first, second) = pair(&listing)?;
        for by in [
            [By::Ascending(&first), By::Ascending(&second)],
            [By::Ascending(&first), By::Descending(&second)],
            [By::Descending(&first), By::Ascending(&second)],
        ] {
            in_sequence(cx, ty, &list_by(cx, ty, &by).await?, &by)?;
        }
        Ok(())
    })
    .await
}

/// Two paths of which the second decides something; the first may be one that no object has.
fn pair(listing: &Listing) -> Result<(String, String), Stop> {
    let objects = &listing.objects;
    let columns = columns(objects);
    let mut tied: Vec<&str> = tied(&columns, objects.len()).collect();
    tied.push(NOTHING);
    for first in tied {
        let alone = ordered(objects, &[By::Ascending(first)]);
        let decides = |by: By<'_>| ordered(objects, &[By::Ascending(first), by]) != alone;
        let second = columns
            .iter()
            .map(|column| &column.path)
            .find(|path| decides(By::Ascending(path)) || decides(By::Descending(path)));
        if let Some(second) = second {
            return Ok((first.to_owned(), second.clone()));
        }
    }
    Err(Stop::NoData("its objects differ in no field".to_owned()))
}

/// The columns in which some objects are equal, the coarsest first.
fn tied(columns: &[Column], count: usize) -> impl Iterator<Item = &str> {
    let tied = columns
        .iter()
        .rev()
        .filter(move |column| column.distinct < count);
    tied.map(|column| column.path.as_str())
}

pub(crate) async fn order_breaks_ties(cx: &Cx) -> CheckResult {
    each_compared(cx, |ty| async move {
        named(cx, ty).await?;
        let listing = stocked(cx, ty, ENOUGH).await?;
        let columns = columns(&listing.objects);
        for path in tied(&columns, listing.objects.len())
            .take(2)
            .chain([NOTHING])
        {
            for time in ["first", "second", "third"] {
                let by = [By::Ascending(path)];
                let listed = list_by(cx, ty, &by).await?;
                let expected = ordered(&listed, &by);
                let seen: Vec<Id> = listed.iter().map(|seen| seen.id.clone()).collect();
                let what = format!(
                    "{} by {path}, ties by namespace and id, the {time} time",
                    ty.key
                );
                same_sequence(cx, what, &seen, &expected)?;
            }
        }
        Ok(())
    })
    .await
}

pub(crate) async fn order_by_nothing(cx: &Cx) -> CheckResult {
    each_compared(cx, |ty| async move {
        stocked(cx, ty, 2).await?;
        let (listing, listed) = quiet(cx, ty, |_| async {
            let input = ListInput::all().order_by(NOTHING);
            let listed = cx.list(&ty.key, input).await;
            let what = format!("list of {} by {NOTHING}, which no object has,", ty.key);
            let listed = cx.expect_ok(what, listed)?;
            Ok(ids(cx, ty, &listed.result).await?)
        })
        .await?;
        let what = format!("what {} lists by a field that is missing", ty.key);
        Ok(same_objects(cx, what, &listed, &listing.ids())?)
    })
    .await
}

pub(crate) async fn namespace_restricts(cx: &Cx) -> CheckResult {
    const MOST: usize = 8;
    each_compared(cx, |ty| async move {
        let namespaces = in_two_namespaces(cx, ty).await?;
        for namespace in namespaces.iter().take(MOST) {
            restricted(cx, ty, std::slice::from_ref(namespace)).await?;
        }
        Ok(())
    })
    .await
}

pub(crate) async fn namespaces_add_up(cx: &Cx) -> CheckResult {
    each_compared(cx, |ty| async move {
        let namespaces = in_two_namespaces(cx, ty).await?;
        restricted(cx, ty, &namespaces[..2]).await
    })
    .await
}

pub(crate) async fn namespace_without_objects(cx: &Cx) -> CheckResult {
    each_compared(cx, |ty| async move {
        in_two_namespaces(cx, ty).await?;
        let input = ListInput::all().namespace("nothing-is-in-this-namespace");
        let listed = match cx.list(&ty.key, input).await {
            // A backend that knows its namespaces may say so.
            Err(error) if *error.code() == ErrorCode::NotFound => Vec::new(),
            listed => {
                cx.expect_ok("list of a namespace that nothing is in", listed)?
                    .result
            }
        };
        let listed = ids(cx, ty, &listed).await?;
        let what = format!("what {} lists in a namespace that nothing is in", ty.key);
        Ok(same_objects(cx, what, &listed, [])?)
    })
    .await
}

pub(crate) async fn cluster_scoped_has_none(cx: &Cx) -> CheckResult {
    each_compared(cx, |ty| async move {
        let definition = cx
            .provider()
            .resource_definition(&cx.ctx(), &ty.key)
            .await?;
        let what = format!("where an object of {} has its namespace", ty.key);
        Ok(cx.expect_eq(what, definition.namespace_accessor.as_str(), "")?)
    })
    .await
}

pub(crate) async fn find_is_list(cx: &Cx) -> CheckResult {
    each_compared(cx, |ty| async move {
        let (listing, found) = quiet(cx, ty, |_| async {
            let found = cx.find(&ty.key, FindInput::all()).await?;
            let what = format!("the answer of find of {} says success", ty.key);
            cx.expect(found.success, what)?;
            Ok(ids(cx, ty, &found.result).await?)
        })
        .await?;
        let what = format!("what find of {} finds", ty.key);
        Ok(same_objects(cx, what, &found, &listing.ids())?)
    })
    .await
}

pub(crate) async fn find_is_ordered(cx: &Cx) -> CheckResult {
    each_compared(cx, |ty| async move {
        for column in telling(&stocked(cx, ty, ENOUGH).await?)?.iter().take(2) {
            for by in [By::Ascending(&column.path), By::Descending(&column.path)] {
                let input = match by {
                    By::Ascending(path) => FindInput::all().order_by(path),
                    By::Descending(path) => FindInput::all().order_by_descending(path),
                };
                let found = cx.find(&ty.key, input).await?;
                in_sequence(cx, ty, &parse(cx, ty, &found.result).await?, &[by])?;
            }
        }
        Ok(())
    })
    .await
}

pub(crate) async fn find_in_namespace(cx: &Cx) -> CheckResult {
    each_compared(cx, |ty| async move {
        let namespace = in_two_namespaces(cx, ty).await?.swap_remove(0);
        let (listing, found) = quiet(cx, ty, |_| async {
            let found = cx
                .find(&ty.key, FindInput::all().namespace(&namespace))
                .await?;
            Ok(ids(cx, ty, &found.result).await?)
        })
        .await?;
        let what = format!("what find of {} finds in {namespace}", ty.key);
        let expected = within(&listing, std::slice::from_ref(&namespace));
        Ok(same_objects(cx, what, &found, &expected)?)
    })
    .await
}

pub(crate) async fn find_counts_all(cx: &Cx) -> CheckResult {
    each_compared(cx, |ty| async move {
        let found = cx.find(&ty.key, FindInput::all()).await?;
        total_is(cx, ty, found.total_count, found.result.len())
    })
    .await
}

/// The columns that tell an order from another.
fn telling(listing: &Listing) -> Result<Vec<Column>, Stop> {
    let mut columns = columns(&listing.objects);
    columns.retain(|column| column.distinct > 1);
    // Half the most diverse, half those with ties.
    if columns.len() > COLUMNS {
        let coarse = columns.split_off(columns.len() - COLUMNS / 2);
        columns.truncate(COLUMNS / 2);
        columns.extend(coarse);
    }
    if columns.is_empty() {
        return Err(Stop::NoData("its objects differ in no field".to_owned()));
    }
    Ok(columns)
}

async fn list_by(cx: &Cx, ty: &TypeUnderTest, order: &[By<'_>]) -> Result<Vec<Seen>, Halt> {
    let input = order.iter().fold(ListInput::all(), |input, by| match by {
        By::Ascending(path) => input.order_by(*path),
        By::Descending(path) => input.order_by_descending(*path),
    });
    let listed = cx.list(&ty.key, input).await?;
    parse(cx, ty, &listed.result).await
}

/// Expects that the fields of the order never fall back from one object to the next.
fn in_sequence(cx: &Cx, ty: &TypeUnderTest, listed: &[Seen], order: &[By<'_>]) -> Result<(), Stop> {
    let wrong = listed
        .windows(2)
        .find(|pair| in_order(&pair[0], &pair[1], order).is_gt());
    let described = wrong.map(|pair| {
        let place = |seen: &Seen| {
            let values: Vec<String> = order
                .iter()
                .map(|by| {
                    let (By::Ascending(path) | By::Descending(path)) = by;
                    plain(seen.value(), path)
                        .map_or_else(|| "missing".to_owned(), ToString::to_string)
                })
                .collect();
            format!("{} with {}", seen.id, values.join(", "))
        };
        format!("{} before {}", place(&pair[0]), place(&pair[1]))
    });
    let what = format!("what is out of order in {} by {}", ty.key, orders(order));
    Ok(cx.expect_eq(what, described, None)?)
}

/// At least two namespaces that objects are in.
async fn in_two_namespaces(cx: &Cx, ty: &TypeUnderTest) -> Result<Vec<String>, Stop> {
    named(cx, ty).await?;
    let mut namespaces = stocked(cx, ty, 2).await?.namespaces();
    if namespaces.len() < 2 && ty.namespaces().len() > 1 && can_make(ty) {
        for namespace in ty.namespaces() {
            cx.make_in(ty, &namespace).await?;
        }
        namespaces = stocked(cx, ty, 2).await?.namespaces();
    }
    if namespaces.len() < 2 {
        return Err(Stop::NoData(
            "its objects are all in one namespace".to_owned(),
        ));
    }
    Ok(namespaces)
}

async fn restricted(cx: &Cx, ty: &TypeUnderTest, namespaces: &[String]) -> Result<(), Stop> {
    let (listing, listed) = quiet(cx, ty, |_| async {
        let input = namespaces
            .iter()
            .fold(ListInput::all(), |input, one| input.namespace(one));
        let listed = cx.list(&ty.key, input).await?;
        Ok(ids(cx, ty, &listed.result).await?)
    })
    .await?;
    let what = format!("what {} lists in {}", ty.key, namespaces.join(" and "));
    Ok(same_objects(
        cx,
        what,
        &listed,
        &within(&listing, namespaces),
    )?)
}

fn within(listing: &Listing, namespaces: &[String]) -> Vec<Id> {
    let mut ids: Vec<Id> = listing.ids().into_iter().collect();
    ids.retain(|id| namespaces.contains(&id.namespace));
    ids
}
