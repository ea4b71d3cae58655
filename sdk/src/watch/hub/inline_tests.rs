//! Delivery by the emitter itself: what it may do without a queue, and when it must not.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use rstest::rstest;
use tokio::{
    task::{JoinHandle, JoinSet, yield_now},
    time::{Duration, sleep},
};

use super::*;
use crate::{ErrorCode, Json, ResourceId, WatchAddPayload};

type Answer = Box<dyn Fn(&str) -> Delivery + Send + Sync>;

/// Keeps the ids of what it got, notices callbacks that overlap, and answers as a test says.
struct Ear {
    heard: Mutex<Vec<String>>,
    busy: Arc<AtomicBool>,
    overlaps: Arc<AtomicUsize>,
    answer: Answer,
}

impl Ear {
    fn new(answer: impl Fn(&str) -> Delivery + Send + Sync + 'static) -> Arc<Self> {
        Arc::new(Self {
            heard: Mutex::default(),
            busy: Arc::default(),
            overlaps: Arc::default(),
            answer: Box::new(answer),
        })
    }

    fn quick() -> Arc<Self> {
        Self::new(|_| Delivery::Done)
    }

    fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }
}

impl WatchEventSink for Ear {
    fn on_event(&self, event: Arc<WatchEvent>) -> Delivery {
        if self.busy.swap(true, Ordering::SeqCst) {
            self.overlaps.fetch_add(1, Ordering::SeqCst);
        }
        let id = event.id().unwrap_or_default().to_owned();
        self.heard.lock().unwrap().push(id.clone());
        match (self.answer)(&id) {
            Delivery::Done => {
                self.busy.store(false, Ordering::SeqCst);
                Delivery::Done
            }
            Delivery::Wait(work) => {
                let busy = self.busy.clone();
                Delivery::wait(async move {
                    work.await;
                    busy.store(false, Ordering::SeqCst);
                })
            }
        }
    }
}

fn event(id: impl Into<ResourceId>) -> Arc<WatchEvent> {
    let payload = WatchAddPayload::new(id, "", Json::null());
    Arc::new(WatchEvent::Add(payload))
}

/// Emits at once; false when there was no room.
fn offer(hub: &Hub, id: impl Into<ResourceId>) -> bool {
    match hub.offer(event(id), |_| Admission::Deliver) {
        Offer::Over(result) => {
            result.unwrap();
            true
        }
        Offer::NoRoom(_) => false,
    }
}

async fn emit(hub: &Hub, id: String) {
    if let Offer::NoRoom(event) = hub.offer(event(id), |_| Admission::Deliver) {
        let never = CancellationToken::new();
        hub.offer_when_room(event, &never, |_| Admission::Deliver)
            .await
            .unwrap();
    }
}

struct Attached {
    stop: CancellationToken,
    task: JoinHandle<Result<()>>,
}

impl Attached {
    async fn to(hub: &Arc<Hub>, ear: Arc<dyn WatchEventSink>) -> Self {
        let stop = CancellationToken::new();
        let ctx = CallContext::new().with_cancellation(stop.clone());
        let before = hub.lock().next_id;
        let listening = hub.clone();
        let task = tokio::spawn(async move { listening.listen(&ctx, ear).await });
        while hub.lock().next_id == before {
            yield_now().await;
        }
        Self { stop, task }
    }

    async fn leave(self) -> Result<()> {
        self.stop.cancel();
        self.task.await.unwrap()
    }
}

fn numbers(range: std::ops::Range<usize>) -> Vec<String> {
    range.map(|number| number.to_string()).collect()
}

#[tokio::test(start_paused = true)]
async fn a_ready_listener_has_the_event_before_the_emission_returns() {
    let hub = Arc::new(Hub::new(4, 4));
    let ears = [Ear::quick(), Ear::quick(), Ear::quick()];
    let mut attached = Vec::new();
    for ear in &ears {
        attached.push(Attached::to(&hub, ear.clone()).await);
    }
    // More than a queue has room for, without a chance for any other task to run.
    for number in 0..100 {
        assert!(offer(&hub, number.to_string()));
    }
    for ear in &ears {
        assert_eq!(ear.heard(), numbers(0..100));
    }
    for one in attached {
        one.leave().await.unwrap();
    }
}

/// Contract: SNK-02, SNK-03
#[tokio::test(start_paused = true)]
async fn an_emitter_delivers_a_few_of_the_events_that_were_queued_while_it_called_and_leaves_the_rest()
 {
    let hub = Arc::new(Hub::new(8, 8));
    let emitting = hub.clone();
    // Every event brings another one, forty in all.
    let ear = Ear::new(move |id| {
        let next = id.parse::<usize>().unwrap() + 1;
        if next < 40 {
            assert!(offer(&emitting, next.to_string()));
        }
        Delivery::Done
    });
    let attached = Attached::to(&hub, ear.clone()).await;
    assert!(offer(&hub, "0"));
    assert_eq!(ear.heard(), numbers(0..1 + BESIDE), "no other task ran");
    hub.flush(Duration::from_secs(1)).await;
    assert_eq!(ear.heard(), numbers(0..40));
    assert_eq!(ear.overlaps.load(Ordering::SeqCst), 0);
    attached.leave().await.unwrap();
}

/// Contract: SNK-02, SNK-03
#[tokio::test(start_paused = true)]
async fn what_is_emitted_from_inside_a_callback_follows_that_callback() {
    let hub = Arc::new(Hub::new(100, 100));
    let inner = hub.clone();
    let ear = Ear::new(move |id| {
        if id == "0" {
            // No lock is held here, or this would not return.
            assert!(offer(&inner, "1"));
            inner.push(|| ((), vec![WatchEvent::clone(&event("2"))]));
        }
        Delivery::Done
    });
    let attached = Attached::to(&hub, ear.clone()).await;
    assert!(offer(&hub, "0"));
    assert_eq!(ear.heard(), numbers(0..3));
    assert!(offer(&hub, "3"));
    hub.flush(Duration::from_secs(1)).await;
    assert_eq!(ear.heard(), numbers(0..4));
    assert_eq!(ear.overlaps.load(Ordering::SeqCst), 0);
    attached.leave().await.unwrap();
}

/// Contract: SNK-02
#[tokio::test(start_paused = true)]
async fn a_listener_that_waits_is_left_alone_until_it_is_done_and_fills_its_queue() {
    let hub = Arc::new(Hub::new(3, 3));
    let ear = Ear::new(|id| match id {
        "0" => Delivery::wait(sleep(Duration::from_secs(5))),
        _ => Delivery::Done,
    });
    let attached = Attached::to(&hub, ear.clone()).await;
    for number in 0..4 {
        assert!(offer(&hub, number.to_string()), "one is taken, three wait");
    }
    assert!(!offer(&hub, "4"), "the queue is full");
    sleep(Duration::from_secs(4)).await;
    assert_eq!(ear.heard(), numbers(0..1));
    sleep(Duration::from_secs(2)).await;
    assert_eq!(ear.heard(), numbers(0..4));
    assert!(offer(&hub, "4"));
    assert_eq!(ear.heard(), numbers(0..5), "it is ready again");
    assert_eq!(ear.overlaps.load(Ordering::SeqCst), 0);
    attached.leave().await.unwrap();
}

/// Contract: SNK-02, WAT-11
#[tokio::test(start_paused = true)]
async fn a_panic_in_the_emitters_hands_is_the_listeners_and_what_follows_waits_for_the_next() {
    let hub = Arc::new(Hub::new(100, 100));
    let bad = Ear::new(|id| match id {
        "1" => panic!("planted panic"),
        _ => Delivery::Done,
    });
    let attached = Attached::to(&hub, bad.clone()).await;
    for number in 0..4 {
        assert!(offer(&hub, number.to_string()), "the emitter goes on");
    }
    let error = attached.task.await.unwrap().unwrap_err();
    assert_eq!(*error.code(), ErrorCode::Internal);
    assert!(error.message().contains("planted panic"), "{error}");
    assert_eq!(bad.heard(), numbers(0..2));
    let next = Ear::quick();
    let attached = Attached::to(&hub, next.clone()).await;
    hub.flush(Duration::from_secs(1)).await;
    assert_eq!(next.heard(), numbers(2..4));
    attached.leave().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_future_that_panics_after_it_was_handed_over_detaches_the_listener() {
    let hub = Arc::new(Hub::new(100, 100));
    let bad = Ear::new(|_| Delivery::wait(async { panic!("planted later") }));
    let attached = Attached::to(&hub, bad).await;
    assert!(offer(&hub, "0"));
    let error = attached.task.await.unwrap().unwrap_err();
    assert!(error.message().contains("planted later"), "{error}");
    assert!(hub.lock().listeners.is_empty());
}

#[rstest]
#[case::alone(0)]
#[case::beside_another(1)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn listening_does_not_return_while_an_emitter_calls_the_listener(#[case] bystanders: usize) {
    let hub = Arc::new(Hub::new(100, 100));
    let (entered, released) = (
        Arc::new(AtomicBool::new(false)),
        Arc::new(AtomicBool::new(false)),
    );
    let (inside, go) = (entered.clone(), released.clone());
    let ear = Ear::new(move |_| {
        inside.store(true, Ordering::SeqCst);
        while !go.load(Ordering::SeqCst) {
            std::thread::yield_now();
        }
        Delivery::Done
    });
    let attached = Attached::to(&hub, ear.clone()).await;
    let mut others = Vec::new();
    for _ in 0..bystanders {
        let other = Ear::quick();
        let attached = Attached::to(&hub, other.clone()).await;
        others.push((other, attached));
    }
    let emitting = hub.clone();
    let emitter = task::spawn_blocking(move || assert!(offer(&emitting, "0")));
    while !entered.load(Ordering::SeqCst) {
        yield_now().await;
    }
    attached.stop.cancel();
    // Until then nobody but its own task knows that it was told to end.
    while !hub.lock().listeners[0].leaving {
        yield_now().await;
    }
    for _ in 0..100 {
        yield_now().await;
    }
    assert!(!attached.task.is_finished(), "its callback runs");
    // With a bystander nothing else happens that could wake who waits.
    if others.is_empty() {
        assert!(offer(&hub, "1"), "others are not held up");
    }
    released.store(true, Ordering::SeqCst);
    attached.task.await.unwrap().unwrap();
    assert!(!ear.busy.load(Ordering::SeqCst));
    emitter.await.unwrap();
    assert_eq!(ear.heard(), ["0"], "nothing after it was told to end");
    assert_eq!(
        hub.lock().buffer.len(),
        usize::from(others.is_empty()),
        "the next listener gets the other one"
    );
    for (other, attached) in others {
        attached.leave().await.unwrap();
        assert_eq!(other.heard(), ["0"]);
    }
}

const EMITTERS: usize = 4;
const EACH: usize = 5_000;

/// Every so often it waits, so that queues and inline delivery take turns.
fn moody() -> Arc<Ear> {
    Ear::new(|id| match id.len() % 3 == 0 && id.ends_with('7') {
        true => Delivery::wait(yield_now()),
        false => Delivery::Done,
    })
}

fn emitters(hub: &Arc<Hub>) -> JoinSet<()> {
    let mut emitters = JoinSet::new();
    for emitter in 0..EMITTERS {
        let hub = hub.clone();
        emitters.spawn(async move {
            for number in 0..EACH {
                emit(&hub, format!("{emitter}/{number}")).await;
                if number % 64 == 0 {
                    yield_now().await;
                }
            }
        });
    }
    emitters
}

/// Splits what was heard by emitter; each has its own order.
fn assert_complete(heard: &[String]) {
    assert_eq!(heard.len(), EMITTERS * EACH);
    for emitter in 0..EMITTERS {
        let start = format!("{emitter}/");
        let numbers = heard.iter().filter_map(|id| id.strip_prefix(&start));
        let numbers: Vec<usize> = numbers.map(|number| number.parse().unwrap()).collect();
        assert!(
            numbers.iter().copied().eq(0..EACH),
            "emitter {emitter}: {} heard, first out of order: {:?}",
            numbers.len(),
            numbers
                .iter()
                .enumerate()
                .find(|(place, number)| place != *number)
        );
    }
}

/// Contract: SNK-02, SNK-03, SNK-14
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn emitters_on_many_threads_lose_double_and_reorder_nothing_for_any_listener() {
    let hub = Arc::new(Hub::new(16, 16));
    let ears = [Ear::quick(), moody(), moody()];
    let mut attached = Vec::new();
    for ear in &ears {
        attached.push(Attached::to(&hub, ear.clone()).await);
    }
    emitters(&hub).join_all().await;
    hub.flush(Duration::from_secs(60)).await;
    for ear in &ears {
        assert_eq!(
            ear.overlaps.load(Ordering::SeqCst),
            0,
            "two callbacks at once"
        );
        assert_complete(&ear.heard());
    }
    for one in attached {
        one.leave().await.unwrap();
    }
}

/// Contract: WAT-11, SNK-02
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn listeners_that_come_and_go_hear_everything_once_and_in_order_between_them() {
    const SHIFT: usize = 250;
    let hub = Arc::new(Hub::new(16, 16));
    let emitters = emitters(&hub);
    let mut heard = Vec::new();
    while heard.len() < EMITTERS * EACH {
        // It gets stuck with its last event, so that the others pile up behind it.
        let (left, full) = (Arc::new(AtomicUsize::new(SHIFT)), Arc::new(Notify::new()));
        let told = full.clone();
        let ear = Ear::new(move |_| match left.fetch_sub(1, Ordering::SeqCst) {
            1 => {
                told.notify_one();
                Delivery::wait(std::future::pending())
            }
            left if left % 50 == 0 => Delivery::wait(yield_now()),
            _ => Delivery::Done,
        });
        let attached = Attached::to(&hub, ear.clone()).await;
        full.notified().await;
        attached.leave().await.unwrap();
        assert_eq!(
            ear.overlaps.load(Ordering::SeqCst),
            0,
            "two callbacks at once"
        );
        heard.append(&mut ear.heard.lock().unwrap());
    }
    emitters.join_all().await;
    assert!(hub.lock().buffer.is_empty());
    assert_complete(&heard);
}

/// Contract: WAT-07
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_that_an_emitter_delivers_comes_after_what_closed_its_gate() {
    for round in 0..200 {
        let hub = Arc::new(Hub::new(8, 8));
        let ear = Ear::quick();
        let attached = Attached::to(&hub, ear.clone()).await;
        let open = Arc::new(AtomicBool::new(true));
        let mut leaked = JoinSet::new();
        for _ in 0..3 {
            let (hub, open) = (hub.clone(), open.clone());
            leaked.spawn(async move {
                let admit = |_: &WatchEvent| match open.load(Ordering::Acquire) {
                    true => Admission::Deliver,
                    false => Admission::Closed,
                };
                let never = CancellationToken::new();
                loop {
                    let sent = match hub.offer(event("data"), admit) {
                        Offer::Over(result) => result,
                        Offer::NoRoom(event) => hub.offer_when_room(event, &never, admit).await,
                    };
                    if sent.is_err() {
                        return;
                    }
                    yield_now().await;
                }
            });
        }
        for _ in 0..round {
            yield_now().await;
        }
        hub.push(|| {
            open.store(false, Ordering::Release);
            ((), vec![WatchEvent::clone(&event("stopped"))])
        });
        leaked.join_all().await;
        hub.flush(Duration::from_secs(60)).await;
        let heard = ear.heard();
        assert_eq!(
            heard.last().map(String::as_str),
            Some("stopped"),
            "round {round}"
        );
        assert_eq!(heard.iter().filter(|id| *id == "stopped").count(), 1);
        attached.leave().await.unwrap();
    }
}
