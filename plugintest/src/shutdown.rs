//! The end of a harness.

use std::{fmt, future::IntoFuture, panic::Location, time::Duration};

use futures_util::future::BoxFuture;
use omniview_sdk::{ErrorCode, Fault, ResourceOperationError};
use tokio::time::timeout;

use crate::{Harness, Leak, LeakReport, Recording};

/// The end of a harness, which has not begun yet.
///
/// Closes the plugin, waits for the listener's end, and compares the clients that were created with those that were
/// destroyed. `.await` it to fail the test on a leak; `.attempt().await` it for the report. Either way
/// the complete recording comes back, with whatever was emitted while closing.
///
/// # Examples
///
/// ```
/// # use omniview_plugintest::{*, stub::*};
/// # use omniview_sdk::*;
/// # use serde_json::json;
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// # let StubPlugin { config, pods, .. } = stub_plugin();
/// # pods.insert(json!({"id": "web", "phase": "Running"}));
/// let h = Harness::mount(config);
/// h.connect("dev").await;
/// match h.shutdown().attempt().await {
///     Ok(recording) => assert!(!recording.is_empty()),
///     Err(report) => panic!("{} leaks: {report}", report.leaks().len()),
/// }
/// # }
/// ```
#[must_use = "nothing is shut down until this is awaited"]
pub struct Shutdown {
    harness: Harness,
    location: &'static Location<'static>,
}

impl Shutdown {
    pub(crate) fn new(harness: Harness, location: &'static Location<'static>) -> Self {
        Self { harness, location }
    }

    /// Shuts down, and returns the recording or what leaked: the try-form.
    ///
    /// # Errors
    ///
    /// A client that was not destroyed or was twice, a listener that did not end as it should, a `close` that failed.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future drops the harness, which cancels what is left.
    pub async fn attempt(mut self) -> Result<Recording, LeakReport> {
        let patience = self.harness.shared.timeout;
        let mut leaks = Vec::new();
        self.harness.shared.attached().await;
        match timeout(patience, self.harness.provider().close()).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => leaks.push(Leak::Close(error)),
            Err(_) => leaks.push(Leak::Close(endless_close(patience))),
        }
        if let Err(wrong) = self.harness.listener.join(patience).await {
            leaks.push(Leak::Listener(wrong));
        }
        if let Some(clients) = &self.harness.clients {
            leaks.extend(clients.leaks());
        }
        self.harness.is_shut_down = true;
        if leaks.is_empty() {
            Ok(self.harness.recording())
        } else {
            Err(LeakReport::new(leaks, self.location))
        }
    }
}

impl IntoFuture for Shutdown {
    type Output = Recording;
    type IntoFuture = BoxFuture<'static, Recording>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            match self.attempt().await {
                Ok(recording) => recording,
                Err(report) => panic!("{report}"),
            }
        })
    }
}

impl fmt::Debug for Shutdown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Shutdown").field(&self.harness).finish()
    }
}

fn endless_close(patience: Duration) -> ResourceOperationError {
    ResourceOperationError::new(
        ErrorCode::Timeout,
        format!("`close` did not return within {patience:?}, though it is bounded in time"),
    )
    .with_fault(Fault::Sdk)
    .in_operation("close")
}
