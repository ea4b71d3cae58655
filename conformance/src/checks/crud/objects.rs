//! Making, fetching and changing objects.

use omniview_sdk::{CreateInput, ErrorCode, UpdateInput, query::lookup};

use crate::{
    Cx, Halt, Object, TypeUnderTest,
    check::CheckResult,
    checks::support::{
        Id, Stop, contradiction, difference_of, each, each_compared, kept_part, list_all, named,
        quiet, stocked,
    },
};

pub(crate) async fn create_returns_object(cx: &Cx) -> CheckResult {
    for ty in cx.types() {
        let sample = cx.sample(ty)?;
        let said = format!("create of {} {}", ty.key, sample.id);
        let created = cx.expect_ok(said.clone(), cx.create(&ty.key, &sample).await)?;
        cx.expect(
            created.success,
            format!("the answer of {said} says success"),
        )?;
        cx.expect_includes(
            format!("what {said} answers"),
            &created.result,
            &sample.data,
        )?;
    }
    Ok(())
}

pub(crate) async fn create_answers_stored(cx: &Cx) -> CheckResult {
    each(cx, |ty| async move {
        let definition = cx.provider().resource_definition(&cx.ctx(), &ty.key).await;
        let definition = cx.given("the definition", definition)?;
        let paths = [
            definition.id_accessor,
            definition.namespace_accessor,
            definition.memoizer_accessor,
        ];
        let sample = cx.sample(ty)?;
        let what = format!("create of {} {}", ty.key, sample.id);
        let created = cx.expect_ok(what, cx.create(&ty.key, &sample).await)?;
        let answered = created.result.to_value().unwrap_or_default();
        let id = ty.fixture.as_ref().and_then(|one| one.id_of(&answered));
        let id = id.unwrap_or(sample.id);
        let got = cx.get(&ty.key, &id, &sample.namespace).await;
        let kept = cx.given("get", got)?.result.to_value().unwrap_or_default();
        let mut said = 0;
        for path in paths.iter().filter(|path| !path.is_empty()) {
            if lookup(&kept, path).is_none() {
                continue;
            }
            said += 1;
            let what = format!("{path} in what create answered for {} {id}", ty.key);
            cx.expect_some(what, lookup(&answered, path))?;
        }
        if said == 0 {
            let what = "its definition does not say where an object has its id or version";
            return Err(Stop::Undeclared(what.to_owned()));
        }
        Ok(())
    })
    .await
}

pub(crate) async fn create_appears_in_list(cx: &Cx) -> CheckResult {
    each(cx, |ty| async move {
        named(cx, ty).await?;
        let made = Id::from(&cx.make(ty).await?);
        let listed = || async { Ok(list_all(cx, ty).await?.find(&made).is_some()) };
        Ok(cx
            .eventually(format!("{} {made} is listed", ty.key), listed)
            .await?)
    })
    .await
}

pub(crate) async fn create_keeps_namespace(cx: &Cx) -> CheckResult {
    for ty in cx.types() {
        let namespaces = ty.namespaces();
        let (here, there) = (&namespaces[0], &namespaces[1]);
        let object = cx.make_in(ty, there).await?;
        let got = cx.get(&ty.key, &object.id, there).await;
        let what = format!("get of {} {} in {there}", ty.key, object.id);
        cx.expect_ok(what, got)?;
        let elsewhere = cx.get(&ty.key, &object.id, here).await;
        cx.expect_error(ErrorCode::NotFound, elsewhere)?;
    }
    Ok(())
}

pub(crate) async fn create_taken_is_refused(cx: &Cx) -> CheckResult {
    each(cx, |ty| async move {
        let chooses_ids = ty
            .fixture
            .as_ref()
            .is_some_and(|fixture| fixture.assigns_ids());
        if chooses_ids {
            return Err(Stop::Undeclared("the backend chooses the ids".to_owned()));
        }
        let object = cx.make(ty).await?;
        let before = cx.given("get", cx.get(&ty.key, &object.id, &object.namespace).await)?;
        let input = CreateInput::new(object.sent.clone()).in_namespace(&object.namespace);
        let again = cx.provider().create(&cx.ctx(), &ty.key, input).await;
        cx.expect_error(ErrorCode::AlreadyExists, again)?;
        let after = cx.get(&ty.key, &object.id, &object.namespace).await?;
        let what = format!("{} {} after the refused create", ty.key, object.id);
        Ok(cx.expect_includes(
            what,
            &after.result,
            &kept_part(&before.result, &object.sent),
        )?)
    })
    .await
}

pub(crate) async fn get_returns_created(cx: &Cx) -> CheckResult {
    for ty in cx.types() {
        let object = cx.make(ty).await?;
        let got = cx.get(&ty.key, &object.id, &object.namespace).await?;
        let said = format!("get of {} {}", ty.key, Id::from(&object));
        cx.expect(got.success, format!("the answer of {said} says success"))?;
        cx.expect_includes(format!("what {said} answers"), &got.result, &object.sent)?;
    }
    Ok(())
}

pub(crate) async fn get_unknown_is_not_found(cx: &Cx) -> CheckResult {
    for ty in cx.types() {
        // A sample that was never created: an id of the right form that nothing has.
        let sample = cx.sample(ty)?;
        let got = cx.get(&ty.key, &sample.id, &sample.namespace).await;
        cx.expect_error(ErrorCode::NotFound, got)?;
    }
    Ok(())
}

pub(crate) async fn get_tells_namespaces_apart(cx: &Cx) -> CheckResult {
    for ty in cx.types() {
        let (here, there) = twins(cx, ty).await?;
        for object in [&here, &there] {
            let got = cx.get(&ty.key, &object.id, &object.namespace).await?;
            let what = format!("get of {} {}", ty.key, Id::from(object));
            cx.expect_includes(what, &got.result, &object.sent)?;
        }
    }
    Ok(())
}

pub(crate) async fn get_agrees_with_list(cx: &Cx) -> CheckResult {
    const MOST: usize = 25;
    each_compared(cx, |ty| async move {
        named(cx, ty).await?;
        stocked(cx, ty, 2).await?;
        let (listing, got) = quiet(cx, ty, |listing| async move {
            let mut got = Vec::new();
            for seen in listing.objects.iter().take(MOST) {
                got.push(cx.get(&ty.key, &seen.id.id, &seen.id.namespace).await);
            }
            Ok(got)
        })
        .await?;
        for (seen, got) in listing.objects.iter().zip(got) {
            let what = format!("get of the listed {} {}", ty.key, seen.id);
            let got = cx.expect_ok(what, got)?;
            if !seen.steady {
                continue;
            }
            let value = got.result.to_value().unwrap_or_default();
            if let Some((path, listed, fetched)) = contradiction(seen.value(), &value, "") {
                return Err(Stop::Halt(Halt::failed(
                    format!("get of {} {} agrees with list", ty.key, seen.id),
                    format!("{path} is {listed}, as list says"),
                    format!("{path} is {fetched}"),
                )));
            }
        }
        Ok(())
    })
    .await
}

pub(crate) async fn update_returns_new_state(cx: &Cx) -> CheckResult {
    for ty in cx.types() {
        let object = cx.make(ty).await?;
        let changed = cx.changed(ty, &object.data)?;
        let said = format!("update of {} {}", ty.key, Id::from(&object));
        let updated = cx.expect_ok(said.clone(), cx.update(&object, &changed).await)?;
        cx.expect(
            updated.success,
            format!("the answer of {said} says success"),
        )?;
        let difference = difference_of(&object.data, &changed)?;
        let what = format!("what {said} answers");
        cx.expect_includes(what, &updated.result, &difference)?;
    }
    Ok(())
}

pub(crate) async fn update_is_kept(cx: &Cx) -> CheckResult {
    for ty in cx.types() {
        let object = cx.make(ty).await?;
        let changed = cx.changed(ty, &object.data)?;
        cx.given("an update", cx.update(&object, &changed).await)?;
        let got = cx.get(&ty.key, &object.id, &object.namespace).await?;
        let difference = difference_of(&object.data, &changed)?;
        let what = format!("get of {} {} after its update", ty.key, Id::from(&object));
        cx.expect_includes(what, &got.result, &difference)?;
    }
    Ok(())
}

pub(crate) async fn update_touches_one(cx: &Cx) -> CheckResult {
    for ty in cx.types() {
        let (changing, other) = (cx.make(ty).await?, cx.make(ty).await?);
        let changed = cx.changed(ty, &changing.data)?;
        cx.given("an update", cx.update(&changing, &changed).await)?;
        let got = cx.get(&ty.key, &other.id, &other.namespace).await?;
        let what = format!(
            "{} {} after the update of {}",
            ty.key,
            Id::from(&other),
            Id::from(&changing)
        );
        cx.expect_includes(what, &got.result, &other.sent)?;
    }
    Ok(())
}

pub(crate) async fn update_unknown_is_not_found(cx: &Cx) -> CheckResult {
    for ty in cx.types() {
        let sample = cx.sample(ty)?;
        let input =
            UpdateInput::new(&sample.id, sample.data.clone()).in_namespace(&sample.namespace);
        let updated = cx.provider().update(&cx.ctx(), &ty.key, input).await;
        cx.expect_error(ErrorCode::NotFound, updated)?;
        let got = cx.get(&ty.key, &sample.id, &sample.namespace).await;
        let what = format!(
            "get of {} {} is refused after the refused update",
            ty.key, sample.id
        );
        cx.expect(got.is_err(), what)?;
    }
    Ok(())
}

pub(crate) async fn update_of_stale_is_refused(cx: &Cx) -> CheckResult {
    each(cx, |ty| async move {
        let definition = cx.provider().resource_definition(&cx.ctx(), &ty.key).await;
        let version = cx.given("the definition", definition)?.memoizer_accessor;
        let object = cx.make(ty).await?;
        let changed = cx.changed(ty, &object.data)?;
        let updated = cx
            .given("an update", cx.update(&object, &changed).await)?
            .result;
        // Where an object says which version it is, an update says which one it was made from.
        let versions = [&object.data, &updated].map(|data| {
            let value = data.to_value().unwrap_or_default();
            lookup(&value, &version).cloned()
        });
        let [Some(before), Some(after)] = versions else {
            return Err(Stop::Undeclared("its objects say no version".to_owned()));
        };
        if version.is_empty() || before == after {
            return Err(Stop::Undeclared("its objects say no version".to_owned()));
        }
        let stale = cx.changed(ty, &changed)?;
        let refused = cx.update(&object, &stale).await;
        cx.note(format!("the version was {before} and is {after}"));
        cx.expect_error(ErrorCode::Conflict, refused)?;
        let got = cx.get(&ty.key, &object.id, &object.namespace).await?;
        let what = format!("{} after the refused update", Id::from(&object));
        let kept = difference_of(&object.data, &changed)?;
        Ok(cx.expect_includes(what, &got.result, &kept)?)
    })
    .await
}

/// Two objects that are alike but for the namespace.
pub(super) async fn twins(cx: &Cx, ty: &TypeUnderTest) -> Result<(Object, Object), Halt> {
    let namespaces = ty.namespaces();
    let samples = cx.samples_alike(ty, &namespaces[..2])?;
    let here = cx.make_sample(ty, &samples[0]).await?;
    let there = cx.make_sample(ty, &samples[1]).await?;
    Ok((here, there))
}
