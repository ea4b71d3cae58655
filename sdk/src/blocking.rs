//! Clients whose methods block their thread.

use std::{
    fmt,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::{
    sync::{Semaphore, oneshot},
    task::spawn_blocking,
};
use tokio_util::task::TaskTracker;

use crate::{BoxError, ErrorCode, PluginResult, ResourceOperationError};

/// A client whose methods block their thread: files, a database, a C library. It is called where that hurts nobody.
///
/// Work on it runs on tokio's threads for blocking, as if there were none in between: its result, its error and its panic are
/// those of [`run`](Self::run). A deadline ends the waiting and not the work, so [`close`](Self::close) waits for what still
/// runs.
///
/// A client that is not `Sync` goes into a [`Mutex`]; [`one_at_a_time`](Self::one_at_a_time) then keeps threads
/// from queueing for it.
///
/// ```
/// # use std::{fs, path::PathBuf, sync::Arc};
/// # use omniview_sdk::*;
/// struct Directory { root: PathBuf }
///
/// # struct Directories;
/// # #[async_trait]
/// # impl ConnectionProvider<Blocking<Directory>> for Directories {
/// # async fn load_connections(&self, _: &CallContext) -> PluginResult<Vec<Connection>> { Ok(Vec::new()) }
/// // Of the `ConnectionProvider<Blocking<Directory>>`:
/// async fn create_client(&self, _: &CallContext) -> PluginResult<Blocking<Directory>> {
///     Blocking::open(|| Ok(Directory { root: fs::canonicalize("/tmp")? })).await
/// }
/// async fn get_namespaces(&self, _: &CallContext, client: &Arc<Blocking<Directory>>) -> PluginResult<Option<Vec<String>>> {
///     let folders = client.run(|directory| {
///         let entries = fs::read_dir(&directory.root)?.collect::<Result<Vec<_>, _>>()?;
///         Ok(entries.iter().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect())
///     });
///     Ok(Some(folders.await?))
/// }
/// async fn destroy_client(&self, _: &CallContext, client: Arc<Blocking<Directory>>) -> PluginResult<()> {
///     client.close().await;
///     Ok(())
/// }
/// # async fn check_connection(&self, _: &CallContext, _: &Arc<Blocking<Directory>>) -> PluginResult<ConnectionStatus> {
/// #     Ok(ConnectionStatus::connected())
/// # }
/// # }
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// # let ctx = CallContext::new();
/// # let client = Arc::new(Directories.create_client(&ctx).await.unwrap());
/// # assert!(Directories.get_namespaces(&ctx, &client).await.unwrap().is_some());
/// # Directories.destroy_client(&ctx, client).await.unwrap();
/// # }
/// ```
pub struct Blocking<T> {
    /// None once it is closed. Locked to be copied or taken, and for nothing else.
    client: Mutex<Option<Arc<T>>>,
    running: TaskTracker,
    seat: Option<Arc<Semaphore>>,
}

impl<T: Send + Sync + 'static> Blocking<T> {
    /// A client that is there already.
    pub fn new(client: T) -> Self {
        Self {
            client: Mutex::new(Some(Arc::new(client))),
            running: TaskTracker::new(),
            seat: None,
        }
    }

    /// A client whose making blocks too.
    ///
    /// # Errors
    ///
    /// Those of `open`.
    ///
    /// # Panics
    ///
    /// As `open` does.
    ///
    /// # Cancel safety
    ///
    /// When dropped, `open` is finished all the same, and what it made is dropped.
    pub async fn open<F>(open: F) -> PluginResult<Self>
    where
        F: FnOnce() -> PluginResult<T> + Send + 'static,
    {
        let opened = spawn_blocking(open).await;
        match opened.map_err(|failure| failure.try_into_panic()) {
            Ok(client) => Ok(Self::new(client?)),
            Err(Ok(panic)) => resume_unwind(panic),
            Err(Err(cancelled)) => Err(cancelled.into()),
        }
    }

    /// Does one piece of work after the other, in the order in which they were asked for.
    #[must_use]
    pub fn one_at_a_time(mut self) -> Self {
        self.seat = Some(Arc::new(Semaphore::new(1)));
        self
    }

    /// Does work with the client, and waits for what comes out.
    ///
    /// # Errors
    ///
    /// Those of the work; `UNAVAILABLE` once the client was closed.
    ///
    /// # Panics
    ///
    /// As the work does.
    ///
    /// # Cancel safety
    ///
    /// When dropped, work that has not begun never begins; what runs is finished, and [`close`](Self::close) waits for it.
    pub async fn run<R, F>(&self, work: F) -> PluginResult<R>
    where
        R: Send + 'static,
        F: FnOnce(&T) -> PluginResult<R> + Send + 'static,
    {
        let seat = match &self.seat {
            Some(seat) => Some(Arc::clone(seat).acquire_owned().await?),
            None => None,
        };
        // Counted before the client is copied, so that whoever closes it knows of every copy.
        let counted = self.running.token();
        let client = self.lock().clone().ok_or_else(closed)?;
        let (answer, answered) = oneshot::channel();
        spawn_blocking(move || {
            if !answer.is_closed() {
                let done = catch_unwind(AssertUnwindSafe(|| work(&client)));
                let _ = answer.send(done);
            }
            drop(client);
            drop(seat);
            drop(counted);
        });
        match answered.await.map_err(|_| closed())? {
            Ok(result) => result,
            Err(panic) => resume_unwind(panic),
        }
    }

    /// Waits for everything that still runs, and drops the client; may be called again.
    ///
    /// # Cancel safety
    ///
    /// When dropped, the client is closed all the same: the work that still runs drops it.
    pub async fn close(&self) {
        let client = self.lock().take();
        self.running.close();
        self.running.wait().await;
        // To drop it may block too. A panic of it has been printed, and there is nobody to tell.
        let _ = spawn_blocking(move || drop(client)).await;
    }
}

impl<T> Blocking<T> {
    fn lock(&self) -> MutexGuard<'_, Option<Arc<T>>> {
        self.client.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> fmt::Debug for Blocking<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Blocking")
            .field("open", &self.lock().is_some())
            .field("running", &self.running.len())
            .finish_non_exhaustive()
    }
}

fn closed() -> BoxError {
    ResourceOperationError::new(ErrorCode::Unavailable, "the client was closed")
        .with_suggestion("start the connection again")
        .into()
}

#[cfg(test)]
mod tests {
    use std::sync::{
        atomic::{AtomicUsize, Ordering},
        mpsc,
    };

    use futures_util::{FutureExt, poll};

    use super::*;

    /// Counts what is done with it, and says when it is dropped.
    #[derive(Default)]
    struct Counter {
        done: AtomicUsize,
        dropped: Option<mpsc::Sender<usize>>,
    }

    impl Counter {
        fn count(&self) -> PluginResult<usize> {
            Ok(self.done.fetch_add(1, Ordering::SeqCst) + 1)
        }
    }

    impl Drop for Counter {
        fn drop(&mut self) {
            if let Some(dropped) = &self.dropped {
                let _ = dropped.send(self.done.load(Ordering::SeqCst));
            }
        }
    }

    #[tokio::test]
    async fn results_errors_and_panics_are_those_of_the_work() {
        let client = Blocking::open(|| Ok(Counter::default())).await.unwrap();
        assert_eq!(client.run(Counter::count).await.unwrap(), 1);
        let failed = client.run(|_| Err::<(), _>("no".into())).await;
        assert_eq!(failed.unwrap_err().to_string(), "no");
        let panicked = AssertUnwindSafe(client.run(|_| -> PluginResult<()> { panic!("at work") }));
        let panic = panicked.catch_unwind().await.unwrap_err();
        assert_eq!(panic.downcast_ref(), Some(&"at work"));
        assert_eq!(client.run(Counter::count).await.unwrap(), 2, "it goes on");

        let refused = Blocking::<Counter>::open(|| Err("nothing there".into())).await;
        assert_eq!(refused.unwrap_err().to_string(), "nothing there");
    }

    #[tokio::test]
    async fn closing_waits_for_what_runs_and_drops_the_client() {
        let (dropped, is_dropped) = mpsc::channel();
        let (go, gate) = mpsc::channel::<()>();
        let (begun, has_begun) = oneshot::channel();
        let client = Blocking::new(Counter {
            done: AtomicUsize::new(0),
            dropped: Some(dropped),
        });
        let mut left = Box::pin(client.run(move |counter| {
            let _ = begun.send(());
            gate.recv()?;
            counter.count()
        }));
        assert!(poll!(&mut left).is_pending());
        has_begun.await.unwrap();
        drop(left);

        let mut closing = Box::pin(client.close());
        assert!(
            poll!(&mut closing).is_pending(),
            "it runs, and is waited for"
        );
        assert!(is_dropped.try_recv().is_err());
        let late = client.run(Counter::count).await.unwrap_err();
        let late = late.downcast::<ResourceOperationError>().unwrap();
        assert_eq!(*late.code(), ErrorCode::Unavailable);
        go.send(()).unwrap();
        closing.await;
        assert_eq!(is_dropped.try_recv(), Ok(1), "what ran was finished");
        client.close().await;
    }

    #[tokio::test]
    async fn one_at_a_time_goes_in_order_and_skips_what_nobody_waits_for() {
        let client = Blocking::new(Counter::default()).one_at_a_time();
        let (go, gate) = mpsc::channel::<()>();
        let mut first = Box::pin(client.run(move |counter| {
            gate.recv()?;
            counter.count()
        }));
        let mut second = Box::pin(client.run(Counter::count));
        let mut third = Box::pin(client.run(Counter::count));
        for waiting in [&mut second, &mut third] {
            assert!(poll!(&mut first).is_pending());
            assert!(poll!(waiting).is_pending());
        }
        drop(second);
        go.send(()).unwrap();
        assert_eq!(first.await.unwrap(), 1);
        assert_eq!(third.await.unwrap(), 2);
        client.close().await;
    }
}
