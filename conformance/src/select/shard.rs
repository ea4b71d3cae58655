//! A part of a selection, so that several machines share the work.

use std::{fmt, str::FromStr};

use super::{Selection, SelectionError};
use crate::history::hash_text;

/// One of several parts of which each check is in exactly one.
///
/// Which one depends on the id of the check alone, so that it is the same on every machine and stays the same when other
/// checks come and go.
///
/// ```
/// use omniview_conformance::{Profile, Selection, Shard, catalogue};
///
/// let shard = |text: &str| Selection::profile(Profile::Full).in_shard(text.parse().unwrap()).unwrap();
/// let (one, two) = (shard("1/2"), shard("2/2"));
/// assert!(catalogue().iter().all(|check| one.holds(check.id) != two.holds(check.id)));
/// assert!("3/2".parse::<Shard>().is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Shard {
    number: u64,
    of: u64,
}

impl Shard {
    /// The shard with a number, counted from 1, of so many; none where there is no such shard.
    pub fn new(number: u64, of: u64) -> Option<Self> {
        (1..=of).contains(&number).then_some(Self { number, of })
    }

    /// Whether the check with this id is in it.
    pub fn holds(self, id: &str) -> bool {
        // The upper half of the hash is the better mixed one.
        (hash_text(id) >> 32) % self.of + 1 == self.number
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.of)
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parsed = text
            .split_once('/')
            .and_then(|(number, of)| Some((number.parse().ok()?, of.parse().ok()?)))
            .and_then(|(number, of)| Self::new(number, of));
        parsed.ok_or_else(|| {
            format!("{text:?} is no shard: write K/N with K from 1 to N, such as 1/4")
        })
    }
}

impl Selection {
    /// What of it is in a shard. The rest is reported as run elsewhere.
    ///
    /// # Errors
    ///
    /// Nothing of it is.
    pub fn in_shard(mut self, shard: Shard) -> Result<Self, SelectionError> {
        let selected = self.ids.len();
        self.shard = Some(shard);
        let (here, elsewhere) = self.ids.iter().partition(|id| shard.holds(id));
        self.ids = here;
        self.elsewhere.extend::<Vec<&str>>(elsewhere);
        if self.ids.is_empty() {
            return Err(SelectionError::EmptyShard { shard, selected });
        }
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{catalogue::catalogue, check::Profile, status::NotRunReason};

    #[test]
    fn every_check_is_in_exactly_one_shard_and_told_to_be_elsewhere_in_the_others() {
        for of in [1, 2, 3, 5, 8] {
            let shards: Vec<Selection> = (1..=of)
                .map(|number| {
                    let all = Selection::profile(Profile::Full);
                    all.in_shard(Shard::new(number, of).unwrap()).unwrap()
                })
                .collect();
            for check in catalogue() {
                let absences: Vec<_> = shards.iter().map(|one| one.absence(check.id)).collect();
                let here = absences.iter().filter(|absence| absence.is_none());
                assert_eq!(here.count(), 1, "{} in {of} shards", check.id);
                let elsewhere = absences
                    .iter()
                    .filter(|absence| **absence == Some(NotRunReason::OtherShard));
                assert_eq!(elsewhere.count() as u64, of - 1, "{}", check.id);
            }
        }
    }

    #[test]
    fn the_shard_of_an_id_never_changes() {
        let shard = |id: &str| (1..=4).find(|number| Shard::new(*number, 4).unwrap().holds(id));
        assert_eq!(shard("crud.get.returns-created"), Some(3));
        assert_eq!(shard("suite.clean-up"), Some(4));
    }

    #[test]
    fn what_was_not_selected_is_in_no_shard() {
        let none: &[&str] = &[];
        let crud = Selection::new(Profile::Full, &["crud.*"], none).unwrap();
        let part = crud.in_shard(Shard::new(1, 2).unwrap()).unwrap();
        let absence = part.absence("suite.clean-up");
        assert_eq!(absence, Some(NotRunReason::NotSelected));
    }

    #[test]
    fn a_shard_that_is_none_or_holds_nothing_is_an_error() {
        for text in ["", "1", "0/2", "3/2", "1/0", "a/b", "1/2/3", "-1/2"] {
            let error = text.parse::<Shard>().unwrap_err();
            assert!(error.contains("write K/N"), "{error}");
        }
        let single = Selection::new(Profile::Full, &["suite.clean-up"], &[]).unwrap();
        let shards = (1..=2).map(|number| Shard::new(number, 2).unwrap());
        let errors: Vec<String> = shards
            .filter_map(|shard| single.clone().in_shard(shard).err())
            .map(|error| error.to_string())
            .collect();
        assert_eq!(errors.len(), 1);
        assert!(errors[0].ends_with("holds none of the 1 selected checks; use fewer shards"));
    }
}
