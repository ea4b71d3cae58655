//! Where fragments are written.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
};

use super::Fragment;

/// The environment variable that names the folder for fragments. Unset or empty, none are written.
pub const FRAGMENTS: &str = "CONFORMANCE_FRAGMENTS";

/// The folder that fragments are wanted in.
#[derive(Debug, Clone)]
pub(crate) struct Folder(PathBuf);

impl Folder {
    /// The one that the environment names.
    pub(crate) fn wanted() -> Option<Self> {
        let folder = env::var_os(FRAGMENTS).filter(|folder| !folder.is_empty())?;
        Some(Self(folder.into()))
    }

    #[cfg(all(test, feature = "cli"))]
    pub(super) fn at(path: &Path) -> Self {
        Self(path.to_owned())
    }

    /// Writes the fragment of a test, beside its place first, so that there is never half of one.
    ///
    /// # Errors
    ///
    /// It cannot be written; the text names the file and the variable.
    pub(crate) fn write(&self, test: &str, fragment: &Fragment) -> Result<(), String> {
        let folder = self.0.join(file_name(fragment.subject()));
        let path = folder.join(format!("{}.json", file_name(&test.replace("::", "."))));
        let written = fs::create_dir_all(&folder).and_then(|()| whole(&path, &fragment.to_json()));
        written.map_err(|error| {
            format!(
                "the fragment {} cannot be written ({FRAGMENTS} asks for it): {error}",
                path.display()
            )
        })
    }
}

fn whole(path: &Path, text: &str) -> io::Result<()> {
    // Tests of one process have files of their own.
    let part = path.with_extension(format!("json.{}.part", std::process::id()));
    let written = fs::write(&part, text).and_then(|()| fs::rename(&part, path));
    if written.is_err() {
        // What could not be moved is in nobody's way.
        let _ = fs::remove_file(&part);
    }
    written
}

/// A text as the name of a file, on every system.
fn file_name(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    let plain: String = text
        .chars()
        .map(|c| if is_plain(c) { c } else { '_' })
        .collect();
    match plain.trim_matches('.') {
        "" => "_".to_owned(),
        name => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_leave_its_folder() {
        for (text, name) in [
            ("my-plugin", "my-plugin"),
            ("../../etc", "_.._etc"),
            ("a/b:c d", "a_b_c_d"),
            ("..", "_"),
            ("", "_"),
        ] {
            assert_eq!(file_name(text), name, "{text:?}");
        }
    }
}
