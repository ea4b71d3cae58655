//! What a list or a query shows, held against the map and against its own pages.

use std::{sync::Arc, time::Duration};

use omniview_sdk::{
    FindInput, Json, ListInput,
    query::{Identity, Item, QueryItem},
};

use super::{
    drive::{A_MOMENT, Driver, Stop, mismatch},
    oracle::contradiction,
};
use crate::Cx;

/// How often pages are held against the whole before they are left alone: somebody else works on the backend.
const LOOKS: u64 = 6;

/// How often they have to be wrong while nothing else moves. Once may be somebody who came and went in between.
const AGREEING: u32 = 3;

/// What pages show.
enum Paged {
    /// The objects of the whole, in its order.
    AsTheWhole,
    /// Something else, and so does the whole by now, or the watch tells why.
    Unsteady,
    /// Something else, while the whole stays what it is.
    Otherwise(Stop),
}

impl Driver<'_> {
    /// Reads everything at once, and in pages if more than one is asked for, and looks for what should be there.
    pub(super) async fn query(
        &self,
        verb: &str,
        within: Option<u8>,
        pages: u8,
    ) -> Result<(), Stop> {
        let Some(identity) = self.identity else {
            return Ok(());
        };
        let mut wrong = 0;
        for look in 1..=LOOKS {
            let mark = self.cx.mark();
            let whole = self.read(verb, within, None).await?;
            self.compare(verb, within, &items(self.cx, &whole, identity)?)?;
            if pages < 2 || whole.is_empty() {
                return Ok(());
            }
            let size = whole.len().div_ceil(usize::from(pages));
            match self.pages(verb, within, size, (mark, &whole)).await? {
                Paged::AsTheWhole => return Ok(()),
                Paged::Unsteady => {}
                Paged::Otherwise(parted) => {
                    wrong += 1;
                    if wrong == AGREEING {
                        return Err(parted);
                    }
                }
            }
            // No rhythm: whoever else works on the backend may have one.
            tokio::time::sleep(Duration::from_millis(look * look)).await;
        }
        Ok(())
    }

    /// Reads the pages of what is known to be there since a mark, and that again.
    async fn pages(
        &self,
        verb: &str,
        within: Option<u8>,
        size: usize,
        (mark, whole): (u64, &[Json]),
    ) -> Result<Paged, Stop> {
        let mut paged = Vec::new();
        for page in 1..=whole.len().div_ceil(size) {
            paged.extend(self.read(verb, within, Some((page, size))).await?);
        }
        if paged == whole {
            return Ok(Paged::AsTheWhole);
        }
        if self.read(verb, within, None).await? != whole {
            return Ok(Paged::Unsteady);
        }
        // What came and went meanwhile is in neither list; a watch has seen it.
        tokio::time::sleep(A_MOMENT).await;
        let mut reported = self.reported_since(mark).into_iter();
        if reported.any(|event| event.data().is_some() && !self.is_ours(&event)) {
            return Ok(Paged::Unsteady);
        }
        Ok(Paged::Otherwise(mismatch(
            format!("the pages of {size} that {verb} answers, one after the other"),
            format!("the {} objects of one page", whole.len()),
            format!("{} objects, not the same", paged.len()),
        )))
    }

    async fn read(
        &self,
        verb: &str,
        within: Option<u8>,
        page: Option<(usize, usize)>,
    ) -> Result<Vec<Json>, Stop> {
        let (cx, key) = (self.cx, &self.ty.key);
        let number = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        macro_rules! input {
            ($input:ident) => {{
                let mut input = $input::all();
                if let Some(namespace) = within {
                    input = input.namespace(self.namespace(namespace));
                }
                if let Some((page, size)) = page {
                    input = input.page(number(page), number(size));
                }
                input
            }};
        }
        let answer = match verb {
            "list" => cx.list(key, input!(ListInput)).await.map(|got| got.result),
            _ => cx.find(key, input!(FindInput)).await.map(|got| got.result),
        };
        answer.map_err(|error| mismatch(verb, "success", error.summary()))
    }

    fn compare(&self, verb: &str, within: Option<u8>, items: &[Arc<Item>]) -> Result<(), Stop> {
        let named: Vec<(&str, &str)> = items
            .iter()
            .map(|item| (item.namespace(), item.id()))
            .collect();
        for (place, expected) in self.model.within(within) {
            let namespace = self.namespace(place.1);
            let wanted = (&*namespace, &*expected.id);
            let mut found = named.iter().zip(items).filter(|(name, _)| **name == wanted);
            let what = format!("{} in what {verb} answers", expected.id);
            match (found.next(), found.next()) {
                (Some((_, item)), None) => {
                    if let Some(actual) = contradiction(item.value(), &expected.value) {
                        return Err(mismatch(what, "what it was made to be", actual));
                    }
                }
                (None, _) => return Err(mismatch(what, "there once", "not there")),
                (Some(_), Some(_)) => return Err(mismatch(what, "there once", "there twice")),
            }
        }
        let gone = self.ids.iter().find(|(place, id)| {
            let is_there = self.model.get(*place).is_some_and(|one| one.id == *id);
            let elsewhere = within.is_some_and(|namespace| place.1 != namespace);
            let namespace = self.namespace(place.1);
            (!is_there || elsewhere) && named.contains(&(&*namespace, id))
        });
        match gone {
            None => Ok(()),
            Some((_, id)) => Err(mismatch(
                format!("{id} in what {verb} answers"),
                "not there",
                "there",
            )),
        }
    }
}

/// The objects, each with what it says of itself.
pub(super) fn items(
    cx: &Cx,
    objects: &[Json],
    identity: &Identity,
) -> Result<Vec<Arc<Item>>, Stop> {
    let parsed = objects.iter().map(|json| cx.item(json, identity));
    parsed.collect::<Result<_, _>>().map_err(|error| {
        mismatch(
            "an object of a list",
            "one that says which it is",
            error.message(),
        )
    })
}
