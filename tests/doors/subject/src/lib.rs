//! The plugin that the tests of the three doors check: the reference with one type that can do little, so that much does
//! not apply to it.
//!
//! The environment variable `DOOR_DEVIATION` gives it a defect: the name of a deviation of the reference, or `unmountable`.

use std::env;

use omniview_conformance::{FaultKind, Need, ResourceFixture, Sample, Subject};
use omniview_reference_backend::{Deviation, Kind, ReferenceBackend, TypeFixture};
use omniview_sdk::BoxError;
use serde_json::json;

/// The variable that names the defect.
pub const DEVIATION: &str = "DOOR_DEVIATION";

/// The plugin, with the defect that the environment names.
///
/// # Panics
///
/// There is no such defect, or the reference is broken.
#[expect(clippy::expect_used, reason = "a test that cannot go on has failed")]
pub fn subject() -> Subject {
    let defect = env::var(DEVIATION).unwrap_or_default();
    let subject = match defect.as_str() {
        "unmountable" => Subject::try_provider("door", || async {
            Err::<omniview_conformance::Mounted, BoxError>("the backend is on strike".into())
        }),
        "" => over(None),
        name => over(Some(name.parse().expect("a deviation of the reference"))),
    };
    let honest = backend(None);
    let main = honest.connections().swap_remove(0).id;
    let types = honest.type_fixtures(&main).expect("an honest reference");
    types
        .into_iter()
        .fold(subject, |subject, ty| subject.resource(fixture(&ty)))
}

/// The whole reference, every type and nothing wrong.
///
/// # Panics
///
/// The reference is broken.
#[expect(clippy::expect_used, reason = "a test that cannot go on has failed")]
pub fn reference() -> Subject {
    let subject = Subject::try_provider("reference", || async {
        Ok::<_, BoxError>(ReferenceBackend::new().provider()?)
    });
    let honest = ReferenceBackend::new();
    let main = honest.connections().swap_remove(0).id;
    let types = honest.type_fixtures(&main).expect("an honest reference");
    types
        .into_iter()
        .fold(without_outside(subject), |subject, ty| {
            subject.resource(fixture(&ty))
        })
}

fn over(deviation: Option<Deviation>) -> Subject {
    let subject = Subject::try_provider("door", move || async move {
        Ok::<_, BoxError>(backend(deviation).provider()?)
    });
    let reason = "what is discovered is only looked at here";
    without_outside(subject).without(Need::Samples, reason)
}

fn without_outside(subject: Subject) -> Subject {
    let faults = [
        FaultKind::Unauthorized,
        FaultKind::Forbidden,
        FaultKind::Fail,
        FaultKind::Hang,
        FaultKind::Disconnect,
    ];
    faults
        .into_iter()
        .map(Need::Fault)
        .chain([Need::Outside])
        .fold(subject.virtual_time(), |subject, need| {
            subject.without(need, "nobody is behind the back of this one")
        })
}

fn backend(deviation: Option<Deviation>) -> ReferenceBackend {
    let builder = ReferenceBackend::builder().kinds([Kind::ConfigMap]);
    match deviation {
        None => builder.build(),
        Some(deviation) => builder.deviation(deviation).build(),
    }
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
            let changed = of_type.change(&object.clone().into());
            changed.to_value().unwrap_or(object)
        })
}
