//! Points in time, and the clock.
//!
//! A [`Timestamp`] counts microseconds, the precision of both databases. No code reads the machine's time directly: a
//! [`Clock`] is passed in, so that tests control the time.
//!
//! ```
//! use std::time::Duration;
//! use vestibule_core::{InvalidTimestamp, Timestamp};
//!
//! let begin: Timestamp = "2026-11-22T10:30:00+01:00".parse()?;
//! assert_eq!(begin.to_string(), "2026-11-22T09:30:00.000Z");
//! let end = begin + Duration::from_secs(90);
//! assert_eq!(end.since(begin), Duration::from_secs(90));
//! assert_eq!(begin.since(end), Duration::ZERO);
//! # Ok::<(), InvalidTimestamp>(())
//! ```

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// A point in time: whole microseconds since 1970-01-01T00:00:00Z, between the years 0001 and 9998.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Timestamp(i64);

/// A text or number that is no time between the years 0001 and 9998.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a date and time such as 2026-11-22T09:30:00Z")]
pub struct InvalidTimestamp;

const FIRST: i64 = -62_135_596_800_000_000;
const LAST: i64 = 253_370_764_799_999_999;

impl Timestamp {
    /// Returns the time this many microseconds after 1970-01-01T00:00:00Z, clamped to the years 0001 to 9998.
    pub const fn from_microseconds(microseconds: i64) -> Self {
        if microseconds < FIRST {
            Self(FIRST)
        } else if microseconds > LAST {
            Self(LAST)
        } else {
            Self(microseconds)
        }
    }

    /// Returns the time this many whole seconds after 1970-01-01T00:00:00Z, as in a token's `iat` and `exp`.
    pub const fn from_seconds(seconds: i64) -> Self {
        Self::from_microseconds(seconds.saturating_mul(1_000_000))
    }

    /// Returns the microseconds since 1970-01-01T00:00:00Z.
    pub const fn as_microseconds(self) -> i64 {
        self.0
    }

    /// Returns the milliseconds since 1970-01-01T00:00:00Z, rounded down.
    pub const fn as_milliseconds(self) -> i64 {
        self.0.div_euclid(1_000)
    }

    /// Returns the seconds since 1970-01-01T00:00:00Z, rounded down.
    pub const fn as_seconds(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }

    /// Returns the time from `earlier` until `self`; zero if `earlier` is later.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_micros(u64::try_from(self.0 - earlier.0).unwrap_or(0))
    }
}

impl std::ops::Add<Duration> for Timestamp {
    type Output = Self;
    fn add(self, duration: Duration) -> Self {
        let microseconds = i64::try_from(duration.as_micros()).unwrap_or(i64::MAX);
        Self::from_microseconds(self.0.saturating_add(microseconds))
    }
}

impl std::ops::Sub<Duration> for Timestamp {
    type Output = Self;
    fn sub(self, duration: Duration) -> Self {
        let microseconds = i64::try_from(duration.as_micros()).unwrap_or(i64::MAX);
        Self::from_microseconds(self.0.saturating_sub(microseconds))
    }
}

/// RFC 3339 in UTC with milliseconds, as the reference prints it: `2026-11-22T09:30:00.000Z`.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let moment = jiff::Timestamp::from_microsecond(self.0).map_err(|_| fmt::Error)?;
        write!(f, "{moment:.3}")
    }
}

/// Parses RFC 3339 (`2026-11-22T09:30:00Z`, any offset), a date alone (midnight UTC), and a date and time without an
/// offset (UTC).
impl FromStr for Timestamp {
    type Err = InvalidTimestamp;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let moment = text
            .parse::<jiff::Timestamp>()
            .or_else(|_| {
                text.parse::<jiff::civil::DateTime>()?.to_zoned(jiff::tz::TimeZone::UTC).map(|zoned| zoned.timestamp())
            })
            .map_err(|_| InvalidTimestamp)?;
        let microseconds = moment.as_microsecond();
        if (FIRST..=LAST).contains(&microseconds) { Ok(Self(microseconds)) } else { Err(InvalidTimestamp) }
    }
}

crate::text_schema!(Timestamp, format = "date-time");

impl serde::Serialize for Timestamp {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A source of the current time.
pub trait Clock: Send + Sync {
    /// Returns the current time.
    fn now(&self) -> Timestamp;
}

/// The machine's own clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the only place that reads the machine's time")]
    fn now(&self) -> Timestamp {
        Timestamp::from_microseconds(jiff::Timestamp::now().as_microsecond())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_milliseconds_in_utc() {
        let cases = [
            (0, "1970-01-01T00:00:00.000Z"),
            (1_999, "1970-01-01T00:00:00.001Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
            (1_763_803_800_123_456, "2025-11-22T09:30:00.123Z"),
        ];
        for (microseconds, text) in cases {
            assert_eq!(Timestamp::from_microseconds(microseconds).to_string(), text);
        }
    }

    #[test]
    fn reads_offsets_dates_and_local_times() {
        for text in ["2026-11-22T00:00:00Z", "2026-11-22T01:00:00+01:00", "2026-11-22", "2026-11-22T00:00:00.000Z"] {
            assert_eq!(text.parse::<Timestamp>().unwrap().to_string(), "2026-11-22T00:00:00.000Z", "{text}");
        }
    }

    #[test]
    fn invalid_times_are_refused_and_far_years_clamped() {
        for text in ["", "now", "2026-13-01", "-2026-01-01", "99999-01-01", "2026-11-22T25:00:00Z", "1e9"] {
            assert!(text.parse::<Timestamp>().is_err(), "{text:?}");
        }
        assert_eq!(Timestamp::from_microseconds(i64::MAX).to_string(), "9998-12-31T23:59:59.999Z");
        assert_eq!((Timestamp::from_microseconds(0) - Duration::MAX).to_string(), "0001-01-01T00:00:00.000Z");
        assert_eq!(Timestamp::from_seconds(1).since(Timestamp::from_seconds(2)), Duration::ZERO);
    }
}
