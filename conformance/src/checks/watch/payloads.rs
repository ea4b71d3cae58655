//! What each event carries.

use std::{collections::BTreeSet, sync::Arc};

use omniview_sdk::{PluginId, ResourceMetadata, WatchEvent, WatchState};

use crate::{
    Cx, TypeUnderTest,
    check::CheckResult,
    checks::support::{
        Id, Stop, can_make, each_watched, fresh, is_add, is_update, make_in_sight, named,
        object_of, prerequisite, told_of, within,
    },
    history::EventLine,
};

fn plugin_of(event: &WatchEvent) -> &PluginId {
    match event {
        WatchEvent::Add(payload) => &payload.plugin_id,
        WatchEvent::Update(payload) => &payload.plugin_id,
        WatchEvent::Delete(payload) => &payload.plugin_id,
        WatchEvent::State(state) => &state.plugin_id,
    }
}

/// The objects that events are about.
fn objects_of(events: &[Arc<WatchEvent>]) -> Vec<Id> {
    let events = events.iter();
    events.filter_map(|event| object_of(event)).collect()
}

fn metadata_of(event: &WatchEvent) -> Option<&ResourceMetadata> {
    match event {
        WatchEvent::Add(payload) => Some(&payload.metadata),
        WatchEvent::Update(payload) => Some(&payload.metadata),
        WatchEvent::Delete(_) | WatchEvent::State(_) => None,
    }
}

pub(crate) async fn payload_names_source(cx: &Cx) -> CheckResult {
    let watched = cx.watched_types().await?;
    let events = cx.events();
    let plugins: BTreeSet<&str> = events
        .iter()
        .map(|event| plugin_of(event).as_str())
        .collect();
    cx.expect_eq("the number of plugins that events name", plugins.len(), 1)?;
    let nameless = events.iter().find(|event| plugin_of(event).is_empty());
    let nameless = nameless.map(|event| EventLine(event).to_string());
    cx.expect_eq("an event that names no plugin", nameless, None)?;
    let connections: BTreeSet<&str> = events
        .iter()
        .map(|event| event.connection().as_str())
        .collect();
    let expected = BTreeSet::from([cx.connection().as_str()]);
    cx.expect_eq("the connections that events name", connections, expected)?;
    let capable: BTreeSet<&str> = cx.types().iter().map(|ty| ty.key.as_str()).collect();
    let strange = events
        .iter()
        .find(|event| !capable.contains(event.key().as_str()));
    let strange = strange.map(|event| EventLine(event).to_string());
    cx.expect_eq("an event of a type that cannot be watched", strange, None)?;
    for ty in watched {
        let heard = events.iter().any(|event| *event.key() == ty.key);
        cx.expect(heard, format!("events name {}, which is watched", ty.key))?;
    }
    Ok(())
}

pub(crate) async fn payload_names_object(cx: &Cx) -> CheckResult {
    each_watched(cx, |ty| async move {
        named(cx, ty).await?;
        changed(cx, ty).await?;
        let mut wrong = None;
        for event in told_of(cx, ty, 0) {
            let Some(seen) = within(cx, ty, &event).await? else {
                continue;
            };
            let named = object_of(&event);
            if named.as_ref() != Some(&seen.id) {
                wrong = Some((named, seen.id));
                break;
            }
        }
        let (named, is) = wrong.unzip();
        let what = format!(
            "the object that an event of {} names, compared with its data,",
            ty.key
        );
        Ok(cx.expect_eq(what, named.flatten(), is)?)
    })
    .await
}

pub(crate) async fn payload_of_cluster_scoped(cx: &Cx) -> CheckResult {
    each_watched(cx, |ty| async move {
        let mut objects = objects_of(&fresh(cx, ty).await?);
        // A backend may be empty at first; where an object can be made, one is.
        if objects.is_empty() && can_make(ty) {
            make_in_sight(cx, ty).await?;
            objects = objects_of(&fresh(cx, ty).await?);
        }
        if objects.is_empty() {
            return Err(Stop::NoData("there is no object".to_owned()));
        }
        let wrong = objects.into_iter().find(|id| !id.namespace.is_empty());
        let what = format!(
            "events of {}, which has no namespaces, that name one",
            ty.key
        );
        Ok(cx.expect_eq(what, wrong, None)?)
    })
    .await
}

pub(crate) async fn payload_has_metadata(cx: &Cx) -> CheckResult {
    each_watched(cx, |ty| async move {
        let id = changed(cx, ty).await?;
        let uids: BTreeSet<String> = told_of(cx, ty, 0)
            .iter()
            .filter(|event| object_of(event).as_ref() == Some(&id))
            .filter_map(|event| Some(metadata_of(event)?.uid.clone()))
            .collect();
        let what = format!("the uids that events of {} {id} name", ty.key);
        cx.expect_eq(
            format!("whether one of {what} is empty"),
            uids.contains(""),
            false,
        )?;
        Ok(cx.expect_eq(format!("the number of {what}"), uids.len(), 1)?)
    })
    .await
}

/// Makes and changes an object, and hears of something that is said of it.
async fn changed(cx: &Cx, ty: &TypeUnderTest) -> Result<Id, Stop> {
    let mark = cx.mark();
    let object = make_in_sight(cx, ty).await?;
    let id = Id::from(&object);
    let is_it = |event: &WatchEvent| {
        is_add(event) && *event.key() == ty.key && event.id() == Some(&object.id)
    };
    prerequisite(
        cx.wait_event_after(mark, format!("an add of {id}"), is_it)
            .await,
    )?;
    let mark = cx.mark();
    let new = cx.changed(ty, &object.data)?;
    cx.given("an update", cx.update(&object, &new).await)?;
    let is_it = |event: &WatchEvent| is_update(event) && *event.key() == ty.key;
    prerequisite(
        cx.wait_event_after(mark, format!("an update of {id}"), is_it)
            .await,
    )?;
    Ok(id)
}

pub(crate) async fn payload_of_states(cx: &Cx) -> CheckResult {
    cx.watched_types().await?;
    let mut seen = 0;
    for event in cx.events() {
        let WatchEvent::State(state) = &*event else {
            continue;
        };
        seen += 1;
        let name = state.state.ui_name();
        let of = format!("state {name} of {}", state.resource_key);
        let may_fail = matches!(
            state.state,
            WatchState::Error | WatchState::Failed | WatchState::Forbidden
        );
        if !may_fail {
            let code = state.error_code.as_ref();
            cx.expect_eq(format!("the error code of {of}"), code, None)?;
        }
        if state.state != WatchState::Synced {
            cx.expect_eq(format!("the count of {of}"), state.resource_count, None)?;
        }
    }
    cx.expect(seen > 0, "there are state events")
}

pub(crate) async fn scope_limits_events(cx: &Cx) -> CheckResult {
    each_watched(cx, |ty| async move {
        let provider = cx.provider();
        let state = provider.get_watch_state(&cx.ctx(), cx.connection()).await?;
        let scope = state
            .scope
            .filter(|scope| !scope.partitions.is_empty())
            .ok_or_else(|| Stop::Undeclared("its watch is not limited".to_owned()))?;
        let namespaces = provider
            .get_connection_namespaces(&cx.ctx(), cx.connection())
            .await?
            .unwrap_or_default();
        if !scope
            .partitions
            .iter()
            .any(|part| namespaces.contains(part))
        {
            return Err(Stop::Undeclared(
                "its watch is not limited to namespaces".to_owned(),
            ));
        }
        let outside = told_of(cx, ty, 0)
            .iter()
            .filter_map(|event| object_of(event))
            .find(|id| !scope.includes(&id.namespace));
        let what = format!(
            "what {} tells outside of {}",
            ty.key,
            scope.partitions.join(", ")
        );
        Ok(cx.expect_eq(what, outside, None)?)
    })
    .await
}
