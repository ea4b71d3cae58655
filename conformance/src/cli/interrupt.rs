//! What Ctrl-C and the end of a CI job do.

use std::{
    process,
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
    thread::{self, JoinHandle},
};

use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use super::output::{Usage, complain};

/// Listens for a wish to end: the first ends the run in good order, the second ends the process.
///
/// On a thread and a runtime of its own, so that it is heard though the plugin keeps the runtime of the run to itself.
pub(super) struct Interrupt {
    token: CancellationToken,
    code: Arc<AtomicU8>,
    done: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Interrupt {
    /// Begins to listen; what is wished from here on is heard.
    ///
    /// # Errors
    ///
    /// The system refuses.
    pub(super) fn listen() -> Result<Self, Usage> {
        let refused = |error: std::io::Error| Usage(format!("no way to hear of Ctrl-C: {error}"));
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_io()
            .build()
            .map_err(refused)?;
        let wishes = {
            let _inside = runtime.enter();
            Wishes::new().map_err(refused)?
        };
        let token = CancellationToken::new();
        let code = Arc::new(AtomicU8::new(0));
        let (done, finished) = oneshot::channel();
        let (heard, kept) = (token.clone(), Arc::clone(&code));
        let listening = async move {
            tokio::select! {
                () = react(wishes, heard, kept) => {}
                _ = finished => {}
            }
        };
        let thread = thread::Builder::new()
            .name("interrupt".to_owned())
            .spawn(move || runtime.block_on(listening))
            .map_err(refused)?;
        Ok(Self {
            token,
            code,
            done: Some(done),
            thread: Some(thread),
        })
    }

    /// Is cancelled by the first wish to end.
    pub(super) fn token(&self) -> CancellationToken {
        self.token.clone()
    }

    /// The exit code, if there was a wish to end.
    pub(super) fn code(&self) -> Option<u8> {
        match self.code.load(Ordering::Acquire) {
            0 => None,
            code => Some(code),
        }
    }
}

impl Drop for Interrupt {
    fn drop(&mut self) {
        // The thread ends with it, unless it has ended.
        drop(self.done.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

async fn react(mut wishes: Wishes, token: CancellationToken, code: Arc<AtomicU8>) {
    let Some(first) = wishes.next().await else {
        // Nothing will ever come; the run goes on without.
        return std::future::pending().await;
    };
    code.store(first, Ordering::Release);
    complain("interrupted: cleaning up (once more to stop at once)");
    token.cancel();
    if let Some(second) = wishes.next().await {
        process::exit(i32::from(second));
    }
}

/// What Ctrl-C ends with: as in shells, 128 and the number of the signal.
const INTERRUPTED: u8 = 130;

#[cfg(unix)]
use unix::Wishes;

#[cfg(unix)]
mod unix {
    use std::io;

    use tokio::signal::unix::{Signal, SignalKind, signal};

    /// What a CI server sends when a job is cancelled.
    const TERMINATED: u8 = 143;

    /// Wishes to end, as exit codes.
    pub(super) struct Wishes {
        interrupt: Signal,
        terminate: Signal,
    }

    impl Wishes {
        pub(super) fn new() -> io::Result<Self> {
            Ok(Self {
                interrupt: signal(SignalKind::interrupt())?,
                terminate: signal(SignalKind::terminate())?,
            })
        }

        pub(super) async fn next(&mut self) -> Option<u8> {
            tokio::select! {
                heard = self.interrupt.recv() => heard.map(|()| super::INTERRUPTED),
                heard = self.terminate.recv() => heard.map(|()| TERMINATED),
            }
        }
    }
}

/// Wishes to end, as exit codes.
#[cfg(not(unix))]
struct Wishes;

#[cfg(not(unix))]
impl Wishes {
    fn new() -> std::io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) -> Option<u8> {
        tokio::signal::ctrl_c().await.ok().map(|()| INTERRUPTED)
    }
}
