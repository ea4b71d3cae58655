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
const CHECK: &str = "model.random-programs";

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
        let outcome = drive(cx, ty, &program.ops).await?;
        return outcome.map_err(|mismatch| failed(program, &mismatch, None));
    }
    for seed in (0..cx.programs).map(|program| cx.seed.wrapping_add(program)) {
        // The type follows from the seed, so that a seed alone repeats a program.
        let ty = &cx.types()[place(seed, cx.types().len())];
        let ops = Grammar::of(ty).program(seed);
        if let Err(mismatch) = drive(cx, ty, &ops).await? {
            return Err(shrunk(cx, ty, ops, mismatch, seed).await);
        }
    }
    Ok(())
}

fn place(seed: u64, of: usize) -> usize {
    usize::try_from(seed % of.max(1) as u64).unwrap_or(0)
}

/// The failure of the simplest program that fails like this one.
async fn shrunk(
    cx: &Cx,
    ty: &TypeUnderTest,
    mut ops: Vec<Op>,
    mismatch: Mismatch,
    seed: u64,
) -> Halt {
    let found = (mismatch.what.clone(), mismatch.expected.clone());
    // What comes after it cannot matter.
    ops.truncate(mismatch.at + 1);
    let mut least = mismatch;
    let mut shrinker = Shrinker::new(ops);
    for _ in 0..TRIES {
        let Some(ops) = shrinker.proposal() else {
            break;
        };
        match drive(cx, ty, &ops).await {
            Ok(Err(mismatch)) if is_alike(&mismatch, &found) => {
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
fn is_alike(mismatch: &Mismatch, (what, expected): &(String, String)) -> bool {
    let kind = |text: &str| -> String {
        let words = text
            .split(' ')
            .filter(|word| !word.contains(char::is_numeric));
        words.collect::<Vec<_>>().join(" ")
    };
    kind(&mismatch.what) == kind(what)
        && (mismatch.expected == *expected || kind(&mismatch.expected) == kind(expected))
}

fn failed(program: &Program, mismatch: &Mismatch, seed: Option<u64>) -> Halt {
    let of = match seed {
        Some(seed) => format!("the random program of seed {seed} (--seed {seed})"),
        None => "the program".to_owned(),
    };
    let operation = program.ops.get(mismatch.at);
    let what = format!(
        "{}, operation {} of {of} over {}, {}",
        mismatch.what,
        mismatch.at + 1,
        program.key,
        operation.map_or_else(String::new, |op| format!("{op:?}"))
    );
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
pub async fn replay(
    subject: &Subject,
    key: impl Into<ResourceKey>,
    program: &[Op],
) -> Result<(), String> {
    let check = find_check(CHECK).ok_or("the check of random programs is gone")?;
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
