//! The table of all checks, and its projection into a list.
//!
//! The table has a part an area, at the top of `checks/<area>.rs`. [`for_each_check!`](crate::for_each_check) hands the parts to a
//! macro, one after the other; here they become [`catalogue`], in [`tests!`](crate::tests) one test a check.

use std::sync::LazyLock;

use crate::check::Check;

/// Calls a macro once an area: `callback! { [args] area { name { fields } … } }`.
#[doc(hidden)]
#[macro_export]
macro_rules! for_each_check {
    ([$($callback:tt)*] [$($args:tt)*]) => {
        $crate::__checks_crud! { [$($callback)*] [$($args)*] }
        $crate::__checks_history! { [$($callback)*] [$($args)*] }
        $crate::__checks_listing! { [$($callback)*] [$($args)*] }
        $crate::__checks_model! { [$($callback)*] [$($args)*] }
        $crate::__checks_paging! { [$($callback)*] [$($args)*] }
        $crate::__checks_filters! { [$($callback)*] [$($args)*] }
        $crate::__checks_watch! { [$($callback)*] [$($args)*] }
        $crate::__checks_lifecycle! { [$($callback)*] [$($args)*] }
        $crate::__checks_connections! { [$($callback)*] [$($args)*] }
        $crate::__checks_session! { [$($callback)*] [$($args)*] }
        $crate::__checks_types! { [$($callback)*] [$($args)*] }
        $crate::__checks_capabilities! { [$($callback)*] [$($args)*] }
        $crate::__checks_actions! { [$($callback)*] [$($args)*] }
        $crate::__checks_health! { [$($callback)*] [$($args)*] }
        $crate::__checks_errors! { [$($callback)*] [$($args)*] }
        $crate::__checks_search! { [$($callback)*] [$($args)*] }
        $crate::__checks_suite! { [$($callback)*] [$($args)*] }
    };
}

macro_rules! list_area {
    ([$all:ident] $area:ident { $($name:ident { $($field:ident: $value:expr),+ $(,)? })+ }) => {
        $all.extend([$(Check {
            $($field: $value,)+
            body: |cx| Box::pin($crate::checks::$area::$name(cx)),
            ..Check::DEFAULT
        }),+]);
    };
}

static CATALOGUE: LazyLock<Vec<Check>> = LazyLock::new(|| {
    #[allow(unused_imports, reason = "the names that the tables are written with")]
    use crate::{
        check::{Capability::*, Level::*, Need::*, Operation::*, Profile::*, Start::*},
        subject::FaultKind,
    };

    let mut all = Vec::new();
    for_each_check! { [list_area] [all] }
    all
});

/// Every check, area by area.
///
/// ```
/// let ids: Vec<&str> = omniview_conformance::catalogue().iter().map(|check| check.id).collect();
/// assert!(ids.contains(&"crud.get.returns-created"));
/// ```
pub fn catalogue() -> &'static [Check] {
    &CATALOGUE
}

/// The check with this id, or the one that once had it.
///
/// ```
/// let check = omniview_conformance::find_check("crud.get.returns-created").unwrap();
/// assert!(check.requirement.ends_with('.'));
/// assert!(omniview_conformance::find_check("crud.get.returns").is_none());
/// ```
pub fn find_check(id: &str) -> Option<&'static Check> {
    let all = catalogue();
    all.iter()
        .find(|check| check.id == id)
        .or_else(|| all.iter().find(|check| check.aliases.contains(&id)))
}

/// A short text that differs when the catalogue does: its ids, levels, clauses or sentences.
///
/// ```
/// use omniview_conformance::{Report, catalogue_digest};
///
/// /// Whether a stored report is of this suite, so that it can be compared check by check.
/// fn is_of_this_suite(report: &Report) -> bool {
///     report.header.catalogue == catalogue_digest()
/// }
/// assert_eq!(catalogue_digest().len(), 16);
/// ```
pub fn catalogue_digest() -> String {
    // FNV-1a: short, stable on every machine, and not a secret.
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    let mut feed = |text: &str| {
        for byte in text.bytes().chain([0]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    };
    for check in catalogue() {
        feed(check.id);
        feed(check.level.as_str());
        feed(check.requirement);
        for clause in check.clauses {
            feed(clause);
        }
    }
    format!("{hash:016x}")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn ids_and_aliases_are_unique() {
        let mut seen = BTreeSet::new();
        for check in catalogue() {
            for id in check.aliases.iter().chain([&check.id]) {
                assert!(seen.insert(*id), "{id} is there twice");
            }
        }
    }

    #[test]
    fn an_id_is_its_area_and_the_name_of_its_function() {
        let mut names = Vec::new();
        macro_rules! name_area {
            ([$names:ident] $area:ident { $($name:ident { $($fields:tt)* })+ }) => {
                $($names.push((stringify!($area), stringify!($name)));)+
            };
        }
        for_each_check! { [name_area] [names] }
        for (check, (area, name)) in catalogue().iter().zip(names) {
            assert_eq!(
                (check.area(), check.test_name()),
                (area, name.to_owned()),
                "{}",
                check.id
            );
        }
    }

    #[test]
    fn an_entry_is_complete() {
        for check in catalogue() {
            let id = check.id;
            assert!(
                id.bytes()
                    .all(|byte| byte.is_ascii_lowercase() || b".-0123456789".contains(&byte))
                    && id.split('.').all(|part| !part.is_empty())
                    && id.split('.').count() >= 2,
                "{id} is not `area.subject.statement` in lower case"
            );
            let requirement = check.requirement;
            assert!(
                requirement.starts_with(char::is_uppercase) && requirement.ends_with('.'),
                "{id}: {requirement:?} is not a sentence"
            );
            assert!(!check.clauses.is_empty(), "{id} holds no clause");
            assert!(!check.limit.is_zero(), "{id} has no time");
            for clause in check.clauses {
                let shape = clause.split_once('-').is_some_and(|(family, number)| {
                    family.bytes().all(|byte| byte.is_ascii_uppercase())
                        && number.len() == 2
                        && number.bytes().all(|byte| byte.is_ascii_digit())
                });
                assert!(shape, "{id}: {clause:?} is not the id of a clause");
            }
        }
    }

    #[test]
    fn the_checks_of_an_area_stand_together() {
        let mut areas: Vec<&str> = catalogue().iter().map(Check::area).collect();
        areas.dedup();
        let distinct: BTreeSet<&str> = areas.iter().copied().collect();
        assert_eq!(areas.len(), distinct.len(), "{areas:?}");
    }
}
