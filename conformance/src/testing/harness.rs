//! A test binary of its own, with one test a check.

use std::{collections::BTreeMap, panic::AssertUnwindSafe, process::ExitCode, sync::Arc};

use libtest_mimic::{Arguments, Completion, Failed, Trial as Test};

use super::{
    judge::{Judgement, Trial, runtime},
    settings::Settings,
};
use crate::{
    catalogue::catalogue,
    check::Check,
    fragment::Folder,
    runner::{RunOptions, survey},
    subject::Subject,
};

/// The function that makes the subject.
type MakeSubject = Arc<dyn Fn() -> Subject + Send + Sync>;

/// What [`main!`](crate::main) does.
#[doc(hidden)]
pub fn __main(subject: impl Fn() -> Subject + Send + Sync + 'static, module: &str) -> ExitCode {
    let arguments = Arguments::from_args();
    let subject: MakeSubject = Arc::new(subject);
    libtest_mimic::run(&arguments, tests(&arguments, &subject, module)).exit_code()
}

fn tests(arguments: &Arguments, subject: &MakeSubject, module: &str) -> Vec<Test> {
    let absent = if is_worth_a_mount(arguments) {
        absent(subject)
    } else {
        BTreeMap::new()
    };
    let settings = Settings::wanted();
    let checks = catalogue().iter();
    checks
        .map(|check| {
            let idle = idle(check, absent.get(check.id), settings.as_ref().ok());
            let trial = Trial::new(check, format!("{module}::{}", name(check)));
            test(
                check,
                arguments,
                idle,
                subject,
                trial.settings(settings.clone()),
            )
        })
        .collect()
}

/// The name that a check has as a test, the same as in [`tests!`](crate::tests).
fn name(check: &Check) -> String {
    format!("{}::{}", check.area(), check.test_name())
}

/// Whether it matters which checks do not apply. It does not where one test is named, as nextest does it once a test,
/// and where no test is left.
fn is_worth_a_mount(arguments: &Arguments) -> bool {
    let by_flag = arguments.ignored || arguments.include_ignored;
    if arguments.exact && arguments.filter.is_some() && !by_flag && !arguments.list {
        return false;
    }
    let whatever_the_flag = Arguments {
        ignored: false,
        ..arguments.clone()
    };
    let mut names = catalogue().iter().map(name);
    names.any(|name| {
        let named = Test::test(name, || Ok(()));
        !whatever_the_flag.is_filtered_out(&named)
    })
}

/// The checks that do not apply. Nothing where that cannot be seen: every test will say why.
fn absent(subject: &MakeSubject) -> BTreeMap<String, String> {
    let looking = AssertUnwindSafe(|| {
        let subject = subject();
        let runtime = runtime(&subject).ok()?;
        runtime.block_on(survey(&subject, &RunOptions::new()))
    });
    let seen = std::panic::catch_unwind(looking);
    let survey = seen.ok().flatten();
    survey.map_or_else(BTreeMap::new, |survey| survey.absent)
}

/// Why a check has nothing to do, if that is known before it runs.
fn idle(check: &Check, absent: Option<&String>, settings: Option<&Settings>) -> Option<Judgement> {
    let excluded = settings.and_then(|settings| settings.excludes(check));
    let absent = || absent.cloned().map(Judgement::NotApplicable);
    excluded.map(Judgement::NotRun).or_else(absent)
}

fn test(
    check: &Check,
    arguments: &Arguments,
    idle: Option<Judgement>,
    subject: &MakeSubject,
    trial: Trial,
) -> Test {
    let name = name(check);
    // A runner reads from the list what is ignored. Whoever runs the binary itself can be told why.
    let by_flag = arguments.list || arguments.ignored || arguments.include_ignored;
    let is_idle = idle.is_some();
    if let Some(judgement) = idle
        && !by_flag
    {
        return Test::ignorable_test(name, move || ended(judgement));
    }
    let subject = Arc::clone(subject);
    let test = Test::ignorable_test(name, move || {
        ended(trial.run(&subject(), Folder::wanted().as_ref()))
    });
    test.with_ignored_flag(is_idle)
}

fn ended(judgement: Judgement) -> Result<Completion, Failed> {
    match judgement {
        Judgement::Fine => Ok(Completion::Completed),
        #[expect(
            clippy::print_stderr,
            reason = "the only place where a passing test can say why"
        )]
        Judgement::Remark(text) => {
            eprintln!("{text}");
            Ok(Completion::Completed)
        }
        Judgement::NotApplicable(what) => {
            Ok(Completion::ignored_with(format!("not applicable: {what}")))
        }
        Judgement::NotRun(why) => Ok(Completion::ignored_with(format!("not run: {why}"))),
        Judgement::Failed(text) => Err(text.into()),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use omniview_sdk::ResourcePluginConfig;

    use super::*;

    /// A subject that cannot be mounted, and how often that was tried.
    fn unmountable() -> (MakeSubject, Arc<AtomicUsize>) {
        let mounts = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&mounts);
        let subject = move || {
            let counted = Arc::clone(&counted);
            Subject::in_process("empty", move || {
                counted.fetch_add(1, Ordering::Relaxed);
                ResourcePluginConfig::<()>::new("empty")
            })
        };
        (Arc::new(subject), mounts)
    }

    fn arguments(given: &[&str]) -> Arguments {
        Arguments::from_iter(["harness"].iter().chain(given))
    }

    #[test]
    fn a_subject_that_cannot_be_mounted_lists_every_check_after_one_try() {
        let (subject, mounts) = unmountable();
        let tests = tests(&arguments(&["--list"]), &subject, "shop");
        assert_eq!(tests.len(), catalogue().len());
        assert!(tests.iter().all(|test| !test.has_ignored_flag()));
        assert_eq!(mounts.load(Ordering::Relaxed), 1);
    }

    #[test]
    fn a_subject_that_panics_lists_every_check() {
        let subject: MakeSubject = Arc::new(|| panic!("no subject today"));
        let tests = tests(&arguments(&["--list"]), &subject, "shop");
        assert_eq!(tests.len(), catalogue().len());
    }

    #[test]
    fn a_test_that_is_named_costs_no_mount_before_it_runs() {
        let (subject, mounts) = unmountable();
        for given in [
            &["--exact", "crud::get_returns_created"][..],
            &["--exact", "crud::get_returns_created", "--nocapture"],
            &["no_such_test"],
            &["--ignored", "no_such_test"],
        ] {
            tests(&arguments(given), &subject, "shop");
            assert_eq!(mounts.load(Ordering::Relaxed), 0, "{given:?}");
        }
        for given in [&[][..], &["crud"], &["--ignored"], &["--list", "--ignored"]] {
            tests(&arguments(given), &subject, "shop");
            assert_eq!(mounts.swap(0, Ordering::Relaxed), 1, "{given:?}");
        }
    }
}
