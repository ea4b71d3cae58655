//! What a watch tells, and in which order.

mod changes;
mod listeners;
mod payloads;
mod sync;

pub(crate) use changes::*;
pub(crate) use listeners::*;
pub(crate) use payloads::*;
pub(crate) use sync::*;

#[doc(hidden)]
#[macro_export]
macro_rules! __checks_watch {
    ([$($callback:tt)*] [$($args:tt)*]) => { $($callback)*! { [$($args)*] watch {
        sync_is_reached {
            id: "watch.sync.is-reached",
            requirement: "A watch that is started says Syncing and then Synced.",
            clauses: &["WAT-12", "WAT-25", "WAT-27"],
            needs: &[Has(Watchable)],
            profile: Smoke,
            catches: &[
                "synced-never",
                "wrong-connection-on-event",
                "wrong-key-on-event",
                "swallows-state-events",
                "ensure-never-accepted",
            ],
        }
        sync_begins_with_syncing {
            id: "watch.sync.begins-with-syncing",
            requirement: "Syncing is the first that an attempt tells, before any object.",
            clauses: &["WAT-25"],
            needs: &[Has(Watchable)],
            catches: &["swallows-syncing"],
        }
        sync_adds_list {
            id: "watch.sync.adds-list",
            requirement: "An attempt adds every listed object before it says Synced.",
            clauses: &["WAT-27", "WAT-40"],
            needs: &[Has(Watchable), Can(List)],
            catches: &["drops-third-add", "synced-before-list", "no-namespace-means-default"],
        }
        sync_counts_adds {
            id: "watch.sync.counts-adds",
            requirement: "Synced comes with the number of objects that were added before it.",
            clauses: &["WAT-27", "SNK-13"],
            needs: &[Has(Watchable)],
            catches: &["synced-count-off-by-one", "synced-before-list", "drops-third-add", "synced-without-count"],
        }
        sync_adds_each_once {
            id: "watch.sync.adds-each-once",
            requirement: "An attempt adds no object that it has added and not deleted.",
            clauses: &["WAT-27", "SNK-03"],
            needs: &[Has(Watchable)],
            catches: &["duplicates-add"],
        }
        sync_goes_on {
            id: "watch.sync.goes-on",
            requirement: "A watch that is synced runs until it is stopped.",
            clauses: &["WAT-35", "WAT-20"],
            needs: &[Has(Watchable)],
            catches: &["watch-ends-early"],
        }
        fold_is_list {
            id: "watch.fold.is-list",
            requirement: "What the events add up to is what List lists, once everything is told.",
            clauses: &["WAT-27", "SNK-03", "SNK-09", "SNK-10"],
            needs: &[Has(Watchable), Can(List), Can(Create), Can(Delete), Samples],
            catches: &[
                "drops-third-add",
                "drops-deletes",
                "watch-follows-nothing",
                "watch-ends-early",
                "no-namespace-means-default",
                "summary-lacks-scope",
            ],
        }
        create_is_told {
            id: "watch.create.is-told",
            requirement: "An object that is created arrives as an add with the object in it.",
            clauses: &["SNK-07", "WAT-27"],
            needs: &[Has(Watchable), Can(Create), Samples],
            profile: Smoke,
            catches: &["watch-follows-nothing", "watch-ends-early"],
        }
        update_is_told {
            id: "watch.update.is-told",
            requirement: "An object that is updated arrives as an update with its new state.",
            clauses: &["SNK-07", "SNK-09"],
            needs: &[Has(Watchable), Can(Create), Can(Update), Samples, Change],
            profile: Smoke,
            catches: &[
                "drops-updates",
                "update-carries-old-state",
                "update-as-delete-and-add",
                "update-as-add",
                "wrong-id-on-event",
                "reorders-two-events",
            ],
        }
        delete_is_told {
            id: "watch.delete.is-told",
            requirement: "An object that is deleted arrives as a delete.",
            clauses: &["SNK-07", "SNK-10"],
            needs: &[Has(Watchable), Can(Create), Can(Delete), Samples],
            profile: Smoke,
            catches: &["drops-deletes"],
        }
        delete_has_last_state {
            id: "watch.delete.has-last-state",
            requirement: "A delete carries the last state of the object and is never empty.",
            clauses: &["SNK-10"],
            needs: &[Has(Watchable), Can(Create), Can(Delete), Samples],
            catches: &["delete-event-without-data"],
        }
        object_lives_in_order {
            id: "watch.object.lives-in-order",
            requirement: "An object is added, then updated, then deleted, each time in the order in which it happened.",
            clauses: &["SNK-03", "SNK-09"],
            needs: &[Has(Watchable), Can(Create), Can(Update), Can(Delete), Samples, Change],
            catches: &["update-as-delete-and-add", "update-as-add"],
        }
        changes_touch_one {
            id: "watch.changes.touch-one",
            requirement: "A change of one object is not told of another.",
            clauses: &["SNK-07"],
            needs: &[Has(Watchable), Can(Create), Can(Update), Samples, Change],
            catches: &["update-touches-another"],
        }
        outside_is_told {
            id: "watch.outside.is-told",
            requirement: "What happens behind the plugin's back is told as well.",
            clauses: &["WAT-27", "SNK-09", "SNK-10"],
            needs: &[Has(Watchable), Samples, Change, Outside],
            profile: Full,
            catches: &["watch-misses-outside-changes", "watch-follows-nothing", "reorders-two-events"],
        }
        payload_names_source {
            id: "watch.payload.names-source",
            requirement: "Every event names the connection, the type and the one plugin that it comes from.",
            clauses: &["SNK-06", "SNK-07", "SNK-08"],
            needs: &[Has(Watchable)],
            catches: &["empty-plugin-id"],
        }
        payload_names_object {
            id: "watch.payload.names-object",
            requirement: "Every event about an object names the id and the namespace that the object has.",
            clauses: &["SNK-07"],
            needs: &[Has(Watchable), Can(Create), Can(Update), Samples, Change],
            catches: &["wrong-id-on-event", "namespace-missing-on-event", "definition-without-namespace-accessor"],
        }
        payload_of_cluster_scoped {
            id: "watch.payload.of-cluster-scoped",
            requirement: "Events about objects of a type without namespaces have an empty namespace.",
            clauses: &["SNK-11"],
            needs: &[Has(Watchable), Lacks(NamespaceScoped)],
            catches: &["definition-without-namespace-accessor"],
        }
        payload_has_metadata {
            id: "watch.payload.has-metadata",
            requirement: "Adds and updates carry the uid of the object, the same as long as it lives.",
            level: Should,
            clauses: &["SNK-12"],
            needs: &[Has(Watchable), Can(Create), Can(Update), Samples, Change],
            catches: &["metadata-missing"],
        }
        payload_of_states {
            id: "watch.payload.of-states",
            requirement: "A state has an error code only where something went wrong, and a count only when synced.",
            clauses: &["SNK-13", "WAT-28"],
            needs: &[Has(Watchable)],
            catches: &["state-with-stray-count"],
        }
        listener_hears_the_past {
            id: "watch.listener.hears-the-past",
            requirement: "The first listener gets what was told before it came, in order and complete.",
            clauses: &["WAT-11"],
            needs: &[Has(Watchable)],
            catches: &["early-events-lost"],
        }
        listeners_hear_the_same {
            id: "watch.listeners.hear-the-same",
            requirement: "A second listener gets what is told from its coming on, as the first does.",
            clauses: &["WAT-11", "SNK-14"],
            needs: &[Has(Watchable), Can(Create), Samples],
            catches: &["second-listener-deaf"],
        }
        listener_ends_when_cancelled {
            id: "watch.listener.ends-when-cancelled",
            requirement: "Listening lasts until its context is cancelled, and ends then.",
            clauses: &["WAT-10"],
            needs: &[Has(Watchable)],
            catches: &["listen-returns"],
        }
        scope_limits_events {
            id: "watch.scope.limits-events",
            requirement: "A watch that is limited to namespaces tells of no object outside of them.",
            clauses: &["SCP-02", "SCP-04"],
            needs: &[Has(Watchable), Has(NamespaceScoped)],
            catches: &["watch-ignores-scope"],
        }
    }}};
}
