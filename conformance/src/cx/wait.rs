//! Listening, and waiting for what comes.

use std::{
    sync::{Arc, PoisonError},
    time::Duration,
};

use futures_util::poll;
use omniview_sdk::{CallContext, Delivery, ResourceKey, WatchEvent, WatchEventSink, WatchState};
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;

use super::{Cx, context::Listening};
use crate::{
    Halt,
    history::{EventLine, History, Moment},
    recorder::Recorder,
};

struct IntoHistory(History);

impl WatchEventSink for IntoHistory {
    fn on_event(&self, event: Arc<WatchEvent>) -> Delivery {
        self.0.push(Moment::Event(event));
        Delivery::Done
    }
}

impl Cx {
    /// Begins to record the plugin's events; does nothing the second time.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime; the body of a check is always on one.
    ///
    /// # Cancel safety
    ///
    /// It does not wait: the first poll completes it, and nothing is left half-done.
    pub async fn listen(&self) {
        let stop = CancellationToken::new();
        let ctx = CallContext::new().with_cancellation(stop.clone());
        let provider: Arc<Recorder> = Arc::clone(&self.recorder);
        let sink = Arc::new(IntoHistory(self.history.clone()));
        {
            let listening = self
                .listening
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            if listening.is_some() {
                return;
            }
        }
        let mut listener = Box::pin(async move {
            // How listening ended is in the history, as every answer is.
            let _ = omniview_sdk::WatchProvider::listen_for_events(&*provider, &ctx, sink).await;
        });
        // The first poll attaches it, so that what happens next is heard.
        let _ = poll!(&mut listener);
        let task = tokio::spawn(listener);
        *self
            .listening
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Some(Listening { stop, task });
    }

    /// The place in the history where the next entry will be.
    pub fn mark(&self) -> u64 {
        self.history.position()
    }

    /// The events so far, in the order in which they came.
    pub fn events(&self) -> Vec<Arc<WatchEvent>> {
        self.events_after(0)
    }

    /// The events since a [`mark`](Self::mark).
    pub fn events_after(&self, mark: u64) -> Vec<Arc<WatchEvent>> {
        let records = self.history.since(mark).into_iter();
        records
            .filter_map(|record| match record.moment {
                Moment::Event(event) => Some(event),
                _ => None,
            })
            .collect()
    }

    /// The events of a type on [`connection`](Self::connection) so far.
    pub fn events_of(&self, key: &ResourceKey) -> Vec<Arc<WatchEvent>> {
        let mut events = self.events();
        events.retain(|event| event.key() == key && event.connection() == self.connection());
        events
    }

    /// Waits for an event, past ones included; counts as an expectation.
    ///
    /// # Errors
    ///
    /// None came in time; the events that did are in the history.
    ///
    /// # Cancel safety
    ///
    /// Safe to drop and to call again: events are read from the history, which forgets none. Each call counts as an expectation.
    ///
    /// # Examples
    ///
    /// ```
    /// use omniview_conformance::{CheckResult, Cx};
    /// use omniview_sdk::{WatchEvent, WatchState};
    ///
    /// async fn additions_are_reported(cx: &Cx) -> CheckResult {
    ///     for ty in cx.watched_types().await? {
    ///         cx.wait_state(&ty.key, WatchState::Synced).await?;
    ///         // What comes from here on; an event of before is not mistaken for it.
    ///         let mark = cx.mark();
    ///         let object = cx.make(ty).await?;
    ///         let what = format!("the addition of {}", object.id);
    ///         cx.wait_event_after(mark, what, |event| {
    ///             matches!(event, WatchEvent::Add(_)) && event.id() == Some(object.id.as_str())
    ///         })
    ///         .await?;
    ///     }
    ///     Ok(())
    /// }
    /// ```
    pub async fn wait_event(
        &self,
        what: impl Into<String>,
        wanted: impl Fn(&WatchEvent) -> bool,
    ) -> Result<Arc<WatchEvent>, Halt> {
        self.wait_event_after(0, what, wanted).await
    }

    /// Waits for an event that is not older than a [`mark`](Self::mark); counts as an expectation.
    ///
    /// # Errors
    ///
    /// As [`wait_event`](Self::wait_event).
    ///
    /// # Cancel safety
    ///
    /// As [`wait_event`](Self::wait_event).
    pub async fn wait_event_after(
        &self,
        mark: u64,
        what: impl Into<String>,
        wanted: impl Fn(&WatchEvent) -> bool,
    ) -> Result<Arc<WatchEvent>, Halt> {
        self.count_assertion();
        let until = Instant::now() + self.patience;
        let mut from = mark;
        loop {
            for record in self.history.since(from) {
                from = record.sequence + 1;
                if let Moment::Event(event) = record.moment
                    && wanted(&event)
                {
                    return Ok(event);
                }
            }
            if timeout_at(until, self.history.grown_past(from))
                .await
                .is_err()
            {
                let seen = self.events_after(mark);
                let actual = match seen.last() {
                    None => "no event at all".to_owned(),
                    Some(last) => format!(
                        "not among the {} that came; the last was {}",
                        seen.len(),
                        EventLine(last)
                    ),
                };
                return Err(Halt::failed(
                    format!("{} is delivered", what.into()),
                    format!("within {:?}", self.patience),
                    actual,
                ));
            }
        }
    }

    /// Waits until the watch of a type on [`connection`](Self::connection) reports a state, past reports included.
    ///
    /// # Errors
    ///
    /// As [`wait_event`](Self::wait_event).
    ///
    /// # Cancel safety
    ///
    /// As [`wait_event`](Self::wait_event).
    pub async fn wait_state(
        &self,
        key: &ResourceKey,
        state: WatchState,
    ) -> Result<Arc<WatchEvent>, Halt> {
        let what = format!(
            "state {} of {key} on {}",
            state.ui_name(),
            self.connection()
        );
        self.wait_event(what, |event| {
            event.state() == Some(state)
                && event.key() == key
                && event.connection() == self.connection()
        })
        .await
    }

    /// Expects that no such event comes for a while, which takes real time: keep it short.
    ///
    /// # Errors
    ///
    /// One came.
    ///
    /// # Cancel safety
    ///
    /// Safe to drop; called again, it waits for the whole time again.
    pub async fn expect_silence(
        &self,
        mark: u64,
        lasting: Duration,
        what: impl Into<String>,
        unwanted: impl Fn(&WatchEvent) -> bool,
    ) -> Result<(), Halt> {
        self.count_assertion();
        tokio::time::sleep(lasting).await;
        let events = self.events_after(mark);
        match events.iter().find(|event| unwanted(event)) {
            None => Ok(()),
            Some(event) => Err(Halt::failed(
                what,
                format!("no such event within {lasting:?}"),
                EventLine(event).to_string(),
            )),
        }
    }

    /// Polls until a condition holds; for what no event tells. Counts as an expectation.
    ///
    /// # Errors
    ///
    /// It did not hold in time, or the condition ended the check.
    ///
    /// # Cancel safety
    ///
    /// Safe to drop where the future of the condition is: that one is dropped with it.
    ///
    /// # Examples
    ///
    /// ```
    /// use omniview_conformance::{CheckResult, Cx};
    /// use omniview_sdk::ListInput;
    ///
    /// async fn the_object_is_listed_at_last(cx: &Cx) -> CheckResult {
    ///     let object = cx.make(cx.any_type()).await?;
    ///     let is_listed = || async {
    ///         let listed = cx.given("a list", cx.list(&object.key, ListInput::all()).await)?;
    ///         Ok(listed.result.iter().any(|one| one.as_str().contains(&object.id)))
    ///     };
    ///     cx.eventually("the object is listed", is_listed).await
    /// }
    /// ```
    pub async fn eventually<F>(
        &self,
        what: impl Into<String>,
        condition: impl Fn() -> F,
    ) -> Result<(), Halt>
    where
        F: Future<Output = Result<bool, Halt>>,
    {
        self.count_assertion();
        let until = Instant::now() + self.patience;
        let mut pause = Duration::from_micros(100);
        while !condition().await? {
            if Instant::now() >= until {
                return Err(Halt::failed(
                    what,
                    format!("yes, within {:?}", self.patience),
                    format!("not yet{}", self.after()),
                ));
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(Duration::from_millis(20));
        }
        Ok(())
    }
}
