//! The whole history of one check, as data.

use omniview_sdk::{ConnectionId, ResourceKey};
use serde::{Deserialize, Serialize};

use super::{Step, StepKind};

/// The whole history of one check: what was known before it began, and every step.
///
/// ```
/// use std::time::Duration;
/// use omniview_conformance::history::{Known, Step, StepKind, Trace, invariants};
///
/// // An object that is added twice.
/// let mut trace = Trace::new("shop", "watch.changes.are-reported");
/// trace.known = Known::new(vec!["dev".into()], vec!["dev".into()], vec!["core::v1::Pod".into()]);
/// for place in 0..2 {
///     let mut add = Step::new(StepKind::Add, place, Duration::ZERO);
///     add.connection = Some("dev".into());
///     add.key = Some("core::v1::Pod".into());
///     add.id = Some("web".to_owned());
///     add.namespace = Some("shop".to_owned());
///     trace.steps.push(add);
/// }
///
/// assert_eq!(trace.events().count(), 2);
/// assert_eq!(trace.slice(1, None).len(), 2);
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Trace {
    /// What the plugin is called.
    pub subject: String,
    /// The check.
    pub check: String,
    /// What was known before the first step.
    pub known: Known,
    /// What happened; the sequence of a step is its place.
    pub steps: Vec<Step>,
}

/// What was known before the first step.
///
/// ```
/// use omniview_conformance::history::Known;
///
/// let known = Known::new(vec!["dev".into(), "prod".into()], vec!["dev".into()], vec!["core::v1::Pod".into()]);
/// assert!(known.started.iter().all(|one| known.connections.contains(one)));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Known {
    /// The connections of the plugin.
    pub connections: Vec<ConnectionId>,
    /// Those that were started.
    pub started: Vec<ConnectionId>,
    /// The resource types.
    pub types: Vec<ResourceKey>,
}

impl Known {
    /// These connections, of which these were started, and these types.
    pub fn new(
        connections: Vec<ConnectionId>,
        started: Vec<ConnectionId>,
        types: Vec<ResourceKey>,
    ) -> Self {
        Self {
            connections,
            started,
            types,
        }
    }
}

impl Trace {
    /// A history in which nothing has happened.
    pub fn new(subject: impl Into<String>, check: impl Into<String>) -> Self {
        Self {
            subject: subject.into(),
            check: check.into(),
            known: Known::default(),
            steps: Vec::new(),
        }
    }

    /// The events, in the order in which they were delivered.
    pub fn events(&self) -> impl Iterator<Item = &Step> {
        self.steps.iter().filter(|step| step.kind.is_event())
    }

    /// The end of the call that began at a place.
    pub fn answer_to(&self, call: u64) -> Option<&Step> {
        // It comes after its call, and mostly soon.
        let after = self.steps.get(usize::try_from(call).ok()?..)?;
        after
            .iter()
            .find(|step| step.kind == StepKind::Ended && step.call == Some(call))
    }

    /// Whether the calls show that somebody heard the events from the first one on.
    ///
    /// A second listener hears what is emitted from its own attachment on, and what was kept for the first is gone.
    pub(crate) fn hears_everything(&self) -> bool {
        let Some(first) = self.events().next() else {
            return true;
        };
        let listeners = self
            .steps
            .iter()
            .take_while(|step| step.sequence < first.sequence)
            .filter(|step| step.begins(&["listen_for_events"]))
            .count();
        listeners == 1
    }

    /// The steps that a reader needs to judge the one at `place`: those before it that are about the same, and it.
    ///
    /// With an object, only what is about that object and how the watch goes on.
    pub fn slice(&self, place: u64, object: Option<&str>) -> Vec<String> {
        const MOST: usize = 14;
        let Some(end) = usize::try_from(place)
            .ok()
            .filter(|end| *end < self.steps.len())
        else {
            return Vec::new();
        };
        let about = &self.steps[end];
        let concerns = |step: &&Step| match &about.key {
            Some(key) => {
                let same_place = step.connection.is_none()
                    || about.connection.is_none()
                    || step.connection == about.connection;
                if object.is_some() && step.id.as_deref() != object {
                    return step.kind == StepKind::State
                        && step.connection == about.connection
                        && step.key == about.key;
                }
                let same_object = about.id.is_none() || step.id.is_none() || step.id == about.id;
                same_place && same_object && step.key.as_ref().is_none_or(|of| of == key)
            }
            None => true,
        };
        let mut lines: Vec<String> = self.steps[..end]
            .iter()
            .rev()
            .filter(concerns)
            .take(MOST)
            .map(ToString::to_string)
            .collect();
        lines.reverse();
        lines.push(about.to_string());
        lines
    }
}
