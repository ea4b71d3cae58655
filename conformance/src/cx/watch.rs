//! Watches that run, for checks that are about what comes of them.

use omniview_sdk::{ErrorCode, WatchProvider, WatchState};

use super::{Cx, TypeUnderTest};
use crate::Halt;

/// The check that is about what the others go without.
const IS_REACHED: &str = "watch.sync.is-reached";

impl Cx {
    /// Listens, brings the watches of the check's types to Synced, and returns the types that are watched.
    ///
    /// A type whose policy is never to be watched is not among them; its watch is refused with UNSUPPORTED.
    ///
    /// # Errors
    ///
    /// A watch does not start or does not sync: the check is blocked. No type is ever watched: it is not applicable.
    ///
    /// # Cancel safety
    ///
    /// Safe to drop and to call again; watches that it has started go on until the check ends.
    pub async fn watched_types(&self) -> Result<Vec<&TypeUnderTest>, Halt> {
        self.listen().await;
        let mut watched = Vec::new();
        for ty in self.types() {
            let ctx = self.ctx();
            let started = self
                .recorder
                .ensure_resource_watch(&ctx, self.connection(), &ty.key);
            match started.await {
                Ok(()) => watched.push(ty),
                Err(error) if *error.code() == ErrorCode::Unsupported => {}
                Err(error) => {
                    let text = format!("a watch of {}: {}", ty.key, error.summary());
                    return Err(Halt::Blocked(text));
                }
            }
        }
        if watched.is_empty() {
            let text = "a type that is ever watched (SyncPolicy)".to_owned();
            return Err(Halt::NotApplicable(text));
        }
        for ty in &watched {
            if let Err(Halt::Failed(failure)) = self.wait_state(&ty.key, WatchState::Synced).await {
                let text = format!(
                    "a watch of {} that is synced: {failure} (does its watcher call `sink.synced(count)` once it has told \
                     what exists? {IS_REACHED} comes first)",
                    ty.key
                );
                return Err(Halt::Blocked(text));
            }
        }
        Ok(watched)
    }
}

#[cfg(test)]
mod tests {
    use super::IS_REACHED;

    #[test]
    fn the_check_that_comes_first_is_one() {
        assert!(
            crate::catalogue()
                .iter()
                .any(|check| check.id == IS_REACHED)
        );
    }
}
