//! The state machine of one watch, pure: no clock, no task, no lock.

use crate::WatchState;

/// Where a watch stands, and how much of its retry budget is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WatchMachine {
    state: WatchState,
    failures: u32,
}

/// What happened to a watch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Input {
    /// An attempt begins: the first of a start, or a retry.
    Begin,
    /// The plugin says that the initial list is in.
    Synced,
    /// The attempt failed: an error, a panic, or a report of the plugin.
    Failed(Refusal),
    /// The watcher returned `Ok` though nobody had cancelled it.
    EndedEarly,
    /// The watch was cancelled and its watcher has ended.
    Cancelled,
    /// Discovery or scope excludes the type.
    Excluded,
}

/// Whether a failure is a refusal of access.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// `FORBIDDEN`, `UNAUTHORIZED` or `PERMISSION_DENIED`.
    Access,
    /// Any other failure.
    No,
}

/// What follows from an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    /// Say that the watch is in this state now.
    Enter(WatchState),
    /// Say Error, and begin again after the wait of this retry (the first is 1).
    Retry(u32),
    /// Say Error, then Failed: the budget is used up.
    GiveUp,
    /// Nothing changes, and nobody has to know.
    Ignore,
    /// Nothing changes, and the input should not have come.
    Illegal,
}

impl WatchMachine {
    /// A watch that was never started.
    pub(crate) fn idle() -> Self {
        Self {
            state: WatchState::Idle,
            failures: 0,
        }
    }

    /// The state that was said last.
    pub(crate) fn state(self) -> WatchState {
        self.state
    }

    /// Restores the retry budget: what a start from outside does.
    pub(crate) fn refresh(&mut self) {
        self.failures = 0;
    }

    /// Takes an input; `retries` is the budget.
    ///
    /// Contract: WAT-22 to WAT-32, WAT-35, WAT-37, WAT-41
    pub(crate) fn next(&mut self, input: Input, retries: u32) -> Next {
        use WatchState::{Error, Failed, Forbidden, Idle, Skipped, Stopped, Synced, Syncing};
        let next = match (self.state, input) {
            (Idle | Error | Stopped | Failed | Forbidden | Skipped, Input::Begin) => {
                Next::Enter(Syncing)
            }
            (Syncing, Input::Synced) => Next::Enter(Synced),
            (Syncing, Input::Failed(Refusal::Access)) => Next::Enter(Forbidden),
            (Syncing | Synced, Input::Failed(_)) if self.failures < retries => {
                Next::Retry(self.failures + 1)
            }
            (Syncing | Synced, Input::Failed(_)) => Next::GiveUp,
            (Syncing | Synced, Input::EndedEarly) => Next::Enter(Stopped),
            (Syncing | Synced | Error, Input::Cancelled) => Next::Enter(Stopped),
            (Idle | Stopped | Failed | Forbidden | Skipped, Input::Cancelled) => Next::Ignore,
            (Skipped, Input::Excluded) => Next::Ignore,
            (Idle | Stopped | Failed | Forbidden, Input::Excluded) => Next::Enter(Skipped),
            _ => Next::Illegal,
        };
        match next {
            Next::Enter(state) => {
                self.state = state;
                if state == Synced {
                    self.failures = 0;
                }
            }
            Next::Retry(retry) => {
                self.state = Error;
                self.failures = retry;
            }
            Next::GiveUp => self.state = Failed,
            Next::Ignore | Next::Illegal => {}
        }
        next
    }
}

/// Whether a watch in this state runs or waits to be retried.
///
/// Contract: WAT-08, WAT-20
pub(crate) fn is_active(state: WatchState) -> bool {
    matches!(
        state,
        WatchState::Syncing | WatchState::Synced | WatchState::Error
    )
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use WatchState::{Error, Failed, Forbidden, Idle, Skipped, Stopped, Synced, Syncing};

    const FAILED: Input = Input::Failed(Refusal::No);
    const REFUSED: Input = Input::Failed(Refusal::Access);

    /// The whole table with a budget of one retry that is not used: rows are states, columns inputs.
    ///
    /// Contract: WAT-25, WAT-26, WAT-29, WAT-30, WAT-31, WAT-42
    #[rstest]
    #[case(Idle,      [Next::Enter(Syncing), Next::Illegal, Next::Illegal, Next::Illegal, Next::Illegal, Next::Ignore, Next::Enter(Skipped)])]
    #[case(Syncing,   [Next::Illegal, Next::Enter(Synced), Next::Retry(1), Next::Enter(Forbidden), Next::Enter(Stopped), Next::Enter(Stopped), Next::Illegal])]
    #[case(Synced,    [Next::Illegal, Next::Illegal, Next::Retry(1), Next::Retry(1), Next::Enter(Stopped), Next::Enter(Stopped), Next::Illegal])]
    #[case(Error,     [Next::Enter(Syncing), Next::Illegal, Next::Illegal, Next::Illegal, Next::Illegal, Next::Enter(Stopped), Next::Illegal])]
    #[case(Stopped,   [Next::Enter(Syncing), Next::Illegal, Next::Illegal, Next::Illegal, Next::Illegal, Next::Ignore, Next::Enter(Skipped)])]
    #[case(Failed,    [Next::Enter(Syncing), Next::Illegal, Next::Illegal, Next::Illegal, Next::Illegal, Next::Ignore, Next::Enter(Skipped)])]
    #[case(Forbidden, [Next::Enter(Syncing), Next::Illegal, Next::Illegal, Next::Illegal, Next::Illegal, Next::Ignore, Next::Enter(Skipped)])]
    #[case(Skipped,   [Next::Enter(Syncing), Next::Illegal, Next::Illegal, Next::Illegal, Next::Illegal, Next::Ignore, Next::Ignore])]
    fn every_state_answers_every_input(#[case] state: WatchState, #[case] row: [Next; 7]) {
        let inputs = [
            Input::Begin,
            Input::Synced,
            FAILED,
            REFUSED,
            Input::EndedEarly,
            Input::Cancelled,
            Input::Excluded,
        ];
        for (input, expected) in inputs.into_iter().zip(row) {
            let mut machine = WatchMachine { state, failures: 0 };
            assert_eq!(machine.next(input, 1), expected, "{state} on {input:?}");
        }
    }

    /// Contract: WAT-23
    #[test]
    fn a_watch_that_always_fails_gives_up_after_six_attempts() {
        let mut machine = WatchMachine::idle();
        let mut waits = Vec::new();
        loop {
            assert_eq!(machine.next(Input::Begin, 5), Next::Enter(Syncing));
            match machine.next(FAILED, 5) {
                Next::Retry(retry) => waits.push(retry),
                Next::GiveUp => break,
                other => panic!("unexpected {other:?}"),
            }
        }
        assert_eq!(waits, [1, 2, 3, 4, 5]);
        assert_eq!(machine.state(), Failed);
    }

    /// Contract: WAT-24
    #[test]
    fn reaching_synced_restores_the_budget() {
        let mut machine = WatchMachine::idle();
        for _ in 0..3 {
            machine.next(Input::Begin, 1);
            machine.next(Input::Synced, 1);
            assert_eq!(machine.next(FAILED, 1), Next::Retry(1));
        }
    }

    /// Contract: WAT-31
    #[test]
    fn a_refusal_after_synced_gets_one_more_attempt() {
        let mut machine = WatchMachine::idle();
        machine.next(Input::Begin, 5);
        machine.next(Input::Synced, 5);
        assert_eq!(machine.next(REFUSED, 5), Next::Retry(1));
        machine.next(Input::Begin, 5);
        assert_eq!(machine.next(REFUSED, 5), Next::Enter(Forbidden));
    }
}
