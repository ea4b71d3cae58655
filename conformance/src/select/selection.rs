//! The selection itself.

use super::{SelectionError, Shard};
use crate::{
    catalogue::catalogue,
    check::{Check, Profile},
    status::NotRunReason,
};

/// Which checks run. A selection that holds none cannot be made.
///
/// ```
/// use omniview_conformance::{Profile, Selection};
///
/// let crud = Selection::new(Profile::Core, &["crud.*"], &["*.delete.*"]).unwrap();
/// assert!(crud.holds("crud.get.returns-created"));
/// assert!(!crud.holds("crud.delete.removes"));
/// assert!(Selection::new(Profile::Core, &["no.such.check"], &[] as &[&str]).is_err());
/// ```
#[derive(Debug, Clone)]
pub struct Selection {
    profile: Profile,
    pub(super) ids: Vec<&'static str>,
    /// Those that another shard runs.
    pub(super) elsewhere: Vec<&'static str>,
    /// The shard that it was narrowed to.
    pub(super) shard: Option<Shard>,
}

impl Selection {
    /// The checks of a profile whose id matches one of `only` (every id, where that is empty) and none of `skip`.
    ///
    /// In a glob, `*` stands for any text; everything else for itself.
    ///
    /// # Errors
    ///
    /// A glob that matches no id at all, or nothing is left.
    pub fn new<G: AsRef<str>>(
        profile: Profile,
        only: &[G],
        skip: &[G],
    ) -> Result<Self, SelectionError> {
        for glob in only.iter().chain(skip) {
            let glob = glob.as_ref();
            if !catalogue().iter().any(|check| matches_check(glob, check)) {
                return Err(SelectionError::NoMatch {
                    glob: glob.to_owned(),
                    nearest: nearest_ids(glob),
                });
            }
        }
        let ids: Vec<&str> = catalogue()
            .iter()
            .filter(|check| check.profile <= profile)
            .filter(|check| {
                only.is_empty() || only.iter().any(|glob| matches_check(glob.as_ref(), check))
            })
            .filter(|check| !skip.iter().any(|glob| matches_check(glob.as_ref(), check)))
            .map(|check| check.id)
            .collect();
        if ids.is_empty() {
            return Err(SelectionError::Empty { profile });
        }
        Ok(Self {
            profile,
            ids,
            elsewhere: Vec::new(),
            shard: None,
        })
    }

    /// One check.
    pub(crate) fn single(check: &Check) -> Self {
        Self {
            profile: check.profile,
            ids: vec![check.id],
            elsewhere: Vec::new(),
            shard: None,
        }
    }

    /// Every check of a profile.
    pub fn profile(profile: Profile) -> Self {
        Self {
            profile,
            ids: catalogue()
                .iter()
                .filter(|check| check.profile <= profile)
                .map(|check| check.id)
                .collect(),
            elsewhere: Vec::new(),
            shard: None,
        }
    }

    /// Whether the check with this id runs.
    pub fn holds(&self, id: &str) -> bool {
        self.ids.contains(&id)
    }

    /// Why the check with this id does not run, if it does not.
    pub(crate) fn absence(&self, id: &str) -> Option<NotRunReason> {
        if self.holds(id) {
            None
        } else if self.elsewhere.contains(&id) {
            Some(NotRunReason::OtherShard)
        } else {
            Some(NotRunReason::NotSelected)
        }
    }

    /// How many checks run; never 0.
    #[expect(clippy::len_without_is_empty, reason = "it is never empty")]
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    pub(crate) fn of_shard(&self) -> Option<Shard> {
        self.shard
    }

    pub(crate) fn of_profile(&self) -> Profile {
        self.profile
    }
}

impl Default for Selection {
    fn default() -> Self {
        Self::profile(Profile::default())
    }
}

/// Which of some texts is most like a text; the text itself where there are none.
#[cfg(feature = "cli")]
#[doc(hidden)]
pub fn nearest<'a>(text: &'a str, among: impl IntoIterator<Item = &'a str>) -> &'a str {
    let nearest = among.into_iter().min_by_key(|one| distance(text, one));
    nearest.unwrap_or(text)
}

/// The three ids that are most like a text.
///
/// ```
/// let nearest = omniview_conformance::nearest_ids("crud.get.return-created");
/// assert_eq!(nearest[0], "crud.get.returns-created");
/// ```
pub fn nearest_ids(text: &str) -> Vec<&'static str> {
    let mut ids: Vec<(usize, &str)> = catalogue()
        .iter()
        .map(|check| (distance(text, check.id), check.id))
        .collect();
    ids.sort();
    ids.into_iter().take(3).map(|(_, id)| id).collect()
}

/// Whether a glob stands for a check, by its id or by one that it had.
pub(crate) fn matches_check(glob: &str, check: &Check) -> bool {
    matches(glob, check.id) || check.aliases.iter().any(|alias| matches(glob, alias))
}

/// Whether a text is what a glob stands for.
pub(crate) fn matches(glob: &str, text: &str) -> bool {
    let mut parts = glob.split('*');
    // `split` yields at least one part.
    let Some(mut rest) = text.strip_prefix(parts.next().unwrap_or_default()) else {
        return false;
    };
    let Some(last) = parts.next_back() else {
        return rest.is_empty();
    };
    for part in parts {
        let Some(at) = rest.find(part) else {
            return false;
        };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

/// How many characters to insert, remove or replace to make one text of the other.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in other.iter().enumerate() {
            let replaced = diagonal + usize::from(a != *b);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: &[&str] = &[];

    #[test]
    fn a_star_stands_for_any_text_and_everything_else_for_itself() {
        for (glob, text, expected) in [
            ("a.b", "a.b", true),
            ("a.b", "a-b", false),
            ("a.*", "a.b.c", true),
            ("*.c", "a.b.c", true),
            ("a*c", "a.b.c", true),
            ("a*b*c", "a.b.c", true),
            ("*", "", true),
            ("ab*b", "ab", false),
            ("", "a", false),
            ("a*a", "a", false),
            ("*b*", "abc", true),
        ] {
            assert_eq!(matches(glob, text), expected, "{glob} on {text}");
        }
    }

    #[test]
    fn a_glob_without_a_match_names_the_nearest_ids() {
        let error = Selection::new(Profile::Full, &["crud.get.returns-create"], NONE).unwrap_err();
        let SelectionError::NoMatch { nearest, .. } = &error else {
            panic!("{error}");
        };
        assert_eq!(nearest[0], "crud.get.returns-created");
        assert!(error.to_string().contains("`crud.get.returns-create`"));
    }

    #[test]
    fn nothing_left_is_an_error() {
        assert_eq!(
            Selection::new(Profile::Full, &["crud.*"], &["*"]).unwrap_err(),
            SelectionError::Empty {
                profile: Profile::Full
            }
        );
    }

    #[test]
    fn a_profile_holds_the_smaller_ones() {
        let smoke = Selection::profile(Profile::Smoke);
        let core = Selection::profile(Profile::Core);
        assert!(smoke.len() < core.len());
        assert!(smoke.ids.iter().all(|id| core.holds(id)));
        assert_eq!(Selection::profile(Profile::Full).len(), catalogue().len());
    }

    #[test]
    fn distance_counts_edits() {
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("same", "same"), 0);
    }
}
