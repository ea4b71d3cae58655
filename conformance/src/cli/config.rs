//! `conformance.toml`: what a run does unless the command line says otherwise.

use std::{
    env, fs,
    num::NonZeroUsize,
    ops::Range,
    path::{Path, PathBuf},
};

use clap::ValueEnum;
use omniview_conformance::nearest_of;
use toml_edit::{Document, Item};

use super::{
    args::{LevelName, ProfileName, RunArgs},
    gate::GateArgs,
    output::Usage,
};

/// What the file is called that is looked for.
const NAME: &str = "conformance.toml";

/// A key, a value to show, and what it is for.
struct Key {
    name: &'static str,
    example: &'static str,
    about: &'static str,
}

const KEYS: [Key; 17] = [
    Key {
        name: "subject",
        example: "\"reference\"",
        about: "What to run over: `reference`, or `reference:deviation=NAME`.",
    },
    Key {
        name: "profile",
        example: "\"core\"",
        about: "How much to run: smoke, core or full.",
    },
    Key {
        name: "only",
        example: "[\"crud.*\", \"watch.*\"]",
        about: "Run only checks whose id matches; `*` stands for any text.",
    },
    Key {
        name: "skip",
        example: "[\"model.*\"]",
        about: "Leave out checks whose id matches.",
    },
    Key {
        name: "area",
        example: "[\"watch\"]",
        about: "Run only checks of these areas.",
    },
    Key {
        name: "clause",
        example: "[\"WAT-27\"]",
        about: "Run only checks that hold these clauses of the contract.",
    },
    Key {
        name: "capability",
        example: "[\"watchable\"]",
        about: "Run only checks that need these capabilities, or their absence.",
    },
    Key {
        name: "level",
        example: "\"must\"",
        about: "Run only checks of this level: must or should.",
    },
    Key {
        name: "seed",
        example: "1",
        about: "Where the random programs begin.",
    },
    Key {
        name: "programs",
        example: "10",
        about: "How many random programs to try.",
    },
    Key {
        name: "jobs",
        example: "4",
        about: "How many checks to run at the same time, if the subject allows it.",
    },
    Key {
        name: "strict",
        example: "false",
        about: "Whether a SHOULD counts as a MUST.",
    },
    Key {
        name: "baseline",
        example: "\"conformance-baseline.toml\"",
        about: "The failures that are known. Paths are relative to this file.",
    },
    Key {
        name: "report",
        example: "[\"report.json\", \"report.xml\", \"report.md\", \"report.html\"]",
        about: "Where to write the report; the kind follows from the end of the name.",
    },
    Key {
        name: "history",
        example: "\"history.jsonl\"",
        about: "Where to write what was called, answered and reported, for `replay`.",
    },
    Key {
        name: "quiet",
        example: "false",
        about: "Whether to print only what needs attention, and the verdict.",
    },
    Key {
        name: "verbose",
        example: "false",
        about: "Whether to print how every check ends, as it ends.",
    },
];

/// What a file says.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Config {
    pub(super) path: PathBuf,
    subject: Option<String>,
    profile: Option<ProfileName>,
    only: Option<Vec<String>>,
    skip: Option<Vec<String>>,
    area: Option<Vec<String>>,
    clause: Option<Vec<String>>,
    capability: Option<Vec<String>>,
    level: Option<LevelName>,
    seed: Option<u64>,
    programs: Option<u64>,
    jobs: Option<NonZeroUsize>,
    strict: Option<bool>,
    pub(super) baseline: Option<PathBuf>,
    report: Option<Vec<PathBuf>>,
    history: Option<PathBuf>,
    quiet: Option<bool>,
    verbose: Option<bool>,
}

impl Config {
    /// The file that was asked for, else the nearest one from the working directory upward, if there is one.
    ///
    /// # Errors
    ///
    /// It cannot be read, or says something that is not understood; the message names the file and the line.
    pub(super) fn find(asked_for: Option<&Path>) -> Result<Option<Self>, Usage> {
        let path = match asked_for {
            Some(path) => path.to_owned(),
            None => {
                let Ok(here) = env::current_dir() else {
                    return Ok(None);
                };
                let found = here.ancestors().map(|folder| folder.join(NAME));
                match found.into_iter().find(|path| path.is_file()) {
                    // A name that is short where it can be.
                    Some(path) => path.strip_prefix(&here).unwrap_or(&path).to_owned(),
                    None => return Ok(None),
                }
            }
        };
        let shown = path.display();
        let text = fs::read_to_string(&path)
            .map_err(|error| Usage(format!("{shown} cannot be read: {error}")))?;
        let folder = path.parent().unwrap_or(Path::new(""));
        let read =
            Self::parse(&text, folder).map_err(|error| Usage(format!("{shown}, {error}")))?;
        Ok(Some(Self { path, ..read }))
    }

    fn parse(text: &str, folder: &Path) -> Result<Self, String> {
        let document = Document::parse(text).map_err(|error| {
            let what = error.message().trim_end().to_owned();
            at(text, error.span(), &format!("it is no TOML: {what}"))
        })?;
        let mut config = Self::default();
        for (key, item) in document.iter() {
            let span = document.key(key).and_then(toml_edit::Key::span);
            if !KEYS.iter().any(|known| known.name == key) {
                let nearest = nearest_of(key, KEYS.iter().map(|known| known.name));
                return Err(at(
                    text,
                    span,
                    &format!(
                        "there is no key `{key}`; did you mean `{nearest}`? `conformance config` shows all"
                    ),
                ));
            }
            config.take(key, item, folder).map_err(|wanted| {
                at(
                    text,
                    item.span().or(span),
                    &format!("`{key}` has to be {wanted}"),
                )
            })?;
        }
        Ok(config)
    }

    /// Takes a value, or answers what it has to be.
    fn take(&mut self, key: &str, item: &Item, folder: &Path) -> Result<(), String> {
        let path = |text: String| folder.join(text);
        match key {
            "subject" => self.subject = Some(text(item)?),
            "profile" => self.profile = Some(one_of(item)?),
            "only" => self.only = Some(texts(item)?),
            "skip" => self.skip = Some(texts(item)?),
            "area" => self.area = Some(texts(item)?),
            "clause" => self.clause = Some(texts(item)?),
            "capability" => self.capability = Some(texts(item)?),
            "level" => self.level = Some(one_of(item)?),
            "seed" => self.seed = Some(number(item)?),
            "programs" => self.programs = Some(number(item)?),
            "jobs" => self.jobs = Some(positive(item)?),
            "strict" => self.strict = Some(flag(item)?),
            "baseline" => self.baseline = Some(path(text(item)?)),
            "report" => self.report = Some(texts(item)?.into_iter().map(path).collect()),
            "history" => self.history = Some(path(text(item)?)),
            "quiet" => self.quiet = Some(flag(item)?),
            "verbose" => self.verbose = Some(flag(item)?),
            _ => return Err("left out".to_owned()),
        }
        Ok(())
    }
}

impl RunArgs {
    /// What was not said on the command line is what the file says.
    pub(super) fn or(mut self, mut config: Config) -> Self {
        let verbose = config.verbose.take().unwrap_or_default();
        self.verbose = self.verbose || (verbose && !self.gate.quiet);
        if self.verbose {
            config.quiet = None;
        }
        self.subject = self.subject.or(config.subject.take());
        self.profile = self.profile.or(config.profile.take());
        fill(&mut self.only, config.only.take());
        fill(&mut self.skip, config.skip.take());
        fill(&mut self.area, config.area.take());
        fill(&mut self.clause, config.clause.take());
        fill(&mut self.capability, config.capability.take());
        self.level = self.level.or(config.level.take());
        self.seed = self.seed.or(config.seed.take());
        self.programs = self.programs.or(config.programs.take());
        self.jobs = self.jobs.or(config.jobs.take());
        self.history = self.history.or(config.history.take());
        self.gate = self.gate.or(config);
        self
    }
}

impl GateArgs {
    /// What was not said on the command line is what the file says.
    pub(super) fn or(mut self, config: Config) -> Self {
        self.strict = self.strict.or(config.strict);
        self.baseline = self.baseline.or(config.baseline);
        fill(&mut self.report, config.report);
        self.quiet = self.quiet || config.quiet.unwrap_or_default();
        self
    }
}

fn fill<T>(list: &mut Vec<T>, other: Option<Vec<T>>) {
    if list.is_empty() {
        *list = other.unwrap_or_default();
    }
}

/// A file with every key, each as a comment.
pub(super) fn template() -> String {
    let mut out = format!(
        "# {NAME}: what `conformance run` and `report` do unless the command line says otherwise.\n\
         # It is looked for in the working directory and upward, or named with --config.\n"
    );
    for Key {
        name,
        example,
        about,
    } in &KEYS
    {
        out.push_str(&format!("\n# {about}\n# {name} = {example}\n"));
    }
    out
}

fn text(item: &Item) -> Result<String, String> {
    let text = item.as_str().map(ToOwned::to_owned);
    text.ok_or_else(|| "text between quotes".to_owned())
}

/// A list of texts, or a single one.
fn texts(item: &Item) -> Result<Vec<String>, String> {
    if let Some(one) = item.as_str() {
        return Ok(vec![one.to_owned()]);
    }
    let all = item.as_array().and_then(|all| {
        let texts = all.iter().map(|one| one.as_str().map(ToOwned::to_owned));
        texts.collect()
    });
    all.ok_or_else(|| "a list of texts, such as [\"a\", \"b\"]".to_owned())
}

fn number(item: &Item) -> Result<u64, String> {
    let number = item.as_integer().and_then(|number| number.try_into().ok());
    number.ok_or_else(|| "a number from 0".to_owned())
}

fn positive(item: &Item) -> Result<NonZeroUsize, String> {
    let number = item.as_integer().and_then(|number| number.try_into().ok());
    number
        .and_then(NonZeroUsize::new)
        .ok_or_else(|| "a number from 1".to_owned())
}

fn flag(item: &Item) -> Result<bool, String> {
    item.as_bool().ok_or_else(|| "true or false".to_owned())
}

fn one_of<T: ValueEnum>(item: &Item) -> Result<T, String> {
    let named = item.as_str().and_then(|text| T::from_str(text, false).ok());
    named.ok_or_else(|| {
        let all = T::value_variants().iter();
        let names: Vec<String> = all
            .filter_map(|one| one.to_possible_value())
            .map(|value| format!("\"{}\"", value.get_name()))
            .collect();
        names.join(" or ")
    })
}

fn at(text: &str, span: Option<Range<usize>>, what: &str) -> String {
    let before = span.and_then(|span| text.get(..span.start));
    let line = before.map_or(1, |before| before.matches('\n').count() + 1);
    format!("line {line}: {what}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Config {
        Config::parse(text, Path::new("folder")).unwrap()
    }

    /// The template with its keys uncommented.
    fn example() -> String {
        let keys = |line: &str| {
            KEYS.iter()
                .any(|key| line.starts_with(&format!("# {} = ", key.name)))
        };
        let lines = template();
        lines
            .lines()
            .map(|line| match line.strip_prefix("# ") {
                Some(bare) if keys(line) => format!("{bare}\n"),
                _ => format!("{line}\n"),
            })
            .collect()
    }

    #[test]
    fn the_template_shows_every_key_with_a_value_that_is_taken() {
        let config = parsed(&example());
        let filled = RunArgs::default().or(parsed(&example()));
        assert!(!format!("{config:?}").contains("None"), "{config:?}");
        for (key, taken) in [
            ("only", filled.only.len()),
            ("skip", filled.skip.len()),
            ("area", filled.area.len()),
            ("clause", filled.clause.len()),
            ("capability", filled.capability.len()),
            ("profile", usize::from(filled.profile.is_some())),
            ("level", usize::from(filled.level.is_some())),
            ("seed", usize::from(filled.seed.is_some())),
            ("programs", usize::from(filled.programs.is_some())),
            ("jobs", usize::from(filled.jobs.is_some())),
            ("history", usize::from(filled.history.is_some())),
            ("strict", usize::from(filled.gate.strict.is_some())),
            ("baseline", usize::from(filled.gate.baseline.is_some())),
        ] {
            assert_ne!(taken, 0, "{key}");
        }
        assert_eq!(filled.subject.as_deref(), Some("reference"));
        assert_eq!(filled.gate.report.len(), 4);
        assert_eq!(filled.gate.report[0], Path::new("folder/report.json"));
        assert_eq!(parsed(&template()), Config::default());
    }

    #[test]
    fn the_command_line_is_before_the_file() {
        let mut args = RunArgs {
            only: vec!["crud.*".to_owned()],
            verbose: true,
            ..RunArgs::default()
        };
        args.gate.strict = Some(false);
        let args = args.or(parsed(
            "only = \"watch.*\"\nskip = [\"model.*\"]\nstrict = true\nquiet = true\nseed = 7\n",
        ));
        assert_eq!(
            (args.only, args.skip),
            (vec!["crud.*".to_owned()], vec!["model.*".to_owned()])
        );
        assert_eq!((args.gate.strict, args.seed), (Some(false), Some(7)));
        assert!(args.verbose && !args.gate.quiet);
    }

    #[test]
    fn what_is_not_understood_is_said_with_its_line_and_what_is_right() {
        let mut said = String::new();
        for text in [
            "seed = 1\nprofil = \"core\"\n",
            "profile = \"huge\"\n",
            "level = 3\n",
            "\nonly = 3\n",
            "only = [\"a\", 3]\n",
            "seed = -1\n",
            "seed = \"1\"\n",
            "jobs = 0\n",
            "strict = \"yes\"\n",
            "baseline = []\n",
            "[report]\n",
            "seed = \n",
        ] {
            let error = Config::parse(text, Path::new("")).unwrap_err();
            said.push_str(&format!("{text:?}\n  {error}\n"));
        }
        insta::assert_snapshot!(said);
    }
}
