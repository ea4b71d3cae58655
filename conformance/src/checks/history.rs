//! What holds of every history: one check an invariant.
//!
//! The invariants are judged behind every check, not only here; see [`invariants`](crate::history::invariants). These checks share one
//! body, a tour through what a watch does, which a run takes once.

use omniview_sdk::WatchState;

use super::support::{can_make, prerequisite};
use crate::{Cx, Halt, Object, Operation, TypeUnderTest, check::CheckResult};

#[doc(hidden)]
#[macro_export]
macro_rules! __checks_history {
    ([$($callback:tt)*] [$($args:tt)*]) => { $($callback)*! { [$($args)*] history {
        states_are_legal {
            id: "history.states.are-legal",
            requirement: "The states of a watch follow one another only as the table of transitions allows.",
            clauses: &["WAT-22", "WAT-25", "WAT-26", "WAT-27", "WAT-30", "WAT-31", "WAT-32", "WAT-37", "WAT-41"],
            needs: &[Has(Watchable), Can(List)],
            limit: std::time::Duration::from_secs(30),
            catches: &["swallows-syncing", "duplicate-synced"],
        }
        states_carry_what_belongs {
            id: "history.states.carry-what-belongs",
            requirement: "Error and Failed carry a code and a message, only they and Forbidden a code, and only Synced a count.",
            clauses: &["SNK-13", "WAT-28"],
            needs: &[Has(Watchable), Can(List)],
            limit: std::time::Duration::from_secs(30),
            catches: &["error-code-missing"],
        }
        objects_are_in_order {
            id: "history.objects.are-in-order",
            requirement: "An object is added before it is updated or deleted, and after a delete it is added before anything else.",
            clauses: &["SNK-03", "SNK-07"],
            needs: &[Has(Watchable), Can(List)],
            limit: std::time::Duration::from_secs(30),
            catches: &["wrong-id-on-event"],
        }
        objects_are_added_once {
            id: "history.objects.are-added-once",
            requirement: "An object that is there is not added again before the next Syncing.",
            clauses: &["SNK-03", "WAT-27"],
            needs: &[Has(Watchable), Can(List)],
            limit: std::time::Duration::from_secs(30),
            catches: &["duplicates-add", "update-as-add"],
        }
        deletes_carry_state {
            id: "history.deletes.carry-state",
            requirement: "A delete carries the last known state of the object.",
            clauses: &["SNK-10"],
            needs: &[Has(Watchable), Can(List)],
            limit: std::time::Duration::from_secs(30),
            catches: &["delete-event-without-data"],
        }
        synced_counts_adds {
            id: "history.synced.counts-adds",
            requirement: "Synced counts the objects that were added since Syncing.",
            clauses: &["WAT-27"],
            needs: &[Has(Watchable), Can(List)],
            limit: std::time::Duration::from_secs(30),
            catches: &["synced-before-list", "synced-count-off-by-one", "drops-third-add", "synced-without-count"],
        }
        stopped_is_silent {
            id: "history.stopped.is-silent",
            requirement: "A watch that has ended reports nothing until it is started again.",
            clauses: &["WAT-02", "WAT-07", "WAT-16", "WAT-30", "WAT-37"],
            needs: &[Has(Watchable), Can(List)],
            limit: std::time::Duration::from_secs(30),
            catches: &["event-after-stopped"],
        }
        events_are_addressed {
            id: "history.events.are-addressed",
            requirement: "An event names a connection that was started, a type that it has, and an object.",
            clauses: &["SNK-06", "SNK-07"],
            needs: &[Has(Watchable), Can(List)],
            limit: std::time::Duration::from_secs(30),
            catches: &["wrong-connection-on-event", "wrong-key-on-event"],
        }
        watches_are_apart {
            id: "history.watches.are-apart",
            requirement: "A watch goes on when only another type or connection is told to stop.",
            clauses: &["CON-15", "WAT-16", "WAT-42"],
            needs: &[Has(Watchable), Can(List)],
            limit: std::time::Duration::from_secs(30),
            catches: &["stop-watch-stops-all"],
        }
        fold_has_the_objects {
            id: "history.fold.has-the-objects",
            requirement: "Once nothing is under way, the events of a watch add up to the objects that are listed.",
            clauses: &["WAT-27", "SNK-03", "SNK-07"],
            needs: &[Has(Watchable), Can(List)],
            limit: std::time::Duration::from_secs(30),
            catches: &[
                "drops-third-add",
                "drops-deletes",
                "wrong-id-on-event",
                "namespace-missing-on-event",
                "watch-misses-outside-changes",
                "watch-follows-nothing",
            ],
        }
        fold_has_their_content {
            id: "history.fold.has-their-content",
            requirement: "Once nothing is under way, the last event about an object tells what it is in the list.",
            clauses: &["SNK-09", "SNK-03"],
            needs: &[Has(Watchable), Can(List)],
            limit: std::time::Duration::from_secs(30),
            catches: &["drops-updates", "update-carries-old-state"],
        }
    }}};
}

macro_rules! take_the_tour {
    ($($check:ident)+) => {$(
        pub(crate) async fn $check(cx: &Cx) -> CheckResult {
            tour(cx).await
        }
    )+};
}

take_the_tour! {
    states_are_legal states_carry_what_belongs objects_are_in_order objects_are_added_once
    deletes_carry_state synced_counts_adds stopped_is_silent events_are_addressed
    watches_are_apart fold_has_the_objects fold_has_their_content
}

/// Everything that a watch does: lists, follows changes through the plugin and from outside, begins again, stops.
async fn tour(cx: &Cx) -> CheckResult {
    let watched = cx.watched_types().await?;
    let mut made = Vec::new();
    for ty in watched.iter().copied().filter(|ty| can_make(ty)) {
        made.push((ty, cx.make(ty).await?, cx.make(ty).await?));
    }
    cx.settle(&watched).await?;
    for (ty, kept, gone) in &made {
        change(cx, ty, kept, gone).await?;
    }
    cx.settle(&watched).await?;

    let (connection, first) = (cx.connection(), &watched[0].key);
    let provider = cx.provider();
    let mark = cx.mark();
    let restarted = provider
        .restart_resource_watch(&cx.ctx(), connection, first)
        .await;
    cx.given("a restart of the watch", restarted)?;
    let synced = cx.wait_event_after(mark, "Synced after a restart", |event| {
        event.key() == first && event.state() == Some(WatchState::Synced)
    });
    prerequisite(synced.await)?;
    let stopped = provider
        .stop_resource_watch(&cx.ctx(), connection, first)
        .await;
    cx.given("a stop of the watch", stopped)?;
    let stopped = provider.stop_connection_watch(&cx.ctx(), connection).await;
    cx.given("a stop of all watches", stopped)?;
    cx.expect(!cx.events().is_empty(), "the watches report something")
}

/// Changes what was made, and the same again behind the plugin's back where there is a way.
async fn change(cx: &Cx, ty: &TypeUnderTest, kept: &Object, gone: &Object) -> Result<(), Halt> {
    let has_change = ty
        .fixture
        .as_ref()
        .is_some_and(|fixture| fixture.has_change());
    if has_change && ty.supports(Operation::Update) {
        let changed = cx.changed(ty, &kept.data)?;
        cx.given("an update", cx.update(kept, &changed).await)?;
    }
    cx.given("a delete", cx.delete(gone).await)?;
    if cx.outside.is_some() {
        let sample = cx.sample(ty)?;
        cx.insert_outside(&ty.key, &sample).await?;
    }
    Ok(())
}
