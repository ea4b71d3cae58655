//! Where a document is; what would lead out of its directory is refused.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use omniview_sdk::{ResourceOperationError, Result};

/// The longest name that common file systems take, in bytes.
const LONGEST: usize = 255;

/// The folder and the name of a document, both of which are safe to become part of a path.
///
/// An id comes from outside. Joined to a path as it is, `..` leads out of the directory, and an absolute path replaces
/// it. There is no way to a path of a document but through here, so nothing is checked twice or forgotten once.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    folder: String,
    name: String,
}

impl Place {
    /// A document of this name in this folder.
    ///
    /// # Errors
    ///
    /// `INVALID_INPUT` for a folder or name that is not a plain name.
    pub fn new(folder: &str, name: &str) -> Result<Self> {
        check("folder", folder)?;
        check("name", name)?;
        Ok(Self {
            folder: folder.to_owned(),
            name: name.to_owned(),
        })
    }

    /// The folder.
    pub fn folder(&self) -> &str {
        &self.folder
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The path below a root.
    pub fn path(&self, root: &Path) -> PathBuf {
        root.join(&self.folder).join(&self.name)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.folder, self.name)
    }
}

/// Whether a text is the name of one file or folder, on every system.
///
/// Names that begin with a dot are hidden, and with them `.`, `..`, and the files that a change is prepared in.
pub fn is_plain(text: &str) -> bool {
    let odd = |c: char| c.is_control() || matches!(c, '/' | '\\' | ':');
    !text.is_empty()
        && text.len() <= LONGEST
        && !text.starts_with('.')
        // Windows would drop them, and find another file.
        && !text.ends_with(['.', ' '])
        && !text.contains(odd)
}

fn check(what: &str, text: &str) -> Result<()> {
    if is_plain(text) {
        return Ok(());
    }
    let shown: String = text.chars().take(60).collect();
    Err(ResourceOperationError::invalid_input(format!(
        "{shown:?} is no {what} of a document"
    ))
    .with_suggestion(format!(
        "give a plain {what}: without separators, no dot at either end, at most {LONGEST} bytes"
    )))
}
