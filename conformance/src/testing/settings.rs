//! What the environment says of the tests of checks.

use std::{
    env,
    ffi::{OsStr, OsString},
};

use crate::{
    check::{Check, Profile},
    model::RANDOM_PROGRAMS,
    runner::RunOptions,
};

/// Where the random programs begin.
const SEED: &str = "CONFORMANCE_SEED";

/// How many random programs are tried.
const PROGRAMS: &str = "CONFORMANCE_PROGRAMS";

/// The profile beyond which no check runs.
const PROFILE: &str = "CONFORMANCE_PROFILE";

/// What the environment asks for; what it leaves open is as everywhere.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Settings {
    seed: Option<u64>,
    programs: Option<u64>,
    profile: Option<Profile>,
}

impl Settings {
    /// Those of the process.
    ///
    /// # Errors
    ///
    /// A variable holds what is not allowed; the text names it, its value and what is.
    pub(crate) fn wanted() -> Result<Self, String> {
        Self::read(|name| env::var_os(name))
    }

    /// Those that a look-up tells; what is unset or empty is left open.
    fn read(lookup: impl Fn(&str) -> Option<OsString>) -> Result<Self, String> {
        let given = |name: &str| lookup(name).filter(|value| !value.is_empty());
        let number = |name: &str, least: u64| -> Result<Option<u64>, String> {
            let Some(value) = given(name) else {
                return Ok(None);
            };
            let number = value.to_str().and_then(|text| text.parse().ok());
            match number.filter(|number| *number >= least) {
                Some(number) => Ok(Some(number)),
                None => Err(format!(
                    "{name} is {value:?}, and has to be a whole number from {least} to {}",
                    u64::MAX
                )),
            }
        };
        Ok(Self {
            seed: number(SEED, 0)?,
            // Without any program, nothing would be seen.
            programs: number(PROGRAMS, 1)?,
            profile: given(PROFILE).as_deref().map(profile).transpose()?,
        })
    }

    /// How the test of a check goes.
    pub(super) fn over(&self, mut options: RunOptions) -> RunOptions {
        if let Some(seed) = self.seed {
            options = options.seed(seed);
        }
        match self.programs {
            Some(programs) => options.programs(programs),
            None => options,
        }
    }

    /// The profile that the tests are of: a test binary has every check.
    pub(super) fn profile(&self) -> Profile {
        self.profile.unwrap_or(Profile::Full)
    }

    /// Why the test of a check does not run, if it does not.
    pub(super) fn excludes(&self, check: &Check) -> Option<String> {
        let profile = self.profile.filter(|profile| check.profile > *profile)?;
        Some(format!(
            "the check is of the profile {}, and {PROFILE} is {}",
            check.profile.as_str(),
            profile.as_str()
        ))
    }

    /// The variables to set before a command so that it repeats how a check ended: those of the one program that failed, or
    /// those that were set. Nothing, or it ends with a space.
    pub(super) fn to_repeat(self, check: &Check, failed: Option<u64>) -> String {
        if check.id != RANDOM_PROGRAMS {
            return String::new();
        }
        let (seed, programs) = match failed {
            Some(seed) => (Some(seed), Some(1)),
            None => (self.seed, self.programs),
        };
        let mut set = String::new();
        for (name, value) in [(SEED, seed), (PROGRAMS, programs)] {
            if let Some(value) = value {
                set.push_str(&format!("{name}={value} "));
            }
        }
        set
    }
}

fn profile(value: &OsStr) -> Result<Profile, String> {
    let named = Profile::ALL
        .into_iter()
        .find(|profile| value == profile.as_str());
    named.ok_or_else(|| {
        let names = Profile::ALL.map(Profile::as_str);
        format!(
            "{PROFILE} is {value:?}, and has to be one of {}",
            names.join(", ")
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::{catalogue, find_check};

    fn read(set: &[(&str, &str)]) -> Result<Settings, String> {
        Settings::read(|name| {
            let found = set.iter().find(|(one, _)| *one == name);
            found.map(|(_, value)| OsString::from(value))
        })
    }

    #[test]
    fn what_is_not_set_or_empty_is_as_in_every_run() {
        for set in [&[][..], &[(SEED, ""), (PROGRAMS, ""), (PROFILE, "")]] {
            let settings = read(set).unwrap();
            assert_eq!(settings, Settings::default());
            let (options, usual) = (settings.over(RunOptions::new()), RunOptions::new());
            assert_eq!(
                (options.seed, options.programs),
                (usual.seed, usual.programs)
            );
            assert_eq!(settings.profile(), Profile::Full);
            assert!(
                catalogue()
                    .iter()
                    .all(|one| settings.excludes(one).is_none())
            );
        }
    }

    #[test]
    fn what_is_set_wins_over_what_the_code_says() {
        let settings = read(&[(SEED, "7"), (PROGRAMS, "1000"), (PROFILE, "core")]).unwrap();
        let options = settings.over(RunOptions::new().seed(3).programs(4));
        assert_eq!((options.seed, options.programs), (7, 1000));
        assert_eq!(settings.profile(), Profile::Core);
        for check in catalogue() {
            let is_left_out = settings.excludes(check).is_some();
            assert_eq!(is_left_out, check.profile == Profile::Full, "{}", check.id);
        }
        let only_the_seed = read(&[(SEED, "7")]).unwrap();
        let options = only_the_seed.over(RunOptions::new().seed(3).programs(4));
        assert_eq!((options.seed, options.programs), (7, 4));
    }

    #[test]
    fn a_malformed_value_is_told_with_its_variable_and_what_is_allowed() {
        let told = |name, value| read(&[(name, value)]).unwrap_err();
        let told = [
            told(SEED, "seven"),
            told(SEED, "-1"),
            told(SEED, "18446744073709551616"),
            told(PROGRAMS, "0"),
            told(PROGRAMS, "1e3"),
            told(PROFILE, "Core"),
            told(PROFILE, "nightly"),
        ];
        insta::assert_snapshot!(told.join("\n"), @r#"
        CONFORMANCE_SEED is "seven", and has to be a whole number from 0 to 18446744073709551615
        CONFORMANCE_SEED is "-1", and has to be a whole number from 0 to 18446744073709551615
        CONFORMANCE_SEED is "18446744073709551616", and has to be a whole number from 0 to 18446744073709551615
        CONFORMANCE_PROGRAMS is "0", and has to be a whole number from 1 to 18446744073709551615
        CONFORMANCE_PROGRAMS is "1e3", and has to be a whole number from 1 to 18446744073709551615
        CONFORMANCE_PROFILE is "Core", and has to be one of smoke, core, full
        CONFORMANCE_PROFILE is "nightly", and has to be one of smoke, core, full
        "#);
    }

    #[cfg(unix)]
    #[test]
    fn a_value_that_is_no_text_is_told_too() {
        use std::os::unix::ffi::OsStringExt;

        for name in [SEED, PROGRAMS, PROFILE] {
            let told = Settings::read(|one| (one == name).then(|| OsString::from_vec(vec![0xff])));
            let told = told.unwrap_err();
            assert!(
                told.starts_with(&format!(r#"{name} is "\xFF", and has to be"#)),
                "{told}"
            );
        }
    }

    #[test]
    fn a_command_repeats_the_program_that_failed_or_all_of_them() {
        let programs = find_check(RANDOM_PROGRAMS).unwrap();
        let other = find_check("crud.get.returns-created").unwrap();
        let set = read(&[(SEED, "7"), (PROGRAMS, "1000")]).unwrap();
        let told = |settings: Settings, failed| settings.to_repeat(programs, failed);
        assert_eq!(
            told(set, None),
            "CONFORMANCE_SEED=7 CONFORMANCE_PROGRAMS=1000 "
        );
        assert_eq!(
            told(set, Some(19)),
            "CONFORMANCE_SEED=19 CONFORMANCE_PROGRAMS=1 "
        );
        let unset = Settings::default();
        assert_eq!(
            told(unset, Some(2)),
            "CONFORMANCE_SEED=2 CONFORMANCE_PROGRAMS=1 "
        );
        assert_eq!(told(unset, None), "");
        assert_eq!(set.to_repeat(other, None), "");
    }
}
