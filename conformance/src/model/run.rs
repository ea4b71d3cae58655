//! The check of random programs, and the replay of one.

use omniview_sdk::ResourceKey;

use super::{
    Op, Program,
    drive::{Mismatch, drive},
    generate::Grammar,
    shrink::Shrinker,
};
use crate::{
    Cx, Halt, Subject, TypeUnderTest,
    catalogue::find_check,
    check::CheckResult,
    runner::{RunOptions, run_check},
    status::Status,
};

/// How many programs it may take to shrink one.
const TRIES: usize = 150;

/// The check whose body this is.
pub(crate) const RANDOM_PROGRAMS: &str = "model.random-programs";

/// How often a program is run again that has shown a difference: only what comes again is held against the plugin.
const AGAIN: usize = 3;

/// How many programs may end without a verdict before the others are left alone.
const UNSURE: usize = 3;

/// Runs random programs, one type after the other, or the one that is to be replayed.
pub(crate) async fn random_programs(cx: &Cx) -> CheckResult {
    cx.listen().await;
    if let Some(program) = &cx.program {
        let ty = cx.types().iter().find(|ty| ty.key == program.key);
        let ty = ty.ok_or_else(|| {
            Halt::Blocked(format!(
                "samples of {} that can be created, fetched and deleted",
                program.key
            ))
        })?;
        return match judge(cx, ty, &program.ops).await? {
            Verdict::Held => Ok(()),
            Verdict::Parted(mismatch) => Err(failed(program, &mismatch, None)),
            Verdict::Unsure(mismatch) => Err(unsure(program, &mismatch, None)),
        };
    }
    let mut open = Vec::new();
    for seed in (0..cx.programs).map(|program| cx.seed.wrapping_add(program)) {
        // The type follows from the seed, so that a seed alone repeats a program.
        let ty = &cx.types()[place(seed, cx.types().len())];
        let ops = Grammar::of(ty).program(seed);
        match judge(cx, ty, &ops).await? {
            Verdict::Held => {}
            Verdict::Parted(mismatch) => {
                let _ = cx.failed_seed.set(seed);
                return Err(shrunk(cx, ty, ops, mismatch, seed).await);
            }
            Verdict::Unsure(mismatch) => {
                let key = ty.key.clone();
                open.push((seed, unsure(&Program { key, ops }, &mismatch, Some(seed))));
            }
        }
        if open.len() == UNSURE {
            break;
        }
    }
    match open.into_iter().next() {
        None => Ok(()),
        Some((seed, first)) => {
            let _ = cx.failed_seed.set(seed);
            Err(first)
        }
    }
}

fn place(seed: u64, of: usize) -> usize {
    usize::try_from(seed % of.max(1) as u64).unwrap_or(0)
}

/// What is to be thought of a program.
enum Verdict {
    /// The plugin and the map agree.
    Held,
    /// They part, again and again, and nobody else had a hand in it.
    Parted(Mismatch),
    /// They part, and it may be somebody else's doing.
    Unsure(Mismatch),
}

/// Runs a program, and again where it shows a difference: with other objects, so that what somebody else did to one is not
/// seen twice.
async fn judge(cx: &Cx, ty: &TypeUnderTest, ops: &[Op]) -> Result<Verdict, Halt> {
    let mut seen: Vec<Mismatch> = Vec::new();
    let mut held = false;
    for _ in 0..=AGAIN {
        match drive(cx, ty, ops).await? {
            Ok(()) => held = true,
            Err(mismatch) => {
                let alike = |one: &Mismatch| one.meddled.is_none() && is_alike(one, &mismatch);
                if mismatch.meddled.is_none() && seen.iter().any(alike) {
                    return Ok(Verdict::Parted(mismatch));
                }
                seen.push(mismatch);
            }
        }
        // What somebody else spoiled has held as well.
        if held && seen.iter().all(|one| one.meddled.is_some()) {
            return Ok(Verdict::Held);
        }
    }
    // One that nothing explains says more than one that something does.
    seen.sort_by_key(|one| one.meddled.is_some());
    let first = seen.into_iter().next();
    Ok(first.map_or(Verdict::Held, Verdict::Unsure))
}

/// The failure of the simplest program that fails like this one.
async fn shrunk(
    cx: &Cx,
    ty: &TypeUnderTest,
    mut ops: Vec<Op>,
    mismatch: Mismatch,
    seed: u64,
) -> Halt {
    let found = mismatch.clone();
    // What comes after it cannot matter.
    ops.truncate(mismatch.at + 1);
    let mut least = mismatch;
    let mut shrinker = Shrinker::new(ops);
    for _ in 0..TRIES {
        let Some(ops) = shrinker.proposal() else {
            break;
        };
        match drive(cx, ty, &ops).await {
            Ok(Err(mismatch)) if mismatch.meddled.is_none() && is_alike(&mismatch, &found) => {
                least = mismatch;
                shrinker.accept(ops);
            }
            _ => shrinker.reject(),
        }
    }
    let program = Program {
        key: ty.key.clone(),
        ops: shrinker.best().to_vec(),
    };
    // Once more, so that it is what the history ends with.
    if let Ok(Err(mismatch)) = drive(cx, ty, &program.ops).await {
        least = mismatch;
    }
    failed(&program, &least, Some(seed))
}

/// Whether two differences are of one kind: the objects and their content may be others.
fn is_alike(one: &Mismatch, other: &Mismatch) -> bool {
    let kind = |text: &str| -> String {
        let words = text
            .split(' ')
            .filter(|word| !word.contains(char::is_numeric));
        words.collect::<Vec<_>>().join(" ")
    };
    kind(&one.what) == kind(&other.what)
        && (one.expected == other.expected || kind(&one.expected) == kind(&other.expected))
}

/// What parted, and where.
fn scene(program: &Program, mismatch: &Mismatch, seed: Option<u64>) -> String {
    let of = match seed {
        Some(seed) => format!("the random program of seed {seed}"),
        None => "the program".to_owned(),
    };
    let operation = program.ops.get(mismatch.at);
    format!(
        "{}, operation {} of {of} over {}, {}",
        mismatch.what,
        mismatch.at + 1,
        program.key,
        operation.map_or_else(String::new, |op| format!("{op:?}"))
    )
}

/// A difference that may be somebody else's doing.
fn unsure(program: &Program, mismatch: &Mismatch, seed: Option<u64>) -> Halt {
    let Mismatch {
        expected, actual, ..
    } = mismatch;
    let why = match &mismatch.meddled {
        Some(how) => format!("somebody else does: {how}"),
        None => format!(
            "the same program did not end so in {AGAIN} other runs, so that somebody else writes to the backend, or the \
             plugin does not do the same twice"
        ),
    };
    Halt::Blocked(format!(
        "a backend that nobody else writes to: {}: expected {expected}, got {actual}; {why}",
        scene(program, mismatch, seed)
    ))
}

fn failed(program: &Program, mismatch: &Mismatch, seed: Option<u64>) -> Halt {
    let what = scene(program, mismatch, seed);
    let mut halt = Halt::failed(what, mismatch.expected.clone(), mismatch.actual.clone());
    if let (Halt::Failed(failure), Some(seed)) = (&mut halt, seed) {
        failure.reproduction = program.to_test(seed);
    }
    halt
}

/// Runs one program over a type of a subject, as `model.random-programs` does; the test that a failure prints calls it.
///
/// # Errors
///
/// The plugin and the map part, or the program cannot be run; the text of the check that failed.
///
/// # Cancel safety
///
/// As [`run`](fn@crate::run): dropped, it leaves what the program has created.
///
/// # Examples
///
/// ```no_run
/// # use omniview_conformance::{Subject, model::{Op, replay}};
/// # async fn example(subject: Subject) {
/// let program = [Op::Create { slot: 0, namespace: 0 }, Op::Get { slot: 0, namespace: 0 }];
/// replay(&subject, "core::v1::Pod", &program).await.unwrap();
/// # }
/// ```
pub async fn replay(
    subject: &Subject,
    key: impl Into<ResourceKey>,
    program: &[Op],
) -> Result<(), String> {
    let check = find_check(RANDOM_PROGRAMS).ok_or("the check of random programs is gone")?;
    let program = Program {
        key: key.into(),
        ops: program.to_vec(),
    };
    let options = RunOptions::new().program(program);
    let outcome = run_check(subject, check, &options).await;
    if let Some(left) = outcome.leftovers.first() {
        return Err(format!("the program left behind {}", left.what));
    }
    match outcome.report.status {
        Status::Pass => Ok(()),
        _ => Err(outcome.report.to_text()),
    }
}
