//! The language of a visitor.

use http::HeaderMap;
use http::header::ACCEPT_LANGUAGE;
use vestibule_language::Language;
use vestibule_web::cookies;

/// The cookie that stores a visitor's choice.
pub(crate) const COOKIE: &str = "vestibule-language";

/// Returns the language that the visitor has chosen, or the one that the browser prefers.
pub(crate) fn wanted(headers: &HeaderMap) -> Language {
    let accepted = || headers.get(ACCEPT_LANGUAGE).and_then(|header| Language::of_accepted(header.to_str().ok()?));
    cookies::named(headers, COOKIE).find_map(Language::of_code).or_else(accepted).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_counts_before_what_the_browser_asks_for() {
        let mut headers = HeaderMap::new();
        assert_eq!(wanted(&headers), Language::English);
        headers.insert("accept-language", "de".parse().unwrap());
        assert_eq!(wanted(&headers), Language::German);
        headers.insert("cookie", "a=b; vestibule-language=en".parse().unwrap());
        assert_eq!(wanted(&headers), Language::English);
    }
}
