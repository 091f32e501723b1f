//! The languages of pages and mails: which there are, and what a library knows of them.
//!
//! ```
//! use vestibule_core::Timestamp;
//! use vestibule_language::{Language, PluralCategory};
//!
//! let language = Language::of_accepted("fr-CH, de;q=0.9").unwrap_or_default();
//! assert_eq!((language.code(), language.own_name()), ("fr", "Français"));
//! assert_eq!(language.plural(0), PluralCategory::One);
//! assert_eq!(language.date(Timestamp::from_seconds(0)), "1 janv. 1970, 00:00 UTC");
//! ```
//!
//! - [`Language`]: the built-in languages, by code, by a browser's `Accept-Language`
//! - [`languages!`]: calls a macro with every built-in language, so that a crate with texts lists none of them
//! - [`Language::plural`]: the plural form that a number takes, by Unicode's rules (CLDR)
//! - [`Language::date`], [`long_date`]: dates, with Unicode's names of months
//!
//! Not here: the texts. Those of pages are in `dashboard/src/texts`, those of mails in `mail/templates`; each has a
//! folder per language, named by its code.

mod date;
mod plural;

pub use icu_plurals::PluralCategory;

pub use self::date::long_date;

/// Calls the macro `$callback` with every built-in language: its variant of [`Language`], its code, its own name, and
/// how pages write a date and time in it (a pattern of Unicode's [TR 35](https://unicode.org/reports/tr35/tr35-dates.html#Date_Format_Patterns)).
///
/// The code names the folders of the language's texts. A language is a line here and those folders.
#[macro_export]
macro_rules! languages {
    ($callback:ident) => {
        $callback! {
            English en "English" "d MMM y, HH:mm";
            German de "Deutsch" "d. MMM y, HH:mm";
            French fr "Français" "d MMM y, HH:mm";
        }
    };
}

macro_rules! define {
    ($($variant:ident $code:ident $name:literal $pattern:literal;)+) => {
        /// A language that pages and mails are written in.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Language {
            $(#[doc = $name] $variant,)+
        }

        impl Language {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The language's code, as in `lang="…"`.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => stringify!($code)),+ }
            }

            /// The language's own name.
            pub const fn own_name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            const fn date_pattern(self) -> &'static str {
                match self { $(Self::$variant => $pattern),+ }
            }
        }
    };
}

languages!(define);

impl Default for Language {
    fn default() -> Self {
        Self::English
    }
}

impl Language {
    /// Finds the language of a code such as `de`, with or without a region.
    pub fn of_code(code: &str) -> Option<Self> {
        let language = code.trim().split(['-', '_']).next().unwrap_or_default();
        Self::ALL.iter().copied().find(|known| known.code().eq_ignore_ascii_case(language))
    }

    /// Finds the language that an `Accept-Language` header prefers among those that there are (RFC 9110 12.5.4).
    pub fn of_accepted(header: &str) -> Option<Self> {
        let mut best: Option<(f32, Self)> = None;
        for part in header.split(',') {
            let (code, parameter) = part.split_once(';').unwrap_or((part, "q=1"));
            let quality = parameter.trim().strip_prefix("q=").and_then(|quality| quality.parse::<f32>().ok());
            let (Some(quality), Some(language)) = (quality, Self::of_code(code)) else { continue };
            if quality > 0.0 && best.is_none_or(|(highest, _)| quality > highest) {
                best = Some((quality, language));
            }
        }
        best.map(|(_, language)| language)
    }
}

#[cfg(test)]
mod tests {
    use super::Language::{self, English, German};

    #[test]
    fn accept_language_prefers_the_highest_quality_of_those_that_there_are() {
        for (header, language) in [
            ("xx, de-AT;q=0.9, en;q=0.8", Some(German)),
            ("en-GB,de;q=0.9", Some(English)),
            ("de;q=0.1,en;q=0.9", Some(English)),
            ("de; q=0.4, en; q=0.5", Some(English)),
            ("de;q=0.5, en;q=0.5", Some(German)),
            ("de;q=0, en;q=0.1", Some(English)),
            ("de;q=0", None),
            ("rubbish;q=x, ,", None),
            ("", None),
        ] {
            assert_eq!(Language::of_accepted(header), language, "{header}");
        }
    }
}
