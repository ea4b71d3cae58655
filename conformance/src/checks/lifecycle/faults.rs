//! Watches over a backend that refuses or fails.

use omniview_sdk::{WatchEvent, WatchState};

use super::resource::{ensure, is_running, restart};
use crate::{
    Cx, FaultKind, TypeUnderTest,
    check::CheckResult,
    checks::support::{each_watched, state_after, synced_after, told_of},
};

pub(crate) async fn refused_is_forbidden(cx: &Cx) -> CheckResult {
    each_watched(cx, |ty| async move {
        let mark = cx.mark();
        cx.inject(FaultKind::Forbidden, None).await?;
        // Whether the running attempt breaks off by itself is the backend's affair; a new one is refused.
        cx.given("a restart of the watch", restart(cx, ty).await)?;
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
    each_watched(cx, |ty| async move {
        let mark = cx.mark();
        cx.inject(FaultKind::Fail, None).await?;
        cx.given("a restart of the watch", restart(cx, ty).await)?;
        let event = state_after(cx, ty, mark, WatchState::Error).await?;
        has_code(cx, ty, &event)?;
        let what = format!("whether {} runs, which waits to be tried again", ty.key);
        cx.expect_eq(what, is_running(cx, ty).await?, true)?;
        let mark = cx.mark();
        cx.recover().await?;
        synced_after(cx, ty, mark).await?;
        let states: Vec<WatchState> = told_of(cx, ty, mark)
            .iter()
            .filter_map(|event| event.state())
            .collect();
        let what = format!("{} says Syncing for the attempt that succeeds", ty.key);
        Ok(cx.expect(states.contains(&WatchState::Syncing), what)?)
    })
    .await
}

fn has_code(cx: &Cx, ty: &TypeUnderTest, event: &WatchEvent) -> Result<(), crate::Halt> {
    let code = match event {
        WatchEvent::State(state) => state.error_code.clone(),
        _ => None,
    };
    let what = format!(
        "the state event of {} that says that something is wrong has a code",
        ty.key
    );
    cx.expect_some(what, code)?;
    Ok(())
}
