//! The conformance suite over the file plugin: every check is a test.
//!
//! Time is real here, because a file system tells of its changes when it gets to it: what a check waits for, it waits
//! for.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use omniview_conformance::{
    Fault, FaultKind, Mounted, Need, Outside, ResourceFixture, Sample, Subject,
};
use omniview_sdk::{
    BoxError, CallContext, ConnectionId, ResourceKey, async_trait, build_resource_controller,
};
use omniview_tests::files::{self, Directories, Place};
use serde_json::json;
use tempfile::TempDir;

use crate::{full_profile, scratch};

omniview_conformance::tests!(subject);

#[tokio::test]
async fn the_full_profile_passes_but_for_what_is_named_here() {
    insta::assert_snapshot!(full_profile::not_passed(subject()).await, @r"
    a backend that can be made to refuse access (Outside::inject): whoever runs the tests may read every file, where it is the administrator
    a way to configure connections behind the plugin's back (Outside::configures_connections)
    an editor schema
    every operation is supported
    hasActions
    hasEvents
    hasRelationships
    hasSchema
    it does not wait for a query
    it is watched
    its watch is not limited
    no field allows haskey
    no field is an enumeration
    no field is required
    no hint of scale
    not filterable
    not hasHealth
    not namespaceScoped
    not searchable
    not watchable
    two types that are watched
    ");
}

/// The connections, each to a directory of its own.
const DESKS: [&str; 2] = ["left", "right"];

const FOLDERS: [&str; 2] = ["inbox", "notes"];

fn subject() -> Subject {
    let no_accounts = "whoever runs the tests may read every file, where it is the administrator";
    Subject::try_provider("files", mount)
        .connection("left")
        .connection("right")
        .resource(documents())
        .without(Need::Fault(FaultKind::Forbidden), no_accounts)
        .without(Need::Fault(FaultKind::Unauthorized), no_accounts)
        .without(Need::Fault(FaultKind::Hang), "a local file system answers")
}

fn documents() -> ResourceFixture {
    ResourceFixture::new("files::v1::Document")
        .namespaces(FOLDERS)
        .sample(|number, folder| {
            let name = format!("sample-{number}.txt");
            let text = format!("Sample {}\n", "x".repeat(number as usize % 7));
            let document = json!({"name": name, "folder": folder, "text": text});
            Sample::new(name, document)
        })
        .change(|mut document| {
            document["text"] = json!("Another text");
            document
        })
}

/// Makes the directories and mounts a plugin over them; they go with the mount.
async fn mount() -> Result<Mounted, BoxError> {
    let directory = scratch::directory();
    let mut directories = Directories::new();
    for id in DESKS {
        let root = directory.path().join(id);
        for folder in FOLDERS {
            fs::create_dir_all(root.join(folder))?;
        }
        directories = directories.directory(id, &root);
    }
    let provider = build_resource_controller(&CallContext::new(), files::config(directories))?;
    Ok(Mounted::new(provider).outside(Arc::new(Desks(directory))))
}

/// The directories behind the plugin's back.
struct Desks(TempDir);

impl Desks {
    fn root(&self, connection: &ConnectionId) -> PathBuf {
        self.0.path().join(connection.as_str())
    }

    /// Writes a file as careful programs do: beside its place, then moved there.
    fn write(&self, connection: &ConnectionId, document: &Sample) -> Result<(), BoxError> {
        let path = self.path(connection, &document.namespace, &document.id)?;
        let text = document.data.to_value()?["text"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        let beside = self.0.path().join("in-the-making");
        fs::write(&beside, text)?;
        Ok(fs::rename(beside, path)?)
    }

    fn path(
        &self,
        connection: &ConnectionId,
        folder: &str,
        name: &str,
    ) -> Result<PathBuf, BoxError> {
        Ok(Place::new(folder, name)?.path(&self.root(connection)))
    }
}

#[async_trait]
impl Outside for Desks {
    async fn insert(
        &self,
        connection: &ConnectionId,
        _: &ResourceKey,
        sample: &Sample,
    ) -> Result<(), BoxError> {
        self.write(connection, sample)
    }

    async fn update(
        &self,
        connection: &ConnectionId,
        _: &ResourceKey,
        object: &Sample,
    ) -> Result<(), BoxError> {
        self.write(connection, object)
    }

    async fn remove(
        &self,
        connection: &ConnectionId,
        _: &ResourceKey,
        id: &str,
        namespace: &str,
    ) -> Result<(), BoxError> {
        Ok(fs::remove_file(self.path(connection, namespace, id)?)?)
    }

    fn faults(&self) -> &[FaultKind] {
        &[FaultKind::Fail]
    }

    /// A directory that is not where it was fails whoever looks into it.
    async fn inject(&self, fault: &Fault) -> Result<(), BoxError> {
        match fault.kind {
            FaultKind::Fail => Ok(moved(&self.root(&fault.connection), "unplugged")?),
            kind => Err(format!("a directory cannot {kind}").into()),
        }
    }

    async fn recover(&self, connection: &ConnectionId) -> Result<(), BoxError> {
        let root = self.root(connection);
        let unplugged = root.with_extension("unplugged");
        if unplugged.exists() {
            fs::rename(unplugged, root)?;
        }
        Ok(())
    }
}

fn moved(root: &Path, extension: &str) -> io::Result<()> {
    fs::rename(root, root.with_extension(extension))
}
