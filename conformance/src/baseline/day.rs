//! A day of the calendar.

use std::{fmt, str::FromStr};

use time::{Date, Month, OffsetDateTime};

/// A day of the calendar, without a time zone.
///
/// ```
/// use omniview_conformance::baseline::Day;
///
/// let day: Day = "2027-01-31".parse().unwrap();
/// assert!(day < "2027-02-01".parse().unwrap());
/// assert_eq!(day.to_string(), "2027-01-31");
/// assert!("2027-02-30".parse::<Day>().is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(Date);

impl Day {
    /// The day that it is in UTC.
    pub fn today() -> Self {
        Self(OffsetDateTime::now_utc().date())
    }

    /// The day with these numbers, where there is one.
    pub fn new(year: i32, month: u8, day: u8) -> Option<Self> {
        let month = Month::try_from(month).ok()?;
        Date::from_calendar_date(year, month, day).ok().map(Self)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.0.to_calendar_date();
        write!(f, "{year:04}-{:02}-{day:02}", u8::from(month))
    }
}

impl FromStr for Day {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut parts = text.split('-').map(str::parse::<u16>);
        let day = match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some(Ok(year)), Some(Ok(month)), Some(Ok(day)), None) => {
                let small = |number: u16| u8::try_from(number).unwrap_or_default();
                Self::new(i32::from(year), small(month), small(day))
            }
            _ => None,
        };
        day.ok_or_else(|| format!("{text:?} is no day; write YYYY-MM-DD, such as 2027-01-31"))
    }
}
