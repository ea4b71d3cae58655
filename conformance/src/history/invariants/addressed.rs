//! An event says which connection, type and object it is about.

use super::{
    super::{Step, Trace},
    Violation,
};

/// Contract: SNK-06, SNK-07
pub(super) fn judge(trace: &Trace) -> Vec<Violation> {
    let events = trace.events().filter_map(|step| misaddressed(trace, step));
    events.collect()
}

fn misaddressed(trace: &Trace, step: &Step) -> Option<Violation> {
    let wrong = |what: &str, expected: String, actual: &str| {
        Some(Violation::new(step.sequence, what, expected, actual))
    };
    let (connection, key) = (step.connection.as_ref()?, step.key.as_ref()?);
    let known = &trace.known;
    let earlier = || {
        trace
            .steps
            .iter()
            .take_while(|other| other.sequence < step.sequence)
    };
    let was_started = known.started.contains(connection)
        || earlier().any(|other| {
            other.begins(&[
                "start_connection",
                "start_connection_watch",
                "update_connection",
            ]) && other.connection.as_ref() == Some(connection)
        });
    if !was_started {
        return wrong(
            "the connection that an event names",
            "one that was started".to_owned(),
            &format!("{:?}", connection.as_str()),
        );
    }
    // What types another connection has is its own affair, and a connection that was not started when its types were
    // listed may have discovered more by now.
    let is_known = known.connections.first() != Some(connection)
        || !known.started.contains(connection)
        || known.types.contains(key)
        || earlier().any(|other| other.key.as_ref() == Some(key) && !other.kind.is_event());
    if !is_known || key.meta().is_err() {
        let types: Vec<&str> = known.types.iter().map(|key| key.as_str()).collect();
        return wrong(
            "the type that an event names",
            format!("one of {}", types.join(", ")),
            &format!("{:?}", key.as_str()),
        );
    }
    if step.kind.is_data() && step.id.as_deref().is_none_or(str::is_empty) {
        return wrong("the object that an event names", "an id".to_owned(), "none");
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{super::sample::violated_at, *};

    #[test]
    fn an_event_names_a_started_connection_a_known_type_and_an_object() {
        for (history, expected) in [
            (&["SYNCING", "add a", "%Other add a"][..], &[][..]),
            (&["@other SYNCING"], &[1]),
            (&["@other call start_connection", "@other SYNCING"], &[]),
            (&["@other SYNCING", "@other call start_connection"], &[1]),
            (&["@ SYNCING"], &[1]),
            (&["%Surprise add a"], &[1]),
            (
                &["%Surprise call ensure_resource_watch", "%Surprise add a"],
                &[],
            ),
            (
                &["@other call start_connection", "@other %Surprise add a"],
                &[],
            ),
            (&["add x/"], &[1]),
        ] {
            assert_eq!(violated_at(judge, history), expected, "{history:?}");
        }
    }
}
