//! One type after the other.

use omniview_sdk::ResourceOperationError;

use crate::{Cx, Halt, TypeUnderTest, check::CheckResult};

/// How the turn of one type ends.
pub(in crate::checks) type Turn = Result<(), Stop>;

/// Why the turn of one type ended early.
#[must_use = "return it, or the turn goes on"]
pub(in crate::checks) enum Stop {
    /// The whole check ends.
    Halt(Halt),
    /// This type does not have what the check is about.
    Undeclared(String),
    /// The type has it, and there is no object to see it by.
    NoData(String),
}

impl From<Halt> for Stop {
    fn from(halt: Halt) -> Self {
        match halt {
            // Another type may have it.
            Halt::NotApplicable(what) => Self::Undeclared(what),
            halt => Self::Halt(halt),
        }
    }
}

impl From<ResourceOperationError> for Stop {
    fn from(error: ResourceOperationError) -> Self {
        Self::Halt(error.into())
    }
}

/// Gives each type of the check its turn.
///
/// A type without what the check is about, or without objects to see it by, is passed over. When every type was, the
/// check is not applicable or blocked, with the reasons.
pub(in crate::checks) async fn each<'a, F, Fut>(cx: &'a Cx, turn: F) -> CheckResult
where
    F: Fn(&'a TypeUnderTest) -> Fut + Send,
    Fut: Future<Output = Turn> + Send,
{
    let types: Vec<&TypeUnderTest> = cx.types().iter().collect();
    each_of(&types, turn).await
}

/// Gives each type its turn, as [`each`] does, for turns that compare answers to different questions.
///
/// Somebody else may work on the backend between two questions. What fails is therefore tried again, and counts only
/// if it fails every time.
pub(in crate::checks) async fn each_compared<'a, F, Fut>(cx: &'a Cx, turn: F) -> CheckResult
where
    F: Fn(&'a TypeUnderTest) -> Fut + Send + Sync,
    Fut: Future<Output = Turn> + Send,
{
    const AGAIN: usize = 2;
    each(cx, |ty| {
        let turn = &turn;
        async move {
            for _ in 0..AGAIN {
                match turn(ty).await {
                    Err(Stop::Halt(Halt::Failed(failure))) => {
                        cx.note(format!("tried again: {failure}"));
                    }
                    ended => return ended,
                }
            }
            turn(ty).await
        }
    })
    .await
}

/// Gives each of these types its turn, as [`each`] does.
pub(in crate::checks) async fn each_of<'a, F, Fut>(
    types: &[&'a TypeUnderTest],
    turn: F,
) -> CheckResult
where
    F: Fn(&'a TypeUnderTest) -> Fut + Send,
    Fut: Future<Output = Turn> + Send,
{
    let mut taken = 0_usize;
    let (mut undeclared, mut no_data) = (Vec::new(), Vec::new());
    for ty in types {
        match turn(ty).await {
            Ok(()) => taken += 1,
            Err(Stop::Halt(halt)) => return Err(halt),
            Err(Stop::Undeclared(what)) => undeclared.push(format!("{}: {what}", ty.key)),
            Err(Stop::NoData(what)) => no_data.push(format!("{}: {what}", ty.key)),
        }
    }
    if taken > 0 {
        return Ok(());
    }
    if no_data.is_empty() {
        return Err(Halt::NotApplicable(undeclared.join("; ")));
    }
    Err(Halt::Blocked(no_data.join("; ")))
}

/// Turns a failed expectation into a missing prerequisite, for a check that is about something else.
pub(in crate::checks) fn prerequisite<T>(result: Result<T, Halt>) -> Result<T, Halt> {
    result.map_err(|halt| match halt {
        Halt::Failed(failure) => Halt::Blocked(failure.to_string()),
        halt => halt,
    })
}
