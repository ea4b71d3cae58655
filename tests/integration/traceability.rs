//! Every clause of `docs/contract.md` has a holder, every holder a clause, and the page says which.
//!
//! A holder is a test with a line `/// Contract: WAT-22, WAT-23` above it, a check of the conformance suite with `clauses`,
//! or, where no program that compiles can break the promise, an entry of `BY_THE_COMPILER`.

mod holders;
mod page;
mod source;
mod token;

use std::{collections::BTreeSet, env, fmt::Write as _, fs, path::PathBuf};

use self::{holders::Holders, page::Page};

/// How many clauses there are: none is forgotten, and none is added in passing.
const CLAUSES: usize = 206;

/// What the types rule out, so that no test could break it, and why; the rest of such a clause has its tests.
const BY_THE_COMPILER: &[(&str, &str)] = &[
    (
        "CFG-03",
        "no registration can be made without a `Resourcer`",
    ),
    (
        "PRV-01",
        "no method of `Provider` mentions the type of a client",
    ),
    (
        "SNK-09",
        "`WatchUpdatePayload` has no field for the state before",
    ),
];

const UPDATE: &str =
    "UPDATE_CONTRACT=1 cargo test -p omniview-tests --test integration traceability";

#[test]
fn the_page_lists_every_clause_once() {
    let page = Page::read();
    let ids: BTreeSet<&str> = page.ids().collect();
    let rows = page.ids().count();
    assert_eq!(
        ids.len(),
        rows,
        "a clause has two rows: {:?}",
        repeated(&page)
    );
    assert_eq!(rows, CLAUSES, "docs/contract.md has {rows} rows");
    let gaps: Vec<String> = ids
        .iter()
        .filter_map(|id| before(id))
        .filter(|before| !ids.contains(before.as_str()))
        .collect();
    assert_eq!(gaps, [""; 0], "ids are counted without gaps");
}

#[test]
fn every_clause_has_a_holder() {
    let page = Page::read();
    let holders = Holders::find();
    let mut orphans = String::new();
    for row in page.rows().filter(|row| holders.of(row.id).is_empty()) {
        _ = writeln!(orphans, "  {}  {}", row.id, row.promise);
    }
    assert!(
        orphans.is_empty(),
        "nothing in this workspace would notice if these clauses of docs/contract.md were broken:\n{orphans}\
         Write `/// Contract: <id>` above a test that would, or name the clause in the `clauses` of a check. Then run\n  {UPDATE}"
    );
}

#[test]
fn every_holder_names_clauses_of_the_page() {
    let page = Page::read();
    let ids: BTreeSet<&str> = page.ids().collect();
    let holders = Holders::find();
    let mut faults = holders.faults().to_vec();
    for (clause, place) in holders.references() {
        if !ids.contains(clause) {
            faults.push(format!(
                "{place} names {clause}, which docs/contract.md does not have"
            ));
        }
    }
    assert!(
        faults.is_empty(),
        "these lines refer to the contract in vain:\n  {}",
        faults.join("\n  ")
    );
}

#[test]
fn the_column_of_holders_is_up_to_date() {
    let page = Page::read();
    let fresh = page.with_holders(&Holders::find());
    if fresh == page.text() {
        return;
    }
    if env::var_os("UPDATE_CONTRACT").is_some_and(|value| value == "1") {
        page::write(&fresh);
        return;
    }
    let stale: Vec<&str> = page
        .text()
        .lines()
        .zip(fresh.lines())
        .filter(|(old, new)| old != new)
        .filter_map(|(old, _)| page::id(old))
        .collect();
    panic!(
        "in docs/contract.md, the column `held by` is not what the tests and checks say, at {}. To rewrite it, run\n  {UPDATE}",
        stale.join(", ")
    );
}

/// The ids that more than one row has.
fn repeated(page: &Page) -> Vec<&str> {
    let mut seen = BTreeSet::new();
    page.ids().filter(|id| !seen.insert(*id)).collect()
}

/// The id that is counted before this one; none before the first of its area.
fn before(id: &str) -> Option<String> {
    let (area, number) = id.split_once('-')?;
    let number: u32 = number.parse().ok()?;
    (number > 1).then(|| format!("{area}-{:02}", number - 1))
}

/// The directory of the workspace.
fn workspace() -> PathBuf {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    fs::canonicalize(here.join("..")).expect("the directory above the package exists")
}
