//! Random calls that overlap: whatever their order, no client is lost, destroyed twice, or used after its end.

use std::time::Duration;

use omniview_sdk::*;
use proptest::prelude::*;
use tokio::{
    runtime::Handle,
    task::JoinSet,
    time::{Instant, sleep, sleep_until},
};
use tokio_util::sync::CancellationToken;

use crate::yard::{NOBODY_WAITS, Outside, Yard, specification};

#[derive(Debug, Clone)]
enum Call {
    Start(&'static str),
    StartWithin(&'static str, u64),
    StartAndLeave(&'static str, u64),
    Stop(&'static str),
    Update(&'static str, u32),
    Delete(&'static str),
    Load,
    Outside(Vec<(&'static str, u32)>),
    Check(&'static str),
    Ensure(&'static str),
    StopWatch(&'static str),
    StartWatch(&'static str),
    Sicken,
    Heal,
}

const IDS: [&str; 3] = ["a", "b", "c"];

/// How the plugin ends while calls are under way.
#[derive(Debug, Clone, Copy)]
enum Ending {
    Close,
    /// By its root context.
    Root,
    /// By nothing but that nobody holds it any longer.
    Drop,
}

/// How long plugin code takes, which may be longer than anybody waits.
fn millis_or_for_ever() -> impl Strategy<Value = Duration> {
    prop_oneof![
        5 => (0..50_u64).prop_map(Duration::from_millis),
        1 => Just(NOBODY_WAITS * 60),
    ]
}

fn id() -> impl Strategy<Value = &'static str> {
    prop::sample::select(&IDS[..])
}

fn call() -> impl Strategy<Value = Call> {
    prop_oneof![
        6 => id().prop_map(Call::Start),
        2 => (id(), 0..40_u64).prop_map(|(id, ms)| Call::StartWithin(id, ms)),
        2 => (id(), 0..40_u64).prop_map(|(id, ms)| Call::StartAndLeave(id, ms)),
        4 => id().prop_map(Call::Stop),
        3 => (id(), 0..3_u32).prop_map(|(id, revision)| Call::Update(id, revision)),
        2 => id().prop_map(Call::Delete),
        1 => Just(Call::Load),
        2 => prop::collection::btree_map(id(), 0..3_u32, 0..4)
            .prop_map(|map| Call::Outside(map.into_iter().collect())),
        2 => id().prop_map(Call::Check),
        1 => id().prop_map(Call::Ensure),
        1 => id().prop_map(Call::StopWatch),
        1 => id().prop_map(Call::StartWatch),
        1 => Just(Call::Sicken),
        1 => Just(Call::Heal),
    ]
}

async fn perform(
    plugin: &dyn Provider,
    ctx: &CallContext,
    yard: &Yard,
    call: Call,
    outside: &Outside,
) {
    let key = ResourceKey::from("port::v1::Ship");
    let told = match call {
        Call::Start(id) => plugin.start_connection(ctx, &id.into()).await.map(Some),
        Call::StartWithin(id, ms) => {
            let own = Instant::now() + Duration::from_millis(ms);
            let ctx = ctx
                .clone()
                .with_deadline(ctx.deadline().map_or(own, |deadline| deadline.min(own)));
            plugin.start_connection(&ctx, &id.into()).await.map(Some)
        }
        Call::StartAndLeave(id, ms) => {
            let (id, wait) = (id.into(), Duration::from_millis(ms));
            let start = plugin.start_connection(ctx, &id);
            let _ = tokio::time::timeout(wait, start).await;
            Ok(None)
        }
        Call::Stop(id) => plugin.stop_connection(ctx, &id.into()).await.map(|_| None),
        Call::Update(id, revision) => plugin
            .update_connection(ctx, specification(id, revision))
            .await
            .map(Some),
        Call::Delete(id) => plugin
            .delete_connection(ctx, &id.into())
            .await
            .map(|()| None),
        Call::Load => plugin.load_connections(ctx).await.map(|_| None),
        Call::Outside(specifications) => {
            let _ = outside.send(
                specifications
                    .into_iter()
                    .map(|(id, revision)| specification(id, revision))
                    .collect(),
            );
            Ok(None)
        }
        Call::Check(id) => plugin.check_connection(ctx, &id.into()).await.map(|_| None),
        Call::Ensure(id) => plugin
            .ensure_resource_watch(ctx, &id.into(), &key)
            .await
            .map(|()| None),
        Call::StopWatch(id) => plugin
            .stop_connection_watch(ctx, &id.into())
            .await
            .map(|()| None),
        Call::StartWatch(id) => plugin
            .start_connection_watch(ctx, &id.into())
            .await
            .map(|()| None),
        Call::Sicken | Call::Heal => {
            yard.books(|books| books.healthy = matches!(call, Call::Heal));
            Ok(None)
        }
    };
    let _ = told;
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    /// Contract: CON-09, CON-31
    #[test]
    fn overlapping_calls_leave_every_client_destroyed_exactly_once(
        program in prop::collection::vec((0..60_u64, call()), 1..40),
        create_takes in prop::collection::vec(0..50_u64, 0..20),
        destroy_takes in prop::collection::vec(0..50_u64, 0..20),
        linger in prop::collection::vec(0..50_u64, 0..20),
        fail_creates in 0..3_usize,
        fail_destroys in 0..3_usize,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        runtime.block_on(async {
            let (yard, outside) = Yard::new(&IDS);
            yard.books(|books| {
                let millis = |times: &[u64]| times.iter().copied().map(Duration::from_millis).collect();
                books.create_takes = millis(&create_takes);
                books.destroy_takes = millis(&destroy_takes);
                books.linger = millis(&linger);
                books.fail_creates = fail_creates;
                books.fail_destroys = fail_destroys;
            });
            let plugin = yard.build();
            let began = Instant::now();
            let mut running = JoinSet::new();
            let mut at = 0;
            for (delay, call) in program {
                at += delay;
                let (plugin, yard, outside) = (plugin.clone(), yard.clone(), outside.clone());
                let due = began + Duration::from_millis(at);
                running.spawn(async move {
                    sleep_until(due).await;
                    perform(&*plugin, &CallContext::new(), &yard, call, &outside).await;
                });
            }
            while let Some(done) = running.join_next().await {
                done.unwrap();
            }
            plugin.close().await.unwrap();
            yard.assert_settled();
        });
    }

    /// Contract: OPS-14, OPS-16, CON-09, CON-31
    #[test]
    fn no_call_outlasts_its_deadline_and_no_client_its_plugin_whatever_hangs(
        program in prop::collection::vec((0..60_u64, 0..80_u64, call()), 1..40),
        create_takes in prop::collection::vec(millis_or_for_ever(), 0..20),
        destroy_takes in prop::collection::vec(millis_or_for_ever(), 0..20),
        discover_takes in prop::collection::vec(millis_or_for_ever(), 0..20),
        linger in prop::collection::vec(millis_or_for_ever(), 0..20),
        fail_destroys in 0..3_usize,
        ends_after in 0..3_000_u64,
        ending in prop::sample::select(&[Ending::Close, Ending::Root, Ending::Drop][..]),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        runtime.block_on(async {
            let (yard, outside) = Yard::new(&IDS);
            yard.books(|books| {
                books.create_takes = create_takes;
                books.destroy_takes = destroy_takes;
                books.discover_takes = discover_takes;
                books.linger = match ending {
                    // `close` has one grace period for watches and clients together.
                    Ending::Close => Vec::new(),
                    Ending::Root | Ending::Drop => linger,
                };
                books.fail_destroys = fail_destroys;
            });
            let root = CancellationToken::new();
            let plugin = yard.build_under(&CallContext::new().with_cancellation(root.clone()));
            let began = Instant::now();
            let mut running = JoinSet::new();
            let mut at = 0;
            for (number, (delay, patience, call)) in program.into_iter().enumerate() {
                at += delay;
                let (plugin, yard, outside) = (plugin.clone(), yard.clone(), outside.clone());
                let due = began + Duration::from_millis(at);
                running.spawn(async move {
                    sleep_until(due).await;
                    let deadline = due + Duration::from_millis(patience);
                    let ctx = CallContext::new();
                    if number % 2 == 0 {
                        let ctx = ctx.with_deadline(deadline);
                        perform(&*plugin, &ctx, &yard, call, &outside).await;
                    } else {
                        let token = CancellationToken::new();
                        let ctx = ctx.with_cancellation(token.clone());
                        let taking_back = async {
                            sleep_until(deadline).await;
                            token.cancel();
                        };
                        tokio::join!(perform(&*plugin, &ctx, &yard, call.clone(), &outside), taking_back);
                    }
                    (Instant::now(), deadline)
                });
            }
            sleep_until(began + Duration::from_millis(ends_after)).await;
            match ending {
                Ending::Close => plugin.close().await.unwrap(),
                Ending::Root => root.cancel(),
                Ending::Drop => {}
            }
            while let Some(done) = running.join_next().await {
                let (ended, deadline) = done.unwrap();
                assert!(ended <= deadline, "a call took {:?} too long", ended - deadline);
            }
            drop(plugin);
            // The grace of the watches, twice for one that is being stopped, and that of the clients.
            sleep(Duration::from_secs(20)).await;
            assert_eq!(Handle::current().metrics().num_alive_tasks(), 0);
            yard.assert_settled();
        });
    }
}
