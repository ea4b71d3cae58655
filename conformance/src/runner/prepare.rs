//! From a subject to what a body works with.

use std::{
    any::Any,
    collections::BTreeMap,
    panic::AssertUnwindSafe,
    sync::{
        Arc, Mutex, OnceLock,
        atomic::{AtomicU32, AtomicU64},
    },
    time::Duration,
};

use futures_util::FutureExt;
use omniview_sdk::{CallContext, ConnectionId, Provider, ResourceKey, Session, query::Identity};
use tokio::time::timeout;

use super::options::RunOptions;
use crate::{
    check::{Check, Need, Operation, Start},
    cx::{Cx, TypeUnderTest, Unfit},
    history::{Facts, History, Known},
    ledger::Ledger,
    recorder::Recorder,
    status::Status,
    subject::{self, Mounted, Outside, Subject},
};

/// Mounts the subject.
///
/// # Errors
///
/// What went wrong, as the end of a sentence.
pub(super) async fn mount(subject: &Subject, limit: Duration) -> Result<Mounted, String> {
    // The closure is the author's: it may panic before there is a future.
    let mounting = AssertUnwindSafe(async { subject.mount().await }).catch_unwind();
    match timeout(limit, mounting).await {
        Err(_) => Err(format!("it did not mount within {limit:?}")),
        Ok(Err(panic)) => Err(format!("mounting it panicked: {}", panic_text(&*panic))),
        Ok(Ok(Err(error))) => Err(format!("it could not be mounted: {error}")),
        Ok(Ok(Ok(mounted))) => Ok(mounted),
    }
}

/// What is known of a mounted plugin before a body begins.
pub(super) struct Prepared {
    pub(super) connections: Vec<ConnectionId>,
    pub(super) types: Vec<TypeUnderTest>,
    /// What the history of the check begins with.
    facts: Facts,
}

/// Finds the connections, starts the first if the check wants that, and finds the types.
///
/// # Errors
///
/// What went wrong, as the end of a sentence.
pub(super) async fn prepare(
    subject: &Subject,
    check: &Check,
    provider: &Arc<dyn Provider>,
    limit: Duration,
) -> Result<Prepared, String> {
    let preparing = AssertUnwindSafe(async {
        let ctx = CallContext::new();
        let connections = connections(subject, provider, &ctx).await?;
        let first = connections
            .first()
            .ok_or("it has no connection, and the subject names none")?;
        if check.start == Start::Connected {
            start(provider, &ctx, first).await?;
        }
        let types = types(subject, provider, first, check).await?;
        let started = match check.start {
            Start::Connected => vec![first.clone()],
            Start::Mounted => Vec::new(),
        };
        let facts = Facts {
            subject: subject.name().to_owned(),
            check: check.id.to_owned(),
            known: Known::new(
                connections.clone(),
                started,
                types.iter().map(|ty| ty.key.clone()).collect(),
            ),
            identities: identities(provider, first, &types).await,
        };
        Ok(Prepared {
            connections,
            types,
            facts,
        })
    })
    .catch_unwind();
    match timeout(limit, preparing).await {
        Err(_) => Err(format!("it did not connect within {limit:?}")),
        Ok(Err(panic)) => Err(format!("connecting it panicked: {}", panic_text(&*panic))),
        Ok(Ok(prepared)) => prepared,
    }
}

async fn connections(
    subject: &Subject,
    provider: &Arc<dyn Provider>,
    ctx: &CallContext,
) -> Result<Vec<ConnectionId>, String> {
    if !subject.named_connections().is_empty() {
        return Ok(subject.named_connections().to_vec());
    }
    let listed = provider
        .list_connections(ctx)
        .await
        .map_err(|error| format!("its connections cannot be listed: {}", error.summary()))?;
    Ok(listed
        .into_iter()
        .filter_map(|status| Some(status.connection?.id.clone()))
        .collect())
}

pub(super) async fn start(
    provider: &Arc<dyn Provider>,
    ctx: &CallContext,
    id: &ConnectionId,
) -> Result<(), String> {
    match provider.start_connection(ctx, id).await {
        Ok(status) if status.is_connected() => Ok(()),
        Ok(status) => Err(format!(
            "connection {id:?} is {} after it was started: {}",
            status.status, status.error
        )),
        Err(error) => Err(format!(
            "connection {id:?} does not start: {}",
            error.summary()
        )),
    }
}

/// The types that the connection has, and those that the subject describes beside them (a pattern serves them).
async fn types(
    subject: &Subject,
    provider: &Arc<dyn Provider>,
    connection: &ConnectionId,
    check: &Check,
) -> Result<Vec<TypeUnderTest>, String> {
    let start = check.start;
    // A check that lists makes samples where there are too few objects.
    let wants_samples = check.needs.iter().any(|need| match need {
        Need::Samples | Need::Change => true,
        Need::Can(Operation::List | Operation::Find) => start == Start::Connected,
        _ => false,
    });
    let ctx = CallContext::new().with_session(Session::for_connection(connection));
    let mut keys: BTreeMap<ResourceKey, ()> = subject
        .fixtures()
        .map(|fixture| (fixture.key().clone(), ()))
        .collect();
    match provider.resource_types(&ctx, connection).await {
        Ok(listed) => keys.extend(listed.into_keys().map(|key| (key, ()))),
        // What a connection that is not started may be asked is its own affair.
        Err(_) if start == Start::Mounted => {}
        Err(error) => return Err(format!("its types cannot be listed: {}", error.summary())),
    }
    let mut types = Vec::with_capacity(keys.len());
    for key in keys.into_keys() {
        let capabilities = match provider.resource_capabilities(&ctx, &key).await {
            Ok(capabilities) => capabilities,
            Err(error) => {
                let told_of = match subject.fixture(&key) {
                    Some(_) => {
                        " (the key is that of a ResourceFixture: is it the one that is registered?)"
                    }
                    None => "",
                };
                return Err(format!(
                    "the capabilities of {key} cannot be read: {}{told_of}",
                    error.summary()
                ));
            }
        };
        let fixture = if wants_samples {
            let of_type = (&key, &capabilities);
            subject::completed(subject, provider, &ctx, connection, of_type).await
        } else {
            subject.fixture(&key).cloned()
        };
        types.push(TypeUnderTest {
            key,
            capabilities,
            fixture,
        });
    }
    Ok(types)
}

/// Where the objects of each type say which they are; a type whose definition does not tell is left out.
async fn identities(
    provider: &Arc<dyn Provider>,
    connection: &ConnectionId,
    types: &[TypeUnderTest],
) -> BTreeMap<ResourceKey, Identity> {
    let ctx = CallContext::new().with_session(Session::for_connection(connection));
    let mut identities = BTreeMap::new();
    for ty in types {
        let definition = provider.resource_definition(&ctx, &ty.key).await;
        if let Ok(definition) = definition
            && !definition.id_accessor.is_empty()
        {
            identities.insert(ty.key.clone(), Identity::from(&definition));
        }
    }
    identities
}

/// The types that can serve the check; without any, how the check ends.
pub(super) fn fitting(
    subject: &Subject,
    check: &Check,
    mounted: &Mounted,
    prepared: &Prepared,
) -> Result<Vec<TypeUnderTest>, Status> {
    let types = fitting_types(subject, check, prepared);
    // What no type has makes the check say nothing, whatever the subject could provide.
    if let Err(status @ Status::NotApplicable { .. }) = types {
        return Err(status);
    }
    let outside = mounted.outside.as_deref();
    for need in check.needs.iter().filter(|need| !need.is_of_a_type()) {
        let met = match need {
            // Only the body can see whether there is one.
            Need::Related => subject.waiver(*need).is_none(),
            Need::SecondConnection => prepared.connections.len() > 1,
            Need::Outside => outside.is_some(),
            Need::OutsideConnections => ask(outside, "configures_connections", |outside| {
                outside.configures_connections()
            })?,
            Need::Fault(kind) => ask(outside, "faults", |outside| outside.faults().contains(kind))?,
            _ => true,
        };
        if !met && *need == Need::OutsideConnections {
            // Nothing at the boundary says whether a plugin watches its configuration; the subject does.
            let capability = need.to_string();
            return Err(Status::NotApplicable { capability });
        }
        if !met {
            return Err(missing(subject, *need, need.to_string()));
        }
    }
    types
}

/// What the outside says of itself, no without one; it is the author's, and may panic.
fn ask(
    outside: Option<&dyn Outside>,
    method: &str,
    question: impl FnOnce(&dyn Outside) -> bool,
) -> Result<bool, Status> {
    let Some(outside) = outside else {
        return Ok(false);
    };
    let asking = AssertUnwindSafe(|| question(outside));
    std::panic::catch_unwind(asking).map_err(|panic| Status::HarnessError {
        message: format!("Outside::{method} panicked: {}", panic_text(&*panic)),
    })
}

fn fitting_types(
    subject: &Subject,
    check: &Check,
    prepared: &Prepared,
) -> Result<Vec<TypeUnderTest>, Status> {
    let needs: Vec<Need> = check
        .needs
        .iter()
        .copied()
        .filter(|need| need.is_of_a_type())
        .collect();
    let mut fitting = Vec::new();
    let mut blocked = None;
    let mut absent = Vec::new();
    for ty in &prepared.types {
        let mut unfit: Vec<(Need, Unfit)> = needs
            .iter()
            .filter_map(|need| Some((*need, ty.fit(*need).err()?)))
            .collect();
        // What a type does not have weighs more than what the subject does not tell about it.
        unfit.sort_by_key(|(_, unfit)| matches!(unfit, Unfit::Blocked(_)));
        match unfit.into_iter().next() {
            None => fitting.push(ty.clone()),
            Some((_, Unfit::NotApplicable(what))) => {
                if !absent.contains(&what) {
                    absent.push(what);
                }
            }
            Some((need, Unfit::Blocked(what))) => {
                blocked.get_or_insert((need, format!("{what} for {}", ty.key)));
            }
        }
    }
    if !fitting.is_empty() || needs.is_empty() {
        return Ok(fitting);
    }
    match blocked {
        Some((need, what)) => Err(missing(subject, need, what)),
        None if prepared.types.is_empty() => Err(Status::NotApplicable {
            capability: "the plugin has no resource type".to_owned(),
        }),
        None => Err(Status::NotApplicable {
            capability: absent.join(", "),
        }),
    }
}

fn missing(subject: &Subject, need: Need, what: String) -> Status {
    match subject.waiver(need) {
        Some(reason) => Status::NotApplicable {
            capability: format!("{what}: {reason}"),
        },
        None => Status::Blocked { prerequisite: what },
    }
}

/// The context that the body of a check gets, for the tests of the context.
#[cfg(all(test, feature = "cli"))]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
pub(crate) async fn context_of(subject: &Subject, check: &Check, options: &RunOptions) -> Cx {
    let mounted = mount(subject, options.set_up).await.unwrap();
    let prepared = prepare(subject, check, &mounted.provider, options.set_up)
        .await
        .unwrap();
    let types = fitting(subject, check, &mounted, &prepared).unwrap();
    context(check, &mounted, &prepared, types, options)
}

pub(super) fn context(
    check: &Check,
    mounted: &Mounted,
    prepared: &Prepared,
    types: Vec<TypeUnderTest>,
    options: &RunOptions,
) -> Cx {
    let history = History::new();
    let ledger = Arc::new(Ledger::default());
    let recorder = Recorder::new(
        Arc::clone(&mounted.provider),
        history.clone(),
        Arc::clone(&ledger),
    );
    Cx {
        recorder: Arc::new(recorder),
        history,
        ledger,
        types,
        connections: prepared.connections.clone(),
        facts: prepared.facts.clone(),
        outside: mounted.outside.clone(),
        // More would never take effect, and the end of a time without end is no moment.
        patience: options.patience.min(options.limit_of(check)),
        seed: options.seed,
        programs: options.programs,
        program: options.program.clone(),
        failed_seed: OnceLock::new(),
        samples: AtomicU32::new(first_sample(check)),
        assertions: AtomicU64::new(0),
        listening: Mutex::default(),
        faulted: Mutex::default(),
        items: Mutex::default(),
    }
}

/// The number of a check's first sample. Checks that run at the same time over one backend do not share samples, and
/// a check has the same ones whatever other checks there are.
fn first_sample(check: &Check) -> u32 {
    const APART: u32 = 1000;
    const PLACES: u32 = 1_000_000;
    // FNV-1a.
    let hash = check.id.bytes().fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    });
    (hash % PLACES) * APART
}

/// The text of a panic.
pub(crate) fn panic_text(panic: &(dyn Any + Send)) -> String {
    panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "a panic without a text".to_owned())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use omniview_sdk::{BoxError, async_trait};

    use super::*;
    use crate::{
        catalogue::catalogue,
        subject::{FaultKind, Sample},
    };

    /// An outside whose every method panics.
    struct Panics;

    #[async_trait]
    impl Outside for Panics {
        async fn insert(
            &self,
            _: &ConnectionId,
            _: &ResourceKey,
            _: &Sample,
        ) -> Result<(), BoxError> {
            panic!("nothing goes in")
        }

        async fn update(
            &self,
            _: &ConnectionId,
            _: &ResourceKey,
            _: &Sample,
        ) -> Result<(), BoxError> {
            panic!("nothing changes")
        }

        async fn remove(
            &self,
            _: &ConnectionId,
            _: &ResourceKey,
            _: &str,
            _: &str,
        ) -> Result<(), BoxError> {
            panic!("nothing goes out")
        }

        fn faults(&self) -> &[FaultKind] {
            panic!("no faults today")
        }
    }

    #[test]
    fn an_outside_that_panics_is_an_error_of_the_suite_and_is_named() {
        let message = "Outside::faults panicked: no faults today".to_owned();
        assert_eq!(
            ask(Some(&Panics), "faults", |outside| {
                outside.faults().is_empty()
            }),
            Err(Status::HarnessError { message })
        );
    }

    #[test]
    fn no_two_checks_share_samples() {
        let firsts: BTreeSet<u32> = catalogue().iter().map(first_sample).collect();
        assert_eq!(firsts.len(), catalogue().len());
    }
}
