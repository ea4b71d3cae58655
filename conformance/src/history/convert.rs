//! From what went past to data.

use std::{borrow::Cow, collections::BTreeMap};

use omniview_sdk::{ResourceKey, WatchEvent, query::Identity};

use super::{Call, History, Known, Listing, Moment, Record, Step, StepKind, Trace};

/// What the harness knows of a check before its body begins.
#[derive(Debug, Clone, Default)]
pub(crate) struct Facts {
    pub(crate) subject: String,
    pub(crate) check: String,
    pub(crate) known: Known,
    /// Where objects say which they are, for the types whose definition tells.
    pub(crate) identities: BTreeMap<ResourceKey, Identity>,
}

impl Trace {
    /// The history as data.
    pub(crate) fn of(facts: &Facts, history: &History) -> Self {
        let records = history.since(0);
        let mut steps: Vec<Step> = Vec::with_capacity(records.len());
        for record in records {
            let step = step(facts, &steps, record);
            steps.push(step);
        }
        Self {
            steps,
            known: facts.known.clone(),
            ..Self::new(&facts.subject, &facts.check)
        }
    }
}

fn step(facts: &Facts, before: &[Step], record: Record) -> Step {
    let new = |kind| Step::new(kind, record.sequence, record.at);
    match record.moment {
        Moment::Call(call) => called(new(StepKind::Begun), call),
        Moment::Outside(call) => called(new(StepKind::Outside), call),
        Moment::Answer {
            call,
            outcome,
            listed,
        } => {
            let mut step = new(StepKind::Ended);
            let begun = usize::try_from(call).ok().and_then(|at| before.get(at));
            if let Some(begun) = begun {
                step.operation.clone_from(&begun.operation);
                step.connection.clone_from(&begun.connection);
                step.key.clone_from(&begun.key);
                step.id.clone_from(&begun.id);
                step.namespace.clone_from(&begun.namespace);
            }
            step.call = Some(call);
            match outcome {
                Ok(text) => step.text = text,
                Err((code, text)) => (step.code, step.text) = (Some(code), text),
            }
            step.listed = listed.map(|objects| {
                let identity = step.key.as_ref().and_then(|key| facts.identities.get(key));
                Listing::live(objects, identity.cloned())
            });
            step
        }
        Moment::Event(event) => reported(new(kind_of(&event)), &event),
        Moment::Settled(connection, key) => {
            let mut step = new(StepKind::Settled);
            step.connection = Some(connection);
            step.key = Some(key);
            step
        }
        Moment::Note(text) => {
            let mut step = new(StepKind::Note);
            step.text = text;
            step
        }
    }
}

fn called(mut step: Step, call: Call) -> Step {
    step.operation = Some(Cow::Borrowed(call.operation));
    step.connection = call.connection;
    step.key = call.key;
    step.id = call.id;
    step.namespace = call.namespace;
    step
}

fn kind_of(event: &WatchEvent) -> StepKind {
    match event {
        WatchEvent::Add(_) => StepKind::Add,
        WatchEvent::Update(_) => StepKind::Update,
        WatchEvent::Delete(_) => StepKind::Delete,
        WatchEvent::State(_) => StepKind::State,
    }
}

fn reported(mut step: Step, event: &WatchEvent) -> Step {
    step.connection = Some(event.connection().clone());
    step.key = Some(event.key().clone());
    step.id = event.id().map(str::to_owned);
    step.namespace = event.namespace().map(str::to_owned);
    step.payload = event.data().cloned().map(Into::into);
    if let WatchEvent::State(state) = event {
        step.state = Some(state.state);
        step.count = state.resource_count;
        step.code.clone_from(&state.error_code);
        step.text.clone_from(&state.message);
    }
    step
}
