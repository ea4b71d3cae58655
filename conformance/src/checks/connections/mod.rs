//! The life of connections.

mod known;
mod life;
mod outside;

pub(crate) use known::*;
pub(crate) use life::*;
pub(crate) use outside::*;

#[doc(hidden)]
#[macro_export]
macro_rules! __checks_connections {
    ([$($callback:tt)*] [$($args:tt)*]) => { $($callback)*! { [$($args)*] connections {
        loaded_are_named {
            id: "connections.loaded.are-named",
            requirement: "Every loaded connection has an id of its own.",
            clauses: &["CON-01"],
            profile: Smoke,
            catches: &["load-answers-twice"],
        }
        loaded_are_listed {
            id: "connections.loaded.are-listed",
            requirement: "Every loaded connection is listed, and can be fetched by its id.",
            clauses: &["CON-01", "CON-18", "CON-19"],
            catches: &["connection-unlisted"],
        }
        list_is_sorted {
            id: "connections.list.is-sorted",
            requirement: "Connections are listed sorted by id, each with the connection itself.",
            clauses: &["CON-18"],
            catches: &["list-unsorted-connections"],
        }
        list_has_state {
            id: "connections.list.has-state",
            requirement: "The list of connections and the connection itself say the same status, which is that it is connected once it was started.",
            clauses: &["CON-18", "CON-19"],
            catches: &["list-without-state"],
        }
        start_says_connected {
            id: "connections.start.says-connected",
            requirement: "Starting a connection answers that it is connected, with the whole connection.",
            clauses: &["CON-04"],
            profile: Smoke,
            catches: &["status-without-connection"],
        }
        start_begins_watches {
            id: "connections.start.begins-watches",
            requirement: "When a connection has started, the watches that begin with it have begun.",
            clauses: &["CON-04", "WAT-01"],
            needs: &[Has(Watchable)],
            catches: &["swallows-state-events"],
        }
        start_twice_is_harmless {
            id: "connections.start.twice-is-harmless",
            requirement: "Starting a connection that works makes no new client: its watches run on.",
            clauses: &["CON-11"],
            needs: &[Has(Watchable)],
            catches: &["start-again-reconnects"],
        }
        start_at_once_is_one {
            id: "connections.start.at-once-is-one",
            requirement: "Starting a connection many times at once ends with it connected and each watch begun once.",
            clauses: &["CON-31", "CON-11"],
            needs: &[Has(Watchable)],
            start: Mounted,
            catches: &["starts-race"],
        }
        check_says_known_status {
            id: "connections.check.says-known-status",
            requirement: "Checking a connection answers one of the documented statuses, with the connection.",
            clauses: &["CON-16"],
            catches: &["unhealthy-check", "check-fails"],
        }
        check_of_stopped_is_disconnected {
            id: "connections.check.of-stopped-is-disconnected",
            requirement: "Checking a connection that is not started answers DISCONNECTED and is no error.",
            clauses: &["CON-17"],
            start: Mounted,
            catches: &["check-stopped-fails"],
        }
        stop_answers_connection {
            id: "connections.stop.answers-connection",
            requirement: "Stopping a connection answers with the connection, which is then disconnected.",
            clauses: &["CON-13", "CON-17"],
            profile: Smoke,
            catches: &["destroy-fails", "stop-keeps-running"],
        }
        stop_ends_operations {
            id: "connections.stop.ends-operations",
            requirement: "Operations on a connection that was stopped are refused with NOT_CONNECTED.",
            clauses: &["OPS-13"],
            needs: &[Can(List), Can(Get), Can(Find)],
            catches: &["not-connected-answers", "stop-keeps-running"],
        }
        stop_of_stopped_is_refused {
            id: "connections.stop.of-stopped-is-refused",
            requirement: "Stopping a connection that is not started is refused with NOT_CONNECTED.",
            clauses: &["CON-14"],
            start: Mounted,
            catches: &["stop-twice-ok"],
        }
        stop_spares_others {
            id: "connections.stop.spares-others",
            requirement: "Stopping one connection leaves another connected and answering.",
            clauses: &["CON-15", "CON-31"],
            needs: &[Can(List), SecondConnection],
            catches: &["destroy-fails"],
        }
        restart_works {
            id: "connections.restart.works",
            requirement: "A connection that was stopped can be started again, and its operations and watches work.",
            clauses: &["CON-04", "CON-13", "WAT-01"],
            needs: &[Can(List)],
            catches: &["destroy-fails"],
        }
        unknown_is_not_found {
            id: "connections.unknown.is-not-found",
            requirement: "Every question about a connection that is not known is refused with NOT_FOUND.",
            clauses: &["CON-05", "CON-17", "CON-19", "CON-21", "CON-25"],
            catches: &[
                "get-unknown-connection-ok",
                "check-unknown-ok",
                "start-unknown-is-internal",
                "update-unknown-connection-ok",
                "delete-unknown-connection-ok",
            ],
        }
        namespaces_are_told {
            id: "connections.namespaces.are-told",
            requirement: "A connection with a type that has namespaces tells its namespaces.",
            clauses: &["CON-20"],
            needs: &[Has(NamespaceScoped)],
            catches: &["namespaces-missing"],
        }
        namespaces_are_told_once {
            id: "connections.namespaces.are-told-once",
            requirement: "A connection tells each of its namespaces once, and none without a name.",
            clauses: &["CON-20"],
            needs: &[Has(NamespaceScoped)],
            catches: &["namespaces-twice"],
        }
        namespaces_have_objects {
            id: "connections.namespaces.have-objects",
            requirement: "The namespaces that a connection tells include those that its objects are in.",
            level: Should,
            clauses: &["CON-20"],
            needs: &[Has(NamespaceScoped), Can(List)],
            catches: &["namespaces-missing"],
        }
        update_of_nothing_is_told {
            id: "connections.update.of-nothing-is-told",
            requirement: "An update that changes nothing is refused as CONNECTION_UNCHANGED, and the connection stays connected.",
            clauses: &["CON-23", "CON-24"],
            catches: &["update-unchanged-ok"],
        }
        update_swaps_client {
            id: "connections.update.swaps-client",
            requirement: "A changed configuration is kept, and an active connection works on it with its watches synced again.",
            clauses: &["CON-21", "CON-22"],
            needs: &[Can(List)],
            profile: Full,
            catches: &["update-connection-ignored"],
        }
        refresh_keeps_watches {
            id: "connections.refresh.keeps-watches",
            requirement: "Refreshing credentials succeeds without touching a watch, or is refused with UNSUPPORTED.",
            clauses: &["CON-29"],
            catches: &["refresh-fails", "refresh-makes-new-client"],
        }
        refresh_of_stopped_is_refused {
            id: "connections.refresh.of-stopped-is-refused",
            requirement: "Refreshing the credentials of a connection that is not started is refused with NOT_CONNECTED, or with UNSUPPORTED.",
            clauses: &["CON-29"],
            start: Mounted,
            catches: &["refresh-stopped-ok"],
        }
        outside_is_told {
            id: "connections.outside.is-told",
            requirement: "Connections that are added to the configuration or taken from it are listed and streamed as they are then.",
            clauses: &["CON-28", "CON-26"],
            needs: &[OutsideConnections],
            catches: &["connection-changes-untold"],
        }
        stream_stays_open {
            id: "connections.stream.stays-open",
            requirement: "The stream of connections stays open until it is cancelled, and ends then.",
            clauses: &["CON-26", "CON-27"],
            catches: &["connection-watch-ends"],
        }
        schemas_are_stable {
            id: "connections.schemas.are-stable",
            requirement: "The editor schemas of a connection are the same each time; there may be none.",
            clauses: &["CON-30", "SCH-01"],
            catches: &["editor-schemas-change"],
        }
        schemas_are_of_types {
            id: "connections.schemas.are-of-types",
            requirement: "The editor schemas of a connection are for types that it serves.",
            level: Should,
            clauses: &["SCH-01"],
            catches: &["editor-schema-unknown-type"],
        }
        schemas_can_be_read {
            id: "connections.schemas.can-be-read",
            requirement: "An editor schema has its content, which is JSON, or says where it is.",
            level: Should,
            clauses: &["SCH-01"],
            catches: &["editor-schema-not-json"],
        }
        schemas_of_unknown_are_refused {
            id: "connections.schemas.of-unknown-are-refused",
            requirement: "The editor schemas of a connection that is not known are refused with NOT_FOUND.",
            clauses: &["SCH-01", "CON-19"],
            catches: &["editor-schemas-of-unknown-connection"],
        }
        delete_forgets {
            id: "connections.delete.forgets",
            requirement: "A connection that was deleted is stopped and not known any more.",
            clauses: &["CON-25"],
            needs: &[SecondConnection],
            profile: Full,
            catches: &["destroy-fails", "delete-keeps-connection"],
        }
    }}};
}
