//! Formats names and times.

use std::time::Duration;

use vestibule_core::{Count, Timestamp};
use vestibule_language::Language;
use vestibule_user::User;

use crate::texts::{self, Times};

/// Returns a user's name, or their address if they have none.
pub(crate) fn name(user: &User) -> String {
    full_name(user.first_name.as_deref(), user.last_name.as_deref()).unwrap_or_else(|| user.email.to_string())
}

/// Returns both names, or the one that is set.
pub(crate) fn full_name(first: Option<&str>, last: Option<&str>) -> Option<String> {
    let names: Vec<&str> = [first, last].into_iter().flatten().map(str::trim).filter(|name| !name.is_empty()).collect();
    (!names.is_empty()).then(|| names.join(" "))
}

/// Returns a text as the content of a `textarea`, of which HTML passes over one line break at the beginning.
pub(crate) fn textarea_content(text: &str) -> String {
    let before = if text.starts_with(['\r', '\n']) { "\n" } else { "" };
    format!("{before}{text}")
}

/// Formats a number, with its thousands apart.
pub(crate) fn number(number: u64, language: Language) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.char_indices() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push_str(texts::of(language).thousands);
        }
        text.push(digit);
    }
    text
}

/// Formats how many rows a list has.
pub(crate) fn count(count: Count, language: Language) -> String {
    match count {
        Count::Exactly(count) => number(count, language),
        Count::MoreThan(count) => texts::of(language).more_than(&number(count, language)),
    }
}

/// Returns one or two letters for a user's avatar.
pub(crate) fn initials(name: &str) -> String {
    let mut words = name.split_whitespace().filter_map(|word| word.chars().next());
    let letters = [words.next(), words.next_back()];
    letters.into_iter().flatten().flat_map(char::to_uppercase).collect()
}

/// The classes of the avatars' colours.
const TINTS: [&str; 6] = ["", "f1", "f2", "f3", "f4", "f5"];

/// Returns the class of the colour of an avatar, which stays the same for an id.
pub(crate) fn tint(id: &str) -> &'static str {
    let sum = id.bytes().fold(0_usize, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
    TINTS.get(sum % TINTS.len()).copied().unwrap_or_default()
}

/// Formats a length of time in the largest unit that divides it: `30 days`.
pub(crate) fn duration(time: Duration, language: Language) -> String {
    let (texts, seconds) = (texts::of(language), time.as_secs());
    match seconds {
        0 => "–".to_owned(),
        _ if seconds.is_multiple_of(86_400) => texts.count_days(seconds / 86_400),
        _ if seconds.is_multiple_of(3_600) => texts.count_hours(seconds / 3_600),
        _ => texts.count_minutes(seconds.div_ceil(60)),
    }
}

/// A unit of relative times: its length in seconds, from how many seconds on it is used, and its texts.
struct Unit {
    length: u64,
    from: u64,
    ago: fn(&Times, u64) -> String,
    ahead: fn(&Times, u64) -> String,
}

/// The smallest first.
const UNITS: [Unit; 6] = [
    Unit { length: 1, from: 45, ago: Times::seconds_ago, ahead: Times::seconds_ahead },
    Unit { length: 60, from: 60, ago: Times::minutes_ago, ahead: Times::minutes_ahead },
    Unit { length: 3_600, from: 3_600, ago: Times::hours_ago, ahead: Times::hours_ahead },
    Unit { length: 86_400, from: 86_400, ago: Times::days_ago, ahead: Times::days_ahead },
    Unit { length: 2_629_800, from: 2_629_800, ago: Times::months_ago, ahead: Times::months_ahead },
    Unit { length: 31_557_600, from: 31_557_600, ago: Times::years_ago, ahead: Times::years_ahead },
];

/// Formats how long ago, or ahead, a time is, in the largest unit that fits; and returns when that text changes.
pub(crate) fn ago(moment: Timestamp, now: Timestamp, language: Language) -> (String, Timestamp) {
    let times = texts::times(language);
    if moment > now { ahead(moment, now, times) } else { past(moment, now, times) }
}

/// Returns the largest unit that fits, if any, and the next larger one.
fn unit_of(seconds: u64) -> (Option<&'static Unit>, Option<&'static Unit>) {
    let (smaller, larger) = UNITS.split_at(UNITS.partition_point(|unit| unit.from <= seconds));
    (smaller.last(), larger.first())
}

/// Rounded down: what happened 119 seconds ago happened one minute ago.
fn past(moment: Timestamp, now: Timestamp, times: &Times) -> (String, Timestamp) {
    let seconds = now.since(moment).as_secs();
    let (unit, larger) = unit_of(seconds);
    let next = larger.map_or(u64::MAX, |unit| unit.from);
    let Some(unit) = unit else {
        return (times.just_now.to_owned(), moment + Duration::from_secs(next));
    };
    let count = seconds / unit.length;
    ((unit.ago)(times, count), moment + Duration::from_secs(next.min((count + 1) * unit.length)))
}

/// Rounded to the nearest: a link that is valid for a day lasts one day, not 23 hours from the first second on.
fn ahead(moment: Timestamp, now: Timestamp, times: &Times) -> (String, Timestamp) {
    let seconds = moment.since(now).as_secs();
    let (Some(unit), larger) = unit_of(seconds) else {
        return (times.in_a_moment.to_owned(), moment);
    };
    let count = (seconds + unit.length / 2) / unit.length;
    let rounded = count * unit.length;
    let text = match larger {
        Some(larger) if rounded >= larger.from => (larger.ahead)(times, 1),
        _ => (unit.ahead)(times, count),
    };
    // From here on the next smaller number is nearer, or a smaller unit applies.
    let least = (rounded - unit.length / 2).max(unit.from);
    (text, moment - Duration::from_secs(least))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_apart() {
        for (value, english, german, french) in [
            (0, "0", "0", "0"),
            (999, "999", "999", "999"),
            (1_000, "1,000", "1.000", "1\u{202f}000"),
            (12_345_678, "12,345,678", "12.345.678", "12\u{202f}345\u{202f}678"),
        ] {
            let written =
                [Language::English, Language::German, Language::French].map(|language| number(value, language));
            assert_eq!(written, [english, german, french]);
        }
        assert_eq!(count(Count::MoreThan(10_000), Language::English), "more than 10,000");
    }

    #[test]
    fn times_use_the_largest_unit_that_fits() {
        let now: Timestamp = "2026-11-26T08:10:00Z".parse().unwrap();
        let text = |moment, language| ago(moment, now, language).0;
        let before = |seconds| text(now - Duration::from_secs(seconds), Language::English);
        assert_eq!(before(0), "just now");
        assert_eq!(before(59), "59 seconds ago");
        assert_eq!(before(60), "1 minute ago");
        assert_eq!(before(7_199), "1 hour ago");
        assert_eq!(before(86_400 * 40), "1 month ago");
        let after = |seconds| text(now + Duration::from_secs(seconds), Language::English);
        assert_eq!(after(1), "in a moment");
        assert_eq!(after(59), "in 59 seconds");
        assert_eq!(after(3_599), "in 1 hour");
        assert_eq!(after(86_399), "in 1 day");
        assert_eq!(after(86_400), "in 1 day");
        assert_eq!(after(84_599), "in 23 hours");
        assert_eq!(after(86_400 * 7 - 30), "in 7 days");
        assert_eq!(text(now - Duration::from_secs(7_200), Language::German), "vor 2 Stunden");
        assert_eq!(text(now - Duration::from_secs(7_200), Language::French), "il y a 2 heures");
        assert_eq!(text(now + Duration::from_secs(86_400), Language::French), "dans 1 jour");
    }

    #[test]
    fn the_words_for_a_time_hold_until_the_returned_moment() {
        let now: Timestamp = "2026-11-26T08:10:00Z".parse().unwrap();
        let tick = Duration::from_micros(1);
        let formatted = |moment, now| ago(moment, now, Language::English);
        for seconds in
            [0, 44, 45, 46, 59, 60, 3_599, 3_600, 86_399, 86_400, 2_629_799, 2_629_800, 31_557_600, 40_000_000]
        {
            for moment in [now - Duration::from_secs(seconds), now - Duration::from_secs(seconds) - tick] {
                let (text, until) = formatted(moment, now);
                assert!(until > now);
                assert_eq!(formatted(moment, until - tick).0, text, "{seconds} seconds ago");
                assert_ne!(formatted(moment, until).0, text, "{seconds} seconds ago");
            }
            let moment = now + Duration::from_secs(seconds) + tick;
            let (text, until) = formatted(moment, now);
            assert!(until > now);
            assert_eq!(formatted(moment, until - tick).0, text, "in {seconds} seconds");
        }
    }

    #[test]
    fn initials_are_those_of_the_first_and_the_last_word() {
        assert_eq!(initials("Ada Lovelace"), "AL");
        assert_eq!(initials("ada@example.com"), "A");
        assert_eq!(initials("Anna Maria ßeta"), "ASS");
        assert_eq!(initials(""), "");
    }
}
