//! The table of deviations.

use std::{fmt, str::FromStr};

macro_rules! deviations {
    ($($area:ident { $($variant:ident $name:literal [$($clause:literal),+] $what:literal)+ })+) => {
        /// A plugin with one exact defect.
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Area {
    /// Get, create, update and delete.
    Crud,
    /// List and find.
    Query,
    /// Watches.
    Watch,
    /// Health, text search and definitions.
    Insight,
    /// Connections.
    Connection,
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
    }
    Connection {
        UnhealthyCheck "unhealthy-check" ["CON-16"] "The check of a connection that works answers the status SPLENDID, which is not defined."
        CheckFails "check-fails" ["CON-16"] "The check of a connection that works fails."
        NamespacesMissing "namespaces-missing" ["CON-20"] "A backend that has namespaces says that it has no such thing."
        LoadsConnectionTwice "loads-connection-twice" ["CON-01"] "The first connection is loaded twice."
        DestroyFails "destroy-fails" ["CON-09"] "A client cannot be destroyed."
        ConnectionChangesUntold "connection-changes-untold" ["CON-28"] "Connections that come and go outside are not told of."
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
