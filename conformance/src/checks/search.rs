//! Text search. What a text finds is the plugin's own affair; how it goes together with the rest is not.

use std::collections::BTreeSet;

use omniview_sdk::{FindInput, FindResult};
use serde_json::Value;

use super::support::{
    By, Demand, Filterable, Id, Listing, NOWHERE, Seen, Stop, columns, each_compared, ids, named,
    ordered, quiet, same_objects, same_sequence, stocked,
};
use crate::{Cx, TypeUnderTest, check::CheckResult};

#[doc(hidden)]
#[macro_export]
macro_rules! __checks_search {
    ([$($callback:tt)*] [$($args:tt)*]) => { $($callback)*! { [$($args)*] search {
        text_narrows {
            id: "search.text.narrows",
            requirement: "A text that no object contains finds fewer objects than there are.",
            clauses: &["TXT-01"],
            needs: &[Has(Searchable), Can(Find), Can(List)],
            catches: &["search-ignores-text"],
        }
        text_finds_listed {
            id: "search.text.finds-listed",
            requirement: "What a text finds is listed.",
            clauses: &["TXT-01"],
            needs: &[Has(Searchable), Can(Find), Can(List)],
            catches: &["search-finds-twice"],
        }
        text_and_filter_both_hold {
            id: "search.text-and-filter.both-hold",
            requirement: "A text and a filter together find what each of them finds.",
            clauses: &["TXT-02"],
            needs: &[Has(Searchable), Has(Filterable), Can(Find), Can(List)],
            catches: &["search-ignores-filter"],
        }
        text_in_namespace {
            id: "search.text.in-namespace",
            requirement: "A text and a namespace together find what the text finds in that namespace.",
            clauses: &["TXT-02", "OPS-12"],
            needs: &[Has(Searchable), Has(NamespaceScoped), Can(Find), Can(List)],
            catches: &["search-ignores-namespaces"],
        }
        text_is_ordered_and_paged {
            id: "search.text.is-ordered-and-paged",
            requirement: "What a text finds is ordered and paged like any result.",
            clauses: &["TXT-02", "PAG-01", "PAG-05"],
            needs: &[Has(Searchable), Can(Find), Can(List)],
            catches: &["search-ignores-order", "search-ignores-pages"],
        }
        undeclared_is_no_error {
            id: "search.undeclared.is-no-error",
            requirement: "A text is no error for a type that has no text search.",
            clauses: &["TXT-03"],
            needs: &[Lacks(Searchable), Can(Find)],
            catches: &["search-unsupported-refused"],
        }
    }}};
}

/// A text that finds something: an id, a part of one, or, where the search looks elsewhere, what an object says.
async fn telling(cx: &Cx, ty: &TypeUnderTest) -> Result<(String, Listing), Stop> {
    const TRIED: usize = 8;
    named(cx, ty).await?;
    let listing = stocked(cx, ty, 2).await?;
    let tried = || listing.objects.iter().take(TRIED);
    let ids = tried().flat_map(|seen| {
        let id = &seen.id.id;
        let head: String = id.chars().take(id.chars().count().min(3)).collect();
        [head, id.clone()]
    });
    let mut said = BTreeSet::new();
    tried().for_each(|seen| words(seen.value(), &mut said));
    for texts in [ids.collect(), said.into_iter().collect::<Vec<_>>()] {
        let mut best: Option<(usize, String)> = None;
        for text in texts {
            let found = cx.find(&ty.key, FindInput::all().text(&text)).await?;
            let count = found.result.len();
            if count > 0 && best.as_ref().is_none_or(|(most, _)| count > *most) {
                best = Some((count, text));
            }
        }
        if let Some((_, text)) = best {
            return Ok((text, listing));
        }
    }
    Err(Stop::NoData(
        "neither an id nor a word of an object finds anything".to_owned(),
    ))
}

/// The first word of each text in an object.
fn words(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => found.extend(text.split_whitespace().next().map(str::to_owned)),
        Value::Array(elements) => elements.iter().for_each(|element| words(element, found)),
        Value::Object(fields) => fields.values().for_each(|field| words(field, found)),
        _ => {}
    }
}

pub(crate) async fn text_narrows(cx: &Cx) -> CheckResult {
    each_compared(cx, |ty| async move {
        stocked(cx, ty, 1).await?;
        let (listing, found) = quiet(cx, ty, |_| async {
            let found = cx.find(&ty.key, FindInput::all().text(NOWHERE)).await?;
            Ok(found.result.len())
        })
        .await?;
        let all = listing.objects.len();
        if all == 0 {
            return Err(Stop::NoData("there is no object".to_owned()));
        }
        let what = format!(
            "find of {} by {NOWHERE:?} finds fewer than all {all} objects",
            ty.key
        );
        Ok(cx.expect_as_seen(found < all, what, || format!("it finds {found}"))?)
    })
    .await
}

pub(crate) async fn text_finds_listed(cx: &Cx) -> CheckResult {
    each_compared(cx, |ty| async move {
        let (text, _) = telling(cx, ty).await?;
        let (listing, found) = quiet(cx, ty, |_| async {
            let found = cx.find(&ty.key, FindInput::all().text(&text)).await?;
            Ok(ids(cx, ty, &found.result).await?)
        })
        .await?;
        let listed: Vec<Id> = found
            .iter()
            .filter(|id| listing.find(id).is_some())
            .cloned()
            .collect();
        Ok(same_objects(
            cx,
            format!("what {text:?} finds of {}", ty.key),
            &found,
            &listed,
        )?)
    })
    .await
}

pub(crate) async fn text_and_filter_both_hold(cx: &Cx) -> CheckResult {
    each_compared(cx, |ty| async move {
        let (text, _) = telling(cx, ty).await?;
        let filterable = Filterable::of(cx, ty).await?;
        let dividing = filterable.dividing();
        if dividing.is_empty() {
            return Err(Stop::NoData("no predicate parts its objects".to_owned()));
        }
        for probe in dividing.iter().take(3) {
            let with = filterable.query(Demand::Of(probe)).text(&text);
            let without = with_base(&filterable).text(&text);
            let (listing, (both, alone)) = quiet(cx, ty, |_| async {
                let both = cx.find(&ty.key, with.clone()).await?;
                let alone = cx.find(&ty.key, without.clone()).await?;
                Ok((
                    ids(cx, ty, &both.result).await?,
                    ids(cx, ty, &alone.result).await?,
                ))
            })
            .await?;
            let verdict = |id: &Id| {
                let seen = listing.find(id).filter(|seen| seen.steady)?;
                probe.holds(seen.value())
            };
            let expected: Vec<&Id> = alone
                .iter()
                .filter(|id| verdict(id) == Some(true))
                .collect();
            let found = both.iter().filter(|id| verdict(id).is_some());
            let what = format!("find of {} by {text:?} where {probe}", ty.key);
            same_objects(cx, what, found, expected)?;
        }
        Ok(())
    })
    .await
}

fn with_base(filterable: &Filterable) -> FindInput {
    if filterable.base.is_empty() {
        return FindInput::all();
    }
    filterable.query(Demand::Whole(omniview_sdk::FilterExpression::default()))
}

pub(crate) async fn text_in_namespace(cx: &Cx) -> CheckResult {
    each_compared(cx, |ty| async move {
        let (text, listing) = telling(cx, ty).await?;
        let namespaces = listing.namespaces();
        for namespace in namespaces.iter().take(3) {
            let (_, (all, within)) = quiet(cx, ty, |_| async {
                let all = cx.find(&ty.key, FindInput::all().text(&text)).await?;
                let input = FindInput::all().text(&text).namespace(namespace);
                let within = cx.find(&ty.key, input).await?;
                Ok((
                    ids(cx, ty, &all.result).await?,
                    ids(cx, ty, &within.result).await?,
                ))
            })
            .await?;
            let expected = all.iter().filter(|id| id.namespace == *namespace);
            let what = format!("find of {} by {text:?} in {namespace}", ty.key);
            same_objects(cx, what, &within, expected)?;
        }
        Ok(())
    })
    .await
}

pub(crate) async fn text_is_ordered_and_paged(cx: &Cx) -> CheckResult {
    each_compared(cx, |ty| async move {
        let (text, listing) = telling(cx, ty).await?;
        let column = columns(&listing.objects)
            .into_iter()
            .find(|column| column.distinct > 1)
            .ok_or_else(|| Stop::NoData("its objects differ in no field".to_owned()))?;
        let input = FindInput::all()
            .text(&text)
            .order_by_descending(&column.path);
        let (listing, (whole, page)) = quiet(cx, ty, |_| async {
            let whole = cx.find(&ty.key, input.clone()).await?;
            let page = cx.find(&ty.key, input.clone().page(1, 1)).await?;
            Ok((whole, page))
        })
        .await?;
        let seen = ids(cx, ty, &whole.result).await?;
        let found: Vec<Seen> = listing
            .objects
            .iter()
            .filter(|one| seen.contains(&one.id))
            .cloned()
            .collect();
        let what = format!(
            "find of {} by {text:?}, by {} descending",
            ty.key, column.path
        );
        let expected = ordered(&found, &[By::Descending(&column.path)]);
        same_sequence(cx, what.clone(), &seen, &expected)?;
        let first = ids(cx, ty, &page.result).await?;
        let expected: Vec<Id> = expected.into_iter().take(1).collect();
        same_sequence(cx, format!("the first page of {what}"), &first, &expected)?;
        if page.total_count != FindResult::UNKNOWN_TOTAL {
            let total = i64::try_from(seen.len()).unwrap_or(i64::MAX);
            cx.expect_eq(format!("the total of {what}"), page.total_count, total)?;
        }
        Ok(())
    })
    .await
}

pub(crate) async fn undeclared_is_no_error(cx: &Cx) -> CheckResult {
    for ty in cx.types() {
        let found = cx.find(&ty.key, FindInput::all().text("anything")).await;
        let what = format!("find of {} by a text, which has no text search", ty.key);
        cx.expect_ok(what, found)?;
    }
    Ok(())
}
