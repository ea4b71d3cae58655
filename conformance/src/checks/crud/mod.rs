//! Create, get, update and delete.

mod objects;
mod removal;

pub(crate) use objects::*;
pub(crate) use removal::*;

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
