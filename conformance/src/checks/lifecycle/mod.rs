//! How watches are started, stopped and asked for.

mod books;
mod connection;
mod faults;
mod resource;

pub(crate) use books::*;
pub(crate) use connection::*;
pub(crate) use faults::*;
pub(crate) use resource::*;

#[doc(hidden)]
#[macro_export]
macro_rules! __checks_lifecycle {
    ([$($callback:tt)*] [$($args:tt)*]) => { $($callback)*! { [$($args)*] lifecycle {
        ensure_is_idempotent {
            id: "lifecycle.ensure.is-idempotent",
            requirement: "Ensuring a watch that runs does nothing.",
            clauses: &["WAT-12"],
            needs: &[Has(Watchable)],
            catches: &["ensure-restarts"],
        }
        ensure_at_once_is_one_watch {
            id: "lifecycle.ensure.at-once-is-one-watch",
            requirement: "Ensuring a watch many times at once starts one.",
            clauses: &["WAT-13", "WAT-39"],
            needs: &[Has(Watchable)],
            catches: &["ensures-race"],
        }
        ensure_revives_stopped {
            id: "lifecycle.ensure.revives-stopped",
            requirement: "A watch that was stopped is started again by ensuring it, and syncs.",
            clauses: &["WAT-14", "WAT-27"],
            needs: &[Has(Watchable)],
            catches: &["ensure-leaves-stopped"],
        }
        stop_is_told {
            id: "lifecycle.stop.is-told",
            requirement: "A watch that is stopped says Stopped and does not run any more.",
            clauses: &["WAT-16", "WAT-20", "WAT-30"],
            needs: &[Has(Watchable)],
            profile: Smoke,
            catches: &["swallows-stopped", "stop-watch-ignored"],
        }
        stop_is_obeyed {
            id: "lifecycle.stop.is-obeyed",
            requirement: "A watch ends when it is told to, and need not be made to.",
            clauses: &["WAT-33", "WAT-16"],
            needs: &[Has(Watchable)],
            catches: &["watch-ignores-cancellation"],
        }
        stop_is_the_end {
            id: "lifecycle.stop.is-the-end",
            requirement: "Nothing is told of a type after its watch has said Stopped.",
            clauses: &["WAT-07", "WAT-16"],
            needs: &[Has(Watchable), Can(Create), Samples],
            catches: &["stop-is-restart"],
        }
        stop_spares_others {
            id: "lifecycle.stop.spares-others",
            requirement: "Stopping the watch of one type leaves those of the others alone.",
            clauses: &["WAT-16"],
            needs: &[Has(Watchable)],
            catches: &["stop-watch-stops-all"],
        }
        stop_of_stopped_is_harmless {
            id: "lifecycle.stop.of-stopped-is-harmless",
            requirement: "Stopping a watch that does not run is no error and tells nothing.",
            clauses: &["WAT-17"],
            needs: &[Has(Watchable)],
            catches: &["stop-of-stopped-refused"],
        }
        restart_syncs_again {
            id: "lifecycle.restart.syncs-again",
            requirement: "A watch that is restarted says Stopped, then Syncing, then Synced.",
            clauses: &["WAT-18", "WAT-25", "WAT-27"],
            needs: &[Has(Watchable)],
            catches: &["synced-never", "restart-does-nothing"],
        }
        restart_goes_on_telling {
            id: "lifecycle.restart.goes-on-telling",
            requirement: "A watch that was restarted tells of what changes, once.",
            clauses: &["WAT-18", "SNK-03"],
            needs: &[Has(Watchable), Can(Create), Samples],
            catches: &["restart-tells-twice"],
        }
        running_agrees_with_state {
            id: "lifecycle.running.agrees-with-state",
            requirement: "A watch runs exactly when its state is Syncing, Synced, or Error with a retry pending.",
            clauses: &["WAT-20", "WAT-09"],
            needs: &[Has(Watchable)],
            catches: &["running-always"],
        }
        state_lists_watchable {
            id: "lifecycle.state.lists-watchable",
            requirement: "The state of a connection's watches has every watchable type and no other.",
            clauses: &["WAT-09"],
            profile: Smoke,
            catches: &["summary-lacks-idle", "capability-claims-watch", "capability-denies-watch"],
        }
        state_follows_events {
            id: "lifecycle.state.follows-events",
            requirement: "The state of a watch is the one that it told last, with the count of Synced.",
            clauses: &["WAT-09", "WAT-27"],
            needs: &[Has(Watchable)],
            catches: &["summary-lacks-counts"],
        }
        unwatchable_is_refused {
            id: "lifecycle.unwatchable.is-refused",
            requirement: "A type that cannot be watched is refused with UNSUPPORTED, and nothing is told of it.",
            clauses: &["WAT-15", "WAT-20"],
            needs: &[Lacks(Watchable)],
            catches: &["capability-denies-watch"],
        }
        never_is_refused {
            id: "lifecycle.never.is-refused",
            requirement: "A type that is never watched is refused with UNSUPPORTED by every way to start it.",
            clauses: &["WAT-03"],
            needs: &[Has(Watchable)],
            catches: &["running-always"],
        }
        unknown_type_is_refused {
            id: "lifecycle.unknown-type.is-refused",
            requirement: "The watch of a type that nobody serves is refused with NOT_FOUND and does not run.",
            clauses: &["WAT-15", "WAT-20"],
            catches: &["ensure-unknown-accepted"],
        }
        unknown_connection_is_refused {
            id: "lifecycle.unknown-connection.is-refused",
            requirement: "Watches of a connection that is not known are refused with NOT_FOUND.",
            clauses: &["WAT-06", "WAT-15"],
            catches: &["unknown-watch-accepted"],
        }
        first_query_starts {
            id: "lifecycle.first-query.starts",
            requirement: "The first query of a type that waits for it starts its watch.",
            clauses: &["WAT-02", "WAT-21"],
            needs: &[Has(Watchable), Can(List)],
            catches: &["swallows-state-events"],
        }
        connection_stops_all {
            id: "lifecycle.connection.stops-all",
            requirement: "Stopping the watches of a connection brings each that runs to Stopped, and none runs any more.",
            clauses: &["WAT-07", "WAT-08"],
            needs: &[Has(Watchable)],
            catches: &["event-after-stopped", "swallows-stopped", "has-watch-always"],
        }
        connection_starts_again {
            id: "lifecycle.connection.starts-again",
            requirement: "Starting the watches of a connection after they were stopped brings those that begin with it to Synced.",
            clauses: &["WAT-01", "WAT-05"],
            needs: &[Has(Watchable)],
            catches: &["swallows-syncing"],
        }
        connection_start_is_idempotent {
            id: "lifecycle.connection.start-is-idempotent",
            requirement: "Starting the watches of a connection that run does nothing.",
            clauses: &["WAT-05"],
            needs: &[Has(Watchable)],
            catches: &["start-watch-restarts"],
        }
        disconnect_ends_watches {
            id: "lifecycle.disconnect.ends-watches",
            requirement: "Stopping a connection stops its watches, whose last states can still be asked for.",
            clauses: &["WAT-38", "WAT-07", "CON-15"],
            needs: &[Has(Watchable)],
            catches: &["stop-keeps-running", "swallows-stopped"],
        }
        disconnected_is_refused {
            id: "lifecycle.disconnected.is-refused",
            requirement: "Watches of a connection that is not started are refused with NOT_CONNECTED.",
            clauses: &["WAT-06", "WAT-15"],
            needs: &[Has(Watchable)],
            catches: &["ensure-not-connected-accepted"],
        }
        connections_are_apart {
            id: "lifecycle.connections.are-apart",
            requirement: "Stopping the watches of one connection leaves those of another alone.",
            clauses: &["CON-15", "WAT-42", "SNK-06"],
            needs: &[Has(Watchable), SecondConnection],
            catches: &["stop-reaches-others"],
        }
        refused_is_forbidden {
            id: "lifecycle.refused.is-forbidden",
            requirement: "A watch that the backend refuses says Forbidden with the code, does not retry, and can be revived.",
            clauses: &["WAT-31", "WAT-14", "SNK-13"],
            needs: &[Has(Watchable), Fault(FaultKind::Forbidden)],
            profile: Full,
            catches: &["error-code-missing"],
        }
        failure_is_retried {
            id: "lifecycle.failure.is-retried",
            requirement: "A watch that fails says Error with a code, and is tried again until it syncs.",
            clauses: &["WAT-22", "WAT-26", "WAT-28"],
            needs: &[Has(Watchable), Fault(FaultKind::Fail)],
            profile: Full,
            catches: &["swallows-syncing"],
        }
    }}};
}
