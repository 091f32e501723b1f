//! Every text of the pages, in a folder per language.
//!
//! - `pages`: the texts of pages
//! - `home`: the texts of the start page
//! - `actions`: what entries of the audit log say
//! - `problems`: the texts of errors, by code; `details`: those of errors with data
//! - `reasons`: why a delivery has not arrived. A server's own message is not translated
//! - `findings`: what the doctor finds
//! - `imports`: the texts of importing
//! - `done`: what was just done, by the word in the address
//! - `times`: relative times

#[macro_use]
mod macros;
mod details;

use vestibule_core::InvalidEmail;
use vestibule_flows::doctor::FindingKind;
use vestibule_language::{Language, languages};
use vestibule_notify::Reason;
use vestibule_web::Problem;

pub(crate) use self::en::actions::Actions;
pub(crate) use self::en::done::Done;
pub(crate) use self::en::home::Home;
pub(crate) use self::en::imports::Imports;
pub(crate) use self::en::pages::Texts;
pub(crate) use self::en::problems::Problems;
pub(crate) use self::en::times::Times;

macro_rules! folders {
    ($($variant:ident $code:ident $name:literal $pattern:literal;)+) => {
        $(mod $code;)+

        /// The texts of pages.
        pub(crate) fn of(language: Language) -> &'static Texts {
            match language { $(Language::$variant => &$code::pages::TEXTS),+ }
        }

        /// The texts of errors.
        pub(crate) fn problems(language: Language) -> &'static Problems {
            match language { $(Language::$variant => &$code::problems::TEXTS),+ }
        }

        /// What an error says by its data; none if it has none.
        pub(crate) fn detail(error: &Problem, language: Language) -> Option<String> {
            match language { $(Language::$variant => $code::details::DETAILS.of(error)),+ }
        }

        /// What was just done, by the word in the address: nothing else can be shown there.
        pub(crate) fn done(language: Language) -> &'static Done {
            match language { $(Language::$variant => &$code::done::TEXTS),+ }
        }

        /// Why a delivery has not arrived.
        pub(crate) fn reason(reason: &Reason, language: Language) -> String {
            match language { $(Language::$variant => $code::reasons::reason(reason)),+ }
        }

        /// The texts of the start page.
        pub(crate) fn home(language: Language) -> &'static Home {
            match language { $(Language::$variant => &$code::home::TEXTS),+ }
        }

        /// The texts of importing.
        pub(crate) fn imports(language: Language) -> &'static Imports {
            match language { $(Language::$variant => &$code::imports::TEXTS),+ }
        }

        /// What entries of the audit log say, by action.
        pub(crate) fn actions(language: Language) -> &'static Actions {
            match language { $(Language::$variant => &$code::actions::TEXTS),+ }
        }

        /// What the doctor has found, and what is done about it.
        pub(crate) fn finding(kind: FindingKind, language: Language) -> (&'static str, &'static str) {
            match language { $(Language::$variant => $code::findings::finding(kind)),+ }
        }

        /// Relative times.
        pub(crate) fn times(language: Language) -> &'static Times {
            match language { $(Language::$variant => &$code::times::TEXTS),+ }
        }
    };
}

languages!(folders);

impl Texts {
    /// Explains what is wrong with an address.
    pub(crate) fn of_email_problem(&self, problem: &InvalidEmail) -> &'static str {
        match problem {
            InvalidEmail::TooLong => self.email_too_long,
            InvalidEmail::Dots => self.email_dots,
            InvalidEmail::Form => self.email_form,
            InvalidEmail::Character => self.email_character,
            InvalidEmail::Domain => self.email_domain,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn french_has_hard_spaces_before_its_marks() {
        for text in [
            include_str!("fr/actions.rs"),
            include_str!("fr/details.rs"),
            include_str!("fr/done.rs"),
            include_str!("fr/findings.rs"),
            include_str!("fr/home.rs"),
            include_str!("fr/imports.rs"),
            include_str!("fr/pages.rs"),
            include_str!("fr/problems.rs"),
            include_str!("fr/reasons.rs"),
            include_str!("fr/times.rs"),
        ] {
            for wrong in [" :", " ;", " !", " ?", " »", "« "] {
                assert!(!text.contains(wrong), "{wrong:?}");
            }
        }
    }

    #[test]
    fn what_a_server_said_stays_as_it_said_it() {
        let answered = |answer: Option<&str>| {
            Reason::from(vestibule_webhook::Reason::Answered { status: 500, answer: answer.map(str::to_owned) })
        };
        assert_eq!(reason(&answered(None), Language::German), "antwortete mit 500");
        assert_eq!(reason(&answered(Some("try later")), Language::German), "antwortete mit 500: try later");
        assert_eq!(reason(&answered(Some("try later")), Language::French), "a répondu 500\u{a0}: try later");
        assert_eq!(reason(&"queue full".into(), Language::French), "queue full");
    }

    #[test]
    fn every_action_has_a_sentence() {
        for name in Actions::NAMES {
            let text = actions(Language::English).find(name).unwrap_or_default();
            assert!(!text.contains("  ") && text.matches('{').count() == text.matches('}').count(), "{name}");
        }
        for action in vestibule_audit::Action::ALL {
            assert!(actions(Language::English).find(&action.as_str().replace('.', "_")).is_some(), "{action}");
        }
    }

    #[test]
    fn every_word_of_what_was_done_is_one_that_a_page_uses() {
        let mut folders = vec![std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
        let mut sources = String::new();
        while let Some(folder) = folders.pop() {
            for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
                match path.is_dir() {
                    true => folders.push(path),
                    false => sources.push_str(&std::fs::read_to_string(path).unwrap()),
                }
            }
        }
        for name in Done::NAMES {
            assert!(sources.contains(&name.replace('_', "-")), "{name}");
        }
    }
}
