//! A directory, and the plugin mounted over it.

use std::{fs, path::PathBuf, time::Duration};

use omniview_plugintest::Harness;
use omniview_tests::files::{self, Directories};
use tempfile::TempDir;

use crate::scratch;

/// The type of every object here.
pub(super) const DOCUMENT: &str = "files::v1::Document";

/// The connection that [`Desk::open`] starts.
pub(super) const CONNECTION: &str = "desk";

/// A directory with two folders, and the plugin over it.
pub(super) struct Desk {
    pub(super) h: Harness,
    directory: TempDir,
}

impl Desk {
    /// The plugin connected to it.
    pub(super) async fn open() -> Self {
        let desk = Self::closed();
        desk.h.connect(CONNECTION).await;
        desk
    }

    /// The same, the connection not started.
    pub(super) fn closed() -> Self {
        let directory = scratch::directory();
        let root = directory.path().join("root");
        for folder in ["inbox", "notes"] {
            fs::create_dir_all(root.join(folder)).expect("a folder can be made");
        }
        let h = mount(Directories::new().directory(CONNECTION, &root));
        Self { h, directory }
    }

    /// A path below the root, for what happens behind the plugin's back.
    pub(super) fn path(&self, below: &str) -> PathBuf {
        self.directory.path().join("root").join(below)
    }

    /// A path beside the root, where the plugin has no business.
    pub(super) fn elsewhere(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Writes a file as any program does: opened, then filled.
    pub(super) fn write(&self, below: &str, text: impl AsRef<[u8]>) {
        fs::write(self.path(below), text).expect("the file can be written");
    }

    /// Closes the plugin, joined and checked for leaks.
    pub(super) async fn close(self) {
        self.h.shutdown().await;
        drop(self.directory);
    }
}

/// The plugin, connected to nothing yet.
pub(super) fn mount(directories: Directories) -> Harness {
    let config = files::config(directories);
    Harness::mount(config.options(|options| options.watch_retry.base = Duration::from_millis(5)))
}
