//! What the suite itself demands: that it can mount the plugin and leave no trace.

use omniview_sdk::ErrorCode;

use crate::{Cx, check::CheckResult};

#[doc(hidden)]
#[macro_export]
macro_rules! __checks_suite {
    ([$($callback:tt)*] [$($args:tt)*]) => { $($callback)*! { [$($args)*] suite {
        mount_and_connect {
            id: "suite.mount-and-connect",
            requirement: "The plugin mounts, and the connection that the suite uses starts.",
            clauses: &["CFG-04", "CON-04", "CON-16"],
            profile: Smoke,
            catches: &["unhealthy-check", "check-fails", "loads-connection-twice", "list-forgets-stopped"],
        }
        clean_up {
            id: "suite.clean-up",
            requirement: "What the suite creates can be removed again.",
            clauses: &["OPS-08"],
            needs: &[Can(Create), Can(Get), Can(Delete), Samples],
            profile: Smoke,
            catches: &["delete-ignored"],
        }
    }}};
}

/// The check that fails where the plugin cannot be used at all.
pub(crate) const MOUNT_AND_CONNECT: &str = "suite.mount-and-connect";

/// The check that fails where another check has left something behind.
pub(crate) const CLEAN_UP: &str = "suite.clean-up";

pub(crate) async fn mount_and_connect(cx: &Cx) -> CheckResult {
    let provider = cx.provider();
    let status = provider
        .check_connection(&cx.ctx(), cx.connection())
        .await?;
    let what = format!("check_connection of {} says CONNECTED", cx.connection());
    cx.expect_as_seen(status.is_connected(), what, || {
        format!("it says {} {}", status.status, status.error)
            .trim_end()
            .to_owned()
    })
}

/// The runner adds what any other check of the run has left behind.
pub(crate) async fn clean_up(cx: &Cx) -> CheckResult {
    for ty in cx.types() {
        let object = cx.make(ty).await?;
        let deleted = cx.delete(&object).await;
        let what = format!(
            "delete of {} {}, which the suite created",
            ty.key, object.id
        );
        cx.expect_ok(what, deleted)?;
        let got = cx.get(&ty.key, &object.id, &object.namespace).await;
        cx.expect_error(ErrorCode::NotFound, got)?;
    }
    Ok(())
}
