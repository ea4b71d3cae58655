//! The page `docs/contract.md`: its rows, and their last column.

use std::{fs, path::PathBuf};

use super::{holders::Holders, workspace};

/// The page as it is on the disk.
pub(super) struct Page(String);

/// One clause: `| id | promise | held by |`.
pub(super) struct Row<'a> {
    pub(super) id: &'a str,
    pub(super) promise: &'a str,
}

impl Page {
    pub(super) fn read() -> Self {
        let text = fs::read_to_string(path())
            .unwrap_or_else(|error| panic!("{} cannot be read: {error}", path().display()));
        // A checkout may have changed the ends of the lines.
        Self(text.replace("\r\n", "\n"))
    }

    pub(super) fn text(&self) -> &str {
        &self.0
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.0.lines().filter_map(row)
    }

    pub(super) fn ids(&self) -> impl Iterator<Item = &str> {
        self.rows().map(|row| row.id)
    }

    /// The text of the page with its last column written anew.
    pub(super) fn with_holders(&self, holders: &Holders) -> String {
        let mut text = String::new();
        for line in self.0.lines() {
            match row(line) {
                Some(Row { id, promise }) => {
                    let held_by = holders.of(id).join("<br>");
                    text += format!("| {id} | {promise} | {held_by}").trim_end();
                    text += " |\n";
                }
                None => {
                    text += line;
                    text.push('\n');
                }
            }
        }
        text
    }
}

/// The id that a line of the page is about.
pub(super) fn id(line: &str) -> Option<&str> {
    row(line).map(|row| row.id)
}

/// Replaces the page in one step, so that nobody reads a half.
pub(super) fn write(text: &str) {
    let draft = path().with_extension("md.new");
    fs::write(&draft, text)
        .and_then(|()| fs::rename(&draft, path()))
        .unwrap_or_else(|error| panic!("{} cannot be written: {error}", path().display()));
}

fn path() -> PathBuf {
    workspace().join("docs/contract.md")
}

/// A row of one of the tables; panics at a row that is none, rather than to overlook a clause.
fn row(line: &str) -> Option<Row<'_>> {
    let cells: Vec<&str> = line.strip_prefix('|')?.split('|').map(str::trim).collect();
    match cells[..] {
        ["id", "promise", "held by", ""] | ["---", "---", "---", ""] => None,
        [id, promise, _, ""] if is_id(id) && !promise.is_empty() => Some(Row { id, promise }),
        _ => panic!(
            "docs/contract.md has a row that is not `| AREA-00 | promise | held by |`:\n{line}"
        ),
    }
}

/// Whether a text looks like the id of a clause: `WAT-22`.
pub(super) fn is_id(text: &str) -> bool {
    text.split_once('-').is_some_and(|(area, number)| {
        (2..=3).contains(&area.len())
            && area.bytes().all(|byte| byte.is_ascii_uppercase())
            && number.len() == 2
            && number.bytes().all(|byte| byte.is_ascii_digit())
    })
}

#[test]
fn a_row_is_told_from_the_frame_of_its_table() {
    assert_eq!(
        id("| WAT-22 | It is retried. | `a`<br>`b` |"),
        Some("WAT-22")
    );
    assert_eq!(id("| WAT-22 | It is retried. | |"), Some("WAT-22"));
    assert_eq!(id("| id | promise | held by |"), None);
    assert_eq!(id("|---|---|---|"), None);
    assert_eq!(id("WAT-22 is mentioned"), None);
}

#[test]
#[should_panic(expected = "a row that is not")]
fn a_row_without_a_promise_is_not_overlooked() {
    id("| WAT-22 | | |");
}
