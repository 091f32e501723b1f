//! Dates and times, in UTC.

use std::sync::LazyLock;

use icu_calendar::Gregorian;
use icu_datetime::FixedCalendarDateTimeFormatter;
use icu_datetime::fieldsets::{T, YMD, YMDT};
use icu_datetime::input::{Date, DateTime, Time};
use icu_datetime::pattern::{DateTimePattern, FixedCalendarDateTimeNames};
use icu_locale_core::Locale;
use vestibule_core::Timestamp;
use writeable::TryWriteable;

use crate::Language;

/// The names of a language's months, and the pattern they are put into.
struct Format {
    names: FixedCalendarDateTimeNames<Gregorian, YMDT>,
    pattern: DateTimePattern,
}

static FORMATS: LazyLock<Vec<Option<Format>>> =
    LazyLock::new(|| Language::ALL.iter().map(|language| Format::of(*language)).collect());

impl Format {
    fn of(language: Language) -> Option<Self> {
        let locale: Locale = language.code().parse().ok()?;
        let pattern = DateTimePattern::try_from_pattern_str(language.date_pattern()).ok()?;
        let mut names = FixedCalendarDateTimeNames::try_new((&locale).into()).ok()?;
        names.include_for_pattern(&pattern).ok()?;
        Some(Self { names, pattern })
    }
}

impl Language {
    /// Day and time as pages write them: `26 Nov 2026, 08:10 UTC`.
    pub fn date(self, moment: Timestamp) -> String {
        let text =
            FORMATS.get(self as usize).and_then(Option::as_ref).zip(civil(moment)).and_then(|(format, civil)| {
                let formatter = format.names.with_pattern_unchecked(&format.pattern);
                formatter.format(&civil).try_write_to_string().ok().map(|text| format!("{text} UTC"))
            });
        text.unwrap_or_else(|| plain(moment))
    }
}

/// Day and time as mails write them: `26 November 2026, 14:05 UTC`.
///
/// `tag` is any language's, such as `fr-CA`, and not only that of a built-in one. English without a region is British:
/// the day comes first, and the clock has 24 hours.
pub fn long_date(moment: Timestamp, tag: &str) -> String {
    long(moment, if tag.eq_ignore_ascii_case("en") { "en-GB" } else { tag }).unwrap_or_else(|| plain(moment))
}

fn long(moment: Timestamp, tag: &str) -> Option<String> {
    let locale: Locale = tag.parse().ok()?;
    let day = FixedCalendarDateTimeFormatter::<Gregorian, _>::try_new((&locale).into(), YMD::long()).ok()?;
    let time = FixedCalendarDateTimeFormatter::<(), _>::try_new((&locale).into(), T::hm()).ok()?;
    let civil = civil(moment)?;
    Some(format!("{}, {} UTC", day.format(&civil.date), time.format(&civil.time)))
}

fn civil(moment: Timestamp) -> Option<DateTime<Gregorian>> {
    let moment = jiff::Timestamp::from_microsecond(moment.as_microseconds()).ok()?;
    let civil = jiff::tz::TimeZone::UTC.to_datetime(moment);
    let part = |part: i8| u8::try_from(part).ok();
    Some(DateTime {
        date: Date::try_new_gregorian(civil.year().into(), part(civil.month())?, part(civil.day())?).ok()?,
        time: Time::try_new(part(civil.hour())?, part(civil.minute())?, 0, 0).ok()?,
    })
}

/// Where a language is unknown to the library: `2026-11-26, 14:05 UTC`.
fn plain(moment: Timestamp) -> String {
    let text = moment.to_string();
    format!("{}, {} UTC", text.get(..10).unwrap_or_default(), text.get(11..16).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn pages_write_months_short() {
        let november = moment("2026-11-26T08:10:59.999Z");
        assert_eq!(Language::English.date(november), "26 Nov 2026, 08:10 UTC");
        assert_eq!(Language::German.date(november), "26. Nov. 2026, 08:10 UTC");
        assert_eq!(Language::French.date(november), "26 nov. 2026, 08:10 UTC");
        assert_eq!(Language::German.date(moment("0001-03-06T00:00:00Z")), "6. März 1, 00:00 UTC");
        assert!(FORMATS.iter().all(Option::is_some));
    }

    #[test]
    fn mails_write_months_in_full_in_any_language() {
        let march = moment("2026-03-06T04:05:59.999Z");
        for (tag, text) in [
            ("en", "6 March 2026, 04:05 UTC"),
            ("en-GB", "6 March 2026, 04:05 UTC"),
            ("de-AT", "6. März 2026, 04:05 UTC"),
            ("fr", "6 mars 2026, 04:05 UTC"),
            ("pl", "6 marca 2026, 04:05 UTC"),
            ("not a tag", "2026-03-06, 04:05 UTC"),
        ] {
            assert_eq!(long_date(march, tag), text, "{tag}");
        }
    }
}
