//! The reference plugin as one row has it.

use std::sync::Arc;

use omniview_conformance::{
    InProcess, Need, Operation, ResourceFixture, Sample, Subject, catalogue,
};
use omniview_reference_backend::{
    Kind, ReferenceBackend, ReferenceClient, TypeFixture, plugin::StoreErrors,
};
use omniview_sdk::{
    ConnectionScope, Json, ResourcePluginConfig, ResourceRegistration, ResourceTarget,
};

use super::factors::Row;
use crate::{
    reference::{Behind, Handles, WRITES, harmless},
    wrapped::{Pace, wrapped},
};

/// A type that discovery brings to the main connection.
const DISCOVERED: &str = "fleet.example.io::v1::Rollout";

type Registration = ResourceRegistration<ReferenceClient>;

fn kind_of(registration: &Registration) -> Option<Kind> {
    match registration.target() {
        ResourceTarget::Type(meta) => Kind::of(&meta.key()),
        _ => None,
    }
}

impl Row {
    /// The plugin; what the row cannot provide is declared, with [`WITHOUT`](super::reasons::WITHOUT) as the reason.
    pub(super) fn subject(&self) -> Subject {
        let template = self.backend();
        let main = template.connections().swap_remove(0).id;
        let types = template.type_fixtures(main.clone()).unwrap();
        let row = self.clone();
        let mut subject = Subject::in_process("reference", move || {
            let backend = template.fork();
            let mounted = InProcess::new(row.config(&backend));
            let behind = match row.lacks("configuration watch") {
                true => Behind::unwatched(backend),
                false => Behind::new(backend),
            };
            match row.lacks("outside") {
                true => mounted,
                false => mounted.outside(Arc::new(behind)),
            }
        });
        if self.is("connections", "one") {
            subject = subject.connection(main);
        }
        for ty in &types {
            subject = subject.resource(self.fixture(ty));
        }
        if !self.lacks("discovery") {
            let discovered = ResourceFixture::new(DISCOVERED);
            subject = subject.resource(discovered.unsupported(self.refused_of(None)));
        }
        let waived = self.waived().into_iter();
        waived.fold(subject, |subject, need| {
            subject.without(need, super::reasons::WITHOUT)
        })
    }

    /// The types of the backend.
    pub(super) fn kinds(&self) -> &'static [Kind] {
        match self.level("kinds") {
            "namespaced" => &[Kind::Pod, Kind::Deployment, Kind::ConfigMap],
            "cluster-wide" => &[Kind::Node],
            _ => Kind::ALL,
        }
    }

    fn backend(&self) -> ReferenceBackend {
        let mut builder = ReferenceBackend::builder().kinds(self.kinds().iter().copied());
        if self.is("scope", "explicit") {
            builder = builder.scope(ConnectionScope::explicit(["default", "shop"]));
        }
        if !self.makes_objects() {
            // Nobody can make what is missing.
            builder = builder.scale(2);
        }
        builder.build()
    }

    fn config(&self, backend: &ReferenceBackend) -> ResourcePluginConfig<ReferenceClient> {
        let mut config = backend.config();
        if self.lacks("discovery") {
            config.discovery = None;
        }
        if self.is("classifier", "type's") {
            config.error_classifier = None;
        }
        config.connections = config.connections.map(|registration| {
            registration.map_handles(|mut handles| {
                if self.lacks("configuration watch") {
                    handles.watcher = None;
                }
                if self.lacks("refresh") {
                    handles.refresher = None;
                }
                if self.lacks("editor schemas") {
                    handles.schemas = None;
                }
                handles
            })
        });
        config.resources = config
            .resources
            .into_iter()
            .map(|registration| self.bent(registration))
            .collect();
        if self.is("definition", "plugin's") {
            let kind = match self.level("kinds") {
                "cluster-wide" => Kind::Node,
                _ => Kind::Pod,
            };
            let own = backend.config().resources.into_iter();
            let mut own = own.filter(|one| kind_of(one) == Some(kind));
            let definition = own.find_map(|one| one.handles().definition.clone());
            config.default_definition = definition.map(|one| one.definition(&kind.meta()));
        }
        config
    }

    /// Whether the definition of a type goes, since another says the same, or since there is nothing that it must say: types
    /// with namespaces say where they are, or claim to have none.
    fn loses_definition(&self, kind: Option<Kind>) -> bool {
        match (self.level("definition"), kind) {
            ("plugin's", Some(Kind::Node)) => self.is("kinds", "cluster-wide"),
            ("plugin's", Some(_)) => true,
            // Where a sample shows the id, or where no other type could show what this one cannot.
            ("none", Some(Kind::Node)) => self.is("samples", "told") || self.lacks("discovery"),
            _ => false,
        }
    }

    fn bent(&self, registration: Registration) -> Registration {
        let kind = kind_of(&registration);
        registration.map_handles(|mut handles| {
            if self.loses_definition(kind) {
                handles.definition = None;
            }
            let pace = match self.level("pace") {
                "at once" => Pace::AtOnce,
                _ => Pace::InAMoment,
            };
            handles.resourcer = wrapped(handles.resourcer, pace, self.refused_of(kind));
            self.handles(handles)
        })
    }

    fn handles(&self, mut handles: Handles) -> Handles {
        match self.level("watch") {
            "always" => handles.sync_policy = None,
            "none" => (handles.watcher, handles.sync_policy) = (None, None),
            _ => {}
        }
        match self.level("relationships") {
            "declared" => handles.relationship_resolver = None,
            "none" => (handles.relationships, handles.relationship_resolver) = (None, None),
            _ => {}
        }
        match self.level("classifier") {
            "plugin's" => handles.error_classifier = None,
            "type's" => handles.error_classifier = Some(Arc::new(StoreErrors)),
            _ => {}
        }
        macro_rules! go_without {
            ($($factor:literal $handle:ident)+) => {$(
                if self.lacks($factor) {
                    handles.$handle = None;
                }
            )+};
        }
        go_without! {
            "filters" filterable
            "text search" text_search
            "schema" schema
            "actions" actions
            "scale hint" scale_hint
            "health" health
            "events" events
        }
        handles
    }

    fn fixture(&self, ty: &TypeFixture) -> ResourceFixture {
        let (kind, changing) = (ty.kind(), ty.clone());
        let fixture = ResourceFixture::new(ty.key()).unsupported(self.refused_of(Some(kind)));
        let fixture = harmless(kind, fixture).namespaces(ty.namespaces());
        let fixture = match self.has_samples() {
            true => fixture
                .change(move |object| changing.change(&Json::from(object)).to_value().unwrap()),
            false => fixture,
        };
        if !self.is("samples", "told") {
            return fixture;
        }
        fixture.sample(move |number, namespace| {
            let namespace = (!namespace.is_empty()).then(|| namespace.to_owned());
            let within = TypeFixture::new(kind, namespace.into_iter().collect());
            let number = number as usize;
            Sample::new(within.id(number), within.sample(number))
        })
    }

    /// The operations that a type refuses; what discovery brings is only read.
    pub(super) fn refused_of(&self, kind: Option<Kind>) -> Vec<Operation> {
        let mut refused = match self.level("writes") {
            _ if kind.is_none() => WRITES.to_vec(),
            "none" => WRITES.to_vec(),
            "no create" => vec![Operation::Create],
            "no update" => vec![Operation::Update],
            "no delete" => vec![Operation::Delete],
            _ => Vec::new(),
        };
        refused.extend(match self.level("reads") {
            "no get" => Some(Operation::Get),
            "no list" => Some(Operation::List),
            "no find" => Some(Operation::Find),
            _ => None,
        });
        refused
    }

    /// Whether the suite can make objects, and remove them.
    pub(super) fn makes_objects(&self) -> bool {
        let writes = self.is("writes", "all") || self.is("writes", "no update");
        writes && self.has_samples()
    }

    pub(super) fn has_samples(&self) -> bool {
        match self.level("samples") {
            "told" => true,
            "none" => false,
            // What is made of a schema has its id where the definition says.
            _ if self.is("kinds", "cluster-wide") && self.loses_definition(Some(Kind::Node)) => {
                false
            }
            _ => !self.lacks("schema"),
        }
    }

    /// What the subject cannot provide.
    pub(super) fn waived(&self) -> Vec<Need> {
        let mut waived = Vec::new();
        if !self.has_samples() {
            waived.extend([Need::Samples, Need::Change]);
        }
        if !self.is("relationships", "resolved") {
            waived.push(Need::Related);
        }
        if self.is("connections", "one") {
            waived.push(Need::SecondConnection);
        }
        if self.lacks("outside") {
            waived.push(Need::Outside);
            let needs = catalogue().iter().flat_map(|check| check.needs);
            waived.extend(needs.filter(|need| matches!(need, Need::Fault(_))));
        }
        waived
    }
}
