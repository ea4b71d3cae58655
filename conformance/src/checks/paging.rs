//! Pages and cursors.

use std::fmt;

use omniview_sdk::{ErrorCode, FindInput, Json, ListInput, ListResult};

use super::support::{
    By, Id, Listing, Stop, Turn, can_make, columns, each_compared, ids, list_all, named, ordered,
    prerequisite, quiet, same_objects, same_sequence, stocked,
};
use crate::{Cx, Halt, TypeUnderTest, check::CheckResult};

#[doc(hidden)]
#[macro_export]
macro_rules! __checks_paging {
    ([$($callback:tt)*] [$($args:tt)*]) => { $($callback)*! { [$($args)*] paging {
        pages_add_up {
            id: "paging.pages.add-up",
            requirement: "The pages of a list, one after the other, are the list.",
            clauses: &["PAG-04", "PAG-05"],
            needs: &[Can(List)],
            catches: &["page-overlap", "page-size-ignored"],
        }
        find_pages_add_up {
            id: "paging.find-pages.add-up",
            requirement: "The pages of Find, one after the other, are what it finds.",
            clauses: &["PAG-04", "PAG-05"],
            needs: &[Can(List), Can(Find)],
            catches: &["page-overlap", "page-size-ignored"],
        }
        size_caps_page {
            id: "paging.size.caps-page",
            requirement: "A page holds as many objects as its size says, unless fewer are left.",
            clauses: &["PAG-05"],
            needs: &[Can(List)],
            profile: Smoke,
            catches: &["page-size-ignored"],
        }
        page_zero_is_first {
            id: "paging.page.zero-is-first",
            requirement: "Page 0 is page 1.",
            clauses: &["PAG-04"],
            needs: &[Can(List)],
            catches: &["page-zero-refused"],
        }
        page_past_end_is_empty {
            id: "paging.page.past-end-is-empty",
            requirement: "A page past the end is empty and has the true total.",
            clauses: &["PAG-04", "PAG-09"],
            needs: &[Can(List)],
            catches: &["page-size-ignored", "wrong-total", "total-of-page"],
        }
        total_is_of_all_pages {
            id: "paging.total.is-of-all-pages",
            requirement: "The total on a page counts the objects of all pages.",
            clauses: &["PAG-09"],
            needs: &[Can(List)],
            catches: &["wrong-total", "total-of-page"],
        }
        negative_is_refused {
            id: "paging.negative.is-refused",
            requirement: "A negative page or page size is refused with INVALID_INPUT.",
            clauses: &["PAG-04"],
            needs: &[Can(List), Can(Find)],
            catches: &["negative-page-accepted"],
        }
        size_zero_has_one_page {
            id: "paging.size-zero.has-one-page",
            requirement: "A page size of 0 puts everything on page 1; asking for another page is INVALID_INPUT.",
            clauses: &["PAG-06"],
            needs: &[Can(List)],
            catches: &["second-page-of-everything-accepted"],
        }
        cursor_continues {
            id: "paging.cursor.continues",
            requirement: "Following the cursors from page to page leads through the whole list, each object once.",
            clauses: &["PAG-07"],
            needs: &[Can(List)],
            catches: &["page-overlap"],
        }
        cursor_keeps_order {
            id: "paging.cursor.keeps-order",
            requirement: "The pages that cursors lead to are in the order of the query.",
            clauses: &["PAG-07", "PAG-01"],
            needs: &[Can(List)],
            catches: &["cursor-forgets-order"],
        }
        cursor_ends {
            id: "paging.cursor.ends",
            requirement: "A page that nothing follows has no cursor.",
            clauses: &["PAG-10"],
            needs: &[Can(List)],
            catches: &["cursor-at-the-end"],
        }
        cursor_survives_delete {
            id: "paging.cursor.survives-delete",
            requirement: "A delete between two pages neither repeats nor loses another object.",
            clauses: &["PAG-07"],
            needs: &[Can(List), Can(Create), Can(Delete), Samples],
            catches: &["cursor-by-position"],
        }
        cursor_survives_create {
            id: "paging.cursor.survives-create",
            requirement: "An object that is created between two pages neither repeats nor loses another.",
            clauses: &["PAG-07"],
            needs: &[Can(List), Can(Create), Can(Delete), Samples],
            catches: &["cursor-dies-with-create", "cursor-by-position"],
        }
        cursor_excludes_page {
            id: "paging.cursor.excludes-page",
            requirement: "A cursor together with a page number is refused with INVALID_INPUT.",
            clauses: &["PAG-08"],
            needs: &[Can(List)],
            catches: &["cursor-accepted-with-page"],
        }
        cursor_malformed_is_refused {
            id: "paging.cursor.malformed-is-refused",
            requirement: "A cursor that no answer had is refused with INVALID_INPUT.",
            clauses: &["PAG-07"],
            needs: &[Can(List), Can(Find)],
            catches: &["malformed-cursor-accepted"],
        }
        cursor_of_another_query_is_refused {
            id: "paging.cursor.of-another-query-is-refused",
            requirement: "A cursor that came from another query is refused with INVALID_INPUT.",
            clauses: &["PAG-07"],
            needs: &[Can(List)],
            catches: &["cursor-for-any-query"],
        }
    }}};
}

/// How many objects pages are made of at least.
const ENOUGH: usize = 5;

/// A page size that makes a handful of pages, the last of them not full.
fn size_for(count: usize) -> usize {
    let size = (count / 5).max(2);
    if count.is_multiple_of(size) && size + 1 < count {
        size + 1
    } else {
        size
    }
}

fn wire(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

async fn stock(cx: &Cx, ty: &TypeUnderTest) -> Result<Listing, Stop> {
    named(cx, ty).await?;
    stocked(cx, ty, ENOUGH).await
}

pub(crate) async fn pages_add_up(cx: &Cx) -> CheckResult {
    each_compared(cx, |ty| async move {
        stock(cx, ty).await?;
        let (listing, pages) = quiet(cx, ty, |listing| async move {
            let count = listing.objects.len();
            let size = size_for(count);
            let mut seen = Vec::new();
            for page in 1..=count.div_ceil(size) {
                let input = ListInput::all().page(wire(page), wire(size));
                let listed = cx.list(&ty.key, input).await?;
                seen.extend(ids(cx, ty, &listed.result).await?);
            }
            Ok(seen)
        })
        .await?;
        sequence(cx, format!("the pages of {}", ty.key), &pages, &listing)
    })
    .await
}

pub(crate) async fn find_pages_add_up(cx: &Cx) -> CheckResult {
    each_compared(cx, |ty| async move {
        stock(cx, ty).await?;
        let (listing, pages) = quiet(cx, ty, |listing| async move {
            let count = listing.objects.len();
            let size = size_for(count);
            let mut seen = Vec::new();
            for page in 1..=count.div_ceil(size) {
                let input = FindInput::all().page(wire(page), wire(size));
                let found = cx.find(&ty.key, input).await?;
                seen.extend(ids(cx, ty, &found.result).await?);
            }
            Ok(seen)
        })
        .await?;
        sequence(
            cx,
            format!("the pages that find of {} finds", ty.key),
            &pages,
            &listing,
        )
    })
    .await
}

fn sequence(cx: &Cx, what: String, seen: &[Id], listing: &Listing) -> Turn {
    let all: Vec<Id> = listing.objects.iter().map(|seen| seen.id.clone()).collect();
    same_objects(cx, what.clone(), seen, &all)?;
    Ok(same_sequence(cx, what, seen, &all)?)
}

pub(crate) async fn size_caps_page(cx: &Cx) -> CheckResult {
    each_compared(cx, |ty| async move {
        stocked(cx, ty, 3).await?;
        for size in [1, 2] {
            let input = ListInput::all().page(1, wire(size));
            let listed = cx.list(&ty.key, input).await?;
            let what = format!("the length of a page of {} with size {size}", ty.key);
            cx.expect_eq(what, listed.result.len(), size)?;
        }
        Ok(())
    })
    .await
}

pub(crate) async fn page_zero_is_first(cx: &Cx) -> CheckResult {
    each_compared(cx, |ty| async move {
        stocked(cx, ty, 3).await?;
        let (_, (zero, one)) = quiet(cx, ty, |_| async {
            let zero = cx.list(&ty.key, ListInput::all().page(0, 2)).await;
            let zero = cx.expect_ok(format!("list of page 0 of {} with size 2", ty.key), zero)?;
            let one = cx.list(&ty.key, ListInput::all().page(1, 2)).await?;
            Ok((
                ids(cx, ty, &zero.result).await?,
                ids(cx, ty, &one.result).await?,
            ))
        })
        .await?;
        Ok(same_sequence(
            cx,
            format!("page 0 of {}", ty.key),
            &zero,
            &one,
        )?)
    })
    .await
}

pub(crate) async fn page_past_end_is_empty(cx: &Cx) -> CheckResult {
    each_compared(cx, |ty| async move {
        stocked(cx, ty, 2).await?;
        let (listing, past) = quiet(cx, ty, |listing| async move {
            let input = ListInput::all().page(wire(listing.objects.len() + 2), 2);
            Ok(cx.list(&ty.key, input).await?)
        })
        .await?;
        let seen = ids(cx, ty, &past.result).await?;
        same_objects(cx, format!("a page of {} past the end", ty.key), &seen, [])?;
        if past.total_count != ListResult::UNKNOWN_TOTAL {
            let what = format!("the total of {} on a page past the end", ty.key);
            cx.expect_eq(what, past.total_count, wire(listing.objects.len()))?;
        }
        Ok(())
    })
    .await
}

pub(crate) async fn total_is_of_all_pages(cx: &Cx) -> CheckResult {
    each_compared(cx, |ty| async move {
        stocked(cx, ty, 3).await?;
        let (listing, totals) = quiet(cx, ty, |_| async {
            let mut totals = Vec::new();
            for page in [1, 2] {
                let listed = cx.list(&ty.key, ListInput::all().page(page, 2)).await?;
                totals.push(listed.total_count);
            }
            Ok(totals)
        })
        .await?;
        if totals.contains(&ListResult::UNKNOWN_TOTAL) {
            return Err(Stop::Undeclared("the total is not known".to_owned()));
        }
        let count = wire(listing.objects.len());
        let what = format!("the totals on pages 1 and 2 of {}", ty.key);
        Ok(cx.expect_eq(what, totals, vec![count; 2])?)
    })
    .await
}

pub(crate) async fn negative_is_refused(cx: &Cx) -> CheckResult {
    for ty in cx.types() {
        for (page, size) in [(-1, 2), (1, -1), (0, -5)] {
            let listed = cx.list(&ty.key, ListInput::all().page(page, size)).await;
            let what = |call: &str| format!("{call} of page {page} of {} with size {size}", ty.key);
            cx.expect_refused(what("list"), ErrorCode::InvalidInput, listed)?;
            let found = cx.find(&ty.key, FindInput::all().page(page, size)).await;
            cx.expect_refused(what("find"), ErrorCode::InvalidInput, found)?;
        }
    }
    Ok(())
}

pub(crate) async fn size_zero_has_one_page(cx: &Cx) -> CheckResult {
    each_compared(cx, |ty| async move {
        let (listing, first) = quiet(cx, ty, |_| async {
            let first = cx.list(&ty.key, ListInput::all().page(1, 0)).await?;
            Ok(ids(cx, ty, &first.result).await?)
        })
        .await?;
        let what = format!("page 1 of {} with size 0", ty.key);
        same_objects(cx, what, &first, &listing.ids())?;
        let second = cx.list(&ty.key, ListInput::all().page(2, 0)).await;
        let what = format!("list of page 2 of {} with size 0", ty.key);
        cx.expect_refused(what, ErrorCode::InvalidInput, second)?;
        Ok(())
    })
    .await
}

pub(crate) async fn cursor_continues(cx: &Cx) -> CheckResult {
    each_compared(cx, |ty| async move {
        stock(cx, ty).await?;
        let (listing, pages) = quiet(cx, ty, |listing| async move {
            let size = size_for(listing.objects.len());
            let pages = follow(cx, ty, ListInput::all().page_size(wire(size)), &listing).await?;
            Ok(ids(cx, ty, &pages.concat()).await?)
        })
        .await?;
        let what = format!("what the cursors of {} lead to", ty.key);
        Ok(same_objects(cx, what, &pages, &listing.ids())?)
    })
    .await
}

pub(crate) async fn cursor_keeps_order(cx: &Cx) -> CheckResult {
    each_compared(cx, |ty| async move {
        let listing = stock(cx, ty).await?;
        let natural: Vec<Id> = listing.ids().into_iter().collect();
        let path = columns(&listing.objects)
            .into_iter()
            .map(|column| column.path)
            .find(|path| ordered(&listing.objects, &[By::Descending(path)]) != natural)
            .ok_or_else(|| Stop::NoData("no field orders its objects differently".to_owned()))?;
        let (_, (pages, all)) = quiet(cx, ty, |listing| {
            let path = &path;
            async move {
                let input = ListInput::all().order_by_descending(path);
                let all = cx.list(&ty.key, input.clone()).await?;
                let size = size_for(listing.objects.len());
                let pages = follow(cx, ty, input.page_size(wire(size)), &listing).await?;
                let pages = ids(cx, ty, &pages.concat()).await?;
                Ok((pages, ids(cx, ty, &all.result).await?))
            }
        })
        .await?;
        let what = format!(
            "what the cursors of {} by {path} descending lead to",
            ty.key
        );
        Ok(same_sequence(cx, what, &pages, &all)?)
    })
    .await
}

pub(crate) async fn cursor_ends(cx: &Cx) -> CheckResult {
    each_compared(cx, |ty| async move {
        let count = stocked(cx, ty, 2).await?.objects.len();
        offered(cx, ty).await?;
        for input in [
            ListInput::all(),
            ListInput::all().page_size(wire(count)),
            ListInput::all().page(1, wire(count)),
            ListInput::all().page_size(wire(count + 10)),
        ] {
            let page = cx.list(&ty.key, input.clone()).await?;
            let length = wire(page.result.len());
            let size = input.pagination.page_size;
            // What an answer says itself counts: others may make objects meanwhile.
            if size == 0 || length < size || length == page.total_count {
                let what = format!(
                    "the cursor of {} on a page of all its {length} objects",
                    ty.key
                );
                cx.expect_eq(what, page.next_cursor, None)?;
            }
        }
        Ok(())
    })
    .await
}

pub(crate) async fn cursor_survives_delete(cx: &Cx) -> CheckResult {
    each_compared(cx, |ty| async move {
        changed_between(cx, ty, Change::Delete).await
    })
    .await
}

pub(crate) async fn cursor_survives_create(cx: &Cx) -> CheckResult {
    each_compared(cx, |ty| async move {
        changed_between(cx, ty, Change::Create).await
    })
    .await
}

#[derive(Clone, Copy)]
enum Change {
    Create,
    Delete,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Create => "a create",
            Self::Delete => "a delete",
        })
    }
}

/// Changes something while a listing is paged through; what was there throughout is there once.
async fn changed_between(cx: &Cx, ty: &TypeUnderTest, change: Change) -> Turn {
    named(cx, ty).await?;
    if !can_make(ty) {
        return Err(Stop::Undeclared("samples cannot be made".to_owned()));
    }
    stocked(cx, ty, ENOUGH).await?;
    offered(cx, ty).await?;
    let namespace = ty.namespaces().swap_remove(0);
    // One that is put aside now sorts before the others where ids are numbered, so that it moves what is after the cursor.
    let late = cx.sample_in(ty, &namespace)?;
    let mut made = Vec::new();
    for _ in 0..3 {
        made.push(cx.make_in(ty, &namespace).await?);
    }
    let wanted: Vec<Id> = made.iter().map(Id::from).collect();
    let listed = || async {
        let ids = list_all(cx, ty).await?.ids();
        Ok(wanted.iter().all(|id| ids.contains(id)))
    };
    prerequisite(cx.eventually("what was created is listed", listed).await)?;
    let before = list_all(cx, ty).await?;
    // The first page ends after the first of ours, so that it is the delete before the cursor that counts.
    let first = before
        .objects
        .iter()
        .position(|seen| wanted.contains(&seen.id))
        .unwrap_or_default();
    let input = ListInput::all().page_size(wire(first + 1));
    let page = cx.list(&ty.key, input.clone()).await?;
    let mut seen = ids(cx, ty, &page.result).await?;
    match change {
        Change::Create => {
            cx.make_sample(ty, &late).await?;
        }
        Change::Delete => {
            let going = made
                .iter()
                .find(|object| seen.contains(&Id::from(*object)))
                .ok_or_else(|| {
                    Stop::NoData("none of the samples is on the first page".to_owned())
                })?;
            cx.given("a delete", cx.delete(going).await)?;
        }
    }
    let mut cursor = page.next_cursor;
    let most = before.objects.len() + 2;
    while let Some(next) = cursor.take() {
        let page = cx.list(&ty.key, input.clone().cursor(next)).await;
        let what = format!("list of {} at a cursor from before {change}", ty.key);
        let page = cx.expect_ok(what, page)?;
        seen.extend(ids(cx, ty, &page.result).await?);
        cursor = page.next_cursor;
        if seen.len() > 2 * most {
            break;
        }
    }
    let after = list_all(cx, ty).await?.ids();
    let throughout: Vec<Id> = before.ids().intersection(&after).cloned().collect();
    seen.retain(|id| throughout.contains(id));
    let what = format!(
        "what was in {} throughout, on its pages with {change} between the first two",
        ty.key
    );
    Ok(same_objects(cx, what, &seen, &throughout)?)
}

pub(crate) async fn cursor_excludes_page(cx: &Cx) -> CheckResult {
    each_compared(cx, |ty| async move {
        stocked(cx, ty, 2).await?;
        let cursor = offered(cx, ty).await?;
        let input = ListInput::all().page(2, 1).cursor(cursor);
        let both = cx.list(&ty.key, input).await;
        let what = format!("list of page 2 of {} with a cursor beside it", ty.key);
        cx.expect_refused(what, ErrorCode::InvalidInput, both)?;
        Ok(())
    })
    .await
}

pub(crate) async fn cursor_malformed_is_refused(cx: &Cx) -> CheckResult {
    each_compared(cx, |ty| async move {
        stocked(cx, ty, 2).await?;
        offered(cx, ty).await?;
        for cursor in ["no answer had this cursor", "0", "{}"] {
            let input = ListInput::all().page_size(1).cursor(cursor);
            let what = |call: &str| format!("{call} of {} with the cursor {cursor:?}", ty.key);
            let listed = cx.list(&ty.key, input).await;
            cx.expect_refused(what("list"), ErrorCode::InvalidInput, listed)?;
            let input = FindInput::all().page_size(1).cursor(cursor);
            let found = cx.find(&ty.key, input).await;
            cx.expect_refused(what("find"), ErrorCode::InvalidInput, found)?;
        }
        Ok(())
    })
    .await
}

pub(crate) async fn cursor_of_another_query_is_refused(cx: &Cx) -> CheckResult {
    each_compared(cx, |ty| async move {
        let listing = stocked(cx, ty, 2).await?;
        let cursor = offered(cx, ty).await?;
        let path = columns(&listing.objects).into_iter().next();
        let path = path.map_or_else(|| "name".to_owned(), |column| column.path);
        let what = format!(
            "list of {} by {path} descending with the cursor of a list without an order",
            ty.key
        );
        let other = ListInput::all()
            .order_by_descending(path)
            .page_size(1)
            .cursor(cursor);
        let listed = cx.list(&ty.key, other).await;
        cx.expect_refused(what, ErrorCode::InvalidInput, listed)?;
        Ok(())
    })
    .await
}

/// The cursor of a first page of one object; a plugin may page by numbers alone.
async fn offered(cx: &Cx, ty: &TypeUnderTest) -> Result<String, Stop> {
    let first = cx.list(&ty.key, ListInput::all().page_size(1)).await;
    let first = cx.given("a first page", first)?;
    first
        .next_cursor
        .filter(|cursor| !cursor.is_empty())
        .ok_or_else(|| Stop::Undeclared("its pages have no cursors".to_owned()))
}

/// The pages that cursors lead to.
async fn follow(
    cx: &Cx,
    ty: &TypeUnderTest,
    input: ListInput,
    listing: &Listing,
) -> Result<Vec<Vec<Json>>, Stop> {
    let mut page = cx.list(&ty.key, input.clone()).await?;
    if page.next_cursor.is_none() && page.result.len() < listing.objects.len() {
        return Err(Stop::Undeclared("its pages have no cursors".to_owned()));
    }
    let mut pages = Vec::new();
    loop {
        pages.push(page.result);
        let Some(cursor) = page.next_cursor else {
            return Ok(pages);
        };
        if pages.len() > listing.objects.len() {
            return Err(Stop::Halt(Halt::failed(
                format!("the cursors of {} come to an end", ty.key),
                format!("at most {} pages", listing.objects.len()),
                format!("{} pages and another cursor", pages.len()),
            )));
        }
        page = cx.list(&ty.key, input.clone().cursor(cursor)).await?;
    }
}
