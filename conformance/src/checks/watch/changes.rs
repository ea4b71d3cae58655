//! Changes as they are told.

use std::sync::{Mutex, PoisonError};

use omniview_sdk::WatchEvent;

use crate::{
    Cx, Halt, TypeUnderTest,
    check::CheckResult,
    checks::support::{
        Id, Stop, contradiction, difference_of, each_watched, fold, includes, is_add, is_delete,
        is_update, list_all, make_in_sight, named, namespace_in_sight, object_of, prerequisite,
        same_objects, told, told_of, unscoped,
    },
    history::EventLine,
};

pub(crate) async fn create_is_told(cx: &Cx) -> CheckResult {
    each_watched(cx, |ty| async move {
        let mark = cx.mark();
        let object = make_in_sight(cx, ty).await?;
        let id = Id::from(&object);
        let event = told(cx, ty, mark, "an add", &id, is_add).await?;
        let data = cx.expect_some("the data of the add", event.data())?;
        Ok(cx.expect_includes(
            format!("the add event of {} {id}", ty.key),
            data,
            &object.sent,
        )?)
    })
    .await
}

pub(crate) async fn update_is_told(cx: &Cx) -> CheckResult {
    each_watched(cx, |ty| async move {
        let mark = cx.mark();
        let object = make_in_sight(cx, ty).await?;
        let id = Id::from(&object);
        prerequisite(told(cx, ty, mark, "an add", &id, is_add).await)?;
        let mark = cx.mark();
        let changed = cx.changed(ty, &object.data)?;
        cx.given("an update", cx.update(&object, &changed).await)?;
        let difference = difference_of(&object.data, &changed)?;
        let shows = |event: &WatchEvent| {
            is_update(event) && event.data().is_some_and(|data| includes(data, &difference))
        };
        let heard = told(cx, ty, mark, "an update with the new state", &id, shows).await;
        if let Err(halt) = heard {
            // An update that says something else says more than that none came.
            let events = told_of(cx, ty, mark);
            let other = events
                .iter()
                .rev()
                .find(|event| is_update(event) && object_of(event).as_ref() == Some(&id));
            if let Some(data) = other.and_then(|event| event.data()) {
                cx.expect_includes(
                    format!("the update event of {} {id}", ty.key),
                    data,
                    &difference,
                )?;
            }
            return Err(halt.into());
        }
        Ok(())
    })
    .await
}

pub(crate) async fn delete_is_told(cx: &Cx) -> CheckResult {
    each_watched(cx, |ty| async move {
        let (id, mark) = made_and_deleted(cx, ty).await?;
        told(cx, ty, mark, "a delete", &id, is_delete).await?;
        Ok(())
    })
    .await
}

pub(crate) async fn delete_has_last_state(cx: &Cx) -> CheckResult {
    each_watched(cx, |ty| async move {
        let (id, mark) = made_and_deleted(cx, ty).await?;
        let event = prerequisite(told(cx, ty, mark, "a delete", &id, is_delete).await)?;
        let data = cx.expect_some(format!("the data of the delete of {id}"), event.data())?;
        let value = data.to_value().unwrap_or_default();
        let is_object = value.as_object().is_some_and(|fields| !fields.is_empty());
        if !is_object {
            return Err(Stop::Halt(Halt::failed(
                format!("what the delete of {} {id} carries", ty.key),
                "the last state of the object",
                data.as_str(),
            )));
        }
        named(cx, ty).await?;
        let seen = crate::checks::support::within(cx, ty, &event).await?;
        let seen = seen.map(|seen| seen.id);
        Ok(cx.expect_eq("the object in the delete", seen, Some(id))?)
    })
    .await
}

/// Makes an object, hears of it, deletes it.
async fn made_and_deleted(cx: &Cx, ty: &TypeUnderTest) -> Result<(Id, u64), Stop> {
    let mark = cx.mark();
    let object = make_in_sight(cx, ty).await?;
    let id = Id::from(&object);
    prerequisite(told(cx, ty, mark, "an add", &id, is_add).await)?;
    let mark = cx.mark();
    cx.given("a delete", cx.delete(&object).await)?;
    Ok((id, mark))
}

pub(crate) async fn object_lives_in_order(cx: &Cx) -> CheckResult {
    each_watched(cx, |ty| async move {
        let mark = cx.mark();
        let object = make_in_sight(cx, ty).await?;
        let id = Id::from(&object);
        // Each change waits for what is told of the one before: a watcher that polls sees only what is there when it looks.
        let any = |_: &WatchEvent| true;
        prerequisite(told(cx, ty, mark, "an event", &id, any).await)?;
        let mut data = object.data.clone();
        for _ in 0..2 {
            let before = cx.mark();
            let changed = cx.changed(ty, &data)?;
            // A fixture may change the same thing every time; then the second change is none, of which nothing has to be told.
            let is_change = difference_of(&data, &changed).is_ok();
            data = cx
                .given("an update", cx.update(&object, &changed).await)?
                .result;
            if is_change {
                prerequisite(told(cx, ty, before, "an event", &id, any).await)?;
            }
        }
        let before = cx.mark();
        cx.given("a delete", cx.delete(&object).await)?;
        prerequisite(told(cx, ty, before, "a delete", &id, is_delete).await)?;
        let life: Vec<&str> = told_of(cx, ty, mark)
            .iter()
            .filter(|event| object_of(event).as_ref() == Some(&id))
            .map(|event| kind(event))
            .collect();
        // How many updates there are is the backend's affair: it may change an object by itself.
        let middle = life
            .get(1..life.len().saturating_sub(1))
            .unwrap_or_default();
        let in_order = life.first() == Some(&"add")
            && life.last() == Some(&"delete")
            && !middle.is_empty()
            && middle.iter().all(|kind| *kind == "update");
        let told = if in_order {
            "add, update, …, delete".to_owned()
        } else {
            life.join(", ")
        };
        let what = format!("what is told of {} {id}", ty.key);
        Ok(cx.expect_eq(what, told.as_str(), "add, update, …, delete")?)
    })
    .await
}

fn kind(event: &WatchEvent) -> &'static str {
    match event {
        WatchEvent::Add(_) => "add",
        WatchEvent::Update(_) => "update",
        WatchEvent::Delete(_) => "delete",
        WatchEvent::State(_) => "state",
    }
}

pub(crate) async fn changes_touch_one(cx: &Cx) -> CheckResult {
    each_watched(cx, |ty| async move {
        let mark = cx.mark();
        let changing = make_in_sight(cx, ty).await?;
        let still = make_in_sight(cx, ty).await?;
        let other = Id::from(&still);
        prerequisite(told(cx, ty, mark, "an add", &other, is_add).await)?;
        // What the backend still had to say about the other one is told before what happens now.
        let mark = cx.mark();
        let changed = cx.changed(ty, &changing.data)?;
        cx.given("an update", cx.update(&changing, &changed).await)?;
        let difference = difference_of(&changing.data, &changed)?;
        let id = Id::from(&changing);
        let any = |event: &WatchEvent| !is_add(event);
        prerequisite(told(cx, ty, mark, "a change", &id, any).await)?;
        let strange = told_of(cx, ty, mark).into_iter().find(|event| {
            object_of(event).as_ref() == Some(&other)
                && event.data().is_some_and(|data| includes(data, &difference))
                && !includes(&still.data, &difference)
        });
        let what = format!(
            "an event that tells the change of {} {id} of {other}",
            ty.key
        );
        let strange = strange.map(|event| EventLine(&event).to_string());
        Ok(cx.expect_eq(what, strange, None)?)
    })
    .await
}

pub(crate) async fn outside_is_told(cx: &Cx) -> CheckResult {
    each_watched(cx, |ty| async move {
        let namespace = namespace_in_sight(cx, ty).await?;
        let sample = cx.sample_in(ty, &namespace)?;
        let id = Id::new(&sample.namespace, &sample.id);
        let mark = cx.mark();
        cx.insert_outside(&ty.key, &sample).await?;
        let added = told(cx, ty, mark, "an add", &id, is_add).await?;
        let data = cx.expect_some("the data of the add", added.data())?;
        cx.expect_includes(
            format!("the add event of {} {id}", ty.key),
            data,
            &sample.data,
        )?;

        let mark = cx.mark();
        let changed = cx.changed(ty, &sample.data)?;
        let difference = difference_of(&sample.data, &changed)?;
        cx.update_outside(&ty.key, &sample.clone().with_data(changed))
            .await?;
        let updated = told(cx, ty, mark, "an update", &id, is_update).await?;
        let data = cx.expect_some("the data of the update", updated.data())?;
        cx.expect_includes(
            format!("the update event of {} {id}", ty.key),
            data,
            &difference,
        )?;

        let mark = cx.mark();
        cx.remove_outside(&ty.key, &sample.id, &sample.namespace)
            .await?;
        told(cx, ty, mark, "a delete", &id, is_delete).await?;
        Ok(())
    })
    .await
}

pub(crate) async fn fold_is_list(cx: &Cx) -> CheckResult {
    each_watched(cx, |ty| async move {
        unscoped(cx).await?;
        named(cx, ty).await?;
        let (kept, gone) = (make_in_sight(cx, ty).await?, make_in_sight(cx, ty).await?);
        cx.given("a delete", cx.delete(&gone).await)?;
        let (kept, gone) = (Id::from(&kept), Id::from(&gone));
        // The last comparison, for the failure to show.
        let last = Mutex::new(None);
        let agree = || async {
            let listing = list_all(cx, ty).await?;
            let folded = fold(&told_of(cx, ty, 0));
            let listed = listing.ids();
            let settled = listed.contains(&kept) && !listed.contains(&gone);
            let agree = settled && folded.keys().eq(&listed);
            *last.lock().unwrap_or_else(PoisonError::into_inner) = Some((listing, folded));
            Ok(agree)
        };
        let agreed = cx.eventually("the events add up to the list", agree).await;
        let compared = last.into_inner().unwrap_or_else(PoisonError::into_inner);
        let Some((listing, folded)) = compared else {
            return Ok(agreed?);
        };
        let what = format!(
            "what the events of {} add up to, compared with list,",
            ty.key
        );
        same_objects(cx, what, folded.keys(), &listing.ids())?;
        agreed?;
        let (Some(seen), Some(data)) = (listing.find(&kept), folded.get(&kept)) else {
            return Ok(());
        };
        let value = data.to_value().unwrap_or_default();
        let contradicts = contradiction(seen.value(), &value, "");
        Ok(cx.expect_eq(
            format!("where the add of {kept} contradicts the list"),
            contradicts,
            None,
        )?)
    })
    .await
}
