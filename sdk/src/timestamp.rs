//! Points in time as the wire writes them.

use std::fmt;
use std::str::FromStr;
use std::time::{Duration, SystemTime};

use serde::de::{Deserializer, Error as _};
use serde::{Deserialize, Serialize, Serializer};
use time::format_description::well_known::Rfc3339;
use time::{Date, Month, OffsetDateTime, PrimitiveDateTime, Time};

/// A point in time with the offset it was written with, between the years 0 and 9999.
///
/// - Text and JSON are RFC 3339 with up to nine fraction digits, trailing zeros trimmed, and `Z`
///   where the offset is zero.
/// - Two are compared by the instant they name: `12:00+02:00` equals `10:00Z`.
/// - The default is [`Timestamp::ZERO`], which stands for "not set" where a key is always present.
///
/// # Examples
///
/// ```
/// use omniview_sdk::Timestamp;
///
/// let summer = Timestamp::parse("2026-07-01T12:00:00+02:00")?;
/// assert_eq!(summer, Timestamp::parse("2026-07-01T10:00:00Z")?);
/// assert_eq!(summer.to_string(), "2026-07-01T12:00:00+02:00");
/// assert!(Timestamp::parse("yesterday").is_err());
/// # Ok::<(), omniview_sdk::ParseTimestampError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(OffsetDateTime);

impl Timestamp {
    /// The first instant of the year 1, `0001-01-01T00:00:00Z`: a time that is not set.
    pub const ZERO: Self = match Date::from_calendar_date(1, Month::January, 1) {
        Ok(date) => Self(PrimitiveDateTime::new(date, Time::MIDNIGHT).assume_utc()),
        Err(_) => panic!("the first of January is a date"),
    };

    /// The time of the wall clock, in UTC.
    ///
    /// Does not follow a paused test clock; measure spans with `tokio::time::Instant`.
    pub fn now() -> Self {
        Self(OffsetDateTime::from(SystemTime::now()))
    }

    /// Reads an RFC 3339 text, keeping its offset.
    ///
    /// # Errors
    ///
    /// The text is not an RFC 3339 date and time with an offset.
    pub fn parse(text: &str) -> Result<Self, ParseTimestampError> {
        match OffsetDateTime::parse(text, &Rfc3339) {
            Ok(time) => Ok(Self(time)),
            Err(source) => Err(ParseTimestampError {
                text: text.into(),
                source,
            }),
        }
    }

    /// The UTC time this many nanoseconds after the Unix epoch; none outside the years 0 to 9999.
    pub fn from_unix_nanos(nanos: i128) -> Option<Self> {
        OffsetDateTime::from_unix_timestamp_nanos(nanos)
            .ok()
            .and_then(Self::within_range)
    }

    /// Nanoseconds since the Unix epoch, negative before it.
    pub fn unix_nanos(&self) -> i128 {
        self.0.unix_timestamp_nanos()
    }

    /// Tells whether this is the time that stands for "not set".
    pub fn is_zero(&self) -> bool {
        *self == Self::ZERO
    }

    /// The time this much later, at the same offset; none past the year 9999.
    pub fn checked_add(self, duration: Duration) -> Option<Self> {
        let duration = time::Duration::try_from(duration).ok()?;
        self.0.checked_add(duration).and_then(Self::within_range)
    }

    // RFC 3339 writes a year in four digits.
    fn within_range(time: OffsetDateTime) -> Option<Self> {
        (0..=9999).contains(&time.year()).then_some(Self(time))
    }
}

/// A text is not an RFC 3339 time.
///
/// # Examples
///
/// ```
/// use std::error::Error;
/// use omniview_sdk::Timestamp;
///
/// let refused = Timestamp::parse("2026-02-30").unwrap_err();
/// assert_eq!(
///     refused.to_string(),
///     r#""2026-02-30" is not an RFC 3339 time such as 2026-01-02T03:04:05Z"#,
/// );
/// assert!(refused.source().is_some(), "which part of it is wrong");
/// ```
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{text:?} is not an RFC 3339 time such as 2026-01-02T03:04:05Z")]
pub struct ParseTimestampError {
    text: Box<str>,
    source: time::error::Parse,
}

impl Default for Timestamp {
    fn default() -> Self {
        Self::ZERO
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Formatting fails outside the years 0 to 9999, which no constructor lets in.
        f.pad(&self.0.format(&Rfc3339).map_err(|_| fmt::Error)?)
    }
}

impl FromStr for Timestamp {
    type Err = ParseTimestampError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_keeps_offset_and_trims_the_fraction() {
        for text in [
            "2026-01-02T03:04:05Z",
            "2026-01-02T03:04:05.1Z",
            "2026-01-02T03:04:05.123456789+02:00",
            "2026-01-02T04:04:05-05:00",
            "0001-01-01T00:00:00Z",
            "9999-12-31T23:59:59.999999999Z",
        ] {
            assert_eq!(Timestamp::parse(text).unwrap().to_string(), text);
        }
        let trimmed = Timestamp::parse("2026-01-02T03:04:05.120000+00:00").unwrap();
        assert_eq!(trimmed.to_string(), "2026-01-02T03:04:05.12Z");
    }

    #[test]
    fn the_zero_time_is_the_default_and_round_trips() {
        assert_eq!(Timestamp::default(), Timestamp::ZERO);
        let text = serde_json::to_string(&Timestamp::ZERO).unwrap();
        assert_eq!(text, r#""0001-01-01T00:00:00Z""#);
        let read: Timestamp = serde_json::from_str(&text).unwrap();
        assert!(read.is_zero());
        assert!(!Timestamp::now().is_zero());
    }

    #[test]
    fn times_are_ordered_by_instant() {
        let utc = Timestamp::parse("2026-01-02T10:00:00Z").unwrap();
        let elsewhere = Timestamp::parse("2026-01-02T12:00:00+02:00").unwrap();
        assert_eq!(utc, elsewhere);
        assert!(utc < Timestamp::parse("2026-01-02T10:30:00+00:15").unwrap());
    }

    #[test]
    fn arithmetic_stops_at_the_year_9999() {
        let second = Duration::from_secs(1);
        let time = Timestamp::from_unix_nanos(1_000_000_001).unwrap();
        assert_eq!(
            time.checked_add(second).unwrap().unix_nanos(),
            2_000_000_001
        );
        let last = Timestamp::parse("9999-12-31T23:59:59Z").unwrap();
        assert_eq!(last.checked_add(second), None);
        assert_eq!(last.checked_add(Duration::MAX), None);
        assert_eq!(Timestamp::from_unix_nanos(i128::MAX), None);
        assert_eq!(Timestamp::from_unix_nanos(i128::MIN), None);
    }

    #[test]
    fn another_text_is_refused_by_name() {
        let error = serde_json::from_str::<Timestamp>(r#""yesterday""#).unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("\"yesterday\" is not an RFC 3339 time such as 2026-01-02T03:04:05Z")
        );
    }
}
