//! Every check of the conformance suite as a test of its own.

use std::sync::Arc;

use omniview_conformance::{
    Fault, FaultKind, InProcess, Outside, ResourceFixture, Sample, Subject,
};
use omniview_sdk::{
    BoxError, ConnectionId, ResourceKey, async_trait,
    query::{Identity, Item},
};
use plugin::client::{Backend, Client, Trouble};
use serde_json::json;

omniview_conformance::tests!(subject);

/// What the suite cannot know: how a task looks, and what a change to one is.
fn subject() -> Subject {
    let tasks = ResourceFixture::new("todo::v1::Task")
        .sample(|n, _| {
            let (id, title) = (format!("t{n}"), format!("Task {n}"));
            let state = ["open", "done", "late"][n as usize % 3];
            let task = json!({"id": id, "title": title, "state": state});
            Sample::new(id, task)
        })
        .change(|mut task| {
            task["title"] = json!("Another title");
            task
        });
    let mount = || {
        let backend = Backend::default();
        let outside = Arc::new(BehindItsBack(backend.clone()));
        InProcess::new(plugin::config(backend)).outside(outside)
    };
    Subject::in_process("todo", mount).resource(tasks)
}

/// The backend without the plugin. Leave it out where yours cannot be reached by other ways, and declare what is then
/// missing: `.without(Need::Outside, "why")`.
struct BehindItsBack(Backend);

impl BehindItsBack {
    fn list(&self, connection: &ConnectionId) -> Client {
        self.0.list(connection)
    }
}

fn task(sample: &Sample) -> Result<Item, BoxError> {
    Ok(Item::parse(sample.data.clone(), &Identity::new("id", ""))?)
}

#[async_trait]
impl Outside for BehindItsBack {
    async fn insert(
        &self,
        connection: &ConnectionId,
        _: &ResourceKey,
        sample: &Sample,
    ) -> Result<(), BoxError> {
        Ok(self.list(connection).create(task(sample)?)?)
    }

    async fn update(
        &self,
        connection: &ConnectionId,
        _: &ResourceKey,
        object: &Sample,
    ) -> Result<(), BoxError> {
        let list = self.list(connection);
        Ok(list.update(&object.id, task(object)?)?)
    }

    async fn remove(
        &self,
        connection: &ConnectionId,
        _: &ResourceKey,
        id: &str,
        _: &str,
    ) -> Result<(), BoxError> {
        self.list(connection).delete(id)?;
        Ok(())
    }

    fn faults(&self) -> &[FaultKind] {
        &[FaultKind::Forbidden, FaultKind::Fail]
    }

    async fn inject(&self, fault: &Fault) -> Result<(), BoxError> {
        let trouble = match fault.kind {
            FaultKind::Forbidden => Trouble::Locked,
            FaultKind::Fail => Trouble::Unreachable,
            other => return Err(format!("a list cannot {other}").into()),
        };
        self.list(&fault.connection).trouble(trouble);
        Ok(())
    }

    async fn recover(&self, connection: &ConnectionId) -> Result<(), BoxError> {
        self.list(connection).trouble(Trouble::None);
        Ok(())
    }
}
