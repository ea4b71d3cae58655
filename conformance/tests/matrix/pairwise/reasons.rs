//! What a check that does not apply may say about a row.

use omniview_conformance::{Capability, Check, Need};
use omniview_reference_backend::Kind;

use super::factors::Row;

/// Why the subject of a row does not provide something.
pub(super) const WITHOUT: &str = "this row goes without";

/// Whether something is true of a row.
type Holds = fn(&Row) -> bool;

/// What bodies say of a type that does not have what they are about, and of which rows that is true.
const OF_BODIES: &[(&str, Holds)] = &[
    ("list is not supported", |row| row.is("reads", "no list")),
    ("its watch is not limited", |row| row.lacks("scope")),
    ("its watch is limited to parts of the backend", |row| {
        row.is("scope", "explicit")
    }),
    ("it is watched", |row| !row.has_never_watched()),
    ("it is never watched", Row::has_never_watched),
    ("it does not wait for a query", |row| !row.has_waiting()),
    ("every operation is supported", |row| {
        row.is("writes", "all") && row.is("reads", "all")
    }),
    ("no hint of scale", |row| row.lacks("scale hint")),
    ("no field is required", |_| true),
    ("no field is an enumeration", |row| {
        row.is("kinds", "cluster-wide")
    }),
    ("no relationship is declared", Row::is_alone),
    (
        "no relationship says it of a type that is served",
        Row::is_alone,
    ),
    (
        "no action that the subject names is a streaming one",
        |row| row.is("kinds", "cluster-wide"),
    ),
    ("two types that are watched", |row| row.types().len() == 1),
    ("an editor schema", |row| row.lacks("editor schemas")),
    (
        "a way to configure connections behind the plugin's back (Outside::configures_connections)",
        |row| row.lacks("configuration watch") || row.lacks("outside"),
    ),
];

impl Row {
    /// Whether the types whose watches are never begun, and those that wait for a query, are there and say so.
    fn has_never_watched(&self) -> bool {
        self.is("watch", "by policy") && self.kinds().contains(&Kind::ConfigMap)
    }

    fn has_waiting(&self) -> bool {
        self.is("watch", "by policy") && self.kinds().contains(&Kind::Job)
    }

    /// Whether the only type that could have relationships has none to a type that is there.
    fn is_alone(&self) -> bool {
        self.is("kinds", "cluster-wide")
    }

    /// The types: those of the backend, and `None` for the one that discovery brings.
    fn types(&self) -> Vec<Option<Kind>> {
        let discovered = (!self.lacks("discovery")).then_some(None);
        let kinds = self.kinds().iter().copied().map(Some);
        kinds.chain(discovered).collect()
    }

    /// Whether a type of the row has a capability, by what is registered and what the row takes away.
    fn has(&self, kind: Option<Kind>, capability: Capability) -> bool {
        use Kind::{ConfigMap, Deployment, Job, Node, Pod};
        let (factor, born): (_, &[Kind]) = match capability {
            Capability::Watchable => return !self.lacks("watch"),
            Capability::NamespaceScoped => return kind != Some(Node),
            Capability::Events if kind.is_none() => return !self.lacks("events"),
            Capability::Filterable => ("filters", &[Pod, Deployment, Node, Job]),
            Capability::Searchable => ("text search", &[Pod, Deployment]),
            Capability::Actions => ("actions", &[Pod, Deployment, Node]),
            Capability::Schema => ("schema", &[Pod, Deployment, Node, Job, ConfigMap]),
            Capability::Relationships => ("relationships", &[Pod, Deployment, Node]),
            Capability::Health => ("health", &[Pod, Deployment, Node, Job]),
            Capability::Events => ("events", &[Pod, Deployment, Node, Job]),
        };
        !self.lacks(factor) && kind.is_some_and(|kind| born.contains(&kind))
    }

    /// What a type does not have of what a check needs.
    fn unmet(&self, check: &Check, kind: Option<Kind>) -> Vec<String> {
        let unmet = check.needs.iter().filter_map(|need| match need {
            Need::Can(operation) if self.refused_of(kind).contains(operation) => {
                Some(format!("{operation} is not supported"))
            }
            Need::Has(capability) if !self.has(kind, *capability) => Some(capability.to_string()),
            Need::Lacks(capability) if self.has(kind, *capability) => {
                Some(format!("not {capability}"))
            }
            Need::TwoNamespaces if kind == Some(Kind::Node) => Some("namespaceScoped".to_owned()),
            _ => None,
        });
        unmet.collect()
    }

    /// Whether no type of the row can serve a check.
    pub(super) fn rules_out(&self, check: &Check) -> bool {
        let types = self.types();
        types
            .iter()
            .all(|kind| !self.unmet(check, *kind).is_empty())
    }

    /// Whether a reason for which a check does not apply is true of the row.
    pub(super) fn explains(&self, check: &Check, reason: &str) -> bool {
        if self.rules_out(check) {
            let types = self.types();
            let unmet: Vec<String> = types
                .iter()
                .flat_map(|kind| self.unmet(check, *kind))
                .collect();
            return reason
                .split(", ")
                .all(|one| unmet.iter().any(|it| it == one));
        }
        if reason.ends_with(WITHOUT) {
            let waived = self.waived();
            return check.needs.iter().any(|need| waived.contains(need));
        }
        reason.split("; ").all(|of_type| {
            let said = of_type.split_once(": ").map_or(of_type, |(_, said)| said);
            OF_BODIES
                .iter()
                .any(|(known, is_true)| *known == said && is_true(self))
        })
    }
}
