//! Hand-written histories, a step a line.
//!
//! A line is `[@connection] [%Type] what`, where `what` is one of `SYNCING`, `SYNCED 2`, `ERROR CODE message` (a dash for no
//! code), `add NAME [JSON]`, `update …`, `delete …`, `call METHOD [NAME]`, `done`, `refused CODE`, `listed NAME JSON …`,
//! `outside WHAT NAME`, `quiet`. A name is an id, or `namespace/id`. Step 0 is the beginning of listening.

use std::{borrow::Cow, time::Duration};

use omniview_sdk::{ConnectionId, Json, ResourceKey, WatchState};

use super::{
    super::{Known, Listed, Step, StepKind, Trace},
    Violation,
};

/// The history of `check.of-a-test`: two connections, `main` is started; two types, `Thing` and `Other`.
pub(in crate::history) fn trace(lines: &[&str]) -> Trace {
    let mut trace = Trace::new("shop", "check.of-a-test");
    trace.known = Known {
        connections: vec!["main".into(), "other".into()],
        started: vec!["main".into()],
        types: vec![key("Thing"), key("Other")],
    };
    let mut listening = Step::new(StepKind::Begun, 0, Duration::ZERO);
    listening.operation = Some("listen_for_events".into());
    trace.steps.push(listening);
    for line in lines {
        let step = step(&trace, line);
        trace.steps.push(step);
    }
    trace
}

/// The places where a history violates an invariant.
pub(super) fn violated_at(judge: fn(&Trace) -> Vec<Violation>, lines: &[&str]) -> Vec<u64> {
    let violations = judge(&trace(lines));
    violations.iter().map(|violation| violation.at).collect()
}

fn key(kind: &str) -> ResourceKey {
    ResourceKey::of("g", "v", kind)
}

fn step(trace: &Trace, line: &str) -> Step {
    let sequence = trace.steps.len() as u64;
    let mut step = Step::new(StepKind::Note, sequence, Duration::from_millis(sequence));
    let mut words: Vec<&str> = line.split(' ').collect();
    let connection = prefixed(&mut words, '@').unwrap_or("main");
    let kind = prefixed(&mut words, '%').unwrap_or("Thing");
    step.connection = Some(ConnectionId::from(connection));
    step.key = Some(key(kind));
    let (verb, rest) = words.split_first().unwrap();
    let state = WatchState::ALL
        .iter()
        .find(|state| state.ui_name() == *verb);
    match (*verb, state) {
        (_, Some(state)) => {
            step.kind = StepKind::State;
            step.state = Some(*state);
            match rest.first().map(|word| word.parse()) {
                Some(Ok(count)) => step.count = Some(count),
                Some(Err(_)) => {
                    step.code = Some(rest[0]).filter(|code| *code != "-").map(Into::into);
                    step.text = rest[1..].join(" ");
                }
                None => {}
            }
        }
        ("add" | "update" | "delete", _) => {
            step.kind = match *verb {
                "add" => StepKind::Add,
                "update" => StepKind::Update,
                _ => StepKind::Delete,
            };
            named(&mut step, rest[0]);
            let data = rest.get(1).map_or_else(
                || format!("{{\"id\":{:?}}}", step.id.clone().unwrap()),
                |data| (*data).to_owned(),
            );
            step.payload = Some(Json::parse(data).unwrap().into());
        }
        ("call" | "outside", _) => {
            step.kind = match *verb {
                "call" => StepKind::Begun,
                _ => StepKind::Outside,
            };
            step.operation = Some(Cow::Owned(rest[0].to_owned()));
            if let Some(name) = rest.get(1) {
                named(&mut step, name);
            }
        }
        ("done" | "refused" | "listed", _) => {
            step.kind = StepKind::Ended;
            let open = |call: &&Step| {
                call.kind == StepKind::Begun
                    && call.sequence > 0
                    && trace.answer_to(call.sequence).is_none()
            };
            let call = trace.steps.iter().rev().find(open).unwrap();
            step.call = Some(call.sequence);
            step.operation.clone_from(&call.operation);
            step.connection.clone_from(&call.connection);
            step.key.clone_from(&call.key);
            match *verb {
                "refused" => step.code = Some(rest[0].into()),
                "listed" => step.listed = Some(listed(rest).into()),
                _ => {}
            }
        }
        ("quiet", _) => step.kind = StepKind::Settled,
        _ => panic!("{line:?} is no step"),
    }
    step
}

fn prefixed<'l>(words: &mut Vec<&'l str>, mark: char) -> Option<&'l str> {
    let word = words[0].strip_prefix(mark)?;
    words.remove(0);
    Some(word)
}

fn named(step: &mut Step, name: &str) {
    let (namespace, id) = name.split_once('/').unwrap_or(("", name));
    step.id = Some(id.to_owned());
    step.namespace = Some(namespace.to_owned());
}

fn listed(words: &[&str]) -> Vec<Listed> {
    words
        .chunks(2)
        .map(|pair| {
            let (namespace, id) = pair[0].split_once('/').unwrap_or(("", pair[0]));
            Listed::new(id, Some(namespace), Json::parse(pair[1]).unwrap().into())
        })
        .collect()
}
