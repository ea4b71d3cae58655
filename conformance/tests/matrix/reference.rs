//! The reference plugin as a subject.

use std::sync::Arc;

use omniview_conformance::{
    Fault, FaultKind, InProcess, Outside, ResourceFixture, Sample, Subject,
};
use omniview_reference_backend::{
    Deviation, Fault as BackendFault, FaultScope, Kind, ReferenceBackend, ReferenceClient,
    TypeFixture,
};
use omniview_sdk::{
    BoxError, CallContext, ConnectionId, ConnectionScope, ErrorCode, Json, PluginResult,
    ResourceKey, ScopeProvider, async_trait,
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
    let backend = move || match deviation {
        None => ReferenceBackend::new(),
        Some(deviation) => ReferenceBackend::deviating(deviation),
    };
    let subject = Subject::in_process("reference", move || {
        let backend = backend();
        let mut config = backend.config();
        if scoped {
            config.connections = config.connections.map(|registration| {
                registration.map_handles(|mut handles| {
                    handles.scope = Some(Arc::new(OneNamespace));
                    handles
                })
            });
        }
        InProcess::new(config).outside(Arc::new(Behind(backend)))
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

struct OneNamespace;

#[async_trait]
impl ScopeProvider<ReferenceClient> for OneNamespace {
    async fn resolve_scope(
        &self,
        _ctx: &CallContext,
        _client: &Arc<ReferenceClient>,
    ) -> PluginResult<ConnectionScope> {
        Ok(ConnectionScope::explicit(["default"]))
    }
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
        faults.inject(FaultScope::Everything, injected);
        Ok(())
    }

    async fn recover(&self, connection: &ConnectionId) -> Result<(), BoxError> {
        self.0.faults(connection)?.clear();
        Ok(())
    }
}
