//! What the reference plugin can be mounted with and without.

use std::fmt;

use super::array::{Levels, covering};

/// Each factor with its levels; the first is to have it.
pub(super) const FACTORS: &[(&str, &[&str])] = &[
    ("kinds", &["all", "namespaced", "cluster-wide"]),
    ("watch", &["by policy", "always", "none"]),
    ("filters", &["yes", "none"]),
    ("text search", &["yes", "none"]),
    ("definition", &["type's", "plugin's", "none"]),
    ("schema", &["yes", "none"]),
    ("actions", &["yes", "none"]),
    ("scale hint", &["yes", "none"]),
    ("relationships", &["resolved", "declared", "none"]),
    ("health", &["yes", "none"]),
    ("events", &["yes", "none"]),
    ("classifier", &["plugin's and type's", "plugin's", "type's"]),
    ("discovery", &["yes", "none"]),
    ("scope", &["none", "explicit"]),
    ("configuration watch", &["yes", "none"]),
    ("refresh", &["yes", "none"]),
    ("editor schemas", &["yes", "none"]),
    (
        "writes",
        &["all", "none", "no create", "no update", "no delete"],
    ),
    ("reads", &["all", "no get", "no list", "no find"]),
    ("samples", &["told", "of the schema", "none"]),
    ("outside", &["yes", "none"]),
    ("connections", &["two", "one"]),
    ("pace", &["at once", "in a moment"]),
];

/// One way to mount the plugin.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Row(Levels);

impl Row {
    /// Every row: each two levels of two factors meet in one.
    pub(super) fn all() -> Vec<Self> {
        let counts: Vec<usize> = FACTORS.iter().map(|(_, levels)| levels.len()).collect();
        covering(&counts).into_iter().map(Self).collect()
    }

    /// The level of a factor.
    pub(super) fn level(&self, factor: &str) -> &'static str {
        let place = FACTORS.iter().position(|(name, _)| *name == factor);
        let place = place.unwrap_or_else(|| panic!("{factor:?} is no factor"));
        FACTORS[place].1[self.0[place]]
    }

    pub(super) fn is(&self, factor: &str, level: &str) -> bool {
        let known = FACTORS
            .iter()
            .any(|(name, levels)| *name == factor && levels.contains(&level));
        assert!(known, "{level:?} is no level of {factor:?}");
        self.level(factor) == level
    }

    /// Whether it goes without.
    pub(super) fn lacks(&self, factor: &str) -> bool {
        self.is(factor, "none")
    }
}

impl fmt::Display for Row {
    /// What differs from the plugin that has everything.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let differs = FACTORS.iter().zip(&self.0).filter(|(_, level)| **level > 0);
        let said: Vec<String> = differs
            .map(|((name, levels), level)| format!("{name}: {}", levels[*level]))
            .collect();
        match said.as_slice() {
            [] => f.write_str("everything"),
            said => f.write_str(&said.join(", ")),
        }
    }
}
