//! Random programs of operations; see [`model`](crate::model).

use crate::{Cx, check::CheckResult};

#[doc(hidden)]
#[macro_export]
macro_rules! __checks_model {
    ([$($callback:tt)*] [$($args:tt)*]) => { $($callback)*! { [$($args)*] model {
        random_programs {
            id: "model.random-programs",
            requirement: "Whatever the order of operations, each answers what a map of the objects would.",
            clauses: &["CON-13", "OPS-03", "OPS-05", "OPS-07", "OPS-08", "OPS-11", "OPS-12", "PAG-04"],
            needs: &[Can(Create), Can(Get), Can(Delete), Samples],
            profile: Full,
            limit: std::time::Duration::from_secs(30),
            catches: &[
                "stale-get",
                "get-missing-succeeds",
                "get-missing-internal",
                "get-ignores-namespace",
                "create-accepts-duplicates",
                "create-ignored",
                "update-ignored",
                "update-creates-missing",
                "delete-ignored",
                "delete-missing-succeeds",
                "page-overlap",
                "page-size-ignored",
                "namespace-filter-ignored",
                "destroy-fails",
            ],
        }
    }}};
}

pub(crate) async fn random_programs(cx: &Cx) -> CheckResult {
    crate::model::random_programs(cx).await
}
