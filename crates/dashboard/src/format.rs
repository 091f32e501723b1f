//! How people and times are written.

use std::time::Duration;

use vestibule_core::Timestamp;
use vestibule_user::User;

use crate::language::Language;

/// A user's name, or his address where he has none.
pub(crate) fn name(user: &User) -> String {
    full_name(user.first_name.as_deref(), user.last_name.as_deref()).unwrap_or_else(|| user.email.to_string())
}

/// Both names, or the one that there is.
pub(crate) fn full_name(first: Option<&str>, last: Option<&str>) -> Option<String> {
    let names: Vec<&str> = [first, last].into_iter().flatten().map(str::trim).filter(|name| !name.is_empty()).collect();
    (!names.is_empty()).then(|| names.join(" "))
}

/// One or two letters that stand for somebody.
pub(crate) fn initials(name: &str) -> String {
    let mut words = name.split_whitespace().filter_map(|word| word.chars().next());
    let letters = [words.next(), words.next_back()];
    letters.into_iter().flatten().flat_map(char::to_uppercase).collect()
}

/// A unit in which times are told: its length in seconds, from how many seconds on it is used, and its names.
struct Unit {
    length: u64,
    from: u64,
    english: [&'static str; 2],
    german: [&'static str; 2],
}

const fn unit(length: u64, from: u64, english: [&'static str; 2], german: [&'static str; 2]) -> Unit {
    Unit { length, from, english, german }
}

/// The smallest first.
const UNITS: [Unit; 6] = [
    unit(1, 45, ["second", "seconds"], ["Sekunde", "Sekunden"]),
    unit(60, 60, ["minute", "minutes"], ["Minute", "Minuten"]),
    unit(3_600, 3_600, ["hour", "hours"], ["Stunde", "Stunden"]),
    unit(86_400, 86_400, ["day", "days"], ["Tag", "Tagen"]),
    unit(2_629_800, 2_629_800, ["month", "months"], ["Monat", "Monaten"]),
    unit(31_557_600, 31_557_600, ["year", "years"], ["Jahr", "Jahren"]),
];

/// How long ago, or ahead, a moment is, in the largest unit that fits; and when it is to be told otherwise.
pub(crate) fn ago(moment: Timestamp, now: Timestamp, language: Language) -> (String, Timestamp) {
    if moment > now { ahead(moment, now, language) } else { past(moment, now, language) }
}

/// The largest unit that fits, none for a moment, and the next larger one.
fn unit_of(seconds: u64) -> (Option<&'static Unit>, Option<&'static Unit>) {
    let (smaller, larger) = UNITS.split_at(UNITS.partition_point(|unit| unit.from <= seconds));
    (smaller.last(), larger.first())
}

fn count_of(count: u64, unit: &Unit, language: Language) -> String {
    let [one, many] = match language {
        Language::English => unit.english,
        Language::German => unit.german,
    };
    format!("{count} {}", if count == 1 { one } else { many })
}

/// Rounded down: what happened 119 seconds ago happened one minute ago.
fn past(moment: Timestamp, now: Timestamp, language: Language) -> (String, Timestamp) {
    let seconds = now.since(moment).as_secs();
    let (unit, larger) = unit_of(seconds);
    let next = larger.map_or(u64::MAX, |unit| unit.from);
    let Some(unit) = unit else {
        let text = match language {
            Language::English => "just now",
            Language::German => "gerade eben",
        };
        return (text.to_owned(), moment + Duration::from_secs(next));
    };
    let count = seconds / unit.length;
    let text = count_of(count, unit, language);
    let text = match language {
        Language::English => format!("{text} ago"),
        Language::German => format!("vor {text}"),
    };
    (text, moment + Duration::from_secs(next.min((count + 1) * unit.length)))
}

/// Rounded to the nearest: what is given a day lasts one day, and not 23 hours from the first second on.
fn ahead(moment: Timestamp, now: Timestamp, language: Language) -> (String, Timestamp) {
    let seconds = moment.since(now).as_secs();
    let (Some(unit), larger) = unit_of(seconds) else {
        let text = match language {
            Language::English => "in a moment",
            Language::German => "gleich",
        };
        return (text.to_owned(), moment);
    };
    let count = (seconds + unit.length / 2) / unit.length;
    let rounded = count * unit.length;
    let text = match larger {
        Some(larger) if rounded >= larger.from => count_of(1, larger, language),
        _ => count_of(count, unit, language),
    };
    // From here on it is nearer to the next smaller number, or told in a smaller unit.
    let least = (rounded - unit.length / 2).max(unit.from);
    (format!("in {text}"), moment - Duration::from_secs(least))
}

const MONTHS: [[&str; 2]; 12] = [
    ["Jan", "Jan."],
    ["Feb", "Feb."],
    ["Mar", "März"],
    ["Apr", "Apr."],
    ["May", "Mai"],
    ["Jun", "Juni"],
    ["Jul", "Juli"],
    ["Aug", "Aug."],
    ["Sep", "Sep."],
    ["Oct", "Okt."],
    ["Nov", "Nov."],
    ["Dec", "Dez."],
];

/// Day and time in UTC.
pub(crate) fn exactly(moment: Timestamp, language: Language) -> String {
    let text = moment.to_string();
    let part = |range: std::ops::Range<usize>| text.get(range).unwrap_or_default();
    let (year, time) = (part(0..4), part(11..16));
    let day = part(8..10).trim_start_matches('0');
    let month = part(5..7).parse::<usize>().ok().and_then(|month| MONTHS.get(month.wrapping_sub(1)));
    let [english, german] = month.copied().unwrap_or(["", ""]);
    match language {
        Language::English => format!("{day} {english} {year}, {time} UTC"),
        Language::German => format!("{day}. {german} {year}, {time} UTC"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_in_the_largest_unit_that_fits() {
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
        assert_eq!(exactly(now, Language::English), "26 Nov 2026, 08:10 UTC");
        assert_eq!(exactly(now, Language::German), "26. Nov. 2026, 08:10 UTC");
    }

    #[test]
    fn a_time_is_told_in_the_same_words_until_the_moment_that_is_told_with_it() {
        let now: Timestamp = "2026-11-26T08:10:00Z".parse().unwrap();
        let tick = Duration::from_micros(1);
        let told = |moment, now| ago(moment, now, Language::English);
        for seconds in
            [0, 44, 45, 46, 59, 60, 3_599, 3_600, 86_399, 86_400, 2_629_799, 2_629_800, 31_557_600, 40_000_000]
        {
            for moment in [now - Duration::from_secs(seconds), now - Duration::from_secs(seconds) - tick] {
                let (text, until) = told(moment, now);
                assert!(until > now);
                assert_eq!(told(moment, until - tick).0, text, "{seconds} seconds ago");
                assert_ne!(told(moment, until).0, text, "{seconds} seconds ago");
            }
            let moment = now + Duration::from_secs(seconds) + tick;
            let (text, until) = told(moment, now);
            assert!(until > now);
            assert_eq!(told(moment, until - tick).0, text, "in {seconds} seconds");
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
