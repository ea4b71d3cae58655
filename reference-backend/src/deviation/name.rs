//! The table of deviations.

use std::{fmt, str::FromStr};

macro_rules! deviations {
    ($($area:ident { $($variant:ident $name:literal [$($clause:literal),+] $what:literal)+ })+) => {
        /// A plugin with one exact defect.
        ///
        /// ```
        /// use omniview_reference_backend::Deviation;
        ///
        /// let deviation: Deviation = "delete-ignored".parse()?;
        /// assert_eq!(deviation.clauses(), ["OPS-08"]);
        /// assert_eq!(deviation.describe(), "Delete answers the object and leaves it where it is.");
        /// # Ok::<(), omniview_reference_backend::deviation::UnknownDeviation>(())
        /// ```
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Deviation {
            $($(
                #[doc = $what]
                #[doc = concat!("\n\nBreaks", $(" ", $clause),+, ".")]
                $variant,
            )+)+
        }

        impl Deviation {
            /// Every deviation, in the order of this table.
            pub const ALL: &'static [Self] = &[$($(Self::$variant,)+)+];

            /// The name, in kebab-case.
            pub const fn name(self) -> &'static str {
                match self {
                    $($(Self::$variant => $name,)+)+
                }
            }

            /// What is wrong, in one sentence.
            pub const fn describe(self) -> &'static str {
                match self {
                    $($(Self::$variant => $what,)+)+
                }
            }

            /// The clauses of the contract that it breaks.
            pub const fn clauses(self) -> &'static [&'static str] {
                match self {
                    $($(Self::$variant => &[$($clause),+],)+)+
                }
            }

            /// Where it is.
            pub const fn area(self) -> Area {
                match self {
                    $($(Self::$variant => Area::$area,)+)+
                }
            }
        }
    };
}

/// Which handles a deviation is put around.
///
/// ```
/// use omniview_reference_backend::{Deviation, deviation::Area};
///
/// let of_watches = Deviation::ALL.iter().filter(|one| one.area() == Area::Watch);
/// for deviation in of_watches {
///     println!("{deviation} breaks {}", deviation.clauses().join(", "));
/// }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Area {
    /// Get, create, update and delete.
    Crud,
    /// List and find.
    Query,
    /// Watches.
    Watch,
    /// Actions, relationships, health, events, schemas, text search and what a type says about itself.
    Insight,
    /// Connections.
    Connection,
    /// The boundary of the plugin: what an SDK could get wrong.
    Boundary,
    /// The boundary as well: small untruths, each of which one check of a suite is about.
    Answer,
}

deviations! {
    Crud {
        StaleGet "stale-get" ["OPS-03"] "Get answers for ever what an object was when it was first got or created."
        GetMissingSucceeds "get-missing-succeeds" ["OPS-03"] "Get of an object that does not exist succeeds with null."
        GetMissingInternal "get-missing-internal" ["OPS-03"] "Get of an object that does not exist fails with INTERNAL instead of NOT_FOUND."
        GetIgnoresNamespace "get-ignores-namespace" ["OPS-03"] "Get of an object in a namespace where it is not finds it in another."
        GetWithoutSuccess "get-without-success" ["OPS-04"] "Get answers the object and says that it did not succeed."
        CreateAcceptsDuplicates "create-accepts-duplicates" ["OPS-05"] "Create of an object that exists replaces it."
        CreateIgnored "create-ignored" ["OPS-05"] "Create answers the object and stores nothing."
        UpdateIgnored "update-ignored" ["OPS-07"] "Update answers what it was given and stores nothing."
        UpdateCreatesMissing "update-creates-missing" ["OPS-07"] "Update of an object that does not exist creates it."
        UpdateForgetsConflict "update-forgets-conflict" ["OPS-07"] "Update with a stale version succeeds."
        DeleteIgnored "delete-ignored" ["OPS-08"] "Delete answers the object and leaves it where it is."
        DeleteMissingSucceeds "delete-missing-succeeds" ["OPS-08"] "Delete of an object that does not exist succeeds."
        CreateAnswersInput "create-answers-input" ["OPS-05"] "Create answers what it was given instead of what is kept."
        UpdateAnswersOld "update-answers-old" ["OPS-07"] "Update answers the object as it was before."
        CreateIgnoresNamespace "create-ignores-namespace" ["OPS-06"] "Create puts every object into the namespace default."
        DeleteIgnoresNamespace "delete-ignores-namespace" ["OPS-08"] "Delete of an object in a namespace where it is not removes it from another."
        DeleteNeedsGrace "delete-needs-grace" ["OPS-10"] "Delete without a grace period is refused."
        CreateAnswersNothing "create-answers-nothing" ["OPS-05"] "Create stores the object and answers null."
        GetAnswersNamesake "get-answers-namesake" ["OPS-03"] "Get answers the first object of that id in any namespace."
        UpdateChangesAnother "update-changes-another" ["OPS-07"] "Update makes the newest of the other objects the same but for its metadata."
    }
    Query {
        PageOverlap "page-overlap" ["PAG-04", "PAG-07"] "Every page but the first begins with the last object of the page before, instead of its own first."
        PageSizeIgnored "page-size-ignored" ["PAG-05"] "The page size is ignored, and every page holds everything."
        WrongTotal "wrong-total" ["PAG-09"] "The total is one too high."
        TotalOfPage "total-of-page" ["PAG-09"] "The total counts the objects of the page."
        OrderIgnored "order-ignored" ["PAG-01"] "The order is ignored."
        SecondOrderIgnored "second-order-ignored" ["PAG-01"] "Every order field but the first is ignored."
        DescendingIgnored "descending-ignored" ["PAG-02"] "Descending fields are ordered ascending."
        TiesUnstable "ties-unstable" ["PAG-01"] "Objects that are equal in every order field come in another order every second time."
        CursorForgetsOrder "cursor-forgets-order" ["PAG-07"] "Pages after a cursor are taken from the objects as if no order had been asked for."
        CursorByPosition "cursor-by-position" ["PAG-07"] "A cursor is a position, so that an object which was deleted before it makes one go missing."
        CursorForAnyQuery "cursor-for-any-query" ["PAG-07"] "A cursor is accepted with another query than the one that it came from."
        CursorAtTheEnd "cursor-at-the-end" ["PAG-10"] "The last page has a cursor, which leads to an empty page."
        NamespaceFilterIgnored "namespace-filter-ignored" ["OPS-12"] "The namespaces are ignored, and every namespace is looked in."
        GtAlwaysTrue "gt-always-true" ["FLT-12"] "A predicate with gt holds of every object."
        GteExcludesEqual "gte-excludes-equal" ["FLT-12"] "A predicate with gte holds as gt does."
        PrefixAsContains "prefix-as-contains" ["FLT-12"] "A predicate with prefix holds as contains does."
        InFirstOnly "in-first-only" ["FLT-12"] "A predicate with in looks at the first text of its list only."
        NeqOnMissingFalse "neq-on-missing-false" ["FLT-12"] "A predicate with neq does not hold of an object that misses the field."
        OrAsAnd "or-as-and" ["FLT-11"] "Predicates and groups that are joined by or are joined by and."
        GroupsIgnored "groups-ignored" ["FLT-11"] "Groups of a filter are ignored."
        ListWithoutSuccess "list-without-success" ["OPS-04"] "List and find answer the objects and say that they did not succeed."
        NoNamespaceMeansDefault "no-namespace-means-default" ["OPS-11"] "An empty list of namespaces means the namespace default."
        LteExcludesEqual "lte-excludes-equal" ["FLT-12"] "A predicate with lte holds as lt does."
        SuffixAsContains "suffix-as-contains" ["FLT-12"] "A predicate with suffix holds as contains does."
        ExistsIgnored "exists-ignored" ["FLT-12"] "A predicate with exists holds of every object."
        RegexIgnored "regex-ignored" ["FLT-12"] "A predicate with regex holds of every object."
        HasKeyIgnored "haskey-ignored" ["FLT-12"] "A predicate with haskey holds of every object."
        NotInIgnored "notin-ignored" ["FLT-12"] "A predicate with notin holds of every object."
        UnorderedByAge "unordered-by-age" ["PAG-01"] "Without an order the oldest object comes first."
        UnorderedWavers "unordered-wavers" ["PAG-01"] "Without an order everything comes the other way round every second time."
    }
    Watch {
        DropsThirdAdd "drops-third-add" ["WAT-27"] "The third add of each attempt is not emitted."
        DuplicatesAdd "duplicates-add" ["SNK-03"] "The first add of each attempt is emitted twice."
        DropsUpdates "drops-updates" ["SNK-09"] "No update is emitted."
        DropsDeletes "drops-deletes" ["SNK-10"] "No delete is emitted."
        DeleteEventWithoutData "delete-event-without-data" ["SNK-10"] "A delete carries null instead of the last state."
        UpdateCarriesOldState "update-carries-old-state" ["SNK-09"] "An update carries the state before it."
        UpdateAsDeleteAndAdd "update-as-delete-and-add" ["SNK-09"] "An update is emitted as a delete and an add."
        UpdateAsAdd "update-as-add" ["SNK-09"] "An update is emitted as an add."
        SyncedBeforeList "synced-before-list" ["WAT-27"] "Synced is reported before the initial list is emitted."
        SyncedCountOffByOne "synced-count-off-by-one" ["WAT-27"] "Synced counts one object more than the initial list has."
        SyncedNever "synced-never" ["WAT-27"] "Synced is never reported."
        WrongIdOnEvent "wrong-id-on-event" ["SNK-07"] "Updates name the uid of the object instead of its id."
        NamespaceMissingOnEvent "namespace-missing-on-event" ["SNK-07"] "Events name no namespace."
        MetadataMissing "metadata-missing" ["SNK-12"] "Adds and updates carry no uid, labels and creation time."
        WatchMissesOutsideChanges "watch-misses-outside-changes" ["WAT-27"] "After the initial list only changes that were made through the plugin are emitted."
        WatchEndsEarly "watch-ends-early" ["WAT-35"] "The watch returns without an error once the initial list is in."
        WatchFollowsNothing "watch-follows-nothing" ["WAT-27"] "After the initial list nothing is emitted."
        WatchIgnoresCancellation "watch-ignores-cancellation" ["WAT-33"] "The watch does not return when it is cancelled."
        WatchIgnoresScope "watch-ignores-scope" ["SCP-02"] "The watch emits objects that are not in its scope."
    }
    Insight {
        HealthPanicsOnOddJson "health-panics-on-odd-json" ["HLT-02"] "Health panics on JSON that is no object or has no status."
        HealthUnknownStatus "health-unknown-status" ["HLT-02"] "Health is the word \"fine\", which is none of the five statuses."
        HealthAlwaysHealthy "health-always-healthy" ["HLT-01"] "Health is healthy whatever the data say."
        SearchIgnoresText "search-ignores-text" ["TXT-01"] "A text search finds every object."
        DefinitionWithoutIdAccessor "definition-without-id-accessor" ["CFG-10"] "The definition does not say where the id is."
        SearchFindsTwice "search-finds-twice" ["TXT-01"] "A text search finds the first object twice."
        DefinitionWithoutNamespaceAccessor "definition-without-namespace-accessor" ["CFG-10", "CAP-03"] "The definition does not say where the namespace is."
        DefinitionNamesUid "definition-names-uid" ["TYP-15"] "The definition says that the id is where the uid is."
        ScaleHintUnknown "scale-hint-unknown" ["CAP-04"] "The scale hint is the word \"gigantic\", which is none of the three levels."
        SchemaNotMatching "schema-not-matching" ["SCH-02"] "The JSON Schema is one that no object validates against."
        SchemaIsNoSchema "schema-is-no-schema" ["SCH-02"] "The JSON Schema is a number."
        ErrorsUnclassified "errors-unclassified" ["ERR-03"] "Nobody classifies the errors of the store, so that an object which does not exist is INTERNAL."
        ActionListedTwice "action-listed-twice" ["ACT-01"] "The first action of a type is listed twice."
        ActionScopeUnknown "action-scope-unknown" ["ACT-07"] "The scope of actions is the word \"world\", which is neither instance nor type."
        ActionSchemaUnknownType "action-schema-unknown-type" ["ACT-06"] "The first property that an action is told is of the type \"thing\", which JSON Schema does not have."
        ActionEventUnknown "action-event-unknown" ["ACT-05"] "A streaming action reports events of type \"note\", which is none of the four."
        ActionEndsInSilence "action-ends-in-silence" ["ACT-03"] "A streaming action that fails ends with complete."
        ActionIgnoresReader "action-ignores-reader" ["ACT-04"] "A streaming action goes on when nobody reads it any more."
        RelationshipDirectionFlipped "relationship-direction-flipped" ["REL-03"] "Relationships are resolved the other way round than they are declared."
        RelationshipUndeclared "relationship-undeclared" ["REL-02"] "Resolved relationships are of a type that is not declared."
        RelationshipTargetMissing "relationship-target-missing" ["REL-02"] "A resolved relationship has a target that does not exist."
        RelationshipWrongConnection "relationship-wrong-connection" ["REL-02"] "The targets of a resolved relationship are on a connection that does not exist."
        TargetNamespacedWrong "target-namespaced-wrong" ["REL-04"] "Relationships say of a target with namespaces that it has none, and the other way round."
    }
    Connection {
        UnhealthyCheck "unhealthy-check" ["CON-16"] "The check of a connection that works answers the status SPLENDID, which is not defined."
        CheckFails "check-fails" ["CON-16"] "The check of a connection that works fails."
        NamespacesMissing "namespaces-missing" ["CON-20"] "A backend that has namespaces says that it has no such thing."
        LoadsConnectionTwice "loads-connection-twice" ["CON-01"] "The first connection is loaded twice."
        DestroyFails "destroy-fails" ["CON-09"] "A client cannot be destroyed."
        ConnectionChangesUntold "connection-changes-untold" ["CON-28"] "Connections that come and go outside are not told of."
        NamespacesTwice "namespaces-twice" ["CON-20"] "The first namespace is listed twice."
        LostSession "lost-session" ["CON-06", "SES-07"] "A client is created for the first connection, whatever connection the session names."
        RefreshFails "refresh-fails" ["CON-29"] "Credentials cannot be renewed."
        EditorSchemaNotJson "editor-schema-not-json" ["SCH-01"] "Editor schemas are not JSON."
        EditorSchemaUnknownType "editor-schema-unknown-type" ["SCH-01"] "Editor schemas are for types that do not exist."
    }
    Boundary {
        ClosedStillAnswers "closed-still-answers" ["OPS-16"] "After close everything answers as before."
        CloseAgainFails "close-again-fails" ["OPS-16"] "A second close fails."
        NotConnectedAnswers "not-connected-answers" ["OPS-13"] "List and find on a connection that is not started answer nothing instead of an error."
        UnknownKeyIsInternal "unknown-key-is-internal" ["OPS-02"] "An operation on an unknown type fails with INTERNAL."
        UnknownKeySuggestsNothing "unknown-key-suggests-nothing" ["OPS-02"] "The error of an unknown type names neither the type nor the nearest one."
        MalformedKeyNotFound "malformed-key-not-found" ["CFG-07"] "A malformed key is NOT_FOUND instead of INVALID_INPUT."
        CursorAcceptedWithPage "cursor-accepted-with-page" ["PAG-08"] "A cursor together with a page is accepted."
        NegativePageAccepted "negative-page-accepted" ["PAG-04"] "A negative page or page size means none."
        SecondPageOfEverythingAccepted "second-page-of-everything-accepted" ["PAG-06"] "A later page of a page size of 0 is the first one."
        AmbiguousPicksFirst "ambiguous-picks-first" ["SES-07"] "Without a session and with several connections started the first of them is used."
        SoleConnectionRefused "sole-connection-refused" ["SES-07"] "Without a session the only connection that is started is not used."
        UnknownFieldAccepted "unknown-field-accepted" ["FLT-01"] "Filters that name an unknown field are ignored."
        InvalidOperatorAccepted "invalid-operator-accepted" ["FLT-02"] "Filters with an operator that the field does not allow are ignored."
        FilterErrorIsInternal "filter-error-is-internal" ["FLT-13"] "Unknown fields and operators fail with INTERNAL."
        DeadlineIgnored "deadline-ignored" ["OPS-14"] "An operation whose deadline has passed, or that was cancelled, is carried out."
        CancelledIsTimeout "cancelled-is-timeout" ["OPS-14"] "A cancelled operation fails with TIMEOUT."
        ListUnsortedConnections "list-unsorted-connections" ["CON-18"] "Connections are listed in reverse."
        ListForgetsStopped "list-forgets-stopped" ["CON-18"] "Only connections that are started are listed."
        GetUnknownConnectionOk "get-unknown-connection-ok" ["CON-19"] "Getting an unknown connection succeeds."
        CheckUnknownOk "check-unknown-ok" ["CON-17"] "The check of an unknown connection says that it is disconnected."
        CheckStoppedFails "check-stopped-fails" ["CON-17"] "The check of a connection that is not started fails."
        StopTwiceOk "stop-twice-ok" ["CON-14"] "Stopping a connection that is not started succeeds."
        StopKeepsRunning "stop-keeps-running" ["CON-13"] "Stopping a connection leaves it running."
        StartUnknownIsInternal "start-unknown-is-internal" ["CON-05"] "Starting an unknown connection fails with INTERNAL."
        StatusWithoutConnection "status-without-connection" ["CON-04"] "The status of a start does not carry the connection."
        UpdateUnchangedOk "update-unchanged-ok" ["CON-23"] "Updating a connection to what it is succeeds."
        UpdateConnectionIgnored "update-connection-ignored" ["CON-21"] "Updating a connection changes nothing."
        UpdateUnknownConnectionOk "update-unknown-connection-ok" ["CON-21"] "Updating an unknown connection succeeds."
        DeleteUnknownConnectionOk "delete-unknown-connection-ok" ["CON-25"] "Deleting an unknown connection succeeds."
        DeleteKeepsConnection "delete-keeps-connection" ["CON-25"] "Deleting a connection only stops it."
        RefreshMakesNewClient "refresh-makes-new-client" ["CON-29"] "Renewing credentials stops the connection and starts it again."
        RefreshStoppedOk "refresh-stopped-ok" ["CON-29"] "Renewing the credentials of a connection that is not started succeeds."
        ConnectionWatchEnds "connection-watch-ends" ["CON-26"] "The stream of connections ends at once."
        EditorSchemasOfUnknownConnection "editor-schemas-of-unknown-connection" ["SCH-01"] "An unknown connection has no editor schemas instead of an error."
        EventAfterStopped "event-after-stopped" ["WAT-07"] "After Stopped the last event is delivered once more."
        WrongConnectionOnEvent "wrong-connection-on-event" ["SNK-06"] "Events name a connection that does not exist."
        WrongKeyOnEvent "wrong-key-on-event" ["SNK-07"] "Events name a type that does not exist."
        EmptyPluginId "empty-plugin-id" ["SNK-08"] "Events name no plugin."
        SwallowsStateEvents "swallows-state-events" ["WAT-25", "WAT-27", "WAT-30"] "No state is delivered."
        SwallowsSyncing "swallows-syncing" ["WAT-25"] "Syncing is not delivered."
        SwallowsStopped "swallows-stopped" ["WAT-30"] "Stopped is not delivered."
        ReordersTwoEvents "reorders-two-events" ["SNK-03"] "An update is delivered after the event that follows it."
        DuplicateSynced "duplicate-synced" ["WAT-27"] "Synced is delivered twice."
        SyncedWithoutCount "synced-without-count" ["SNK-13"] "Synced carries no count."
        ErrorCodeMissing "error-code-missing" ["SNK-13"] "Error, Failed and Forbidden carry no code."
        EarlyEventsLost "early-events-lost" ["WAT-11"] "What is emitted before the first listener is lost."
        SecondListenerDeaf "second-listener-deaf" ["SNK-14"] "A listener beside another is told nothing."
        ListenReturns "listen-returns" ["WAT-10"] "Listening returns at once."
        EnsureNeverAccepted "ensure-never-accepted" ["WAT-03"] "Ensuring the watch of a type that is never watched succeeds."
        EnsureUnknownAccepted "ensure-unknown-accepted" ["WAT-15"] "Ensuring the watch of an unknown type or connection succeeds."
        EnsureNotConnectedAccepted "ensure-not-connected-accepted" ["WAT-15"] "Ensuring a watch on a connection that is not started succeeds."
        RestartDoesNothing "restart-does-nothing" ["WAT-18"] "Restarting a watch that runs leaves it as it is."
        StopWatchIgnored "stop-watch-ignored" ["WAT-16"] "Stopping a watch leaves it running."
        StopWatchStopsAll "stop-watch-stops-all" ["WAT-16"] "Stopping a watch stops every watch of the connection."
        RunningAlways "running-always" ["WAT-20"] "Every watch is said to run."
        HasWatchAlways "has-watch-always" ["WAT-08"] "Every connection is said to have a watch."
        SummaryLacksIdle "summary-lacks-idle" ["WAT-09"] "The summary leaves out watches that are idle or skipped."
        SummaryLacksCounts "summary-lacks-counts" ["WAT-09"] "The summary has no counts."
        SummaryLacksScope "summary-lacks-scope" ["SCP-04"] "The summary has no scope."
        HasTypeDisagrees "has-type-disagrees" ["TYP-05"] "Every type is said to be there."
        GroupMissing "group-missing" ["TYP-02"] "A group that is listed cannot be got."
        UnknownGroupAnswers "unknown-group-answers" ["TYP-02"] "An unknown group is answered with an empty one."
        GroupUnsorted "group-unsorted" ["TYP-06"] "The types of a group are in reverse."
        TypeMissing "type-missing" ["TYP-03"] "The first type is not listed."
        DiscoveredTypesMissing "discovered-types-missing" ["TYP-03", "TYP-11"] "Discovered types are not listed."
        LabelMissing "label-missing" ["TYP-07"] "Types have no label."
        CategoryMissing "category-missing" ["TYP-08"] "Types have no category."
        TypeOfAnotherVersion "type-of-another-version" ["TYP-04"] "A type that is got by its key has another version."
        DefinitionOfUnknownKey "definition-of-unknown-key" ["TYP-15"] "An unknown type is answered with an empty definition."
        CapabilitiesOfUnknownKey "capabilities-of-unknown-key" ["CAP-06"] "An unknown type is said to be capable of nothing."
        CapabilityDeniesDelete "capability-denies-delete" ["CAP-01"] "Types are said not to delete."
        CapabilityClaimsWatch "capability-claims-watch" ["CAP-02"] "Types that cannot be watched are said to be watchable."
        CapabilityDeniesWatch "capability-denies-watch" ["CAP-02"] "Types that are watched are said not to be watchable."
        CapabilityDeniesFilters "capability-denies-filters" ["CAP-02"] "Types with filter fields are said to have none."
        CapabilityClaimsFilters "capability-claims-filters" ["CAP-02"] "Types without filter fields are said to have some."
        CapabilityHidesActions "capability-hides-actions" ["CAP-02"] "Types with actions are said to have none."
        CapabilityClaimsActions "capability-claims-actions" ["CAP-02"] "Types without actions are said to have some."
        CapabilityClaimsHealth "capability-claims-health" ["CAP-02"] "Types that judge no health are said to do so."
        CapabilityClaimsRelationships "capability-claims-relationships" ["CAP-02"] "Types without relationships are said to have some."
        CapabilityHidesSchema "capability-hides-schema" ["CAP-02"] "Types with a schema are said to have none."
        CapabilityNotNamespaced "capability-not-namespaced" ["CAP-03"] "Types with namespaces are said to have none."
        SchemaOfUnknownKey "schema-of-unknown-key" ["SCH-02"] "An unknown type is said to have no schema instead of an error."
        FilterFieldsMissing "filter-fields-missing" ["FLT-01"] "Filterable types tell no fields."
        FilterFieldsInvented "filter-fields-invented" ["FLT-05"] "Types that are not filterable tell an empty list of fields."
        NoActionsIsUnsupported "no-actions-is-unsupported" ["ACT-01"] "Listing the actions of a type that has none fails."
        ActionUnknownAccepted "action-unknown-accepted" ["ACT-02"] "An unknown action succeeds."
        ActionUnsupportedAccepted "action-unsupported-accepted" ["ACT-02"] "An action of a type without actions succeeds."
        StreamTwoCompletes "stream-two-completes" ["ACT-03"] "A streaming action ends twice."
        StreamNeverEndsWithComplete "stream-never-ends-with-complete" ["ACT-03"] "A streaming action ends without complete or error."
        StreamGoesOn "stream-goes-on" ["ACT-03"] "A streaming action makes progress after its end."
        StreamNeverCloses "stream-never-closes" ["ACT-03"] "The stream of an action stays open after its end."
        RelationshipsOfUnknownKey "relationships-of-unknown-key" ["REL-01"] "An unknown type is said to declare no relationships instead of an error."
        MalformedHealthAccepted "malformed-health-accepted" ["HLT-02"] "The health of malformed JSON is unknown instead of an error."
        HealthInvented "health-invented" ["HLT-01"] "Objects of types that judge no health are healthy."
        EventsOverLimit "events-over-limit" ["HLT-03"] "One event more is told than was asked for."
        EventsNegativeLimitAccepted "events-negative-limit-accepted" ["HLT-03"] "A negative limit of events is accepted."
        EventsOldestFirst "events-oldest-first" ["HLT-03"] "Events come oldest first."
        EventsLimitZeroIsAll "events-limit-zero-is-all" ["HLT-03"] "A limit of 0 means every event instead of 20."
        EventsLimitZeroIsNone "events-limit-zero-is-none" ["HLT-03"] "A limit of 0 means no event instead of 20."
    }
    Answer {
        LoadAnswersTwice "load-answers-twice" ["CON-01"] "Loading the connections answers the first of them twice."
        ListWithoutState "list-without-state" ["CON-18"] "The list of connections says of none what state it is in."
        ConnectionUnlisted "connection-unlisted" ["CON-18"] "The last connection is not listed."
        EditorSchemasChange "editor-schemas-change" ["CON-30"] "Every second time there are no editor schemas."
        OddInputAccepted "odd-input-accepted" ["OPS-05"] "Creating what is no object succeeds."
        GetAnswersAnother "get-answers-another" ["OPS-03"] "Get answers an object with another uid than the listed one."
        DeleteEverywhere "delete-everywhere" ["OPS-08"] "Delete removes the objects of that id in the other namespaces too."
        DeleteTakesAnother "delete-takes-another" ["OPS-08"] "Delete removes the newest of the other objects too."
        ListRepeatsFirst "list-repeats-first" ["OPS-11", "PAG-09"] "The first object is listed twice."
        UnknownOrderRefused "unknown-order-refused" ["PAG-03"] "Ordering by a field that objects do not have is refused."
        MalformedCursorAccepted "malformed-cursor-accepted" ["PAG-07"] "A malformed cursor means the first page."
        PageZeroRefused "page-zero-refused" ["PAG-04"] "Page 0 is refused."
        SearchUnsupportedRefused "search-unsupported-refused" ["TXT-03"] "A text query is refused where there is no text search."
        EmptyFilterFindsNothing "empty-filter-finds-nothing" ["FLT-14"] "An empty filter finds nothing."
        ContainsAsPrefix "contains-as-prefix" ["FLT-12"] "A predicate with contains holds as prefix does."
        EqIgnored "eq-ignored" ["FLT-12"] "A predicate with eq holds of every object."
        LtIncludesEqual "lt-includes-equal" ["FLT-12"] "A predicate with lt holds as lte does."
        NotExistsIgnored "notexists-ignored" ["FLT-12"] "A predicate with notexists holds of every object."
        AndAsOr "and-as-or" ["FLT-11"] "Predicates and groups that are joined by and are joined by or."
        UnsaidLogicIsOr "unsaid-logic-is-or" ["FLT-11"] "A filter that does not say how it is joined is joined by or."
        DeepGroupsAccepted "deep-groups-accepted" ["FLT-10"] "Filters with groups within groups are ignored."
        BadPatternAccepted "bad-pattern-accepted" ["FLT-09"] "Filters with a pattern that is none are ignored."
        MissingValueAccepted "missing-value-accepted" ["FLT-09"] "Filters that lack a value are ignored."
        TextForListAccepted "text-for-list-accepted" ["FLT-09"] "Filters that have one text instead of a list are ignored."
        WrongValueAccepted "wrong-value-accepted" ["FLT-09"] "Filters with a value of another type than the field's are ignored."
        ValueOutsideEnumAccepted "value-outside-enum-accepted" ["FLT-07"] "Filters with a value that an enumeration does not have are ignored."
        RequiredFieldOptional "required-field-optional" ["FLT-08"] "A field that is said to be required need not be there."
        ErrorWithoutTitle "error-without-title" ["ERR-01"] "Errors have no title."
        ErrorTellsSecrets "error-tells-secrets" ["SES-06"] "Errors repeat the sensitive data of the connection."
        MalformedKeyAccepted "malformed-key-accepted" ["CFG-07"] "A malformed key is answered as a type without objects."
        TypesInTurns "types-in-turns" ["TYP-03"] "Every second time a type is not listed."
        TypesNeedSession "types-need-session" ["TYP-04"] "A type is not told without a session."
        ColumnsAlike "columns-alike" ["TYP-15"] "All columns of a definition have one id."
        RelationshipWithoutKind "relationship-without-kind" ["REL-01"] "Declared relationships have no kind."
        RelationshipTargetUnnamed "relationship-target-unnamed" ["REL-02"] "The targets of relationships have no id."
        RelationshipsInvented "relationships-invented" ["REL-01"] "A type without relationships declares one."
        EventsInvented "events-invented" ["HLT-03"] "Objects of types that have no events have one."
        HealthWavers "health-wavers" ["HLT-01"] "Every second time the health of an object is unknown."
        StartWatchRestarts "start-watch-restarts" ["WAT-05"] "Starting watches that run starts them again."
        UnknownWatchAccepted "unknown-watch-accepted" ["WAT-15"] "Starting the watches of an unknown connection succeeds."
        StateWithStrayCount "state-with-stray-count" ["SNK-13"] "Syncing says how many objects there are."
        UpdateTouchesAnother "update-touches-another" ["SNK-09"] "An update is also told of the object that was added last."
        GetsMixedUp "gets-mixed-up" ["CON-31"] "A get that comes while another of the type is under way is answered what that one asked for."
        ErrorWithoutId "error-without-id" ["ERR-01"] "The error of an object that does not exist does not name it."
        CursorDiesWithCreate "cursor-dies-with-create" ["PAG-07"] "Creating an object of a type makes its cursors malformed."
        SearchIgnoresFilter "search-ignores-filter" ["TXT-02"] "A text search ignores the filter."
        SearchIgnoresNamespaces "search-ignores-namespaces" ["TXT-02", "OPS-12"] "A text search looks in every namespace."
        SearchIgnoresOrder "search-ignores-order" ["TXT-02", "PAG-01"] "A text search ignores the order."
        SearchIgnoresPages "search-ignores-pages" ["TXT-02", "PAG-05"] "A text search answers everything as one page."
        UnknownConnectionServed "unknown-connection-served" ["SES-07"] "A session of an unknown connection is served by the first that is started."
        GetAsksLastConnection "get-asks-last-connection" ["SES-07"] "With several connections started, get asks the last of them."
        StartAgainReconnects "start-again-reconnects" ["CON-11"] "Starting a connection that works stops it first."
        StartsRace "starts-race" ["CON-31", "CON-11"] "The second of two starts of a connection at once connects again."
        StopReachesOthers "stop-reaches-others" ["CON-15", "WAT-42"] "Stopping a connection stops the watches of the others too."
        EnsureRestarts "ensure-restarts" ["WAT-12"] "Ensuring a watch that runs starts it again."
        EnsuresRace "ensures-race" ["WAT-13"] "The second of two calls at once that ensure a watch starts it again."
        EnsureLeavesStopped "ensure-leaves-stopped" ["WAT-14"] "Ensuring a watch that was stopped succeeds and leaves it stopped."
        StopIsRestart "stop-is-restart" ["WAT-16"] "A watch that is stopped says so and is started again."
        StopOfStoppedRefused "stop-of-stopped-refused" ["WAT-17"] "Stopping a watch that does not run is refused."
        RestartTellsTwice "restart-tells-twice" ["WAT-18", "SNK-03"] "What is added to a watch that runs again is told twice."
    }
}

impl fmt::Display for Deviation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Deviation {
    type Err = UnknownDeviation;

    fn from_str(name: &str) -> Result<Self, UnknownDeviation> {
        Self::ALL
            .iter()
            .copied()
            .find(|deviation| deviation.name() == name)
            .ok_or_else(|| UnknownDeviation { name: name.into() })
    }
}

/// A text is not the name of a [`Deviation`]; the message lists those that there are.
///
/// ```
/// use omniview_reference_backend::Deviation;
///
/// let error = "delete-everything".parse::<Deviation>().unwrap_err();
/// assert!(error.to_string().starts_with(r#"the reference backend has no deviation "delete-everything"; it has "#));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownDeviation {
    name: Box<str>,
}

impl fmt::Display for UnknownDeviation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the reference backend has no deviation {:?}; it has",
            self.name
        )?;
        for (index, deviation) in Deviation::ALL.iter().enumerate() {
            let separator = if index == 0 { " " } else { ", " };
            write!(f, "{separator}{deviation}")?;
        }
        Ok(())
    }
}

impl std::error::Error for UnknownDeviation {}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_deviation_is_parsed_from_its_name_and_says_one_sentence() {
        for deviation in Deviation::ALL {
            assert_eq!(deviation.name().parse(), Ok(*deviation));
            assert_eq!(deviation.to_string(), deviation.name());
            let sentence = deviation.describe();
            assert!(
                sentence.ends_with('.') && !sentence.contains(". "),
                "{sentence}"
            );
            assert!(!deviation.clauses().is_empty());
            let kebab = |c: char| c.is_ascii_lowercase() || c == '-';
            assert!(deviation.name().chars().all(kebab), "{deviation}");
        }
        let names: BTreeSet<_> = Deviation::ALL.iter().map(|one| one.name()).collect();
        assert_eq!(names.len(), Deviation::ALL.len());
    }

    #[test]
    fn an_unknown_name_is_refused_with_those_that_there_are() {
        let error = "drops-fourth-add".parse::<Deviation>().unwrap_err();
        let text = error.to_string();
        assert!(
            text.starts_with(
                "the reference backend has no deviation \"drops-fourth-add\"; it has stale-get, "
            ),
            "{text}"
        );
    }
}
