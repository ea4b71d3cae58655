//! Whether a plugin is closed, at the price of one look.

use std::sync::atomic::{AtomicBool, Ordering};

use tokio_util::sync::CancellationToken;

/// The end of a plugin: told by a token to whoever waits for it, and by a flag to the calls that come, each of which looks.
///
/// A look at a token takes its lock, twice an atomic write; only where somebody else may cancel it is there no way around.
pub(super) struct Closing {
    token: CancellationToken,
    is_closed: AtomicBool,
    root: Option<CancellationToken>,
}

impl Closing {
    /// The end of a plugin that ends with `root` at the latest.
    pub(super) fn under(root: Option<&CancellationToken>) -> Self {
        Self {
            token: root.map_or_else(CancellationToken::new, CancellationToken::child_token),
            is_closed: AtomicBool::new(false),
            root: root.cloned(),
        }
    }

    /// Is cancelled with the end.
    pub(super) fn token(&self) -> &CancellationToken {
        &self.token
    }

    pub(super) fn close(&self) {
        self.is_closed.store(true, Ordering::Release);
        self.token.cancel();
    }

    pub(super) fn is_closed(&self) -> bool {
        let root = self.root.as_ref();
        self.is_closed.load(Ordering::Acquire) || root.is_some_and(CancellationToken::is_cancelled)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plugin_is_closed_with_its_root_or_by_itself_and_does_not_close_the_root() {
        let root = CancellationToken::new();
        let (own, both) = (Closing::under(None), Closing::under(Some(&root)));
        let other = Closing::under(Some(&root));
        for closing in [&own, &both, &other] {
            assert!(!closing.is_closed() && !closing.token().is_cancelled());
        }
        own.close();
        other.close();
        assert!(own.is_closed() && own.token().is_cancelled());
        assert!(other.is_closed() && !both.is_closed() && !root.is_cancelled());
        root.cancel();
        assert!(both.is_closed() && both.token().is_cancelled());
    }
}
