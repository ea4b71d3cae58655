//! The watch of one type: ensure, stop, restart.

use std::sync::{Mutex, PoisonError};

use futures_util::future::join_all;
use omniview_sdk::{ErrorCode, WatchEvent, WatchState};
use tokio::time::timeout;

use crate::{
    Cx, Halt, TypeUnderTest,
    check::CheckResult,
    checks::support::{
        Id, Stop, a_while, concerns, each, each_of, each_watched, is_add, make_in_sight,
        no_state_told, object_of, prerequisite, state_after, synced_after, told, told_of,
    },
};

pub(crate) async fn ensure_is_idempotent(cx: &Cx) -> CheckResult {
    let watched = cx.watched_types().await?;
    let mark = cx.mark();
    for ty in &watched {
        for _ in 0..2 {
            let ensured = ensure(cx, ty).await;
            cx.expect_ok(format!("ensure of the running {}", ty.key), ensured)?;
        }
    }
    no_state_told(cx, &watched, mark, "ensuring a watch that runs").await?;
    for ty in watched {
        running(cx, ty, true).await?;
    }
    Ok(())
}

pub(crate) async fn ensure_at_once_is_one_watch(cx: &Cx) -> CheckResult {
    const CALLS: usize = 8;
    let watched = cx.watched_types().await?;
    let mark = cx.mark();
    for ty in &watched {
        let stopped = stopped(cx, ty).await?;
        let calls = (0..CALLS).map(|_| ensure(cx, ty));
        for ensured in join_all(calls).await {
            cx.expect_ok(format!("ensure of {}", ty.key), ensured)?;
        }
        synced_after(cx, ty, stopped).await?;
    }
    tokio::time::sleep(a_while(cx)).await;
    for ty in &watched {
        let events = told_of(cx, ty, mark);
        let attempts = events
            .iter()
            .filter(|event| event.state() == Some(WatchState::Syncing));
        let what = format!(
            "the attempts that {CALLS} calls at once start for {}",
            ty.key
        );
        cx.expect_eq(what, attempts.count(), 1)?;
    }
    Ok(())
}

pub(crate) async fn ensure_revives_stopped(cx: &Cx) -> CheckResult {
    each_watched(cx, |ty| async move {
        let mark = stopped(cx, ty).await?;
        let ensured = ensure(cx, ty).await;
        cx.expect_ok(format!("ensure of the stopped {}", ty.key), ensured)?;
        state_after(cx, ty, mark, WatchState::Syncing).await?;
        synced_after(cx, ty, mark).await?;
        Ok(running(cx, ty, true).await?)
    })
    .await
}

pub(crate) async fn stop_is_told(cx: &Cx) -> CheckResult {
    each_watched(cx, |ty| async move {
        let mark = cx.mark();
        cx.expect_ok(format!("stop of {}", ty.key), stop(cx, ty).await)?;
        state_after(cx, ty, mark, WatchState::Stopped).await?;
        running(cx, ty, false).await?;
        let state = cx
            .provider()
            .get_watch_state(&cx.ctx(), cx.connection())
            .await?;
        let state = state.resources.get(&ty.key).copied();
        Ok(cx.expect_eq(
            format!("the state of {}", ty.key),
            state,
            Some(WatchState::Stopped),
        )?)
    })
    .await
}

pub(crate) async fn stop_is_obeyed(cx: &Cx) -> CheckResult {
    each_watched(cx, |ty| async move {
        let ended = timeout(cx.patience(), stop(cx, ty)).await;
        let Ok(stopped) = ended else {
            return Err(Stop::Halt(Halt::failed(
                format!("the watch of {} ends when it is stopped", ty.key),
                format!("an end within {:?}", cx.patience()),
                "it still runs",
            )));
        };
        cx.expect_ok(format!("stop of {}", ty.key), stopped)?;
        Ok(())
    })
    .await
}

pub(crate) async fn stop_is_the_end(cx: &Cx) -> CheckResult {
    let watched = cx.watched_types().await?;
    for ty in &watched {
        stopped(cx, ty).await?;
    }
    let mark = cx.mark();
    each_of(&watched, |ty| async move {
        make_in_sight(cx, ty).await?;
        Ok(())
    })
    .await?;
    let any = |event: &WatchEvent| watched.iter().any(|ty| concerns(cx, ty, event));
    let what = format!(
        "nothing is told on {} of types whose watches were stopped",
        cx.connection()
    );
    cx.expect_silence(mark, a_while(cx), what, any).await
}

pub(crate) async fn stop_spares_others(cx: &Cx) -> CheckResult {
    let watched = cx.watched_types().await?;
    let [first, others @ ..] = watched.as_slice() else {
        return Err(Halt::NotApplicable("a watched type".to_owned()));
    };
    if others.is_empty() {
        return Err(Halt::NotApplicable("two types that are watched".to_owned()));
    }
    let mark = cx.mark();
    cx.given("a stop of the watch", stop(cx, first).await)?;
    let what = format!("stopping {}, for the other types,", first.key);
    no_state_told(cx, others, mark, &what).await?;
    for ty in others {
        let running = is_running(cx, ty).await?;
        let what = format!("{} is watched after {} was stopped", ty.key, first.key);
        cx.expect(running, what)?;
    }
    Ok(())
}

pub(crate) async fn stop_of_stopped_is_harmless(cx: &Cx) -> CheckResult {
    let watched = cx.watched_types().await?;
    for ty in &watched {
        stopped(cx, ty).await?;
    }
    let mark = cx.mark();
    for ty in &watched {
        let again = stop(cx, ty).await;
        cx.expect_ok(format!("stop of the stopped {}", ty.key), again)?;
    }
    no_state_told(cx, &watched, mark, "stopping a stopped watch").await
}

pub(crate) async fn restart_syncs_again(cx: &Cx) -> CheckResult {
    // It is about how a watch comes to Synced, and cannot take that for granted.
    cx.listen().await;
    each(cx, |ty| async move {
        match ensure(cx, ty).await {
            Err(error) if *error.code() == ErrorCode::Unsupported => {
                return Err(Stop::Undeclared("it is never watched".to_owned()));
            }
            ensured => cx.given("a watch", ensured)?,
        }
        // A watch that never syncs is restarted as well; only where it does, the old Synced must not be on its way.
        let _ = synced_after(cx, ty, 0).await;
        let mark = cx.mark();
        cx.expect_ok(format!("restart of {}", ty.key), restart(cx, ty).await)?;
        state_after(cx, ty, mark, WatchState::Stopped).await?;
        synced_after(cx, ty, mark).await?;
        let events = told_of(cx, ty, mark);
        let states: Vec<WatchState> = events.iter().filter_map(|event| event.state()).collect();
        let from = states
            .iter()
            .position(|state| *state == WatchState::Stopped)
            .unwrap_or_default();
        let expected = [WatchState::Stopped, WatchState::Syncing, WatchState::Synced];
        let what = format!("the states of the restarted {}", ty.key);
        let to = states.len().min(from + expected.len());
        Ok(cx.expect_eq(what, &states[from..to], &expected[..])?)
    })
    .await
}

pub(crate) async fn restart_goes_on_telling(cx: &Cx) -> CheckResult {
    let made = Mutex::new(Vec::new());
    each_watched(cx, |ty| {
        let made = &made;
        async move {
            let mark = cx.mark();
            cx.given("a restart of the watch", restart(cx, ty).await)?;
            prerequisite(synced_after(cx, ty, mark).await)?;
            let mark = cx.mark();
            let object = make_in_sight(cx, ty).await?;
            let id = Id::from(&object);
            told(cx, ty, mark, "an add", &id, is_add).await?;
            made.lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push((ty, id));
            Ok(())
        }
    })
    .await?;
    tokio::time::sleep(a_while(cx)).await;
    for (ty, id) in made.into_inner().unwrap_or_else(PoisonError::into_inner) {
        let events = told_of(cx, ty, 0);
        let adds = events
            .iter()
            .filter(|event| is_add(event) && object_of(event).as_ref() == Some(&id));
        let what = format!("the adds of {} {id} after a restart", ty.key);
        cx.expect_eq(what, adds.count(), 1)?;
    }
    Ok(())
}

pub(super) async fn ensure(cx: &Cx, ty: &TypeUnderTest) -> omniview_sdk::Result<()> {
    cx.provider()
        .ensure_resource_watch(&cx.ctx(), cx.connection(), &ty.key)
        .await
}

pub(super) async fn stop(cx: &Cx, ty: &TypeUnderTest) -> omniview_sdk::Result<()> {
    cx.provider()
        .stop_resource_watch(&cx.ctx(), cx.connection(), &ty.key)
        .await
}

pub(super) async fn restart(cx: &Cx, ty: &TypeUnderTest) -> omniview_sdk::Result<()> {
    cx.provider()
        .restart_resource_watch(&cx.ctx(), cx.connection(), &ty.key)
        .await
}

pub(super) async fn is_running(cx: &Cx, ty: &TypeUnderTest) -> omniview_sdk::Result<bool> {
    cx.provider()
        .is_resource_watch_running(&cx.ctx(), cx.connection(), &ty.key)
        .await
}

/// Stops a watch; what happens from the mark on comes after its Stopped.
async fn stopped(cx: &Cx, ty: &TypeUnderTest) -> Result<u64, Halt> {
    let mark = cx.mark();
    cx.given("a stop of the watch", stop(cx, ty).await)?;
    prerequisite(state_after(cx, ty, mark, WatchState::Stopped).await)?;
    Ok(cx.mark())
}

async fn running(cx: &Cx, ty: &TypeUnderTest, expected: bool) -> Result<(), Halt> {
    let what = format!("whether the watch of {} runs", ty.key);
    cx.expect_eq(what, is_running(cx, ty).await?, expected)
}
