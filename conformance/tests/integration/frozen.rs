//! The catalogue, as it was released.

use std::{
    collections::{BTreeMap, BTreeSet},
    env,
    fmt::Write,
    fs,
    path::PathBuf,
};

use omniview_conformance::{Check, catalogue, catalogue_digest};

const HOW: &str = "UPDATE_CATALOGUE=1 cargo test -p omniview-conformance --test integration frozen";

fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("catalogue.txt")
}

/// A check as it is written down.
fn entry(check: &Check) -> String {
    let mut text = format!(
        "{}\n  {} {} {}\n  {}\n",
        check.id,
        check.level.as_str(),
        check.profile.as_str(),
        check.clauses.join(" "),
        check.requirement
    );
    if !check.aliases.is_empty() {
        let _ = writeln!(text, "  was {}", check.aliases.join(" "));
    }
    text
}

fn written() -> String {
    let head = format!(
        "# The checks of the suite, digest {}. Written by\n#   {HOW}\n",
        catalogue_digest()
    );
    catalogue().iter().fold(head, |mut text, check| {
        text.push('\n');
        text.push_str(&entry(check));
        text
    })
}

/// The entries of a file, by id; every id that an entry had is one.
fn entries(text: &str) -> BTreeMap<&str, &str> {
    let blocks = text.split("\n\n").map(str::trim);
    let blocks = blocks.filter(|block| !block.starts_with('#') && !block.is_empty());
    blocks
        .filter_map(|block| Some((block.lines().next()?, block)))
        .collect()
}

/// What keeps the present catalogue from following the one in the file, whatever anybody wants.
fn broken_promises(kept: &str) -> Vec<String> {
    let present: BTreeSet<&str> = catalogue()
        .iter()
        .flat_map(|check| check.aliases.iter().chain([&check.id]))
        .copied()
        .collect();
    let mut broken = Vec::new();
    for (id, block) in entries(kept) {
        let was = block.lines().find_map(|line| line.strip_prefix("  was "));
        let had = was.into_iter().flat_map(str::split_whitespace);
        for id in had.chain([id]) {
            if !present.contains(id) {
                broken.push(format!(
                    "{id} is gone: an id is for ever; give the check that took its place `aliases: &[\"{id}\"]`"
                ));
            }
        }
    }
    broken
}

#[test]
fn the_catalogue_is_the_one_that_is_written_down() {
    let kept = fs::read_to_string(path()).unwrap_or_default();
    let broken = broken_promises(&kept);
    assert!(broken.is_empty(), "{}", broken.join("\n"));
    if env::var_os("UPDATE_CATALOGUE").is_some() {
        fs::write(path(), written()).unwrap();
        return;
    }
    let now = written();
    let (kept_entries, now_entries) = (entries(&kept), entries(&now));
    let mut changes: Vec<String> = now_entries
        .iter()
        .filter(|(id, block)| kept_entries.get(*id) != Some(block))
        .map(|(id, block)| match kept_entries.get(id) {
            None => format!("{id} is new"),
            Some(kept) => format!("{id} was\n{kept}\nand is\n{block}"),
        })
        .collect();
    let gone = kept_entries
        .keys()
        .filter(|id| !now_entries.contains_key(*id));
    changes.extend(gone.map(|id| format!("{id} has another name")));
    if changes.is_empty() && kept != now {
        changes.push("the order or the head differs".to_owned());
    }
    assert!(
        changes.is_empty(),
        "the catalogue is not the one in conformance/catalogue.txt:\n\n{}\n\n\
         If that is meant, write it down and review the difference: {HOW}",
        changes.join("\n\n")
    );
}

#[test]
fn an_id_that_vanishes_is_a_broken_promise_unless_it_became_an_alias() {
    let kept = "# head\n\ncrud.get.returns-created\n  MUST core OPS-03\n  It does.\n  was crud.get.old-name\n\n\
                crud.get.never-was\n  MUST core OPS-03\n  It did.\n";
    let broken = broken_promises(kept);
    assert_eq!(broken.len(), 2, "{broken:?}");
    assert!(
        broken[0].starts_with("crud.get.never-was is gone"),
        "{broken:?}"
    );
    assert!(
        broken[1].starts_with("crud.get.old-name is gone"),
        "{broken:?}"
    );
}
