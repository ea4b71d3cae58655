//! The comparison for people and for programs.

use std::fmt::Write;

use serde_json::{Value, json};

use super::{Change, Diff, Direction, Side};
use crate::report::escape::{code, inline};

/// What GitHub takes as the summary of a step is 1 MiB.
const LIMIT: usize = 1_000_000;

impl Diff {
    /// The comparison for people.
    pub fn to_text(&self) -> String {
        let mut out = String::new();
        for (name, side) in [("old", &self.old), ("new", &self.new)] {
            let _ = writeln!(out, "{name}  {}", summary(side));
        }
        for note in &self.notes {
            let _ = writeln!(out, "note: {note}");
        }
        for direction in Direction::ALL {
            let changes: Vec<&Change> = self.of(direction).collect();
            if changes.is_empty() {
                continue;
            }
            let _ = writeln!(out, "\n{} ({})", direction.as_str(), changes.len());
            for change in changes {
                let _ = writeln!(
                    out,
                    "  {}: {} ({} -> {})",
                    change.subject, change.kind, change.was, change.is
                );
                for line in change.detail.lines() {
                    let _ = writeln!(out, "    {line}");
                }
            }
        }
        let _ = writeln!(out, "\n{}", self.conclusion());
        out
    }

    /// The comparison for the summary of a CI step or a comment; what is not ours in it is escaped, and it fits both.
    pub fn to_markdown(&self) -> String {
        let mut out = format!("## {}\n\n", inline(&self.conclusion()));
        for (name, side) in [("old", &self.old), ("new", &self.new)] {
            let _ = writeln!(out, "- {name}: {}", inline(&summary(side)));
        }
        for note in &self.notes {
            let _ = writeln!(out, "- note: {}", inline(note));
        }
        let mut left_out = 0;
        for direction in Direction::ALL {
            let changes: Vec<&Change> = self.of(direction).collect();
            if changes.is_empty() {
                continue;
            }
            let open = if direction == Direction::Regression {
                " open"
            } else {
                ""
            };
            let _ = write!(
                out,
                "\n<details{open}><summary><b>{}</b> ({})</summary>\n\n| what | change | was | is | detail |\n\
                 | :--- | :--- | :--- | :--- | :--- |\n",
                direction.as_str(),
                changes.len()
            );
            for change in changes {
                let row = row(change);
                if out.len() + row.len() + 1000 > LIMIT {
                    left_out += 1;
                    continue;
                }
                out.push_str(&row);
            }
            out.push_str("\n</details>\n");
        }
        if left_out > 0 {
            let _ = write!(
                out,
                "\n> {left_out} more changes are left out: this page may hold {LIMIT} bytes.\n"
            );
        }
        out
    }

    /// The comparison for programs: keys sorted.
    pub fn to_json(&self) -> String {
        let changes = |direction| self.of(direction).map(change).collect::<Vec<Value>>();
        let mut document = json!({
            "format": "omniview-conformance-diff",
            "schemaVersion": 1,
            "regressed": self.regressed(),
            "old": side(&self.old),
            "new": side(&self.new),
            "notes": self.notes,
            "regressions": changes(Direction::Regression),
            "improvements": changes(Direction::Improvement),
            "neutral": changes(Direction::Neutral),
        });
        document.sort_all_objects();
        format!("{document:#}\n")
    }

    fn conclusion(&self) -> String {
        let counts: Vec<String> = Direction::ALL
            .iter()
            .map(|direction| match (self.of(*direction).count(), direction) {
                (1, Direction::Regression) => "1 regression".to_owned(),
                (1, Direction::Improvement) => "1 improvement".to_owned(),
                (count, Direction::Neutral) => format!("{count} neutral"),
                (count, direction) => format!("{count} {}", direction.as_str()),
            })
            .collect();
        let verdict = if self.regressed() {
            "regressed"
        } else {
            "not regressed"
        };
        format!("{verdict}: {}", counts.join(", "))
    }
}

fn summary(side: &Side) -> String {
    let header = &side.header;
    let version = match &header.plugin_version {
        Some(version) => format!(" {version}"),
        None => String::new(),
    };
    format!(
        "{}{version}: {}, {} checks tried (suite {}, catalogue {})",
        header.subject,
        side.verdict.as_str(),
        side.tried,
        header.suite_version,
        header.catalogue
    )
}

fn row(change: &Change) -> String {
    let detail: String = change.detail.chars().take(300).collect();
    format!(
        "| {} | {} | {} | {} | {} |\n",
        code(&change.subject),
        change.kind,
        inline(&change.was),
        inline(&change.is),
        inline(&detail)
    )
}

fn side(side: &Side) -> Value {
    json!({
        "subject": side.header.subject,
        "pluginVersion": side.header.plugin_version,
        "suiteVersion": side.header.suite_version,
        "catalogue": side.header.catalogue,
        "verdict": side.verdict.as_str(),
        "tried": side.tried,
    })
}

fn change(change: &Change) -> Value {
    json!({
        "kind": change.kind.as_str(),
        "subject": change.subject,
        "was": change.was,
        "is": change.is,
        "detail": change.detail,
    })
}
