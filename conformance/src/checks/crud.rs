//! Create, get, update and delete.

use omniview_sdk::{
    CreateInput, DeleteInput, ErrorCode, FindInput, GetInput, ListInput, UpdateInput, query::lookup,
};

use super::support::{
    Id, Stop, contradiction, difference_of, each, each_compared, ids, kept_part, list_all, named,
    prerequisite, quiet, stocked,
};
use crate::{Cx, Halt, Object, Operation, TypeUnderTest, check::CheckResult};

#[doc(hidden)]
#[macro_export]
macro_rules! __checks_crud {
    ([$($callback:tt)*] [$($args:tt)*]) => { $($callback)*! { [$($args)*] crud {
        create_returns_object {
            id: "crud.create.returns-object",
            requirement: "Create makes an object and answers with it.",
            clauses: &["OPS-04", "OPS-05"],
            needs: &[Can(Create), Samples],
            profile: Smoke,
            catches: &["create-answers-nothing"],
        }
        create_answers_stored {
            id: "crud.create.answers-stored",
            requirement: "What create answers is the object as it is kept: it says its id, namespace and version wherever get says them.",
            clauses: &["OPS-05"],
            needs: &[Can(Create), Can(Get), Samples],
            catches: &["create-answers-input"],
        }
        create_appears_in_list {
            id: "crud.create.appears-in-list",
            requirement: "An object that was created is listed.",
            clauses: &["OPS-05", "OPS-11"],
            needs: &[Can(Create), Can(List), Samples],
            profile: Smoke,
            catches: &["create-ignored"],
        }
        create_keeps_namespace {
            id: "crud.create.keeps-namespace",
            requirement: "An object is made in the namespace that Create names.",
            clauses: &["OPS-05", "OPS-06"],
            needs: &[Can(Create), Can(Get), Samples, TwoNamespaces],
            catches: &["create-ignored", "get-ignores-namespace", "create-ignores-namespace"],
        }
        create_taken_is_refused {
            id: "crud.create.taken-is-refused",
            requirement: "Create of an id that is taken is refused with ALREADY_EXISTS, and the object stays as it was.",
            clauses: &["OPS-05"],
            needs: &[Can(Create), Can(Get), Samples],
            catches: &["create-accepts-duplicates", "errors-unclassified"],
        }
        get_returns_created {
            id: "crud.get.returns-created",
            requirement: "Get answers with the object that Create made.",
            clauses: &["OPS-03", "OPS-05"],
            needs: &[Can(Create), Can(Get), Samples],
            profile: Smoke,
            catches: &["get-without-success", "create-ignored"],
        }
        get_unknown_is_not_found {
            id: "crud.get.unknown-is-not-found",
            requirement: "Get of an id that does not exist is refused with NOT_FOUND.",
            clauses: &["OPS-03"],
            needs: &[Can(Get), Samples],
            catches: &["get-missing-succeeds", "get-missing-internal", "errors-unclassified"],
        }
        get_tells_namespaces_apart {
            id: "crud.get.tells-namespaces-apart",
            requirement: "Get in one namespace does not answer with an object of another.",
            clauses: &["OPS-03", "OPS-06"],
            needs: &[Can(Create), Can(Get), Samples, TwoNamespaces],
            catches: &["get-answers-namesake"],
        }
        get_agrees_with_list {
            id: "crud.get.agrees-with-list",
            requirement: "Every listed object can be fetched, and Get does not contradict List.",
            clauses: &["OPS-03", "OPS-11"],
            needs: &[Can(Get), Can(List)],
            catches: &["get-answers-another"],
        }
        update_returns_new_state {
            id: "crud.update.returns-new-state",
            requirement: "Update answers with the object as it is now.",
            clauses: &["OPS-04", "OPS-07"],
            needs: &[Can(Create), Can(Update), Samples, Change],
            profile: Smoke,
            catches: &["update-answers-old"],
        }
        update_is_kept {
            id: "crud.update.is-kept",
            requirement: "Get after Update answers with the new state.",
            clauses: &["OPS-03", "OPS-07"],
            needs: &[Can(Create), Can(Get), Can(Update), Samples, Change],
            profile: Smoke,
            catches: &["stale-get", "update-ignored"],
        }
        update_touches_one {
            id: "crud.update.touches-one",
            requirement: "Update changes the object that it names and no other.",
            clauses: &["OPS-07"],
            needs: &[Can(Create), Can(Get), Can(Update), Samples, Change],
            catches: &["update-changes-another"],
        }
        update_unknown_is_not_found {
            id: "crud.update.unknown-is-not-found",
            requirement: "Update of an id that does not exist is refused with NOT_FOUND and makes nothing.",
            clauses: &["OPS-07"],
            needs: &[Can(Update), Can(Get), Samples],
            catches: &["update-creates-missing", "errors-unclassified"],
        }
        update_of_stale_is_refused {
            id: "crud.update.of-stale-is-refused",
            requirement: "An update made from a version that is not the present one is refused with CONFLICT.",
            level: Should,
            clauses: &["OPS-07"],
            needs: &[Can(Create), Can(Get), Can(Update), Samples, Change],
            catches: &["update-forgets-conflict"],
        }
        delete_removes {
            id: "crud.delete.removes",
            requirement: "An object that was deleted cannot be fetched any more.",
            clauses: &["OPS-08"],
            needs: &[Can(Create), Can(Get), Can(Delete), Samples],
            profile: Smoke,
            catches: &["delete-ignored", "delete-needs-grace"],
        }
        delete_leaves_list {
            id: "crud.delete.leaves-list",
            requirement: "An object that was deleted is not listed any more.",
            clauses: &["OPS-08", "OPS-11"],
            needs: &[Can(Create), Can(List), Can(Delete), Samples],
            catches: &["delete-ignored"],
        }
        delete_touches_one {
            id: "crud.delete.touches-one",
            requirement: "Delete removes the object that it names and no other.",
            clauses: &["OPS-08"],
            needs: &[Can(Create), Can(Get), Can(Delete), Samples],
            catches: &["delete-takes-another"],
        }
        delete_tells_namespaces_apart {
            id: "crud.delete.tells-namespaces-apart",
            requirement: "Delete in one namespace leaves an object with the same id in another alone.",
            clauses: &["OPS-08"],
            needs: &[Can(Create), Can(Get), Can(Delete), Samples, TwoNamespaces],
            catches: &["delete-everywhere"],
        }
        delete_elsewhere_is_not_found {
            id: "crud.delete.elsewhere-is-not-found",
            requirement: "Deleting an object in a namespace where it is not is refused with NOT_FOUND, and leaves it where it is.",
            clauses: &["OPS-08"],
            needs: &[Can(Create), Can(Get), Can(Delete), Samples, TwoNamespaces],
            catches: &["delete-ignores-namespace"],
        }
        delete_unknown_is_not_found {
            id: "crud.delete.unknown-is-not-found",
            requirement: "Delete of an id that does not exist is refused with NOT_FOUND.",
            clauses: &["OPS-08"],
            needs: &[Can(Delete), Samples],
            catches: &["delete-missing-succeeds"],
        }
        delete_twice_is_not_found {
            id: "crud.delete.twice-is-not-found",
            requirement: "Delete of an object that is gone is refused with NOT_FOUND.",
            clauses: &["OPS-08"],
            needs: &[Can(Create), Can(Get), Can(Delete), Samples],
            catches: &["delete-missing-succeeds"],
        }
        delete_takes_grace {
            id: "crud.delete.takes-grace",
            requirement: "Delete with a grace period of zero removes the object.",
            clauses: &["OPS-08", "OPS-10"],
            needs: &[Can(Create), Can(Get), Can(Delete), Samples],
            catches: &["delete-ignored"],
        }
        unsupported_is_refused {
            id: "crud.unsupported.is-refused",
            requirement: "An operation that a type cannot do is refused with UNSUPPORTED and has no effect.",
            clauses: &["CAP-01", "OPS-04"],
            needs: &[Can(List)],
            catches: &["capability-denies-delete"],
        }
    }}};
}

pub(crate) async fn create_returns_object(cx: &Cx) -> CheckResult {
    for ty in cx.types() {
        let sample = cx.sample(ty)?;
        let created = cx.expect_ok("create", cx.create(&ty.key, &sample).await)?;
        cx.expect(created.success, "the answer of create says success")?;
        cx.expect_includes("what create answers", &created.result, &sample.data)?;
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
        let created = cx.expect_ok("create", cx.create(&ty.key, &sample).await)?;
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
        cx.expect_ok(format!("get of {} in {there}", object.id), got)?;
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
        cx.expect(got.success, "the answer of get says success")?;
        cx.expect_includes("what get answers", &got.result, &object.sent)?;
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
            let what = format!("get of {}", Id::from(object));
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
            let what = format!("get of the listed object {}", seen.id);
            let got = cx.expect_ok(what, got)?;
            if !seen.steady {
                continue;
            }
            let value = got.result.to_value().unwrap_or_default();
            if let Some((path, listed, fetched)) = contradiction(seen.value(), &value, "") {
                return Err(Stop::Halt(Halt::failed(
                    format!("get of {} agrees with list", seen.id),
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
        let updated = cx.expect_ok("update", cx.update(&object, &changed).await)?;
        cx.expect(updated.success, "the answer of update says success")?;
        let difference = difference_of(&object.data, &changed)?;
        let what = format!("what update of {} answers", Id::from(&object));
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
        let what = format!("get of {} after its update", Id::from(&object));
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
            "{} after the update of {}",
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
        let what = format!("get of {} is refused after the refused update", sample.id);
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

pub(crate) async fn delete_removes(cx: &Cx) -> CheckResult {
    for ty in cx.types() {
        let object = cx.make(ty).await?;
        let deleted = cx.delete(&object).await?;
        cx.expect(deleted.success, "the answer of delete says success")?;
        gone(cx, &object).await?;
    }
    Ok(())
}

pub(crate) async fn delete_leaves_list(cx: &Cx) -> CheckResult {
    each(cx, |ty| async move {
        named(cx, ty).await?;
        let object = cx.make(ty).await?;
        let id = Id::from(&object);
        cx.given("a delete", cx.delete(&object).await)?;
        let gone = || async { Ok(list_all(cx, ty).await?.find(&id).is_none()) };
        Ok(cx
            .eventually(format!("{} {id} is not listed", ty.key), gone)
            .await?)
    })
    .await
}

pub(crate) async fn delete_touches_one(cx: &Cx) -> CheckResult {
    for ty in cx.types() {
        let (going, staying) = (cx.make(ty).await?, cx.make(ty).await?);
        cx.given("a delete", cx.delete(&going).await)?;
        prerequisite(gone(cx, &going).await)?;
        let got = cx.get(&ty.key, &staying.id, &staying.namespace).await;
        let what = format!(
            "get of {} after the delete of {}",
            Id::from(&staying),
            Id::from(&going)
        );
        cx.expect_ok(what, got)?;
    }
    Ok(())
}

pub(crate) async fn delete_tells_namespaces_apart(cx: &Cx) -> CheckResult {
    for ty in cx.types() {
        let (going, staying) = twins(cx, ty).await?;
        cx.given("a delete", cx.delete(&going).await)?;
        prerequisite(gone(cx, &going).await)?;
        let got = cx.get(&ty.key, &staying.id, &staying.namespace).await;
        let what = format!(
            "get of {} after the delete of {}",
            Id::from(&staying),
            Id::from(&going)
        );
        cx.expect_ok(what, got)?;
    }
    Ok(())
}

pub(crate) async fn delete_elsewhere_is_not_found(cx: &Cx) -> CheckResult {
    for ty in cx.types() {
        let namespaces = ty.namespaces();
        let (here, there) = (&namespaces[0], &namespaces[1]);
        let object = cx.make_in(ty, here).await?;
        let input = DeleteInput::new(&object.id).in_namespace(there);
        let deleted = cx.provider().delete(&cx.ctx(), &ty.key, input).await;
        cx.expect_error(ErrorCode::NotFound, deleted)?;
        let got = cx.get(&ty.key, &object.id, here).await;
        let what = format!("get of {} after its delete in {there}", Id::from(&object));
        cx.expect_ok(what, got)?;
    }
    Ok(())
}

pub(crate) async fn delete_unknown_is_not_found(cx: &Cx) -> CheckResult {
    for ty in cx.types() {
        let sample = cx.sample(ty)?;
        let input = DeleteInput::new(&sample.id).in_namespace(&sample.namespace);
        let deleted = cx.provider().delete(&cx.ctx(), &ty.key, input).await;
        cx.expect_error(ErrorCode::NotFound, deleted)?;
    }
    Ok(())
}

pub(crate) async fn delete_twice_is_not_found(cx: &Cx) -> CheckResult {
    for ty in cx.types() {
        let object = cx.make(ty).await?;
        cx.given("a delete", cx.delete(&object).await)?;
        prerequisite(gone(cx, &object).await)?;
        cx.expect_error(ErrorCode::NotFound, cx.delete(&object).await)?;
    }
    Ok(())
}

pub(crate) async fn delete_takes_grace(cx: &Cx) -> CheckResult {
    for ty in cx.types() {
        let object = cx.make(ty).await?;
        let input = DeleteInput::new(&object.id)
            .in_namespace(&object.namespace)
            .grace_period_seconds(0);
        let deleted = cx.provider().delete(&cx.ctx(), &ty.key, input).await;
        cx.expect_ok("delete with a grace period of zero", deleted)?;
        gone(cx, &object).await?;
    }
    Ok(())
}

pub(crate) async fn unsupported_is_refused(cx: &Cx) -> CheckResult {
    each(cx, |ty| async move {
        // Without a list nothing shows that there was no effect: the table asks for one.
        let refused: Vec<Operation> = [
            Operation::Get,
            Operation::Find,
            Operation::Create,
            Operation::Update,
            Operation::Delete,
        ]
        .into_iter()
        .filter(|operation| !ty.supports(*operation))
        .collect();
        if refused.is_empty() {
            return Err(Stop::Undeclared("every operation is supported".to_owned()));
        }
        named(cx, ty).await?;
        let listing = list_all(cx, ty).await?;
        // What is asked for would change nothing even if it were done: the object as it is, an id that nothing has.
        let (id, data) = match listing.objects.first() {
            Some(seen) => (seen.id.clone(), seen.json.clone()),
            None => return Err(Stop::NoData("there is no object to ask about".to_owned())),
        };
        let provider = cx.provider();
        for operation in refused {
            let answer = match operation {
                Operation::Get => {
                    let input = GetInput::new(&id.id).in_namespace(&id.namespace);
                    provider.get(&cx.ctx(), &ty.key, input).await.map(drop)
                }
                Operation::Find => {
                    let input = FindInput::all();
                    provider.find(&cx.ctx(), &ty.key, input).await.map(drop)
                }
                Operation::Create => {
                    let input = CreateInput::new(data.clone()).in_namespace(&id.namespace);
                    provider.create(&cx.ctx(), &ty.key, input).await.map(drop)
                }
                Operation::Update => {
                    let input = UpdateInput::new(&id.id, data.clone()).in_namespace(&id.namespace);
                    provider.update(&cx.ctx(), &ty.key, input).await.map(drop)
                }
                _ => {
                    let nothing = format!("{}-that-nothing-has", id.id);
                    let input = DeleteInput::new(nothing).in_namespace(&id.namespace);
                    provider.delete(&cx.ctx(), &ty.key, input).await.map(drop)
                }
            };
            cx.expect_error(ErrorCode::Unsupported, answer)?;
        }
        let after = cx.list(&ty.key, ListInput::all()).await?;
        let after = ids(cx, ty, &after.result).await?;
        cx.expect(
            after.contains(&id),
            format!("{id} is still listed after what was refused"),
        )?;
        Ok(())
    })
    .await
}

/// Two objects that are alike but for the namespace.
async fn twins(cx: &Cx, ty: &TypeUnderTest) -> Result<(Object, Object), Halt> {
    let namespaces = ty.namespaces();
    let samples = cx.samples_alike(ty, &namespaces[..2])?;
    let here = cx.make_sample(ty, &samples[0]).await?;
    let there = cx.make_sample(ty, &samples[1]).await?;
    Ok((here, there))
}

/// Expects that an object cannot be fetched; a backend may take a moment.
async fn gone(cx: &Cx, object: &Object) -> Result<(), Halt> {
    let what = format!("get of {} {} is refused", object.key, Id::from(object));
    let refused = || async {
        let got = cx.get(&object.key, &object.id, &object.namespace).await;
        Ok(got.is_err())
    };
    cx.eventually(what, refused).await
}
