//! Parts out of files.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{MergeError, Part};

/// Reads fragments and reports of shards; of a folder, every `.json` file in it and in its folders.
///
/// # Errors
///
/// A file cannot be read or is no part of a report, or a folder has none.
///
/// # Examples
///
/// ```no_run
/// use omniview_conformance::fragment::{gather, merge};
///
/// let parts = gather(&["target/conformance"])?;
/// println!("{}", merge(&parts)?.report.to_text());
/// # Ok::<(), omniview_conformance::fragment::MergeError>(())
/// ```
pub fn gather<P: AsRef<Path>>(paths: &[P]) -> Result<Vec<Part>, MergeError> {
    let mut files = Vec::new();
    for path in paths {
        let path = path.as_ref();
        let before = files.len();
        find(path, &mut files)?;
        if files.len() == before {
            return Err(unreadable(
                path,
                "the folder has no .json file; did the tests run with CONFORMANCE_FRAGMENTS set to it?",
            ));
        }
    }
    // A file that is named twice is one part.
    files.sort();
    files.dedup();
    files.iter().map(|path| read(path)).collect()
}

fn find(path: &Path, files: &mut Vec<PathBuf>) -> Result<(), MergeError> {
    if !path.is_dir() {
        files.push(path.to_owned());
        return Ok(());
    }
    let entries = fs::read_dir(path).map_err(|error| unreadable(path, error.to_string()))?;
    for entry in entries {
        let entry = entry
            .map_err(|error| unreadable(path, error.to_string()))?
            .path();
        if entry.is_dir() || entry.extension().is_some_and(|end| end == "json") {
            find(&entry, files)?;
        }
    }
    Ok(())
}

fn read(path: &Path) -> Result<Part, MergeError> {
    let text = fs::read_to_string(path).map_err(|error| unreadable(path, error.to_string()))?;
    Part::from_json(path.display().to_string(), &text).map_err(|message| unreadable(path, message))
}

fn unreadable(path: &Path, message: impl Into<String>) -> MergeError {
    MergeError::Unreadable {
        source: path.display().to_string(),
        message: message.into(),
    }
}
