//! The reference plugin as a subject, in many shapes.

use std::sync::Arc;

use omniview_conformance::{
    Fault, FaultKind, InProcess, Mounted, Operation, Outside, ResourceFixture, Sample, Subject,
};
use omniview_reference_backend::{
    Deviation, Fault as BackendFault, FaultScope, Kind, ReferenceBackend, ReferenceClient, Site,
    TypeFixture,
};
use omniview_sdk::{
    BoxError, Connection, ConnectionId, ConnectionScope, ErrorCode, Json, ResourceHandles,
    ResourceKey, ResourcePluginConfig, async_trait,
};
use serde_json::json;

use crate::wrapped::{Pace, wrapped};

pub(crate) type Handles = ResourceHandles<ReferenceClient>;

/// What the plugin is like; the default has everything and nothing wrong.
#[derive(Clone, Copy)]
pub(crate) struct Shape {
    pub(crate) deviation: Option<Deviation>,
    pub(crate) kinds: &'static [Kind],
    /// Whether its watches are limited to one namespace.
    pub(crate) scoped: bool,
    /// What it does not have.
    pub(crate) strip: fn(&mut Handles),
    /// Whether it refuses to change anything, and says so.
    pub(crate) read_only: bool,
    pub(crate) pace: Pace,
    /// What happens to its objects meanwhile.
    pub(crate) meanwhile: Meanwhile,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meanwhile {
    Nothing,
    /// Somebody else changes an object again and again.
    Updates,
    /// Somebody else makes and removes objects again and again.
    ComingsAndGoings,
    /// Somebody else changes the objects of the checks, or removes them.
    Meddling,
}

impl Default for Shape {
    fn default() -> Self {
        Self {
            deviation: None,
            kinds: Kind::ALL,
            scoped: false,
            strip: |_| {},
            read_only: false,
            pace: Pace::AtOnce,
            meanwhile: Meanwhile::Nothing,
        }
    }
}

impl Shape {
    pub(crate) fn deviating(deviation: Deviation) -> Self {
        Self {
            deviation: Some(deviation),
            // Without a scope there is nothing that could be ignored.
            scoped: matches!(
                deviation,
                Deviation::WatchIgnoresScope | Deviation::SummaryLacksScope
            ),
            ..Self::default()
        }
    }

    pub(crate) fn subject(self) -> Subject {
        let template = self.backend();
        let connection = template.connections().swap_remove(0).id;
        let types = template.type_fixtures(connection).unwrap();
        let subject = match self.deviation {
            None => Subject::in_process("reference", move || {
                let backend = template.fork();
                let outside = Arc::new(Behind::new(backend.clone()));
                self.disturb(&outside);
                InProcess::new(self.config(&backend)).outside(outside)
            }),
            // A defect at the boundary is there only where the backend itself makes the provider.
            Some(_) => Subject::try_provider("reference", move || {
                let backend = template.fork();
                let outside = Arc::new(Behind::new(backend.clone()));
                self.disturb(&outside);
                async move {
                    let plugin = backend.provider()?;
                    Ok::<_, BoxError>(Mounted::new(plugin).outside(outside))
                }
            }),
        };
        types
            .iter()
            .fold(subject, |subject, ty| subject.resource(self.fixture(ty)))
    }

    fn backend(self) -> ReferenceBackend {
        let mut builder = ReferenceBackend::builder().kinds(self.kinds.iter().copied());
        if self.scoped {
            builder = builder.scope(ConnectionScope::explicit(["default"]));
        }
        match self.deviation {
            None => builder.build(),
            Some(deviation) => builder.deviation(deviation).build(),
        }
    }

    fn config(self, backend: &ReferenceBackend) -> ResourcePluginConfig<ReferenceClient> {
        let mut config = backend.config();
        // A shape says which types there are; discovery would add one of its own.
        config.discovery = None;
        config.resources = config
            .resources
            .into_iter()
            .map(|registration| {
                registration.map_handles(|mut handles| {
                    (self.strip)(&mut handles);
                    let refused = if self.read_only { WRITES } else { &[] };
                    handles.resourcer = wrapped(handles.resourcer, self.pace, refused.to_vec());
                    handles
                })
            })
            .collect();
        config
    }

    fn fixture(self, ty: &TypeFixture) -> ResourceFixture {
        let (kind, changing) = (ty.kind(), ty.clone());
        let fixture = harmless(kind, ResourceFixture::new(ty.key()));
        if self.read_only {
            return fixture.unsupported(WRITES.iter().copied());
        }
        fixture
            .namespaces(ty.namespaces())
            .sample(move |number, namespace| {
                let within = TypeFixture::new(kind, vec![namespace.to_owned()]);
                let number = number as usize;
                Sample::new(within.id(number), within.sample(number))
            })
            .change(move |object| changing.change(&Json::from(object)).to_value().unwrap())
    }

    /// Lets somebody else work on the backend until the check is over.
    fn disturb(self, outside: &Arc<Behind>) {
        let (alive, meanwhile) = (Arc::downgrade(outside), self.meanwhile);
        if meanwhile == Meanwhile::Nothing {
            return;
        }
        let kinds = self.kinds;
        tokio::spawn(async move {
            let mut turn: usize = 0;
            while let Some(behind) = alive.upgrade() {
                for kind in kinds {
                    behind.disturb(*kind, meanwhile, turn);
                }
                drop(behind);
                turn += 1;
                tokio::time::sleep(meanwhile.pause()).await;
            }
        });
    }
}

impl Meanwhile {
    fn pause(self) -> std::time::Duration {
        std::time::Duration::from_millis(match self {
            Self::Updates | Self::Nothing => 3,
            Self::ComingsAndGoings => 3,
            Self::Meddling => 7,
        })
    }
}

pub(crate) const WRITES: &[Operation] = &[Operation::Create, Operation::Update, Operation::Delete];

/// Names the actions of a type that the suite may run.
pub(crate) fn harmless(kind: Kind, fixture: ResourceFixture) -> ResourceFixture {
    match kind {
        Kind::Pod => fixture.harmless_action("logs", json!({"lines": 2})),
        Kind::Deployment => fixture.harmless_action("rollout", json!({})),
        Kind::Node => fixture.harmless_action("uncordon", json!({})),
        _ => fixture,
    }
}

/// The way behind the plugin's back.
pub(crate) struct Behind {
    backend: ReferenceBackend,
    /// Whether the plugin sees that connections come and go.
    watched: bool,
}

impl Behind {
    pub(crate) fn new(backend: ReferenceBackend) -> Self {
        Self {
            backend,
            watched: true,
        }
    }

    /// For a plugin that does not watch its configuration.
    pub(crate) fn unwatched(backend: ReferenceBackend) -> Self {
        Self {
            backend,
            watched: false,
        }
    }

    fn kind(&self, key: &ResourceKey) -> Result<Kind, BoxError> {
        Kind::of(key).ok_or_else(|| format!("the reference backend has no type {key}").into())
    }

    /// Changes an object of somebody else's, or makes and removes one.
    fn disturb(&self, kind: Kind, meanwhile: Meanwhile, turn: usize) {
        const OTHERS: usize = 4_294_000_000;
        let of = TypeFixture::new(kind, vec!["default".to_owned()]);
        let number = OTHERS + turn / 2;
        match meanwhile {
            Meanwhile::Nothing => {}
            Meanwhile::Updates => {
                let objects = self.backend.objects("dev", kind).unwrap();
                let others: Vec<&Json> = objects.iter().filter(|one| !is_sample(one)).collect();
                if let Some(object) = others.get(turn % others.len().max(1)) {
                    self.backend
                        .update("dev", kind, &of.change(object))
                        .unwrap();
                }
            }
            Meanwhile::Meddling => {
                let objects = self.backend.objects("dev", kind).unwrap();
                let Some(sample) = objects.iter().find(|one| is_sample(one)) else {
                    return;
                };
                if turn.is_multiple_of(2) {
                    let mut changed = of.change(sample).to_value().unwrap();
                    changed["metadata"]["labels"] = json!({ "meddled": turn.to_string() });
                    self.backend.update("dev", kind, &changed.into()).unwrap();
                } else {
                    let name = sample.to_value().unwrap()["metadata"].clone();
                    let text = |field: &str| name[field].as_str().unwrap_or_default().to_owned();
                    let (namespace, id) = (text("namespace"), text("name"));
                    self.backend.remove("dev", kind, &namespace, &id).unwrap();
                }
            }
            Meanwhile::ComingsAndGoings if turn.is_multiple_of(2) => {
                self.backend
                    .insert("dev", kind, &of.sample(number))
                    .unwrap();
            }
            Meanwhile::ComingsAndGoings => {
                let (id, namespace) = (of.id(number), of.namespace(number));
                self.backend.remove("dev", kind, namespace, &id).unwrap();
            }
        }
    }
}

fn is_sample(object: &Json) -> bool {
    let name = object.to_value().unwrap()["metadata"]["name"].clone();
    name.as_str().unwrap().starts_with("sample-")
}

#[async_trait]
impl Outside for Behind {
    async fn insert(
        &self,
        connection: &ConnectionId,
        key: &ResourceKey,
        sample: &Sample,
    ) -> Result<(), BoxError> {
        self.backend
            .insert(connection, self.kind(key)?, &sample.data)?;
        Ok(())
    }

    async fn update(
        &self,
        connection: &ConnectionId,
        key: &ResourceKey,
        object: &Sample,
    ) -> Result<(), BoxError> {
        self.backend
            .update(connection, self.kind(key)?, &object.data)?;
        Ok(())
    }

    async fn remove(
        &self,
        connection: &ConnectionId,
        key: &ResourceKey,
        id: &str,
        namespace: &str,
    ) -> Result<(), BoxError> {
        self.backend
            .remove(connection, self.kind(key)?, namespace, id)?;
        Ok(())
    }

    fn configures_connections(&self) -> bool {
        self.watched
    }

    async fn add_connection(&self, connection: &Connection) -> Result<(), BoxError> {
        self.backend
            .add_connection(connection.clone(), &Site::empty())?;
        Ok(())
    }

    async fn remove_connection(&self, id: &ConnectionId) -> Result<(), BoxError> {
        if self.backend.connections().iter().any(|one| one.id == *id) {
            self.backend.remove_connection(id.clone())?;
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
        let faults = self.backend.faults(&fault.connection)?;
        faults.inject(FaultScope::Everything, injected);
        Ok(())
    }

    async fn recover(&self, connection: &ConnectionId) -> Result<(), BoxError> {
        self.backend.faults(connection)?.clear();
        Ok(())
    }
}
