//! A document as it is read.

use std::{
    hash::{DefaultHasher, Hasher},
    time::{SystemTime, UNIX_EPOCH},
};

use omniview_sdk::Timestamp;
use serde::Serialize;

use super::Place;

/// The longest text that is shown; a directory may hold anything.
pub(super) const LONGEST: u64 = 1 << 20;

/// A document as it is read.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Document {
    /// The name of the file.
    pub name: String,
    /// The folder that it is in.
    pub folder: String,
    /// What it says; none where that cannot be shown.
    pub text: Option<String>,
    /// Why what it says cannot be shown.
    pub problem: Option<&'static str>,
    /// How long it is.
    pub bytes: u64,
    /// When it was last written, where the file system says so.
    pub modified: Option<Timestamp>,
    /// Another one for another content.
    pub version: String,
}

/// The document at a place, from what was read there; no content where there was too much.
pub(super) fn document(
    place: &Place,
    content: Option<Vec<u8>>,
    bytes: u64,
    modified: Option<SystemTime>,
) -> Document {
    let mut version = DefaultHasher::new();
    version.write_u64(bytes);
    version.write(content.as_deref().unwrap_or_default());
    let (text, problem) = match content.map(String::from_utf8) {
        Some(Ok(text)) => (Some(text), None),
        Some(Err(_)) => (None, Some("not UTF-8")),
        None => (None, Some("too long")),
    };
    Document {
        name: place.name().to_owned(),
        folder: place.folder().to_owned(),
        text,
        problem,
        bytes,
        modified: modified.and_then(timestamp),
        version: format!("{:016x}", version.finish()),
    }
}

/// Times before 1970 are none: whoever set one did not mean it.
fn timestamp(time: SystemTime) -> Option<Timestamp> {
    let since = time.duration_since(UNIX_EPOCH).ok()?;
    Timestamp::from_unix_nanos(i128::try_from(since.as_nanos()).ok()?)
}
