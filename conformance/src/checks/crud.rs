//! Create, get, update and delete.

use omniview_sdk::ErrorCode;

use crate::{Cx, check::CheckResult};

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
        }
        get_returns_created {
            id: "crud.get.returns-created",
            requirement: "Get answers with the object that Create made.",
            clauses: &["OPS-03", "OPS-05"],
            needs: &[Can(Create), Can(Get), Samples],
            profile: Smoke,
            catches: &["create-ignored", "get-without-success"],
        }
        get_unknown_is_not_found {
            id: "crud.get.unknown-is-not-found",
            requirement: "Get of an id that does not exist is refused with NOT_FOUND.",
            clauses: &["OPS-03"],
            needs: &[Can(Get), Samples],
            catches: &["get-missing-succeeds", "get-missing-internal"],
        }
        delete_removes {
            id: "crud.delete.removes",
            requirement: "An object that was deleted cannot be fetched any more.",
            clauses: &["OPS-08"],
            needs: &[Can(Create), Can(Get), Can(Delete), Samples],
            profile: Smoke,
            catches: &["delete-ignored"],
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

pub(crate) async fn delete_removes(cx: &Cx) -> CheckResult {
    for ty in cx.types() {
        let object = cx.make(ty).await?;
        let deleted = cx.delete(&object).await?;
        cx.expect(deleted.success, "the answer of delete says success")?;
        let got = cx.get(&ty.key, &object.id, &object.namespace).await;
        cx.expect_error(ErrorCode::NotFound, got)?;
    }
    Ok(())
}
