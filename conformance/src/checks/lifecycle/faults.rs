//! Watches over a backend that refuses or fails.

use omniview_sdk::{WatchEvent, WatchState};

use super::resource::{ensure, is_running, stop};
use crate::{
    Cx, FaultKind, TypeUnderTest,
    check::CheckResult,
    checks::support::{each_watched, state_after, synced_after, told_of},
};

pub(crate) async fn refused_is_forbidden(cx: &Cx) -> CheckResult {
    each_watched(cx, |ty| async move {
        // Whether a running attempt breaks off is the backend's affair; a new one is refused.
        cx.given("a stop of the watch", stop(cx, ty).await)?;
        cx.inject(FaultKind::Forbidden, None).await?;
        let mark = cx.mark();
        cx.given("a start of the watch", ensure(cx, ty).await)?;
        let event = state_after(cx, ty, mark, WatchState::Forbidden).await?;
        has_code(cx, ty, &event)?;
        let what = format!("whether {} runs, which is forbidden", ty.key);
        cx.expect_eq(what, is_running(cx, ty).await?, false)?;
        cx.recover().await?;
        let mark = cx.mark();
        cx.expect_ok(
            format!("ensure of the forbidden {}", ty.key),
            ensure(cx, ty).await,
        )?;
        synced_after(cx, ty, mark).await?;
        Ok(())
    })
    .await
}

pub(crate) async fn failure_is_retried(cx: &Cx) -> CheckResult {
    let watched = cx.watched_types().await?;
    for ty in &watched {
        cx.given("a stop of the watch", stop(cx, ty).await)?;
    }
    cx.inject(FaultKind::Fail, None).await?;
    for ty in &watched {
        let mark = cx.mark();
        cx.given("a start of the watch", ensure(cx, ty).await)?;
        let event = state_after(cx, ty, mark, WatchState::Error).await?;
        has_code(cx, ty, &event)?;
        let what = format!("whether {} runs, which waits to be tried again", ty.key);
        cx.expect_eq(what, is_running(cx, ty).await?, true)?;
    }
    let mark = cx.mark();
    cx.recover().await?;
    for ty in watched {
        synced_after(cx, ty, mark).await?;
        let states: Vec<WatchState> = told_of(cx, ty, mark)
            .iter()
            .filter_map(|event| event.state())
            .collect();
        let what = format!("{} says Syncing for the attempt that succeeds", ty.key);
        cx.expect_as_seen(states.contains(&WatchState::Syncing), what, || {
            let said: Vec<&str> = states.iter().map(|state| state.ui_name()).collect();
            format!("it says {}", said.join(", "))
        })?;
    }
    Ok(())
}

fn has_code(cx: &Cx, ty: &TypeUnderTest, event: &WatchEvent) -> Result<(), crate::Halt> {
    let code = match event {
        WatchEvent::State(state) => state.error_code.clone(),
        _ => None,
    };
    let what = format!(
        "the error code of the event that says that the watch of {} is {}",
        ty.key,
        event.state().map_or("", WatchState::ui_name)
    );
    cx.expect_some(what, code)?;
    Ok(())
}
