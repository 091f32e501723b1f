//! The built-in templates: a folder per language in `mail/templates`.

use vestibule_language::languages;

macro_rules! folders {
    ($($variant:ident $code:ident $name:literal $pattern:literal;)+) => {
        &[$((stringify!($code), files!($code))),+]
    };
}

macro_rules! files {
    ($code:ident) => {
        files! {
            $code: "invite" "invite-again" "password-reset" "password-changed" "verification" "new-device"
                "second-factor-on" "second-factor-off" "recovery-codes" "test"
        }
    };
    ($code:ident: $($kind:literal)+) => {
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
