//! Every verb says in which line of the test it failed.

use std::{collections::BTreeSet, future::IntoFuture, sync::Arc, time::Duration};

use omniview_plugintest::{Harness, added, stub::stub_plugin};
use omniview_sdk::{
    ActionInput, Connection, Delivery, FindInput, ListInput, WatchEvent, WatchEventSink,
};
use serde_json::json;

use crate::support::{POD, raw_failure};

struct Nobody;

impl WatchEventSink for Nobody {
    fn on_event(&self, _: Arc<WatchEvent>) -> Delivery {
        Delivery::Done
    }
}

/// Fails and has to name its own line: in the must-form, and where another error was expected.
async fn names_its_line<F: IntoFuture>(line: u32, failing: F) {
    let text = raw_failure(failing).await;
    let place = format!("\n  at {}:{line}:", file!());
    assert!(text.contains(&place), "{text}\nhas no {place}");
}

#[tokio::test(start_paused = true)]
async fn every_verb_that_must_succeed_names_the_file_and_line_of_its_call() {
    let h = Harness::mount(stub_plugin().config);
    h.close().await;
    let mut verbs = BTreeSet::new();
    macro_rules! fails {
        ($verb:ident($($argument:expr),*)) => {
            // One line a verb: the place is that of the call, which is in the line of this macro's.
            names_its_line(line!(), h.$verb($($argument),*)).await;
            verbs.insert(stringify!($verb).to_owned());
        };
    }
    let input = || ActionInput::new("web-1");
    fails!(get(POD, "web-1"));
    fails!(list(POD, ListInput::all()));
    fails!(find(POD, FindInput::all()));
    fails!(create(POD, json!({"id": "web-1"})));
    fails!(update(POD, "web-1", json!({})));
    fails!(delete(POD, "web-1"));
    fails!(load_connections());
    fails!(connect("dev"));
    fails!(disconnect("dev"));
    fails!(start_connection("dev"));
    fails!(stop_connection("dev"));
    fails!(check_connection("dev"));
    fails!(list_connections());
    fails!(get_connection("dev"));
    fails!(get_connection_namespaces("dev"));
    fails!(update_connection(Connection::default()));
    fails!(delete_connection("dev"));
    fails!(refresh_connection("dev"));
    fails!(watch_connections());
    fails!(editor_schemas("dev"));
    fails!(start_connection_watch("dev"));
    fails!(stop_connection_watch("dev"));
    fails!(has_watch("dev"));
    fails!(get_watch_state("dev"));
    fails!(listen_for_events(Arc::new(Nobody)));
    fails!(ensure_resource_watch("dev", POD));
    fails!(stop_resource_watch("dev", POD));
    fails!(restart_resource_watch("dev", POD));
    fails!(is_resource_watch_running("dev", POD));
    fails!(resource_groups("dev"));
    fails!(resource_group("core"));
    fails!(resource_types("dev"));
    fails!(resource_type(POD));
    fails!(has_resource_type(POD));
    fails!(resource_definition(POD));
    fails!(resource_capabilities(POD));
    fails!(resource_schema(POD));
    fails!(filter_fields(POD));
    fails!(list_actions(POD));
    fails!(execute_action(POD, "restart", input()));
    fails!(stream_action(POD, "restart", input()));
    fails!(action_events(POD, "restart", input()));
    fails!(declared_relationships(POD));
    fails!(resolve_relationships(POD, "web-1"));
    fails!(assess_health(POD, json!({})));
    fails!(resource_events(POD, "web-1"));

    // The one verb that succeeds on a closed plugin; it notes its caller as the others do.
    verbs.insert("close".to_owned());
    assert_eq!(verbs, verbs_of_the_harness());
    h.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn a_wait_and_a_silence_name_the_file_and_line_of_their_call() {
    let h = Harness::mount(stub_plugin().config);
    names_its_line(line!(), h.wait_for(added("web-1"))).await;
    let (connected, ()) = tokio::join!(
        h.connect("dev").attempt(),
        names_its_line(line!(), h.nothing_for(Duration::from_secs(1)))
    );
    connected.unwrap();
    h.shutdown().await;
}

/// The verbs by their source: a new one has to be tried above.
fn verbs_of_the_harness() -> BTreeSet<String> {
    let sources = [
        include_str!("../../src/verbs/connections.rs"),
        include_str!("../../src/verbs/insight.rs"),
        include_str!("../../src/verbs/operations.rs"),
        include_str!("../../src/verbs/types.rs"),
        include_str!("../../src/verbs/watches.rs"),
    ];
    let mut verbs = BTreeSet::new();
    for source in sources {
        let (_, after) = source.split_once("\nimpl Harness {\n").unwrap();
        let (harness, _) = after.split_once("\n}\n").unwrap();
        let names = harness
            .lines()
            .filter_map(|line| line.strip_prefix("    pub fn "));
        verbs.extend(
            names.map(|line| line[..line.find(|letter| "(<".contains(letter)).unwrap()].to_owned()),
        );
    }
    assert!(verbs.len() > 40, "{verbs:?}");
    verbs
}
