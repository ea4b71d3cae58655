//! Everybody changes connections at once, on two threads and in real time: what the virtual clock cannot show.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use omniview_sdk::*;
use rstest::rstest;
use tokio::{
    task::{JoinSet, yield_now},
    time::Duration,
};
use tokio_util::sync::CancellationToken;

use crate::yard::{Yard, specification};

const IDS: [&str; 8] = ["a", "b", "c", "d", "e", "f", "g", "h"];
const CALLERS: usize = 12;
const CALLS: usize = 250;

/// One call, chosen by its number; true if it was a deletion that succeeded.
async fn call(plugin: &dyn Provider, number: usize) -> bool {
    let ctx = CallContext::new();
    let id = ConnectionId::from(IDS[number % IDS.len()]);
    let key = ResourceKey::from("port::v1::Ship");
    let told = match number / IDS.len() % 10 {
        0..=2 => plugin.start_connection(&ctx, &id).await.map(drop),
        3 => plugin.stop_connection(&ctx, &id).await.map(drop),
        4 => {
            let changed = specification(&id, u32::try_from(number % 5).unwrap());
            plugin.update_connection(&ctx, changed).await.map(drop)
        }
        5 => return plugin.delete_connection(&ctx, &id).await.is_ok(),
        6 => plugin.load_connections(&ctx).await.map(drop),
        7 => plugin.restart_resource_watch(&ctx, &id, &key).await,
        8 => {
            // The deadline is one that every part of the work may meet.
            let ctx = ctx.with_timeout(Duration::from_micros(number as u64 % 400));
            let changed = specification(&id, u32::try_from(number % 7).unwrap());
            plugin.update_connection(&ctx, changed).await.map(drop)
        }
        _ => {
            // Whoever starts it goes away at once.
            let starting = plugin.start_connection(&ctx, &id);
            tokio::select! {
                told = starting => told.map(drop),
                () = yield_now() => Ok(()),
            }
        }
    };
    if let Err(error) = told {
        let expected = [
            "NOT_FOUND",
            "NOT_CONNECTED",
            "CANCELLED",
            "TIMEOUT",
            "CLOSED",
            "CONNECTION_UNCHANGED",
        ];
        assert!(expected.contains(&error.code().as_str()), "{error:?}");
    }
    false
}

/// Contract: CON-09, CON-10, CON-31, TYP-13, WAT-39
#[rstest]
#[case::by_close_at_the_end(CALLERS * CALLS)]
#[case::by_the_root_context_in_between(CALLERS * CALLS / 2)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_that_everybody_changes_at_once_lose_no_client_and_destroy_none_twice(
    #[case] calls_before_the_end: usize,
) {
    let (yard, _outside) = Yard::new(&IDS);
    let root = CancellationToken::new();
    let plugin = yard.build_under(&CallContext::new().with_cancellation(root.clone()));
    let done = Arc::new(AtomicUsize::new(0));
    let mut callers = JoinSet::new();
    for caller in 0..CALLERS {
        let (plugin, root, done) = (plugin.clone(), root.clone(), done.clone());
        callers.spawn(async move {
            let mut deleted = 0;
            for step in 0..CALLS {
                if done.fetch_add(1, Ordering::Relaxed) == calls_before_the_end {
                    root.cancel();
                }
                // Callers start apart and walk with different strides, so that every pair of calls meets.
                let number = caller * 31 + step * (2 * caller + 7);
                deleted += usize::from(call(&*plugin, number).await);
            }
            deleted
        });
    }
    let mut deleted = 0;
    while let Some(joined) = callers.join_next().await {
        deleted += joined.unwrap();
    }
    plugin.close().await.unwrap();
    yard.assert_settled();
    yard.books(|books| {
        assert!(
            books.created.len() > IDS.len(),
            "{} clients",
            books.created.len()
        );
        assert!(deleted > 0);
        match calls_before_the_end < CALLERS * CALLS {
            // One that was under way at the end may have been told without its caller.
            true => assert!(books.removed.len() >= deleted),
            false => assert_eq!(books.removed.len(), deleted, "each removal is told once"),
        }
    });
}
