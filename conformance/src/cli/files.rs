//! Files that a command writes: found out before the work whether they can be, and written whole or not at all.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
};

use omniview_conformance::Report;

use super::output::Usage;

/// The kinds of report, by how a file's name ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Json,
    Junit,
    Markdown,
    Html,
}

const FORMATS: [(&str, Format); 4] = [
    ("json", Format::Json),
    ("xml", Format::Junit),
    ("md", Format::Markdown),
    ("html", Format::Html),
];

/// The files that a report goes to.
#[derive(Debug, Default)]
pub(super) struct ReportFiles(Vec<(PathBuf, Format)>);

impl ReportFiles {
    /// The files at these paths, each of the kind that its name ends with.
    ///
    /// # Errors
    ///
    /// A name ends in nothing known, is there twice, or is of a file that cannot be written as things stand.
    pub(super) fn at(paths: &[PathBuf]) -> Result<Self, Usage> {
        let mut files = Vec::new();
        for (index, path) in paths.iter().enumerate() {
            if paths[..index].contains(path) {
                return Err(Usage(format!(
                    "the report {} is wanted twice; leave one out",
                    path.display()
                )));
            }
            let format = format_of(path)?;
            writable("report", path)?;
            files.push((path.clone(), format));
        }
        Ok(Self(files))
    }

    /// Writes all of them. One that cannot be written does not keep the others from being.
    ///
    /// # Errors
    ///
    /// What could not be written, and why.
    pub(super) fn write(&self, report: &Report) -> Result<(), Usage> {
        let mut failed = Vec::new();
        for (path, format) in &self.0 {
            let text = match format {
                Format::Json => report.to_json(),
                Format::Junit => report.to_junit(),
                Format::Markdown => report.to_markdown(),
                Format::Html => report.to_html(),
            };
            if let Err(Usage(message)) = write_whole(path, &text) {
                failed.push(message);
            }
        }
        if failed.is_empty() {
            Ok(())
        } else {
            Err(Usage(failed.join("\nerror: ")))
        }
    }
}

fn format_of(path: &Path) -> Result<Format, Usage> {
    let ending = path.extension().map(|ending| ending.to_string_lossy());
    FORMATS
        .iter()
        .find(|(name, _)| ending.as_deref() == Some(*name))
        .map(|(_, format)| *format)
        .ok_or_else(|| {
            let known: Vec<String> = FORMATS.iter().map(|(name, _)| format!(".{name}")).collect();
            Usage(format!(
                "the report {} is of no known kind: its name has to end in {}",
                path.display(),
                known.join(", ")
            ))
        })
}

/// Finds out whether a file can be written, without leaving a trace: a run is long, and its end is late to say so.
///
/// # Errors
///
/// It cannot; the message says why.
pub(super) fn writable(what: &str, path: &Path) -> Result<(), Usage> {
    let refused = |why: String| {
        Usage(format!(
            "the {what} {} cannot be written: {why}",
            path.display()
        ))
    };
    if path.is_dir() {
        return Err(refused("there is a folder of that name".to_owned()));
    }
    let folder = folder_of(path);
    if !folder.is_dir() {
        return Err(refused(format!("there is no folder {}", folder.display())));
    }
    let part = part_of(path);
    File::create(&part).map_err(|error| refused(error.to_string()))?;
    fs::remove_file(&part).map_err(|error| refused(error.to_string()))
}

/// Writes a file beside its place and moves it there, so that there is never half of one.
///
/// # Errors
///
/// It cannot be written; the message names it. What was there before is still there.
pub(super) fn write_whole(path: &Path, text: &str) -> Result<(), Usage> {
    write_through(path, text, |part| File::create(part))
}

/// As [`write_whole`], into what `create` makes.
fn write_through<W: Write>(
    path: &Path,
    text: &str,
    create: impl FnOnce(&Path) -> io::Result<W>,
) -> Result<(), Usage> {
    let part = part_of(path);
    let written = create(&part).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        file.flush()
    });
    let moved = written.and_then(|()| fs::rename(&part, path));
    moved.map_err(|error| {
        // What could not be moved is in nobody's way.
        let _ = fs::remove_file(&part);
        Usage(format!("{} cannot be written: {error}", path.display()))
    })
}

fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// Beside the file, so that moving it is one step, and named by the process, so that two do not meet.
fn part_of(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.part", std::process::id()));
    path.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder that goes away with the test.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("{name}-{}", std::process::id()));
            fs::create_dir(&path).unwrap();
            Self(path)
        }

        fn names(&self) -> Vec<String> {
            let entries = fs::read_dir(&self.0).unwrap();
            let mut names: Vec<String> = entries
                .map(|entry| entry.unwrap().file_name().into_string().unwrap())
                .collect();
            names.sort();
            names
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn a_kind_is_known_by_the_end_of_the_name() {
        for (name, format) in [
            ("a.json", Format::Json),
            ("a.b.xml", Format::Junit),
            ("a.md", Format::Markdown),
            ("a.html", Format::Html),
        ] {
            assert_eq!(format_of(Path::new(name)).unwrap(), format);
        }
        for name in ["a.txt", "a", ".json", "a.JSON", "a.json.gz"] {
            let error = format_of(Path::new(name)).unwrap_err().to_string();
            assert!(
                error.ends_with("has to end in .json, .xml, .md, .html"),
                "{error}"
            );
        }
    }

    #[test]
    fn what_cannot_be_written_is_found_out_before_and_nothing_is_left() {
        let folder = Folder::new("writable");
        let at = |name: &str| folder.0.join(name);
        fs::create_dir(at("folder.json")).unwrap();
        writable("report", &at("good.json")).unwrap();
        for (path, why) in [
            (at("missing/report.json"), "there is no folder"),
            (at("folder.json"), "there is a folder of that name"),
            // Nobody may write there, not even the one who may write everywhere.
            (PathBuf::from("/proc/report.json"), "cannot be written: "),
        ] {
            let error = writable("report", &path).unwrap_err().to_string();
            assert!(error.contains(why), "{error}");
        }
        assert_eq!(folder.names(), ["folder.json"]);
        let twice = [at("a.json"), at("a.json")];
        let error = ReportFiles::at(&twice).unwrap_err().to_string();
        assert!(error.ends_with("is wanted twice; leave one out"), "{error}");
    }

    #[test]
    fn a_file_is_replaced_as_a_whole() {
        let folder = Folder::new("replaced");
        let path = folder.0.join("report.json");
        for text in ["old", "new and longer", ""] {
            write_whole(&path, text).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
        assert_eq!(folder.names(), ["report.json"]);
    }

    /// Takes some bytes, then has no room.
    struct Full(usize, Option<File>);

    impl Write for Full {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let taken = bytes.len().min(self.0);
            if taken == 0 {
                return Err(io::ErrorKind::StorageFull.into());
            }
            self.0 -= taken;
            match &mut self.1 {
                Some(file) => file.write(&bytes[..taken]),
                None => Ok(taken),
            }
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_full_disk_leaves_what_was_there_and_no_half_of_a_file() {
        let folder = Folder::new("full");
        let path = folder.0.join("report.json");
        write_whole(&path, "old").unwrap();
        let full = |part: &Path| Ok(Full(5, Some(File::create(part)?)));
        let error = write_through(&path, "new and longer", full).unwrap_err();
        assert!(
            error
                .to_string()
                .contains("report.json cannot be written: "),
            "{error}"
        );
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        assert_eq!(folder.names(), ["report.json"]);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_kernels_full_disk_is_told_as_such() {
        let folder = Folder::new("dev-full");
        let path = folder.0.join("report.json");
        let full = |_: &Path| File::options().write(true).open("/dev/full");
        let error = write_through(&path, "text", full).unwrap_err().to_string();
        assert!(error.contains("No space left on device"), "{error}");
        assert_eq!(folder.names(), [""; 0]);
    }
}
