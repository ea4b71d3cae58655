//! Following a directory by the events of its file system.
//!
//! Events say that something is going on; they come doubled, out of order, late, or, where the system's queue is full,
//! not at all but for a note that some are missing. So they only say when to look, and what has changed is the
//! difference between two looks. A rename is then what it is for those who know documents by their names: one is gone,
//! another is there.
//!
//! A network file system may have no events for what other machines do. For one of these, take
//! `notify::PollWatcher`, or look every now and then as the HTTP plugin does.

use std::{io, path::Path, time::Duration};

use notify::{
    Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _,
    event::{AccessKind, AccessMode},
};
use omniview_sdk::{
    Context, Listing, PluginResult, Relist, ResourceMetadata, WatchAddPayload, WatchSink, Watcher,
    async_trait,
};
use tokio::{sync::watch, time::timeout};

use super::{Client, Document, Documents, FileError, resource::json};

/// How many pauses that were none a look waits for: what never comes to rest is looked at all the same.
const MOST_WAITS: usize = 20;

#[async_trait]
impl Watcher<Client> for Documents {
    async fn watch(&self, ctx: &Context<Client>, sink: WatchSink) -> PluginResult<()> {
        // Every failure ends the attempt with an error, and the SDK decides whether there is another one.
        tokio::select! {
            failure = follow(ctx, sink, self.quiet) => failure,
            () = ctx.cancelled() => Ok(()),
        }
    }
}

async fn follow(ctx: &Context<Client>, sink: WatchSink, quiet: Duration) -> PluginResult<()> {
    let (bell, mut rung) = watch::channel(());
    let mut ears = notify::recommended_watcher(move |event: notify::Result<Event>| {
        // An error is a reason to look too: the look will meet it, or find that nothing is missing.
        if event.as_ref().map_or(true, is_a_change) {
            bell.send_replace(());
        }
    })
    .map_err(|error| FileError::while_doing("listen to files")(cause(error)))?;

    let mut relist = Relist::new(ctx, sink);
    loop {
        let (back, seen) = look(ctx, ears).await?;
        ears = back;
        relist.tell(seen).await?;
        rung.changed().await?;
        rest(&mut rung, quiet).await;
    }
}

/// Listens to every folder and reads the documents in it: in this order, so that what changes after it was read rings.
///
/// The folders are listened to again with every look, because a folder of that name may be another one by now. One that
/// is made while this runs rings at the directory, and is found by the next look.
async fn look(
    ctx: &Context<Client>,
    mut ears: RecommendedWatcher,
) -> PluginResult<(RecommendedWatcher, Listing)> {
    let scope = ctx.watch_scope().cloned();
    let look = ctx.client().run(move |directory| {
        listen(&mut ears, directory.root())?;
        let mut seen = Listing::new();
        for folder in directory.folders()? {
            if scope.as_ref().is_some_and(|scope| !scope.includes(&folder)) {
                continue;
            }
            match listen(&mut ears, &directory.root().join(&folder)) {
                // It has gone since its name was read, which rings.
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                listening => listening?,
            }
            for document in directory.documents(&folder)? {
                seen.insert(told(&document)?);
            }
        }
        Ok((ears, seen))
    });
    look.await
}

/// Whether an event is about what a document says or where it is.
///
/// That a file was opened or read is not: our own look does both, and would ring for ever.
fn is_a_change(event: &Event) -> bool {
    match event.kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write)) => true,
        EventKind::Access(_) => false,
        _ => true,
    }
}

/// Waits until the bell is silent for a moment: who writes a file without preparing it does so in steps.
async fn rest(rung: &mut watch::Receiver<()>, quiet: Duration) {
    for _ in 0..MOST_WAITS {
        if timeout(quiet, rung.changed()).await.is_err() {
            return;
        }
    }
}

/// Has a folder ring the bell, whatever has the name now.
fn listen(ears: &mut RecommendedWatcher, folder: &Path) -> Result<(), FileError> {
    let listening = ears.watch(folder, RecursiveMode::NonRecursive);
    listening.map_err(|error| FileError::while_doing("listen to the directory")(cause(error)))
}

fn cause(error: notify::Error) -> io::Error {
    match error.kind {
        notify::ErrorKind::Io(error) => error,
        notify::ErrorKind::PathNotFound => io::ErrorKind::NotFound.into(),
        _ => io::Error::other(error),
    }
}

fn told(document: &Document) -> PluginResult<WatchAddPayload> {
    let Document { name, folder, .. } = document;
    // A document has no identity beyond its place: a program that replaces a file makes another one of the same name.
    let metadata = ResourceMetadata::new(format!("{folder}/{name}"));
    Ok(WatchAddPayload::new(name, folder, json(document)?).with_metadata(metadata))
}
