//! Times and bounds of a controller.

use std::time::Duration;

use crate::RetryPolicy;

/// Times and bounds of a controller. The defaults are the contract's.
///
/// All times are tokio's, so that a test with a paused clock runs them at once. [`Duration::MAX`] is a time without end.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use omniview_sdk::ResourcePluginConfig;
///
/// let config: ResourcePluginConfig<()> = ResourcePluginConfig::new("clusters").options(|options| {
///     options.watch_retry.retries = 10;
///     options.discovery_interval = Duration::from_secs(60);
/// });
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ControllerOptions {
    /// When and how often a failed watch is tried again.
    pub watch_retry: RetryPolicy,
    /// How long a watcher may take to return once it is cancelled, and a listener to take the last events: 5 s.
    pub stop_grace: Duration,
    /// How long `close` waits for what is running before it is aborted: 5 s. Where a root context ends or a provider is
    /// dropped instead, watches have `stop_grace` first, and clients this time after it.
    pub close_grace: Duration,
    /// How often discovery is asked again: 5 minutes.
    pub discovery_interval: Duration,
    /// How many events a listener may be behind before emitters wait: 1,024.
    pub listener_queue: usize,
    /// How many events are kept while nobody listens before emitters wait: 8,192.
    pub event_buffer: usize,
}

impl Default for ControllerOptions {
    fn default() -> Self {
        Self {
            watch_retry: RetryPolicy::default(),
            stop_grace: Duration::from_secs(5),
            close_grace: Duration::from_secs(5),
            discovery_interval: Duration::from_secs(5 * 60),
            listener_queue: 1024,
            event_buffer: 8192,
        }
    }
}
