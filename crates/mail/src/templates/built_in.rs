//! The built-in templates: a folder per language in `mail/templates`.

use vestibule_language::{Language, languages};

use crate::Kind;
use crate::kind::kinds;

macro_rules! folders {
    ($($variant:ident $code:ident $name:literal $pattern:literal;)+) => {
        &[$((stringify!($code), kinds!(files!($code)))),+]
    };
}

macro_rules! files {
    ($code:ident $($(#[$doc:meta])* $variant:ident $kind:literal;)+) => {
        &[
            ("layout.html", file!($code, "layout.html")),
            $(
                (concat!($kind, ".subject.txt"), file!($code, $kind, ".subject.txt")),
                (concat!($kind, ".txt"), file!($code, $kind, ".txt")),
                (concat!($kind, ".html"), file!($code, $kind, ".html")),
            )+
        ]
    };
}

macro_rules! titles {
    ($($variant:ident $code:ident $name:literal $pattern:literal;)+) => {
        /// Returns what pages call a mail, with a line feed at the end.
        pub(crate) fn title(kind: Kind, language: Language) -> &'static str {
            match language {
                $(Language::$variant => kinds!(title!($code kind)),)+
            }
        }
    };
}

macro_rules! title {
    ($code:ident $value:ident $($(#[$doc:meta])* $variant:ident $kind:literal;)+) => {
        match $value {
            $(Kind::$variant => file!($code, $kind, ".title.txt"),)+
        }
    };
}

macro_rules! file {
    ($code:ident, $($part:literal),+) => {
        include_str!(concat!("../../templates/", stringify!($code), "/", $($part),+))
    };
}

/// The layouts of all languages.
pub(super) const LAYOUTS: [(&str, &str); 2] = [
    ("layout.html", include_str!("../../templates/layout.html")),
    ("layout.txt", include_str!("../../templates/layout.txt")),
];

/// The languages with their files.
pub(super) const LANGUAGES: &[(&str, &[(&str, &str)])] = languages!(folders);

languages!(titles);
