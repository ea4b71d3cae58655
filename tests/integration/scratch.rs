//! Directories for what a test writes.

use std::path::Path;

use tempfile::TempDir;

/// A directory that goes when it is dropped.
///
/// It is in memory where the system has a place for that: nobody needs it after a loss of power, and a disk that is
/// told to keep each of a thousand changes takes its time.
pub(crate) fn directory() -> TempDir {
    let memory = Path::new("/dev/shm");
    let made = match memory.is_dir() {
        true => TempDir::new_in(memory),
        false => TempDir::new(),
    };
    made.expect("there is a place for temporary files")
}
