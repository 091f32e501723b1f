//! The templates that come with the program.

macro_rules! sources {
    ($($language:literal: $($kind:literal)+;)+) => {
        &[
            ("layout.html", include_str!("../../templates/layout.html")),
            ("layout.txt", include_str!("../../templates/layout.txt")),
            ("de/layout.html", include_str!("../../templates/de/layout.html")),
            $($(
                (
                    concat!($language, "/", $kind, ".subject.txt"),
                    include_str!(concat!("../../templates/", $language, "/", $kind, ".subject.txt")),
                ),
                (
                    concat!($language, "/", $kind, ".txt"),
                    include_str!(concat!("../../templates/", $language, "/", $kind, ".txt")),
                ),
                (
                    concat!($language, "/", $kind, ".html"),
                    include_str!(concat!("../../templates/", $language, "/", $kind, ".html")),
                ),
            )+)+
        ]
    };
}

/// The languages of these templates; the first is what everybody gets who asks for one that there is not.
pub(super) const LANGUAGES: [&str; 2] = ["en", "de"];

/// Names, such as `de/invite.html`, with their text.
pub(super) const SOURCES: &[(&str, &str)] = sources! {
    "en": "invite" "invite-again" "password-reset" "password-changed" "verification" "new-device" "second-factor-on"
        "second-factor-off" "recovery-codes" "test";
    "de": "invite" "invite-again" "password-reset" "password-changed" "verification" "new-device" "second-factor-on"
        "second-factor-off" "recovery-codes" "test";
};
