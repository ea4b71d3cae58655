//! What the clauses of the contract say.
//!
//! `clauses.tsv` holds the ids and promises of `docs/contract.md`, so that a published package can tell them; a test keeps
//! the two the same.

const CLAUSES: &str = include_str!("../clauses.tsv");

/// The promise of a clause, in the contract's words, where there is such a clause.
///
/// ```
/// let promise = omniview_conformance::clause("WAT-13").unwrap();
/// assert!(promise.ends_with("starts it once."), "{promise}");
/// assert_eq!(omniview_conformance::clause("WAT-99"), None);
/// ```
pub fn clause(id: &str) -> Option<&'static str> {
    CLAUSES.lines().find_map(|line| {
        let (clause, promise) = line.split_once('\t')?;
        (clause == id).then_some(promise)
    })
}

#[cfg(test)]
mod tests {
    use std::{env, fs, path::Path};

    use super::*;
    use crate::catalogue::catalogue;

    #[test]
    fn every_clause_of_a_check_has_words() {
        for check in catalogue() {
            for id in check.clauses {
                assert!(
                    clause(id).is_some(),
                    "{}: there is no clause {id}",
                    check.id
                );
            }
        }
    }

    /// With `UPDATE_CONTRACT` set, writes the copy instead.
    #[test]
    fn the_copy_is_what_the_contract_says() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
        let Ok(page) = fs::read_to_string(folder.join("../docs/contract.md")) else {
            eprintln!("skipped: docs/contract.md is not part of the published package");
            return;
        };
        let mut copy = String::new();
        for row in page.lines().filter_map(|line| line.strip_prefix("| ")) {
            let mut cells = row.split(" | ");
            let (Some(id), Some(promise)) = (cells.next(), cells.next()) else {
                continue;
            };
            let is_id = id.split_once('-').is_some_and(|(family, number)| {
                family.bytes().all(|b| b.is_ascii_uppercase()) && number.parse::<u8>().is_ok()
            });
            if is_id {
                copy.push_str(&format!("{id}\t{promise}\n"));
            }
        }
        if env::var_os("UPDATE_CONTRACT").is_some() {
            fs::write(folder.join("clauses.tsv"), &copy).unwrap();
            return;
        }
        assert!(
            copy == CLAUSES,
            "conformance/clauses.tsv is stale; UPDATE_CONTRACT=1 cargo test -p omniview-conformance --lib contract"
        );
    }
}
