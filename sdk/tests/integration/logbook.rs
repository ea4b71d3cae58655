//! Everything that is logged on this thread, as text.

use std::{
    fmt::{self, Write as _},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

use tracing::{
    Event, Level, Metadata, Subscriber,
    field::{Field, Visit},
    span,
    subscriber::DefaultGuard,
};

/// Keeps every event and every span that begins or is filled in while it lives.
///
/// A test's runtime has one thread, so that the tasks which the controller spawns are heard as well, which a subscriber
/// that goes by the test's span would miss.
pub(crate) struct Logbook {
    lines: Arc<Mutex<Vec<Line>>>,
    _guard: DefaultGuard,
}

impl Logbook {
    pub(crate) fn open() -> Self {
        let lines = Arc::default();
        let recorder = Recorder {
            lines: Arc::clone(&lines),
            spans: AtomicU64::new(1),
        };
        Self {
            lines,
            _guard: tracing::subscriber::set_default(recorder),
        }
    }

    /// Every line.
    pub(crate) fn text(&self) -> String {
        let lines = self.lines.lock().unwrap();
        let texts: Vec<&str> = lines.iter().map(|line| line.text.as_str()).collect();
        texts.join("\n")
    }

    /// The warnings.
    pub(crate) fn warnings(&self) -> Vec<String> {
        let lines = self.lines.lock().unwrap();
        let warnings = lines.iter().filter(|line| line.level == Level::WARN);
        warnings.map(|line| line.text.clone()).collect()
    }

    /// The spans of calls into plugin code, with all that was recorded in each.
    pub(crate) fn plugin_calls(&self) -> Vec<String> {
        let lines = self.lines.lock().unwrap();
        let spans = lines
            .iter()
            .filter(|line| line.text.starts_with("plugin_call "));
        spans.map(|line| line.text.clone()).collect()
    }
}

/// An event, or a span with what was filled in since.
struct Line {
    level: Level,
    text: String,
    span: Option<u64>,
}

struct Recorder {
    lines: Arc<Mutex<Vec<Line>>>,
    spans: AtomicU64,
}

impl Subscriber for Recorder {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, attributes: &span::Attributes<'_>) -> span::Id {
        let id = self.spans.fetch_add(1, Ordering::Relaxed);
        let mut fields = Fields(format!("{} ", attributes.metadata().name()));
        attributes.record(&mut fields);
        self.lines.lock().unwrap().push(Line {
            level: *attributes.metadata().level(),
            text: fields.0,
            span: Some(id),
        });
        span::Id::from_u64(id)
    }

    fn record(&self, span: &span::Id, values: &span::Record<'_>) {
        let mut fields = Fields(String::new());
        values.record(&mut fields);
        let mut lines = self.lines.lock().unwrap();
        let line = lines
            .iter_mut()
            .find(|line| line.span == Some(span.into_u64()));
        line.unwrap().text.push_str(&fields.0);
    }

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields(String::new());
        event.record(&mut fields);
        self.lines.lock().unwrap().push(Line {
            level: *event.metadata().level(),
            text: fields.0,
            span: None,
        });
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

struct Fields(String);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let _ = write!(self.0, "{}={value:?} ", field.name());
    }
}
