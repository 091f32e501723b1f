//! Durations such as `15m`, `1d` or `1h30m`.

use std::time::Duration;

use super::{Form, Kind, Problem, Raw, no};

/// A duration from `least` to `most`.
#[derive(Debug)]
pub(in super::super) struct Length {
    pub(in super::super) least: Duration,
    pub(in super::super) most: Duration,
}

/// The units, longest first: milliseconds and suffix. A day has 24 hours.
const UNITS: [(u64, &str); 5] = [(86_400_000, "d"), (3_600_000, "h"), (60_000, "m"), (1_000, "s"), (1, "ms")];

impl Form for Length {
    fn form(&self) -> String {
        format!("duration, {} to {}", spell(self.least), spell(self.most))
    }
}

impl Kind for Length {
    type Value = Duration;

    fn read(&self, raw: &Raw) -> Result<Duration, Problem> {
        let text = raw.text();
        parse(&text).filter(|length| (self.least..=self.most).contains(length)).ok_or_else(|| {
            let (least, most) = (spell(self.least), spell(self.most));
            no(&text, &format!("a duration from {least} to {most}, such as 90s, 15m, 12h or 30d"))
        })
    }
}

/// Parses one or more whole numbers, each with its unit.
fn parse(text: &str) -> Option<Duration> {
    let (mut rest, mut sum) = (text, Duration::ZERO);
    while !rest.is_empty() {
        let (number, tail) = rest.split_at(rest.find(|c: char| !c.is_ascii_digit())?);
        let (letters, tail) = tail.split_at(tail.find(|c: char| c.is_ascii_digit()).unwrap_or(tail.len()));
        let (unit, _) = UNITS.iter().find(|(_, name)| *name == letters)?;
        sum = sum.checked_add(Duration::from_millis(number.parse::<u64>().ok()?.checked_mul(*unit)?))?;
        rest = tail;
    }
    (!text.is_empty()).then_some(sum)
}

/// Formats the duration in its longest exact unit.
fn spell(length: Duration) -> String {
    let milliseconds = length.as_millis();
    let even = UNITS.iter().find(|(unit, _)| milliseconds.is_multiple_of(u128::from(*unit)));
    even.map_or_else(String::new, |(unit, name)| format!("{}{name}", milliseconds / u128::from(*unit)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_need_units() {
        for (text, seconds) in [("90s", 90), ("15m", 900), ("1d", 86_400), ("24h", 86_400), ("1h30m", 5_400), ("0s", 0)]
        {
            assert_eq!(parse(text), Some(Duration::from_secs(seconds)), "{text}");
        }
        assert_eq!(parse("1s500ms"), Some(Duration::from_millis(1_500)));
        for text in ["", "15", "m", "1 d", "-1d", "1.5h", "1w", "1D", "1µs", "99999999999999999999d", "1d2", "d1", "٣d"]
        {
            assert_eq!(parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn durations_use_the_longest_exact_unit() {
        for text in ["1ms", "1500ms", "90s", "15m", "25h", "2d"] {
            assert_eq!(spell(parse(text).unwrap()), text);
        }
        assert_eq!(spell(Duration::from_hours(24)), "1d");
    }
}
