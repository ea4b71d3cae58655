//! `conformance explain`.

use std::fmt::Write;

use omniview_conformance::{Check, Need, Operation, Start, clause, find_check, nearest_ids};

use super::{
    args::ExplainArgs,
    output::{Usage, print, wrapped},
    reference,
};

/// Prints everything about one check.
///
/// # Errors
///
/// There is no such check.
pub(super) fn explain(args: &ExplainArgs) -> Result<(), Usage> {
    let check = find_check(&args.id).ok_or_else(|| {
        Usage(format!(
            "there is no check `{}`; the nearest are {}",
            args.id,
            nearest_ids(&args.id).join(", ")
        ))
    })?;
    print(&text(check));
    Ok(())
}

fn text(check: &Check) -> String {
    let mut out = format!("{}\n\n", check.id);
    wrapped(&mut out, "  ", "  ", check.requirement);
    out.push('\n');
    let mut field = |name: &str, value: &str| {
        wrapped(&mut out, &format!("  {name:<12} "), &" ".repeat(15), value);
    };
    field("level", check.level.as_str());
    field("profile", check.profile.as_str());
    for (index, need) in check.needs.iter().enumerate() {
        field(if index == 0 { "needs" } else { "" }, &need.to_string());
    }
    field(
        "begins",
        match check.start {
            Start::Connected => "with a plugin that is mounted and a connection that is started",
            Start::Mounted => "with a plugin that is mounted, and nothing started",
        },
    );
    field("time limit", &format!("{:?}", check.limit));
    if !check.aliases.is_empty() {
        field("was called", &check.aliases.join(", "));
    }
    field("run", &format!("conformance run --only {}", check.id));
    field(
        "test",
        &format!("cargo test {}::{}", check.area(), check.test_name()),
    );
    out.push_str("\nThe contract\n");
    for id in check.clauses {
        let promise = clause(id).unwrap_or("(not in this version of the contract)");
        wrapped(&mut out, &format!("  {id:<12} "), &" ".repeat(15), promise);
    }
    out.push_str("\nHow to satisfy it\n");
    for advice in how(check) {
        wrapped(&mut out, "  - ", "    ", &advice);
    }
    if !check.catches.is_empty() {
        out.push_str("\nWhat it catches, among others\n");
        let known = reference::deviations();
        for name in check.catches {
            let known = known.iter().find(|(deviation, _)| deviation == name);
            let what = known.map_or("", |(_, what)| what);
            wrapped(&mut out, "  - ", "    ", &format!("{name}: {what}"));
        }
        let _ = writeln!(
            out,
            "\n  See it fail: conformance run reference:deviation={} --only {}",
            check.catches[0], check.id
        );
    }
    out
}

/// What to do: in the plugin for what is required, and in the subject for what is needed to see it.
fn how(check: &Check) -> Vec<String> {
    let mut advice = vec![area(check.area()).to_owned()];
    for need in check.needs {
        let of_need = of_need(*need);
        if !advice.contains(&of_need) {
            advice.push(of_need);
        }
    }
    if check.start == Start::Mounted {
        advice.push(
            "The check starts and stops connections itself; nothing may depend on one being started already."
                .to_owned(),
        );
    }
    advice
}

fn area(area: &str) -> &'static str {
    match area {
        "crud" => {
            "Answer get, create, update and delete of `Resourcer` with the object as the backend has it after the call, \
             and an unknown id with an error of the code NOT_FOUND."
        }
        "listing" => {
            "Let `Resourcer::list` and `find` answer with every object of the namespaces asked for, once each, in an \
             order that is the same the next time."
        }
        "paging" => {
            "Hand order and pagination to the SDK's `query` helpers, or keep them all: pages from 1, ties broken by \
             namespace and id, a cursor that is refused with another query."
        }
        "filters" => {
            "Declare in `FilterableProvider` exactly the fields and operators that `find` understands. The SDK refuses \
             the rest before it asks the plugin; what it lets through has to be applied."
        }
        "search" => {
            "Apply the text in `TextSearchProvider::search`, and leave filters, namespaces, order and pages to the SDK: \
             both have to hold."
        }
        "watch" => {
            "In `Watcher::watch`, list first, emit an add for every object, then Synced with their number, then changes \
             in the order in which they happen; return Ok only when the context is cancelled."
        }
        "lifecycle" => {
            "Leave states, retries and back-off to the SDK: return the error of a watch instead of hiding it, classify \
             refusals as FORBIDDEN or UNAUTHORIZED, and end when the context is cancelled."
        }
        "history" => {
            "Emit each change once, in order and only while the watch runs. The message of a failure shows the calls \
             and events from the first that does not fit."
        }
        "model" => {
            "Let every sequence of operations leave what a map would hold. The failure is a test to paste; begin with \
             that, and repeat its seed with --seed."
        }
        "connections" => {
            "Keep `ConnectionProvider` free of state of its own: load what is configured, make a client where \
             `create_client` asks for one, destroy that very client in `destroy_client`."
        }
        "session" => {
            "Take connection, plugin configuration and request id from the `Context` of each call, never from what an \
             earlier call left behind."
        }
        "types" => {
            "Register each type under its group::version::kind, with a definition whose accessors name paths that the \
             objects have."
        }
        "capabilities" => {
            "Let the registration say what the type can do (`register_resource!` or the builder), and do what it says. \
             What it does not say is refused by the SDK."
        }
        "actions" => {
            "Send progress and output while the action works, then exactly one complete or error through the `ActionSink`, \
             and return the error of an action that failed or whose object is not there."
        }
        "health" => {
            "Judge health from the data alone, with one of the five statuses, and answer malformed data with an error \
             instead of a panic."
        }
        "errors" => {
            "Return errors instead of panicking, and give them the code of the contract, in the error or in an \
             `ErrorClassifier`."
        }
        "suite" => {
            "Make the configuration valid and the connection reachable, and let delete remove what create made: the \
             suite cleans up through the plugin."
        }
        _ => {
            "Keep the clauses above; the message of a failure says what was expected and what was seen."
        }
    }
}

fn of_need(need: Need) -> String {
    let fixture = "of the type's `ResourceFixture`";
    match need {
        Need::Can(Operation::Create | Operation::Update | Operation::Delete) => format!(
            "It goes over types that support it. A type that is read-only by intent says so with `unsupported` {fixture}."
        ),
        Need::Can(operation) => {
            format!("It goes over the types whose {operation} is not among `unsupported` {fixture}.")
        }
        Need::Has(capability) => format!(
            "It goes over the types that are {capability}; where none is, it is not applicable. Register the trait to \
             declare it."
        ),
        Need::Lacks(capability) => format!(
            "It goes over the types that are not {capability}: the SDK refuses or answers emptily for them."
        ),
        Need::Samples => format!("Describe objects to make with `sample` {fixture}."),
        Need::Change => format!("Describe a change to an object with `change` {fixture}."),
        Need::TwoNamespaces => format!("Name two namespaces to make objects in with `namespaces` {fixture}."),
        Need::Related => {
            "Let the backend have an object whose relationships lead somewhere. A plugin that declares relationships and \
             resolves none says so with `Subject::without(Need::Related, why)`."
                .to_owned()
        }
        Need::SecondConnection => {
            "Configure a second connection, and name it with `Subject::connection` if it is not in the list.".to_owned()
        }
        Need::Outside => {
            "Give the subject an `Outside`, to change the backend behind the plugin's back.".to_owned()
        }
        Need::Fault(kind) => {
            format!("Let the subject's `Outside` inject faults: here a backend that can be made to {kind}.")
        }
        other => format!("It needs {other}."),
    }
}

#[cfg(test)]
mod tests {
    use omniview_conformance::catalogue;

    use super::*;

    #[test]
    fn an_explanation_tells_everything() {
        let check = find_check("crud.get.unknown-is-not-found").unwrap();
        insta::assert_snapshot!(text(check));
    }

    #[test]
    fn every_check_is_explained_within_80_columns() {
        for check in catalogue() {
            let text = text(check);
            // Commands are there to be copied, and are never wrapped.
            let long = text
                .lines()
                .find(|line| line.chars().count() > 80 && !line.contains("conformance run "));
            assert_eq!(long, None, "{}", check.id);
            for part in ["The contract", "How to satisfy it"] {
                assert!(
                    text.contains(&format!("\n{part}\n")),
                    "{}: {part}",
                    check.id
                );
            }
            assert!(!text.contains("(not in this version"), "{text}");
        }
    }

    #[test]
    fn every_area_has_advice_of_its_own() {
        for check in catalogue() {
            assert_ne!(area(check.area()), area("no such area"), "{}", check.area());
        }
    }
}
