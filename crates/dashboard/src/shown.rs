//! How people and times are written.

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

/// How long ago, or ahead, a moment is, in the largest unit that fits.
pub(crate) fn ago(moment: Timestamp, now: Timestamp, language: Language) -> String {
    let (ahead, seconds) = match moment > now {
        true => (true, moment.since(now).as_secs()),
        false => (false, now.since(moment).as_secs()),
    };
    let units: [(u64, [&str; 2], [&str; 2]); 6] = [
        (31_557_600, ["year", "years"], ["Jahr", "Jahren"]),
        (2_629_800, ["month", "months"], ["Monat", "Monaten"]),
        (86_400, ["day", "days"], ["Tag", "Tagen"]),
        (3_600, ["hour", "hours"], ["Stunde", "Stunden"]),
        (60, ["minute", "minutes"], ["Minute", "Minuten"]),
        (1, ["second", "seconds"], ["Sekunde", "Sekunden"]),
    ];
    let found = units.into_iter().find(|(length, ..)| seconds >= *length && (*length > 1 || seconds >= 45));
    let Some((length, english, german)) = found else {
        return match language {
            Language::English => "just now".to_owned(),
            Language::German => "gerade eben".to_owned(),
        };
    };
    let count = seconds / length;
    let pick = |[one, many]: [&'static str; 2]| if count == 1 { one } else { many };
    match (language, ahead) {
        (Language::English, false) => format!("{count} {} ago", pick(english)),
        (Language::English, true) => format!("in {count} {}", pick(english)),
        (Language::German, false) => format!("vor {count} {}", pick(german)),
        (Language::German, true) => format!("in {count} {}", pick(german)),
    }
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
    use std::time::Duration;

    use super::*;

    #[test]
    fn times_are_told_in_the_largest_unit_that_fits() {
        let now: Timestamp = "2026-11-26T08:10:00Z".parse().unwrap();
        let before = |seconds| ago(now - Duration::from_secs(seconds), now, Language::English);
        assert_eq!(before(0), "just now");
        assert_eq!(before(59), "59 seconds ago");
        assert_eq!(before(60), "1 minute ago");
        assert_eq!(before(7_199), "1 hour ago");
        assert_eq!(before(86_400 * 40), "1 month ago");
        assert_eq!(ago(now + Duration::from_secs(86_400), now, Language::English), "in 1 day");
        assert_eq!(ago(now - Duration::from_secs(7_200), now, Language::German), "vor 2 Stunden");
        assert_eq!(exactly(now, Language::English), "26 Nov 2026, 08:10 UTC");
        assert_eq!(exactly(now, Language::German), "26. Nov. 2026, 08:10 UTC");
    }

    #[test]
    fn initials_are_those_of_the_first_and_the_last_word() {
        assert_eq!(initials("Ada Lovelace"), "AL");
        assert_eq!(initials("ada@example.com"), "A");
        assert_eq!(initials("Anna Maria ßeta"), "ASS");
        assert_eq!(initials(""), "");
    }
}
