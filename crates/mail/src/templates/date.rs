//! Times as people read them.

const ENGLISH: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const GERMAN: [&str; 12] = [
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
];

/// `26 November 2026, 14:05 UTC` from `2026-11-26T14:05:00.000Z`; in a language not known here `2026-11-26, 14:05 UTC`.
/// None where the text is no such moment.
pub(super) fn date(moment: &str, language: &str) -> Option<String> {
    let (date, time) = moment.split_once('T')?;
    let time = time.get(..5)?;
    let mut parts = date.splitn(3, '-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let (index, day) = (month.parse::<usize>().ok()?.checked_sub(1)?, day.parse::<u8>().ok()?);
    let primary = language.split('-').next()?;
    Some(match primary {
        "en" => format!("{day} {} {year}, {time} UTC", ENGLISH.get(index)?),
        "de" => format!("{day}. {} {year}, {time} UTC", GERMAN.get(index)?),
        _ => format!("{date}, {time} UTC"),
    })
}

#[cfg(test)]
mod tests {
    use super::date;

    #[test]
    fn in_the_language_of_the_mail() {
        let moment = "2026-03-06T04:05:59.999Z";
        assert_eq!(date(moment, "en").unwrap(), "6 March 2026, 04:05 UTC");
        assert_eq!(date(moment, "en-GB").unwrap(), "6 March 2026, 04:05 UTC");
        assert_eq!(date(moment, "de-AT").unwrap(), "6. März 2026, 04:05 UTC");
        assert_eq!(date(moment, "fr").unwrap(), "2026-03-06, 04:05 UTC");
        assert_eq!(date("tomorrow", "en"), None);
    }
}
