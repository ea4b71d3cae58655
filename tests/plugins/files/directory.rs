//! The client: one directory, read and written so that nobody sees a document half done.

use std::{
    fs::{self, File},
    io::{self, ErrorKind, Write},
    path::{Path, PathBuf},
    process,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use omniview_sdk::{ErrorCode, PluginResult, ResourceOperationError};

use super::{
    Document, FileError, Place,
    document::{LONGEST, document},
    place::is_plain,
};

/// A client of one directory.
///
/// Its methods block, so the plugin's client is a [`Blocking`](omniview_sdk::Blocking) one of these.
#[derive(Debug)]
pub struct Directory {
    root: PathBuf,
    /// One change at a time, so that what a change has looked at is still so when it is made. Other programs do not
    /// ask for it: no file system lets a program look and change in one step.
    changing: Mutex<()>,
}

impl Directory {
    /// A client of the directory at `root`, which has to exist.
    ///
    /// # Errors
    ///
    /// [`FileError`] where it cannot be read, or is no directory.
    pub fn open(root: &Path) -> Result<Self, FileError> {
        let failed = || FileError::while_doing(format!("open the directory {}", root.display()));
        // A working directory that changes later does not matter then.
        let root = root.canonicalize().map_err(failed())?;
        fs::read_dir(&root).map_err(failed())?;
        Ok(Self {
            root,
            changing: Mutex::new(()),
        })
    }

    /// Where it is.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The names of its folders, in order. What a link leads to is elsewhere, and no folder.
    ///
    /// # Errors
    ///
    /// [`FileError`] where the directory cannot be read.
    pub fn folders(&self) -> Result<Vec<String>, FileError> {
        let failed = || FileError::while_doing("read the directory");
        let mut folders = Vec::new();
        for entry in fs::read_dir(&self.root).map_err(failed())? {
            let entry = entry.map_err(failed())?;
            let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
            folders.extend(
                entry
                    .file_name()
                    .into_string()
                    .ok()
                    .filter(|name| is_folder && is_plain(name)),
            );
        }
        folders.sort_unstable();
        Ok(folders)
    }

    /// The documents of a folder; none where there is no such folder.
    ///
    /// # Errors
    ///
    /// [`FileError`] where one cannot be read.
    pub fn documents(&self, folder: &str) -> Result<Vec<Document>, FileError> {
        let failed = || FileError::while_doing(format!("read the folder {folder:?}"));
        // Not every text is a folder: this one may come from outside.
        if !is_plain(folder) || !self.is_folder(folder) {
            return Ok(Vec::new());
        }
        let mut documents = Vec::new();
        let entries = match fs::read_dir(self.root.join(folder)) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(documents),
            entries => entries.map_err(failed())?,
        };
        for entry in entries {
            let name = entry.map_err(failed())?.file_name();
            let place = name.to_str().and_then(|name| Place::new(folder, name).ok());
            if let Some(place) = place {
                // It may have gone since its name was read.
                documents.extend(self.read(&place)?);
            }
        }
        Ok(documents)
    }

    /// The document at a place; none where there is no regular file.
    ///
    /// # Errors
    ///
    /// [`FileError`] where it cannot be read.
    pub fn read(&self, place: &Place) -> Result<Option<Document>, FileError> {
        let path = place.path(&self.root);
        let read = || -> io::Result<Option<Document>> {
            let about = fs::symlink_metadata(&path)?;
            if !about.is_file() || !self.is_folder(place.folder()) {
                return Ok(None);
            }
            let (content, bytes) = match about.len() {
                bytes if bytes > LONGEST => (None, bytes),
                _ => {
                    let content = fs::read(&path)?;
                    let bytes = content.len() as u64;
                    (Some(content), bytes)
                }
            };
            Ok(Some(document(place, content, bytes, about.modified().ok())))
        };
        match read() {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            read => read.map_err(FileError::while_doing(format!("read {place}"))),
        }
    }

    /// Writes a document that there is not yet.
    ///
    /// # Errors
    ///
    /// `ALREADY_EXISTS` where there is one, `NOT_FOUND` where there is no such folder, and [`FileError`].
    pub fn create(&self, place: &Place, text: &str) -> PluginResult<()> {
        let _changing = self.lock();
        if !self.is_folder(place.folder()) {
            return Err(ResourceOperationError::not_found(format!(
                "there is no folder {:?} for {:?}",
                place.folder(),
                place.name()
            ))
            .with_suggestion("list the namespaces of the connection to see what there is")
            .into());
        }
        // A link to the finished file is made in one step and never in place of another file, which renaming is not.
        let publish = |from: &Path, to: &Path| {
            fs::hard_link(from, to)?;
            fs::remove_file(from)
        };
        match self.publish(place, text, publish) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                let message = format!("there is a document {place} already");
                Err(
                    ResourceOperationError::new(ErrorCode::AlreadyExists, message)
                        .with_suggestion("choose another name, or update the document that has it")
                        .into(),
                )
            }
            created => Ok(created.map_err(FileError::while_doing(format!("create {place}")))?),
        }
    }

    /// Replaces what a document says; its version has to be the one named, if one is.
    ///
    /// # Errors
    ///
    /// `NOT_FOUND` where there is none, `CONFLICT` where it has another version, and [`FileError`].
    pub fn replace(&self, place: &Place, text: &str, version: Option<&str>) -> PluginResult<()> {
        let _changing = self.lock();
        let present = self.read(place)?.ok_or_else(|| no_document(place))?;
        if version.is_some_and(|version| version != present.version) {
            let message = format!("the document {place} has changed since then");
            return Err(ResourceOperationError::new(ErrorCode::Conflict, message)
                .with_suggestion("read it again and repeat the change on its new version")
                .into());
        }
        let replaced = self.publish(place, text, |from, to| fs::rename(from, to));
        Ok(replaced.map_err(FileError::while_doing(format!("replace {place}")))?)
    }

    /// Removes a document and returns it as it was.
    ///
    /// # Errors
    ///
    /// `NOT_FOUND` where there is none, and [`FileError`].
    pub fn remove(&self, place: &Place) -> PluginResult<Document> {
        let _changing = self.lock();
        let last = self.read(place)?.ok_or_else(|| no_document(place))?;
        fs::remove_file(place.path(&self.root))
            .map_err(FileError::while_doing(format!("remove {place}")))?;
        Ok(last)
    }

    /// Writes a hidden file beside the place, and has it published when it is complete and on the disk.
    fn publish(
        &self,
        place: &Place,
        text: &str,
        publish: impl FnOnce(&Path, &Path) -> io::Result<()>,
    ) -> io::Result<()> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let hidden = format!(".omniview-{}-{count}.tmp", process::id());
        // In the same folder, because a rename is one step only within a file system.
        let hidden = self.root.join(place.folder()).join(hidden);
        let published =
            write(&hidden, text).and_then(|()| publish(&hidden, &place.path(&self.root)));
        if published.is_err() {
            // The first error is the one that matters.
            let _ = fs::remove_file(&hidden);
        }
        published
    }

    fn is_folder(&self, folder: &str) -> bool {
        fs::symlink_metadata(self.root.join(folder)).is_ok_and(|about| about.is_dir())
    }

    fn lock(&self) -> MutexGuard<'_, ()> {
        self.changing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Says that there is no document.
pub fn no_document(place: &Place) -> ResourceOperationError {
    ResourceOperationError::not_found(format!("there is no document {place}"))
        .with_suggestion("list the documents to see what there is")
}

fn write(path: &Path, text: &str) -> io::Result<()> {
    let mut file = File::create_new(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}
