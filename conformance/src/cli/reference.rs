//! The reference plugin as a subject: the one place that knows its API.

use std::{str::FromStr, sync::Arc};

use omniview_conformance::{Fault, FaultKind, Mounted, Outside, ResourceFixture, Sample, Subject};
use omniview_reference_backend::{
    Deviation, Fault as BackendFault, FaultScope, Kind, ReferenceBackend, Site, TypeFixture,
};
use omniview_sdk::{BoxError, Connection, ConnectionId, ErrorCode, Json, ResourceKey, async_trait};
use serde_json::json;

use super::output::Usage;

/// The subject that is called `reference` or `reference:deviation=NAME`.
///
/// # Errors
///
/// There is no such subject or deviation.
pub(super) fn subject(name: &str) -> Result<Subject, Usage> {
    let deviation = match name.split_once(":deviation=") {
        None if name == "reference" => None,
        Some(("reference", deviation)) => Some(deviation_called(deviation)?),
        _ => {
            return Err(Usage(format!(
                "there is no subject `{name}`; there are `reference` and `reference:deviation=NAME` \
                 (`conformance list --deviations` shows the names)"
            )));
        }
    };
    let template = match deviation {
        None => ReferenceBackend::new(),
        Some(deviation) => ReferenceBackend::deviating(deviation),
    };
    let main = template.connections().into_iter().next();
    let types = main.map_or_else(|| Ok(Vec::new()), |main| template.type_fixtures(&main.id));
    let types = types.map_err(|error| Usage(format!("the reference plugin is broken: {error}")))?;
    let mut subject = Subject::try_provider(name, move || {
        let backend = template.fork();
        async move {
            let plugin = backend.provider()?;
            Ok::<_, BoxError>(Mounted::new(plugin).outside(Arc::new(BehindItsBack(backend))))
        }
    })
    .virtual_time();
    for of in types {
        subject = subject.resource(fixture(&of));
    }
    Ok(subject)
}

/// The names of the deviations, and what each does wrong.
pub(super) fn deviations() -> Vec<(&'static str, &'static str)> {
    Deviation::ALL
        .iter()
        .map(|deviation| (deviation.name(), deviation.describe()))
        .collect()
}

fn deviation_called(name: &str) -> Result<Deviation, Usage> {
    Deviation::from_str(name).map_err(|_| {
        Usage(format!(
            "the reference plugin has no deviation `{name}`; `conformance list --deviations` shows all"
        ))
    })
}

fn fixture(of: &TypeFixture) -> ResourceFixture {
    let kind = of.kind();
    let of_type = of.clone();
    let fixture = match kind {
        Kind::Pod => ResourceFixture::new(of.key()).harmless_action("logs", json!({"lines": 2})),
        Kind::Deployment => ResourceFixture::new(of.key()).harmless_action("rollout", json!({})),
        Kind::Node => ResourceFixture::new(of.key()).harmless_action("uncordon", json!({})),
        _ => ResourceFixture::new(of.key()),
    };
    fixture
        .namespaces(of.namespaces())
        .sample(move |number, namespace| {
            let within = TypeFixture::new(kind, vec![namespace.to_owned()]);
            let number = number as usize;
            Sample::new(within.id(number), within.sample(number))
        })
        .change(move |object| {
            let changed = of_type.change(&Json::from(object.clone()));
            changed.to_value().unwrap_or(object)
        })
}

/// The backend of one mounted plugin, from its other side.
struct BehindItsBack(ReferenceBackend);

impl BehindItsBack {
    fn kind(&self, key: &ResourceKey) -> Result<Kind, BoxError> {
        let kind = self.0.kinds().iter().find(|kind| kind.key() == *key);
        kind.copied()
            .ok_or_else(|| format!("the reference backend has no type {key}").into())
    }
}

#[async_trait]
impl Outside for BehindItsBack {
    async fn insert(
        &self,
        connection: &ConnectionId,
        key: &ResourceKey,
        sample: &Sample,
    ) -> Result<(), BoxError> {
        self.0.insert(connection, self.kind(key)?, &sample.data)?;
        Ok(())
    }

    async fn update(
        &self,
        connection: &ConnectionId,
        key: &ResourceKey,
        object: &Sample,
    ) -> Result<(), BoxError> {
        self.0.update(connection, self.kind(key)?, &object.data)?;
        Ok(())
    }

    async fn remove(
        &self,
        connection: &ConnectionId,
        key: &ResourceKey,
        id: &str,
        namespace: &str,
    ) -> Result<(), BoxError> {
        self.0.remove(connection, self.kind(key)?, namespace, id)?;
        Ok(())
    }

    fn configures_connections(&self) -> bool {
        true
    }

    async fn add_connection(&self, connection: &Connection) -> Result<(), BoxError> {
        self.0.add_connection(connection.clone(), &Site::empty())?;
        Ok(())
    }

    async fn remove_connection(&self, id: &ConnectionId) -> Result<(), BoxError> {
        if self.0.connections().iter().any(|one| one.id == *id) {
            self.0.remove_connection(id.clone())?;
        }
        Ok(())
    }

    fn faults(&self) -> &[FaultKind] {
        &[
            FaultKind::Unauthorized,
            FaultKind::Forbidden,
            FaultKind::Fail,
            FaultKind::Hang,
        ]
    }

    async fn inject(&self, fault: &Fault) -> Result<(), BoxError> {
        let injected = match fault.kind {
            FaultKind::Unauthorized => BackendFault::Refuse(ErrorCode::Unauthorized),
            FaultKind::Forbidden => BackendFault::Refuse(ErrorCode::Forbidden),
            FaultKind::Fail => BackendFault::Refuse(ErrorCode::Unavailable),
            FaultKind::Hang => BackendFault::Hang,
            kind => return Err(format!("the reference backend cannot {kind}").into()),
        };
        let target = match &fault.key {
            Some(key) => FaultScope::Everything.on(key),
            None => FaultScope::Everything.into(),
        };
        self.0.faults(&fault.connection)?.inject(target, injected);
        Ok(())
    }

    async fn recover(&self, connection: &ConnectionId) -> Result<(), BoxError> {
        self.0.faults(connection)?.clear();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_subject_or_deviation_is_refused_by_name() {
        let error = subject("refrence").unwrap_err().to_string();
        assert!(
            error.starts_with("there is no subject `refrence`"),
            "{error}"
        );
        let error = subject("reference:deviation=nope").unwrap_err().to_string();
        assert!(error.contains("no deviation `nope`"), "{error}");
    }
}
