//! Narrowing a selection by what checks are about.

use std::collections::BTreeSet;

use super::{Selection, SelectionError};
use crate::{
    catalogue::{catalogue, find_check},
    check::{Capability, Check, Level, Need},
};

impl Selection {
    /// Keeps the checks of these areas, or all where none is named.
    ///
    /// ```
    /// use omniview_conformance::{Profile, Selection};
    ///
    /// let all = Selection::profile(Profile::Full);
    /// let crud = all.of_areas(&["crud"])?.of_clauses(&["OPS-08"])?;
    /// assert!(crud.holds("crud.delete.removes"));
    /// assert!(!crud.holds("crud.get.returns-created"));
    /// # Ok::<(), omniview_conformance::SelectionError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// There is no such area, or nothing is left.
    pub fn of_areas<T: AsRef<str>>(self, areas: &[T]) -> Result<Self, SelectionError> {
        self.named("area", areas, |check| vec![check.area()])
    }

    /// Keeps the checks that hold one of these clauses of the contract, or all where none is named.
    ///
    /// # Errors
    ///
    /// No check holds such a clause, or nothing is left.
    pub fn of_clauses<T: AsRef<str>>(self, clauses: &[T]) -> Result<Self, SelectionError> {
        self.named("clause", clauses, |check| check.clauses.to_vec())
    }

    /// Keeps the checks that need one of these capabilities, or its absence; all where none is named.
    ///
    /// # Errors
    ///
    /// No check needs such a capability, or nothing is left.
    pub fn of_capabilities<T: AsRef<str>>(self, names: &[T]) -> Result<Self, SelectionError> {
        self.named("capability", names, |check| {
            let capabilities = check.needs.iter().filter_map(|need| match need {
                Need::Has(capability) | Need::Lacks(capability) => Some(*capability),
                _ => None,
            });
            capabilities.map(Capability::as_str).collect()
        })
    }

    /// Keeps the checks of a level.
    ///
    /// # Errors
    ///
    /// Nothing is left.
    pub fn of_level(self, level: Level) -> Result<Self, SelectionError> {
        self.keeping(|check| check.level == level)
    }

    fn named<T: AsRef<str>>(
        self,
        what: &'static str,
        wanted: &[T],
        names: impl Fn(&Check) -> Vec<&'static str>,
    ) -> Result<Self, SelectionError> {
        if wanted.is_empty() {
            return Ok(self);
        }
        let known: BTreeSet<&str> = catalogue().iter().flat_map(&names).collect();
        for name in wanted {
            let name = name.as_ref();
            if !known.contains(name) {
                return Err(SelectionError::Unknown {
                    what,
                    name: name.to_owned(),
                    known: known.into_iter().collect(),
                });
            }
        }
        self.keeping(|check| {
            let names = names(check);
            wanted.iter().any(|name| names.contains(&name.as_ref()))
        })
    }

    fn keeping(mut self, keep: impl Fn(&Check) -> bool) -> Result<Self, SelectionError> {
        self.ids.retain(|id| find_check(id).is_some_and(&keep));
        if self.ids.is_empty() {
            let profile = self.of_profile();
            return Err(SelectionError::Empty { profile });
        }
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Profile;

    fn all() -> Selection {
        Selection::profile(Profile::Full)
    }

    fn held(selection: &Selection) -> Vec<&'static Check> {
        let checks = catalogue().iter();
        checks.filter(|check| selection.holds(check.id)).collect()
    }

    #[test]
    fn each_way_keeps_exactly_what_it_names() {
        let areas = all().of_areas(&["crud", "suite"]).unwrap();
        assert!(
            held(&areas)
                .iter()
                .all(|check| ["crud", "suite"].contains(&check.area()))
        );
        let clauses = all().of_clauses(&["OPS-08"]).unwrap();
        assert!(
            held(&clauses)
                .iter()
                .all(|check| check.clauses.contains(&"OPS-08"))
        );
        let watchable = all().of_capabilities(&["watchable"]).unwrap();
        assert!(held(&watchable).iter().all(|check| {
            check.needs.contains(&Need::Has(Capability::Watchable))
                || check.needs.contains(&Need::Lacks(Capability::Watchable))
        }));
        for narrowed in [&areas, &clauses, &watchable] {
            assert!((1..all().len()).contains(&narrowed.len()));
        }
        let nothing: &[&str] = &[];
        assert_eq!(all().of_areas(nothing).unwrap().len(), all().len());
        let must = all().of_level(Level::Must).unwrap();
        assert!(held(&must).iter().all(|check| check.level == Level::Must));
    }

    #[test]
    fn what_does_not_exist_is_refused_with_what_does() {
        for (error, text) in [
            (
                all().of_areas(&["crude"]),
                "no check is of area `crude`; there are actions, capabilities, connections, crud, ",
            ),
            (
                all().of_clauses(&["OPS-99"]),
                "no check is of clause `OPS-99`; there are ",
            ),
            (
                all().of_capabilities(&["winged"]),
                "no check is of capability `winged`; there are ",
            ),
        ] {
            let error = error.unwrap_err().to_string();
            assert!(error.starts_with(text), "{error}");
        }
        let nothing = all().of_areas(&["suite"]).unwrap().of_clauses(&["PAG-01"]);
        assert!(matches!(nothing, Err(SelectionError::Empty { .. })));
    }
}
