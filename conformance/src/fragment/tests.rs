//! Merging, over reports made up for it and over those of real tests.

use super::{Part, merge, part::Content, part::Fragment};
use crate::{
    catalogue::catalogue,
    check::Profile,
    report::{CheckReport, Header, Report},
    runner::RunOptions,
    status::{NotRunReason, Status, Verdict},
    subject::Subject,
};

fn header() -> Header {
    let subject = Subject::in_process("shop", || {
        omniview_sdk::ResourcePluginConfig::<()>::new("shop")
    });
    Header::of(&subject, Profile::Full, &RunOptions::new())
}

/// A report of every check, each with the status that a function tells by its place.
fn report(status: impl Fn(usize, &str) -> Status) -> Report {
    let results = catalogue().iter().enumerate();
    Report {
        header: header(),
        results: results
            .map(|(place, check)| CheckReport::new(check, status(place, check.id)))
            .collect(),
    }
}

fn elsewhere() -> Status {
    Status::NotRun {
        reason: NotRunReason::OtherShard,
    }
}

/// The part of a shard that ran the checks at every other place.
fn shard(name: &str, remainder: usize) -> Part {
    let report = report(|place, _| match place % 2 == remainder {
        true => Status::Pass,
        false => elsewhere(),
    });
    Part::of_report(name, report)
}

fn fragment(source: &str, run: &str, place: usize) -> Part {
    let mut report = report(|_, _| Status::Pass);
    report.results = vec![report.results[place].clone()];
    Part {
        source: source.to_owned(),
        content: Content::Fragment(Box::new(Fragment {
            run: run.to_owned(),
            report,
            absent: Default::default(),
            leftovers: Vec::new(),
            findings: Vec::new(),
        })),
    }
}

fn changed(mut part: Part, change: impl FnOnce(&mut Report)) -> Part {
    match &mut part.content {
        Content::Fragment(fragment) => change(&mut fragment.report),
        Content::Report(report) => change(report),
    }
    part
}

fn error(parts: &[Part]) -> String {
    merge(parts).unwrap_err().to_string()
}

#[test]
fn shards_fill_each_other() {
    let merged = merge(&[shard("one.json", 0), shard("two.json", 1)]).unwrap();
    assert_eq!(merged.missing, [""; 0]);
    assert_eq!(merged.report, report(|_, _| Status::Pass));
}

#[test]
fn what_no_part_ran_is_missing_and_makes_the_report_incomplete() {
    let merged = merge(&[shard("one.json", 0)]).unwrap();
    let other: Vec<&str> = catalogue()
        .iter()
        .skip(1)
        .step_by(2)
        .map(|check| check.id)
        .collect();
    assert_eq!(merged.missing, other);
    assert_eq!(merged.report.verdict(), Verdict::Incomplete);
    assert_eq!(merged.report.results.len(), catalogue().len());
    let status = &merged.report.result(other[0]).unwrap().status;
    assert_eq!(status.reason().unwrap(), "in no part");
}

#[test]
fn a_missing_should_makes_the_report_incomplete_too() {
    let place = catalogue()
        .iter()
        .position(|check| check.level == crate::Level::Should)
        .unwrap();
    let mut parts = vec![shard("one.json", 0), shard("two.json", 1)];
    for part in &mut parts {
        *part = changed(part.clone(), |report| {
            report.results.remove(place);
        });
    }
    let merged = merge(&parts).unwrap();
    assert_eq!(merged.missing, [catalogue()[place].id]);
    assert_eq!(merged.report.verdict(), Verdict::Incomplete);
}

#[test]
fn fragments_and_shards_can_be_merged_and_what_was_not_selected_stays_so() {
    let selected = report(|place, _| match place {
        0 => elsewhere(),
        1 => Status::Pass,
        _ => Status::NotRun {
            reason: NotRunReason::NotSelected,
        },
    });
    let parts = [
        Part::of_report("shard.json", selected),
        fragment("parts/first.json", "run", 0),
    ];
    let merged = merge(&parts).unwrap();
    assert_eq!(merged.missing, [""; 0]);
    assert_eq!(merged.report.results[0].status, Status::Pass);
    let third = merged.report.results[2].status.reason().unwrap();
    assert_eq!(third, "not selected");
}

#[test]
fn what_is_not_of_one_run_is_refused_with_the_files_and_what_they_say() {
    let mixed = |change: fn(&mut Report)| {
        error(&[shard("one.json", 0), changed(shard("two.json", 1), change)])
    };
    assert_eq!(
        mixed(|report| report.header.seed = 7),
        "the parts are not of one run: they differ in the seed\n  1 in one.json\n  7 in two.json\n\
         merge those of one plugin, suite, selection and seed"
    );
    for (what, change) in [
        (
            "the subject",
            (|report| report.header.subject = "bookshop".to_owned()) as fn(&mut Report),
        ),
        ("the version of the plugin", |report| {
            report.header.plugin_version = Some("2".to_owned());
        }),
        ("the version of the suite", |report| {
            report.header.suite_version = "0.0.1".to_owned();
        }),
        ("the catalogue", |report| {
            report.header.catalogue = "0".to_owned();
        }),
        ("the profile", |report| {
            report.header.profile = Profile::Smoke;
        }),
        ("the number of random programs", |report| {
            report.header.programs = 3;
        }),
        ("whether they are strict", |report| {
            report.header.strict = true;
        }),
    ] {
        let error = mixed(change);
        let first = error.lines().next().unwrap();
        assert_eq!(
            first,
            format!("the parts are not of one run: they differ in {what}")
        );
    }
}

#[test]
fn plugins_that_declare_different_things_are_two_plugins() {
    let with = |part: Part, searchable: bool| {
        changed(part, |report| {
            let capabilities = omniview_sdk::ResourceCapabilities {
                searchable,
                ..Default::default()
            };
            report.header.connections = vec!["main".to_owned()];
            report.header.capabilities = [("shop::v1::Thing".into(), capabilities)].into();
        })
    };
    let error = error(&[
        with(shard("one.json", 0), true),
        with(shard("two.json", 1), false),
    ]);
    let expected =
        "differ in the capabilities of shop::v1::Thing\n   in two.json\n  searchable in one.json\n";
    assert!(error.contains(expected), "{error}");
}

#[test]
fn parts_of_another_catalogue_prove_nothing_here() {
    let foreign = changed(shard("old.json", 0), |report| {
        report.header.catalogue = "0123".to_owned();
    });
    let error = error(&[foreign]);
    assert!(error.starts_with("old.json: it is of suite "), "{error}");
    assert!(error.ends_with("use the suite that wrote it"), "{error}");
}

#[test]
fn parts_that_do_not_agree_on_a_check_are_refused_by_name() {
    let other = changed(shard("two.json", 0), |report| {
        report.results[0].status = Status::Timeout {
            limit: std::time::Duration::ZERO,
            history: Vec::new(),
        };
    });
    let id = catalogue()[0].id;
    assert_eq!(
        error(&[shard("one.json", 0), other]),
        format!("the parts do not agree on {id}\n  pass in one.json\n  timeout in two.json")
    );
}

#[test]
fn a_folder_with_the_fragments_of_two_runs_is_refused() {
    let error = error(&[
        fragment("parts/a.json", "old", 0),
        fragment("parts/b.json", "new", 1),
    ]);
    assert!(
        error.starts_with("parts has the fragments of 2 runs"),
        "{error}"
    );
    assert!(error.contains("parts/a.json and parts/b.json"), "{error}");
    let apart = [
        fragment("one/a.json", "first machine", 0),
        fragment("two/b.json", "second machine", 1),
    ];
    assert_eq!(merge(&apart).unwrap().missing.len(), catalogue().len() - 2);
}

#[test]
fn nothing_is_no_report() {
    assert!(error(&[]).starts_with("there is nothing to merge"));
}

#[test]
fn a_failure_that_a_shard_blames_on_the_clean_up_outweighs_its_pass_elsewhere() {
    let blaming = |name: &str, remainder: usize, line: &str| {
        changed(shard(name, remainder), |report| {
            let clean_up = report
                .results
                .iter_mut()
                .find(|one| one.id == "suite.clean-up");
            clean_up.unwrap().status = Status::Fail(Box::new(crate::Failure {
                history: vec![line.to_owned()],
                ..Default::default()
            }));
        })
    };
    let parts = [
        shard("one.json", 0),
        shard("two.json", 1),
        blaming("three.json", 0, "crud left a"),
        blaming("four.json", 1, "watch left b"),
    ];
    let merged = merge(&parts).unwrap();
    let status = &merged.report.result("suite.clean-up").unwrap().status;
    let history = &status.failure().unwrap().history;
    assert_eq!(*history, ["crud left a", "watch left b"]);
}

#[test]
fn what_is_no_part_is_told_apart() {
    let text = |text: &str| Part::from_json("part.json", text).unwrap_err();
    assert!(
        text("{}").contains("no report of this suite"),
        "{}",
        text("{}")
    );
    assert!(text("").starts_with("it is empty"), "{}", text(""));
    let fragment = fragment("a.json", "run", 0);
    let written = fragment.fragment().unwrap().to_json();
    assert!(Part::from_json("a.json", &written).is_ok());
    let newer = written.replace("\n  \"schemaVersion\": 1", "\n  \"schemaVersion\": 9");
    assert_eq!(
        text(&newer),
        "its schemaVersion is 9, and this suite reads 1: use the suite that wrote it"
    );
    let cut = &written[..written.len() / 2];
    assert!(text(cut).contains("it ends in the middle"), "{}", text(cut));
}

#[cfg(feature = "cli")]
mod of_real_tests {
    use omniview_reference_backend::{Deviation, ReferenceBackend};

    use super::*;
    use crate::{
        ResourceFixture, Sample, Selection,
        fragment::{Folder, gather},
        testing::Trial,
    };

    /// A plugin that does not delete, so that checks leave something behind, and whose watch repeats itself.
    fn subject() -> Subject {
        let backend = || ReferenceBackend::deviating(Deviation::DeleteIgnored);
        let connection = backend().connections().swap_remove(0).id;
        let subject = Subject::try_provider("deviating", move || async move {
            Ok::<_, omniview_sdk::BoxError>(backend().provider()?)
        });
        let fixtures = backend().type_fixtures(&connection).unwrap();
        fixtures
            .into_iter()
            .fold(subject.virtual_time(), |subject, ty| {
                let kind = ty.kind();
                let samples = ResourceFixture::new(ty.key())
                    .namespaces(ty.namespaces())
                    .sample(move |number, namespace| {
                        let namespaces = vec![namespace.to_owned()];
                        let within = omniview_reference_backend::TypeFixture::new(kind, namespaces);
                        let number = number as usize;
                        Sample::new(within.id(number), within.sample(number))
                    });
                subject.resource(samples)
            })
    }

    /// Without what depends on the road that a result has come.
    fn essence(mut report: Report) -> Report {
        report.header.command = String::new();
        for result in &mut report.results {
            result.elapsed = Default::default();
            result.reproduce = String::new();
        }
        report
    }

    #[test]
    fn the_fragments_of_every_test_are_the_report_of_a_run() {
        let name = format!("conformance-fragments-{}", std::process::id());
        let path = std::env::temp_dir().join(name);
        let folder = Folder::at(&path);
        let areas = ["crud", "history", "suite"];
        let checks = || {
            catalogue()
                .iter()
                .filter(|check| areas.contains(&check.area()))
        };
        for check in checks() {
            Trial::new(check, format!("door::{}", check.test_name()))
                .run(&subject(), Some(&folder));
        }
        let parts = gather(&[&path]).unwrap();
        std::fs::remove_dir_all(&path).unwrap();
        assert_eq!(parts.len(), checks().count());
        let mut merged = merge(&parts).unwrap();
        let others = catalogue().len() - checks().count();
        assert!(merged.missing.len() <= others);

        let runtime = crate::testing::runtime(&subject()).unwrap();
        let options = RunOptions::new()
            .selection(Selection::profile(Profile::Full).of_areas(&areas).unwrap());
        let whole = runtime.block_on(crate::run(&subject(), options));
        assert_eq!(whole.verdict(), Verdict::NotConformant);
        let failure = whole
            .result("suite.clean-up")
            .unwrap()
            .status
            .failure()
            .unwrap();
        assert!(failure.history.len() > 1, "{failure:?}");
        // The rest ran nowhere.
        merged
            .report
            .results
            .retain(|one| areas.contains(&one.area()));
        let mut whole = essence(whole);
        whole.results.retain(|one| areas.contains(&one.area()));
        for (merged, whole) in essence(merged.report).results.iter().zip(&whole.results) {
            assert_eq!(merged, whole);
        }
    }
}
