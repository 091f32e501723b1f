//! Which language somebody reads.

use http::HeaderMap;
use http::header::ACCEPT_LANGUAGE;
use vestibule_http::cookies;

use crate::texts::{ENGLISH, GERMAN, Texts};

/// The cookie that keeps somebody's choice.
pub(crate) const COOKIE: &str = "vestibule-language";

/// A language that the pages are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) enum Language {
    #[default]
    English,
    German,
}

impl Language {
    /// The languages, with their own names.
    pub(crate) const ALL: [(Self, &'static str); 2] = [(Self::English, "English"), (Self::German, "Deutsch")];

    /// The language's code, as in `lang="…"`.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
        }
    }

    pub(crate) fn texts(self) -> &'static Texts {
        match self {
            Self::English => &ENGLISH,
            Self::German => &GERMAN,
        }
    }

    /// The language of this code, with or without a country.
    pub(crate) fn of_code(code: &str) -> Option<Self> {
        let language = code.trim().split(['-', '_']).next().unwrap_or_default();
        Self::ALL.into_iter().map(|(known, _)| known).find(|known| known.code().eq_ignore_ascii_case(language))
    }

    /// What somebody has chosen, or what his browser asks for first of those that there are.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        if let Some(chosen) = cookies::named(headers, COOKIE).find_map(Self::of_code) {
            return chosen;
        }
        let accepted = headers.get(ACCEPT_LANGUAGE).and_then(|header| header.to_str().ok()).unwrap_or_default();
        let mut wanted: Vec<(f32, Self)> = accepted
            .split(',')
            .filter_map(|part| {
                let (code, quality) = part.split_once(";q=").unwrap_or((part, "1"));
                Some((quality.trim().parse().ok()?, Self::of_code(code)?))
            })
            .collect();
        wanted.sort_by(|one, other| other.0.total_cmp(&one.0));
        wanted.first().map_or(Self::English, |first| first.1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_counts_and_else_what_the_browser_asks_for_first() {
        let of = |name: &'static str, value: &'static str| {
            Language::of(&[(name.parse().unwrap(), value.parse().unwrap())].into_iter().collect())
        };
        assert_eq!(of("accept-language", "fr, de-AT;q=0.9, en;q=0.8"), Language::German);
        assert_eq!(of("accept-language", "en-GB,de;q=0.9"), Language::English);
        assert_eq!(of("accept-language", "de;q=0.1,en;q=0.9"), Language::English);
        assert_eq!(of("accept-language", "rubbish;q=x, ,"), Language::English);
        assert_eq!(of("cookie", "a=b; vestibule-language=de"), Language::German);
    }
}
