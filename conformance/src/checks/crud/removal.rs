//! Removing objects, and what a type does not do.

use omniview_sdk::{
    CreateInput, DeleteInput, ErrorCode, FindInput, GetInput, ListInput, UpdateInput,
};

use super::objects::twins;
use crate::{
    Cx, Halt, Object, Operation,
    check::CheckResult,
    checks::support::{Id, Stop, each, ids, list_all, named, prerequisite},
};

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
        outlives(cx, &going, &staying).await?;
    }
    Ok(())
}

pub(crate) async fn delete_tells_namespaces_apart(cx: &Cx) -> CheckResult {
    for ty in cx.types() {
        let (going, staying) = twins(cx, ty).await?;
        outlives(cx, &going, &staying).await?;
    }
    Ok(())
}

/// Deletes one object, and expects another one to be there afterwards.
async fn outlives(cx: &Cx, going: &Object, staying: &Object) -> CheckResult {
    cx.given("a delete", cx.delete(going).await)?;
    prerequisite(gone(cx, going).await)?;
    let got = cx.get(&staying.key, &staying.id, &staying.namespace).await;
    let what = format!(
        "get of {} {} after the delete of {}",
        staying.key,
        Id::from(staying),
        Id::from(going)
    );
    cx.expect_ok(what, got)?;
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
        let what = format!(
            "delete of {} {} with a grace period of zero",
            ty.key,
            Id::from(&object)
        );
        cx.expect_ok(what, deleted)?;
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
            format!("{} {id} is still listed after what was refused", ty.key),
        )?;
        Ok(())
    })
    .await
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
