//! Whether a text has colours.

use crate::status::{StatusKind, Verdict};

/// Whether a text has colours.
///
/// ```
/// use std::io::IsTerminal;
/// use omniview_conformance::{Report, Style};
///
/// fn print(report: &Report) {
///     let is_read_by_people = std::io::stdout().is_terminal();
///     let style = if is_read_by_people { Style::Colour } else { Style::Plain };
///     print!("{}", report.to_styled_text(style));
/// }
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Style {
    /// Characters alone.
    #[default]
    Plain,
    /// Colours of a terminal.
    Colour,
}

const RED: &str = "31";
const GREEN: &str = "32";
const YELLOW: &str = "33";
const BOLD: &str = "1";

impl Style {
    /// The text in the colour of a status.
    pub(super) fn status(self, kind: StatusKind, text: &str) -> String {
        match kind {
            StatusKind::Pass => self.paint(GREEN, text),
            StatusKind::Fail
            | StatusKind::UnexpectedPass
            | StatusKind::Timeout
            | StatusKind::HarnessError => self.paint(RED, text),
            StatusKind::Warn | StatusKind::Blocked => self.paint(YELLOW, text),
            StatusKind::ExpectedFailure | StatusKind::NotApplicable | StatusKind::NotRun => {
                text.to_owned()
            }
        }
    }

    pub(super) fn verdict(self, verdict: Verdict, text: &str) -> String {
        let colour = match verdict {
            Verdict::Conformant => GREEN,
            Verdict::NotConformant | Verdict::HarnessError => RED,
            Verdict::Incomplete | Verdict::StaleBaseline => YELLOW,
        };
        self.paint(colour, text)
    }

    pub(super) fn heading(self, text: &str) -> String {
        self.paint(BOLD, text)
    }

    fn paint(self, code: &str, text: &str) -> String {
        match self {
            Self::Plain => text.to_owned(),
            Self::Colour => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
        }
    }
}
