//! Health, and events about objects.

use std::time::Duration;

use omniview_sdk::{ErrorCode, HealthStatus, ResourceEvent};
use serde_json::json;

use super::support::{Id, Listing, Stop, can_make, each, each_compared, named, stocked};
use crate::{Cx, Halt, Object, Operation, TypeUnderTest, check::CheckResult};

#[doc(hidden)]
#[macro_export]
macro_rules! __checks_health {
    ([$($callback:tt)*] [$($args:tt)*]) => { $($callback)*! { [$($args)*] health {
        status_is_known {
            id: "health.status.is-known",
            requirement: "The health of every listed object is one of the five statuses.",
            clauses: &["HLT-01", "HLT-02", "CAP-02"],
            needs: &[Has(Health), Can(List)],
            profile: Smoke,
            catches: &["health-unknown-status", "capability-claims-health"],
        }
        same_data_same_status {
            id: "health.same-data.same-status",
            requirement: "The same data have the same health each time.",
            clauses: &["HLT-01"],
            needs: &[Has(Health), Can(List)],
            catches: &["health-wavers"],
        }
        malformed_is_refused {
            id: "health.malformed.is-refused",
            requirement: "Data that are not JSON are refused with INVALID_INPUT.",
            clauses: &["HLT-02"],
            needs: &[Can(Get)],
            catches: &["malformed-health-accepted"],
        }
        odd_is_survived {
            id: "health.odd.is-survived",
            requirement: "JSON that is no object of the type has a health or is refused as INVALID_INPUT; it is no INTERNAL error.",
            clauses: &["HLT-02"],
            needs: &[Has(Health)],
            catches: &["health-panics-on-odd-json"],
        }
        nothing_is_not_healthy {
            id: "health.nothing.is-not-healthy",
            requirement: "An object that says nothing about itself is not called healthy.",
            level: Should,
            clauses: &["HLT-01", "HLT-02"],
            needs: &[Has(Health)],
            profile: Full,
            catches: &["health-always-healthy"],
        }
        undeclared_is_none {
            id: "health.undeclared.is-none",
            requirement: "A type that does not judge health answers none.",
            clauses: &["HLT-01", "CAP-02"],
            needs: &[Lacks(Health)],
            catches: &["health-invented"],
        }
        events_are_newest_first {
            id: "health.events.are-newest-first",
            requirement: "The events of an object come newest first.",
            clauses: &["HLT-03", "CAP-02"],
            needs: &[Has(Events), Can(List)],
            catches: &["events-oldest-first"],
        }
        events_obey_limit {
            id: "health.events.obey-limit",
            requirement: "There are no more events than the limit says, and 0 means 20.",
            clauses: &["HLT-03"],
            needs: &[Has(Events), Can(List)],
            catches: &["events-over-limit"],
        }
        events_zero_is_twenty {
            id: "health.events.zero-is-twenty",
            requirement: "A limit of 0 brings the newest 20 events of an object, or all that there are.",
            clauses: &["HLT-03"],
            needs: &[Has(Events), Can(Create), Can(Update), Samples, Change],
            profile: Full,
            catches: &["events-limit-zero-is-all", "events-limit-zero-is-none"],
        }
        events_negative_limit_is_refused {
            id: "health.events.negative-limit-is-refused",
            requirement: "A negative limit of events is refused with INVALID_INPUT.",
            clauses: &["HLT-03"],
            needs: &[Can(Get)],
            catches: &["events-negative-limit-accepted"],
        }
        events_undeclared_are_none {
            id: "health.events.undeclared-are-none",
            requirement: "A type that has no events answers none.",
            clauses: &["HLT-03", "CAP-02"],
            needs: &[Lacks(Events)],
            catches: &["events-invented"],
        }
    }}};
}

/// How many objects are looked at.
const MOST: usize = 25;

async fn objects(cx: &Cx, ty: &TypeUnderTest) -> Result<Listing, Stop> {
    let listing = stocked(cx, ty, 1).await?;
    if listing.objects.is_empty() {
        return Err(Stop::NoData("there is no object".to_owned()));
    }
    Ok(listing)
}

pub(crate) async fn status_is_known(cx: &Cx) -> CheckResult {
    each(cx, |ty| async move {
        for seen in objects(cx, ty).await?.objects.iter().take(MOST) {
            let health = cx
                .provider()
                .assess_health(&cx.ctx(), &ty.key, seen.json.as_str())
                .await?;
            let what = format!("the health of {} {}", ty.key, seen.id);
            let health = cx.expect_some(what.clone(), health)?;
            let status = &health.status;
            let what = format!("{what} is one of the five statuses");
            cx.expect_as_seen(status.is_known(), what, || format!("it is {status}"))?;
        }
        Ok(())
    })
    .await
}

pub(crate) async fn same_data_same_status(cx: &Cx) -> CheckResult {
    each(cx, |ty| async move {
        for seen in objects(cx, ty).await?.objects.iter().take(MOST) {
            let mut statuses = Vec::new();
            for _ in 0..2 {
                let health = cx
                    .provider()
                    .assess_health(&cx.ctx(), &ty.key, seen.json.as_str())
                    .await;
                let health = cx.given("the health of an object", health)?;
                statuses.push(health.map(|health| health.status));
            }
            let what = format!("the health of {} {}, asked for again", ty.key, seen.id);
            cx.expect_eq(what, &statuses[1], &statuses[0])?;
        }
        Ok(())
    })
    .await
}

pub(crate) async fn malformed_is_refused(cx: &Cx) -> CheckResult {
    for ty in cx.types() {
        for data in ["", "{", "no JSON", "{\"a\": }"] {
            cx.note(format!("health of {data:?}"));
            let health = cx.provider().assess_health(&cx.ctx(), &ty.key, data).await;
            cx.expect_error(ErrorCode::InvalidInput, health)?;
        }
    }
    Ok(())
}

pub(crate) async fn odd_is_survived(cx: &Cx) -> CheckResult {
    for ty in cx.types() {
        let key = &ty.key;
        for data in [
            json!(null),
            json!(true),
            json!(1),
            json!("text"),
            json!([]),
            json!([[{}]]),
            json!({}),
            json!({"status": "text", "metadata": [], "spec": null}),
            json!({"status": {"conditions": {"type": 1}, "phase": 2}}),
        ] {
            let text = data.to_string();
            let health = cx.provider().assess_health(&cx.ctx(), key, &text).await;
            let outcome = match health {
                Ok(Some(health)) if health.status.is_known() => "a status",
                Ok(Some(_)) => "a status that is not known",
                Ok(None) => "none",
                Err(error) if *error.code() == ErrorCode::InvalidInput => "a status",
                Err(error) => {
                    cx.expect_ok::<()>(format!("the health of {key} given {text}"), Err(error))?;
                    continue;
                }
            };
            cx.expect_eq(
                format!("the health of {key} given {text}"),
                outcome,
                "a status",
            )?;
        }
    }
    Ok(())
}

pub(crate) async fn nothing_is_not_healthy(cx: &Cx) -> CheckResult {
    for ty in cx.types() {
        let health = cx.provider().assess_health(&cx.ctx(), &ty.key, "{}").await;
        let status = match health {
            Ok(health) => health.map(|health| health.status),
            Err(_) => None,
        };
        let what = format!(
            "the health of {}, given {{}}, is not that it is healthy",
            ty.key
        );
        cx.expect_as_seen(status != Some(HealthStatus::Healthy), what, || {
            "it is HEALTHY".to_owned()
        })?;
    }
    Ok(())
}

pub(crate) async fn undeclared_is_none(cx: &Cx) -> CheckResult {
    for ty in cx.types() {
        let health = cx
            .provider()
            .assess_health(&cx.ctx(), &ty.key, "{}")
            .await?;
        let what = format!("the health of {}, which does not judge it", ty.key);
        cx.expect_eq(what, health.map(|health| health.status), None)?;
    }
    Ok(())
}

/// An object that was made and changed at different times, where samples can be made and changed.
async fn with_a_past(cx: &Cx, ty: &TypeUnderTest) -> Result<Option<Object>, Halt> {
    let fixture = ty.fixture.as_ref();
    let can_change = ty.supports(Operation::Update)
        && fixture.is_some_and(|fixture| fixture.has_change())
        && can_make(ty);
    if !can_change {
        return Ok(None);
    }
    let object = cx.make(ty).await?;
    let mut data = object.data.clone();
    for _ in 0..2 {
        tokio::time::sleep(Duration::from_millis(2)).await;
        let changed = cx.changed(ty, &data)?;
        let updated = cx.update(&object, &changed).await;
        data = cx.given("an update", updated)?.result;
    }
    Ok(Some(object))
}

pub(crate) async fn events_are_newest_first(cx: &Cx) -> CheckResult {
    each(cx, |ty| async move {
        named(cx, ty).await?;
        let mut ids: Vec<Id> = Vec::new();
        if let Some(lived) = with_a_past(cx, ty).await? {
            ids.push(Id::from(&lived));
        }
        let listing = objects(cx, ty).await?;
        ids.extend(
            listing
                .objects
                .iter()
                .take(MOST)
                .map(|seen| seen.id.clone()),
        );
        for id in ids {
            let events = cx
                .provider()
                .resource_events(&cx.ctx(), &ty.key, &id.id, &id.namespace, 0)
                .await?;
            let times: Vec<_> = events.iter().map(|event| event.last_seen).collect();
            let mut sorted = times.clone();
            sorted.sort_by(|a, b| b.cmp(a));
            cx.expect_eq(
                format!("the times of the events of {} {id}", ty.key),
                times,
                sorted,
            )?;
        }
        Ok(())
    })
    .await
}

pub(crate) async fn events_obey_limit(cx: &Cx) -> CheckResult {
    each(cx, |ty| async move {
        named(cx, ty).await?;
        for seen in objects(cx, ty).await?.objects.iter().take(MOST) {
            for (limit, most) in [(1, 1), (0, 20)] {
                let events = cx
                    .provider()
                    .resource_events(&cx.ctx(), &ty.key, &seen.id.id, &seen.id.namespace, limit)
                    .await?;
                let count = events.len();
                let what = format!(
                    "resource_events of {} {} answers at most {most} with limit {limit}",
                    ty.key, seen.id
                );
                cx.expect_as_seen(count <= most, what, || format!("there are {count}"))?;
            }
        }
        Ok(())
    })
    .await
}

pub(crate) async fn events_zero_is_twenty(cx: &Cx) -> CheckResult {
    const USUAL: usize = 20;
    const ALL: i64 = 1000;
    each_compared(cx, |ty| async move {
        // Most backends tell of each change.
        let object = cx.make(ty).await?;
        let mut data = object.data.clone();
        for _ in 0..USUAL + 5 {
            let changed = cx.changed(ty, &data)?;
            data = cx
                .given("an update", cx.update(&object, &changed).await)?
                .result;
        }
        let (id, namespace) = (object.id.as_str(), object.namespace.as_str());
        let count = |limit| async move {
            let events = cx
                .provider()
                .resource_events(&cx.ctx(), &ty.key, id, namespace, limit)
                .await?;
            Ok::<usize, Stop>(events.len())
        };
        // Events that come in between are no fault.
        let (before, usual, after) = (count(ALL).await?, count(0).await?, count(ALL).await?);
        if after == 0 {
            return Err(Stop::NoData(
                "an object that was made and changed has no events".to_owned(),
            ));
        }
        let (least, most) = (before.min(USUAL), after.max(before).min(USUAL));
        cx.count_assertion();
        if (least..=most).contains(&usual) {
            return Ok(());
        }
        Err(Stop::Halt(Halt::failed(
            format!(
                "how many events of {} come with limit 0, of {after} that there are",
                ty.key
            ),
            most.to_string(),
            usual.to_string(),
        )))
    })
    .await
}

pub(crate) async fn events_negative_limit_is_refused(cx: &Cx) -> CheckResult {
    for ty in cx.types() {
        let events = cx
            .provider()
            .resource_events(&cx.ctx(), &ty.key, "any", "", -1)
            .await;
        cx.expect_error(ErrorCode::InvalidInput, events)?;
    }
    Ok(())
}

pub(crate) async fn events_undeclared_are_none(cx: &Cx) -> CheckResult {
    for ty in cx.types() {
        let events = cx
            .provider()
            .resource_events(&cx.ctx(), &ty.key, "any", "", 0)
            .await?;
        let what = format!("the events of {}, which says that it has none", ty.key);
        let events = events.iter().map(|event| {
            let ResourceEvent { kind, reason, .. } = event;
            format!("{kind} {reason:?}")
        });
        let events: Vec<String> = events.collect();
        cx.expect_eq(what, events, Vec::<String>::new())?;
    }
    Ok(())
}
