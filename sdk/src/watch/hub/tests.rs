//! Delivery, with listeners that are slow, stuck, leave, panic and re-enter.

use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::time::{Duration, sleep};

use super::*;
use crate::{ErrorCode, Json, WatchAddPayload};

/// Keeps the ids of what it got; may wait, or panic at one of them.
#[derive(Default)]
struct Ids {
    seen: Mutex<Vec<String>>,
    pause: Option<Duration>,
    panic_at: Option<&'static str>,
    running: Arc<AtomicUsize>,
}

impl Ids {
    fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }
}

impl WatchEventSink for Ids {
    fn on_event(&self, event: Arc<WatchEvent>) -> Delivery {
        let id = event.id().unwrap_or_default().to_owned();
        assert_ne!(Some(id.as_str()), self.panic_at, "planted panic");
        assert_eq!(
            self.running.fetch_add(1, Ordering::SeqCst),
            0,
            "two callbacks at once"
        );
        self.seen.lock().unwrap().push(id);
        let running = self.running.clone();
        match self.pause {
            None => {
                running.fetch_sub(1, Ordering::SeqCst);
                Delivery::Done
            }
            Some(pause) => Delivery::wait(async move {
                sleep(pause).await;
                running.fetch_sub(1, Ordering::SeqCst);
            }),
        }
    }
}

fn event(id: usize) -> WatchEvent {
    WatchEvent::Add(WatchAddPayload::new(id.to_string(), "", Json::null()))
}

fn ids(range: std::ops::Range<usize>) -> Vec<String> {
    range.map(|id| id.to_string()).collect()
}

/// Emits as a feed does: at once if there is room, else when there is.
async fn send(
    hub: &Hub,
    event: WatchEvent,
    cancel: &CancellationToken,
) -> std::result::Result<(), SinkClosed> {
    match hub.offer(Arc::new(event), |_| Admission::Deliver) {
        Offer::Over(result) => result,
        Offer::NoRoom(event) => {
            hub.offer_when_room(event, cancel, |_| Admission::Deliver)
                .await
        }
    }
}

async fn emit(hub: &Hub, range: std::ops::Range<usize>) {
    let never = CancellationToken::new();
    for id in range {
        send(hub, event(id), &never).await.unwrap();
    }
}

fn listen(hub: &Arc<Hub>, sink: &Arc<Ids>) -> (CancellationToken, task::JoinHandle<Result<()>>) {
    let stop = CancellationToken::new();
    let ctx = CallContext::new().with_cancellation(stop.clone());
    let (hub, sink) = (hub.clone(), sink.clone());
    let task = tokio::spawn(async move { hub.listen(&ctx, sink).await });
    (stop, task)
}

/// Contract: WAT-11
#[tokio::test(start_paused = true)]
async fn what_nobody_heard_waits_for_the_first_listener_in_order() {
    let hub = Arc::new(Hub::new(4, 100));
    emit(&hub, 0..50).await;
    let sink = Arc::new(Ids::default());
    let (stop, task) = listen(&hub, &sink);
    hub.flush(Duration::from_secs(1)).await;
    emit(&hub, 50..60).await;
    sleep(Duration::from_secs(1)).await;
    assert_eq!(sink.seen(), ids(0..60));
    stop.cancel();
    task.await.unwrap().unwrap();
}

/// Contract: WAT-11, SNK-02
#[tokio::test(start_paused = true)]
async fn what_a_leaving_listener_did_not_take_waits_for_the_next() {
    let hub = Arc::new(Hub::new(100, 100));
    let slow = Arc::new(Ids {
        pause: Some(Duration::from_secs(1)),
        ..Ids::default()
    });
    let (stop, task) = listen(&hub, &slow);
    emit(&hub, 0..10).await;
    sleep(Duration::from_millis(2500)).await;
    stop.cancel();
    task.await.unwrap().unwrap();
    emit(&hub, 10..12).await;
    let next = Arc::new(Ids::default());
    let (stop, task) = listen(&hub, &next);
    sleep(Duration::from_secs(1)).await;
    let heard = [slow.seen(), next.seen()].concat();
    assert_eq!(heard, ids(0..12));
    stop.cancel();
    task.await.unwrap().unwrap();
}

/// Contract: WAT-11, SNK-14
#[tokio::test(start_paused = true)]
async fn a_second_listener_gets_what_is_emitted_from_its_attachment_on() {
    let hub = Arc::new(Hub::new(100, 100));
    let (first, second) = (Arc::new(Ids::default()), Arc::new(Ids::default()));
    let (stop_first, task_first) = listen(&hub, &first);
    sleep(Duration::from_secs(1)).await;
    emit(&hub, 0..3).await;
    let (stop_second, task_second) = listen(&hub, &second);
    sleep(Duration::from_secs(1)).await;
    emit(&hub, 3..6).await;
    sleep(Duration::from_secs(1)).await;
    assert_eq!(first.seen(), ids(0..6));
    assert_eq!(second.seen(), ids(3..6));
    stop_first.cancel();
    stop_second.cancel();
    task_first.await.unwrap().unwrap();
    task_second.await.unwrap().unwrap();
}

/// Contract: WAT-11
#[tokio::test(start_paused = true)]
async fn a_full_buffer_makes_the_emitter_wait_and_loses_nothing() {
    let hub = Arc::new(Hub::new(4, 8));
    let emitter = {
        let hub = hub.clone();
        tokio::spawn(async move { emit(&hub, 0..100).await })
    };
    sleep(Duration::from_secs(60)).await;
    assert!(!emitter.is_finished());
    assert_eq!(hub.lock().buffer.len(), 8);
    let sink = Arc::new(Ids::default());
    let (stop, task) = listen(&hub, &sink);
    emitter.await.unwrap();
    hub.flush(Duration::from_secs(1)).await;
    assert_eq!(sink.seen(), ids(0..100));
    stop.cancel();
    task.await.unwrap().unwrap();
}

/// Contract: SNK-02
#[tokio::test(start_paused = true)]
async fn a_slow_listener_slows_the_emitter_and_a_cancelled_one_stops_waiting() {
    let hub = Arc::new(Hub::new(2, 8));
    let slow = Arc::new(Ids {
        pause: Some(Duration::from_secs(3600)),
        ..Ids::default()
    });
    let (stop, task) = listen(&hub, &slow);
    sleep(Duration::from_secs(1)).await;
    let cancel = CancellationToken::new();
    let emitter = {
        let (hub, cancel) = (hub.clone(), cancel.clone());
        tokio::spawn(async move {
            let mut emitted = 0;
            loop {
                let sent = send(&hub, event(emitted), &cancel).await;
                if sent == Err(SinkClosed) {
                    return emitted;
                }
                emitted += 1;
            }
        })
    };
    sleep(Duration::from_secs(1)).await;
    assert!(!emitter.is_finished());
    cancel.cancel();
    let emitted = emitter.await.unwrap();
    assert!(emitted <= 4, "{emitted} events for a queue of 2");
    stop.cancel();
    task.await.unwrap().unwrap();
}

/// Contract: SNK-02, SNK-14
#[tokio::test(start_paused = true)]
async fn a_panicking_listener_is_detached_and_the_others_go_on() {
    let hub = Arc::new(Hub::new(100, 100));
    let bad = Arc::new(Ids {
        panic_at: Some("1"),
        ..Ids::default()
    });
    let good = Arc::new(Ids::default());
    let (_stop_bad, task_bad) = listen(&hub, &bad);
    let (stop_good, task_good) = listen(&hub, &good);
    sleep(Duration::from_secs(1)).await;
    emit(&hub, 0..4).await;
    let error = task_bad.await.unwrap().unwrap_err();
    assert_eq!(*error.code(), ErrorCode::Internal);
    assert!(error.message().contains("planted panic"), "{error}");
    emit(&hub, 4..6).await;
    hub.flush(Duration::from_secs(1)).await;
    assert_eq!(good.seen(), ids(0..6));
    stop_good.cancel();
    task_good.await.unwrap().unwrap();
}

#[tokio::test(start_paused = true)]
async fn flushing_gives_a_stuck_listener_no_more_than_the_grace() {
    let hub = Arc::new(Hub::new(100, 100));
    let stuck = Arc::new(Ids {
        pause: Some(Duration::from_secs(3600)),
        ..Ids::default()
    });
    let (stop, task) = listen(&hub, &stuck);
    sleep(Duration::from_secs(1)).await;
    emit(&hub, 0..2).await;
    let before = tokio::time::Instant::now();
    hub.flush(Duration::from_secs(5)).await;
    assert_eq!(before.elapsed(), Duration::from_secs(5));
    stop.cancel();
    task.await.unwrap().unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_listener_that_flushes_from_its_callback_does_not_wait_for_itself() {
    struct Reenters(Arc<Hub>, Arc<AtomicUsize>);
    impl WatchEventSink for Reenters {
        fn on_event(&self, _: Arc<WatchEvent>) -> Delivery {
            let (hub, done) = (self.0.clone(), self.1.clone());
            Delivery::wait(async move {
                hub.flush(Duration::from_secs(5)).await;
                done.fetch_add(1, Ordering::SeqCst);
            })
        }
    }
    let hub = Arc::new(Hub::new(100, 100));
    let done = Arc::new(AtomicUsize::new(0));
    let stop = CancellationToken::new();
    let ctx = CallContext::new().with_cancellation(stop.clone());
    let (listening, sink) = (hub.clone(), Arc::new(Reenters(hub.clone(), done.clone())));
    let task = tokio::spawn(async move { listening.listen(&ctx, sink).await });
    sleep(Duration::from_secs(1)).await;
    emit(&hub, 0..3).await;
    sleep(Duration::from_millis(1)).await;
    assert_eq!(done.load(Ordering::SeqCst), 3);
    stop.cancel();
    task.await.unwrap().unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_closed_hub_ends_its_listeners_and_refuses_everything() {
    let hub = Arc::new(Hub::new(100, 1));
    let sink = Arc::new(Ids::default());
    let (_stop, task) = listen(&hub, &sink);
    sleep(Duration::from_secs(1)).await;
    hub.close();
    assert_eq!(*task.await.unwrap().unwrap_err().code(), ErrorCode::Closed);
    let (_stop, task) = listen(&hub, &sink);
    assert_eq!(*task.await.unwrap().unwrap_err().code(), ErrorCode::Closed);
    let never = CancellationToken::new();
    let refused = send(&hub, event(0), &never).await;
    assert_eq!(refused, Err(SinkClosed));
}
