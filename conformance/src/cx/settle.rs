//! Waiting until nothing is under way.

use std::time::Duration;

use omniview_sdk::{ListInput, WatchProvider};
use tokio::time::Instant;

use super::{Cx, TypeUnderTest};
use crate::{
    Halt,
    history::{Moment, invariants},
};

impl Cx {
    /// Waits until the events of watched types add up to what is listed, and writes into the history that they had the time.
    ///
    /// That is no expectation: where they do not add up in time, the invariants of the history say so. Nothing is
    /// written where a scope limits the watches: a list shows more then.
    ///
    /// # Errors
    ///
    /// A type cannot be listed, or the state of its watch cannot be read: the check is blocked.
    pub(crate) async fn settle(&self, types: &[&TypeUnderTest]) -> Result<(), Halt> {
        let connection = self.connection();
        let summary = self.recorder.get_watch_state(&self.ctx(), connection).await;
        let scope = self.given("the state of the watches", summary)?.scope;
        if scope.is_some_and(|scope| !scope.partitions.is_empty()) {
            return Ok(());
        }
        let until = Instant::now() + self.patience;
        let mut pause = Duration::from_millis(1);
        let mut waiting: Vec<&TypeUnderTest> = types.to_vec();
        loop {
            for ty in &waiting {
                let listed = self.list(&ty.key, ListInput::all()).await;
                self.given("a list of everything", listed)?;
            }
            let trace = self.trace();
            let is_over = Instant::now() >= until;
            waiting.retain(|ty| {
                let agree = invariants::disagreement(&trace, connection, &ty.key) == Some(false);
                if agree || is_over {
                    self.history
                        .push(Moment::Settled(connection.clone(), ty.key.clone()));
                }
                !agree
            });
            if waiting.is_empty() || is_over {
                return Ok(());
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(Duration::from_millis(250));
        }
    }
}
