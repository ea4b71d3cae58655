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
    lines: Arc<Mutex<Vec<(Level, String)>>>,
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

    /// The warnings.
    pub(crate) fn warnings(&self) -> Vec<String> {
        let lines = self.lines.lock().unwrap();
        let warnings = lines.iter().filter(|(level, _)| *level == Level::WARN);
        warnings.map(|(_, text)| text.clone()).collect()
    }
}

struct Recorder {
    lines: Arc<Mutex<Vec<(Level, String)>>>,
    spans: AtomicU64,
}

impl Recorder {
    fn note(&self, level: Level, text: String) {
        self.lines.lock().unwrap().push((level, text));
    }
}

impl Subscriber for Recorder {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, attributes: &span::Attributes<'_>) -> span::Id {
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        let metadata = attributes.metadata();
        self.note(
            *metadata.level(),
            format!("{}{{{}}}", metadata.name(), fields.0),
        );
        span::Id::from_u64(self.spans.fetch_add(1, Ordering::Relaxed))
    }

    fn record(&self, _: &span::Id, values: &span::Record<'_>) {
        let mut fields = Fields::default();
        values.record(&mut fields);
        self.note(Level::TRACE, format!("{{{}}}", fields.0));
    }

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        self.note(*event.metadata().level(), fields.0);
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

#[derive(Default)]
struct Fields(String);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let _ = write!(self.0, "{}={value:?} ", field.name());
    }
}
