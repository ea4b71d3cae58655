//! The reference plugin as a subject.

use std::sync::Arc;

use omniview_conformance::{Fault, FaultKind, Mounted, Outside, ResourceFixture, Sample, Subject};
use omniview_reference_backend::{
    Deviation, Fault as BackendFault, FaultScope, Kind, ReferenceBackend, TypeFixture,
};
use omniview_sdk::{
    BoxError, ConnectionId, ConnectionScope, ErrorCode, Json, ResourceKey, async_trait,
};

/// The honest plugin, or the one with a defect.
pub(crate) fn subject(deviation: Option<Deviation>) -> Subject {
    mounted(deviation, false)
}

/// The same, with watches that are limited to one namespace.
pub(crate) fn scoped(deviation: Option<Deviation>) -> Subject {
    mounted(deviation, true)
}

fn mounted(deviation: Option<Deviation>, scoped: bool) -> Subject {
    let backend = move || {
        let mut builder = ReferenceBackend::builder();
        if scoped {
            builder = builder.scope(ConnectionScope::explicit(["default"]));
        }
        match deviation {
            Some(deviation) => builder.deviation(deviation).build(),
            None => builder.build(),
        }
    };
    let subject = Subject::try_provider("reference", move || {
        let backend = backend();
        async move {
            let plugin = backend.provider()?;
            Ok::<_, BoxError>(Mounted::new(plugin).outside(Arc::new(Behind(backend))))
        }
    });
    let honest = ReferenceBackend::new();
    let connection = honest.connections().swap_remove(0).id;
    let types = honest.type_fixtures(connection).unwrap();
    types
        .iter()
        .fold(subject, |subject, ty| subject.resource(fixture(ty)))
}

fn fixture(ty: &TypeFixture) -> ResourceFixture {
    let (kind, changing) = (ty.kind(), ty.clone());
    ResourceFixture::new(ty.key())
        .namespaces(ty.namespaces())
        .sample(move |number, namespace| {
            let within = TypeFixture::new(kind, vec![namespace.to_owned()]);
            let number = number as usize;
            Sample::new(within.id(number), within.sample(number))
        })
        .change(move |object| changing.change(&Json::from(object)).to_value().unwrap())
}

struct Behind(ReferenceBackend);

impl Behind {
    fn kind(&self, key: &ResourceKey) -> Result<Kind, BoxError> {
        Kind::of(key).ok_or_else(|| format!("the reference backend has no type {key}").into())
    }
}

#[async_trait]
impl Outside for Behind {
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
        let faults = self.0.faults(&fault.connection)?;
        match &fault.key {
            Some(key) => faults.inject(FaultScope::Everything.on(key), injected),
            None => faults.inject(FaultScope::Everything, injected),
        }
        Ok(())
    }

    async fn recover(&self, connection: &ConnectionId) -> Result<(), BoxError> {
        self.0.faults(connection)?.clear();
        Ok(())
    }
}
