//! The text of a failed flow, in the page's language: by what the error has as data, by its code, or else by its status. The
//! modules' own messages are for programs.

use std::any::Any;

use http::StatusCode;
use vestibule_auth::AuthenticateError;
use vestibule_auth::mfa::{StartMfaError, VerifyChallengeError, VerifyMfaError};
use vestibule_core::DomainError;
use vestibule_flows::roles::UserRolesError;
use vestibule_flows::{
    CreateKeyError, InviteError, LockUserError, MfaChallengeError, RemoveFactorError, RemoveUserAccountError,
    ResetMfaError, StartFactorError, VerifyFactorError,
};
use vestibule_language::Language;
use vestibule_rbac::AssignRolesError;
use vestibule_web::Problem;

use crate::texts::{self, Problems};

/// Returns the error with the pages' code: they have one also for some errors without a code in the API.
pub(crate) fn coded<E: DomainError + 'static>(error: E) -> Problem {
    let code = page_code(&error);
    let error = Problem::from(error);
    match code {
        Some(code) => error.with_code(code),
        None => error,
    }
}

fn page_code(error: &dyn Any) -> Option<&'static str> {
    if let Some(MfaChallengeError::Verify(error)) = error.downcast_ref() {
        return match error {
            VerifyChallengeError::WrongCode | VerifyChallengeError::UnsupportedMethod(_) => Some("wrong_code"),
            VerifyChallengeError::WrongAnswer => Some("wrong_answer"),
            VerifyChallengeError::CounterWentBack(_) => Some("passkey_counter"),
            VerifyChallengeError::NotFound(_)
            | VerifyChallengeError::Completed
            | VerifyChallengeError::TooManyAttempts => Some("challenge_over"),
            _ => None,
        };
    }
    if let Some(VerifyFactorError::Verify(error)) = error.downcast_ref() {
        return match error {
            VerifyMfaError::WrongCode(_) => Some("wrong_code"),
            VerifyMfaError::WrongAnswer => Some("wrong_answer"),
            VerifyMfaError::NotFound(_) | VerifyMfaError::Disabled => Some("factor_gone"),
            _ => None,
        };
    }
    if let Some(StartFactorError::Start(StartMfaError::Active(_))) = error.downcast_ref() {
        return Some("factor_active");
    }
    if let Some(LockUserError::Oneself) = error.downcast_ref() {
        return Some("lock_oneself");
    }
    if let Some(RemoveUserAccountError::Oneself) = error.downcast_ref() {
        return Some("delete_oneself");
    }
    if let Some(ResetMfaError::Oneself) = error.downcast_ref() {
        return Some("own_factor");
    }
    if let Some(RemoveFactorError::Oneself) = error.downcast_ref() {
        return Some("own_factor");
    }
    if names_unknown_roles(error) {
        return Some("roles_unknown");
    }
    match error.downcast_ref() {
        Some(AuthenticateError::UnknownProvider(_)) => Some("unknown_provider"),
        Some(AuthenticateError::Refused(_)) => Some("sign_in_rejected"),
        Some(AuthenticateError::Invalid(_)) => Some("sign_in_input_invalid"),
        _ => None,
    }
}

fn names_unknown_roles(error: &dyn Any) -> bool {
    let error = if let Some(UserRolesError::Roles(error)) = error.downcast_ref() {
        Some(error)
    } else if let Some(InviteError::Roles(error)) = error.downcast_ref() {
        Some(error)
    } else if let Some(CreateKeyError::Roles(error)) = error.downcast_ref() {
        Some(error)
    } else {
        error.downcast_ref()
    };
    matches!(error, Some(AssignRolesError::Roles(_)))
}

/// Returns what happened and what to do, in the language of the page.
pub(crate) fn text(error: &Problem, language: Language) -> String {
    let code = error.code().unwrap_or_default();
    let problems = texts::problems(language);
    texts::detail(error, language)
        .unwrap_or_else(|| problems.find(code).unwrap_or_else(|| by_status(error.status(), problems)).to_owned())
}

/// Returns the name of the text of an error without a known code.
fn by_status(status: StatusCode, problems: &Problems) -> &'static str {
    match status {
        StatusCode::UNAUTHORIZED => problems.status_unauthorized,
        StatusCode::FORBIDDEN => problems.status_forbidden,
        StatusCode::NOT_FOUND => problems.status_not_found,
        StatusCode::CONFLICT | StatusCode::UNPROCESSABLE_ENTITY => problems.status_conflict,
        StatusCode::TOO_MANY_REQUESTS => problems.status_too_many_requests,
        StatusCode::SERVICE_UNAVAILABLE => problems.status_unavailable,
        status if status.is_server_error() => problems.status_server_error,
        _ => problems.status_other,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use vestibule_auth::attempts::AttemptError;
    use vestibule_auth::providers::RejectionReason;
    use vestibule_auth::{PasswordAdvice, PasswordWarning, WeakPassword};
    use vestibule_core::{EmailAddress, ErrorKind};
    use vestibule_flows::{GrantError, IssueResetError};
    use vestibule_notify::{InvalidEvents, WebhookError};
    use vestibule_webhook::{AddressKind, InvalidEndpoint, Refusal};

    use super::*;

    /// Returns the sources of the crates whose errors reach a page.
    fn sources() -> Vec<String> {
        let elsewhere = ["cli", "language", "macros", "mail", "outbox", "testing", "vestibule"];
        let sources = vestibule_testing::sources::sources().into_iter();
        // Errors in a file's own tests reach no page.
        let code = |(_, source): (String, String)| source.split("#[cfg(test)]").next().unwrap().to_owned();
        sources.filter(move |(path, _)| !elsewhere.contains(&path.split('/').next().unwrap())).map(code).collect()
    }

    /// Returns the codes of errors: of `#[kind(…, code = "…")]`, and of `with_code`.
    fn codes() -> Vec<String> {
        let mut codes = Vec::new();
        for source in sources() {
            let derived =
                source.split("#[kind(").skip(1).filter_map(|rest| rest.split(")]").next()?.split("code =").nth(1));
            let given = source.split(".with_code(").skip(1).filter_map(|rest| rest.split(')').next());
            for text in derived.chain(given) {
                codes.extend(text.split('"').skip(1).step_by(2).map(str::to_owned));
            }
        }
        codes.sort();
        codes.dedup();
        codes
    }

    #[test]
    fn every_code_of_an_error_has_a_text_in_each_language() {
        let codes = codes();
        assert!(codes.len() > 50, "{codes:?}");
        let is_known = |code: &str| Problems::NAMES.contains(&code);
        let lacking: Vec<&String> = codes.iter().filter(|code| !is_known(code)).collect();
        assert_eq!(lacking, Vec::<&String>::new(), "add them to texts/en/problems.rs");
        let sources = sources();
        let is_used = |name: &str| sources.iter().any(|source| source.contains(&format!("\"{name}\"")));
        let unused: Vec<&&str> =
            Problems::NAMES.iter().filter(|name| !name.starts_with("status_") && !is_used(name)).collect();
        assert_eq!(unused, Vec::<&&str>::new(), "no error has these codes");
    }

    /// Returns an error of each code that has data, with each of its reasons.
    fn errors_with_data() -> Vec<Problem> {
        let mut weak = vec![WeakPassword::TooShort { least: 15 }, WeakPassword::Oneself];
        for warning in PasswordWarning::ALL {
            weak.push(WeakPassword::Guessable { warning: Some(*warning), advice: vec![PasswordAdvice::AnotherWord] });
        }
        for advice in PasswordAdvice::ALL {
            weak.push(WeakPassword::Guessable { warning: None, advice: vec![*advice] });
        }
        let urls = [
            InvalidEndpoint::TooLong,
            InvalidEndpoint::Character,
            InvalidEndpoint::Malformed,
            InvalidEndpoint::Scheme,
            InvalidEndpoint::UserInfo,
            InvalidEndpoint::Fragment,
            InvalidEndpoint::Port,
        ];
        let (host, missing) =
            ("webhooks.example.net".to_owned(), vec!["user:read".to_owned(), "user:update".to_owned()]);
        let address = [10, 0, 0, 7].into();
        let refused = [
            Refusal::Address { host: host.clone(), address, kind: AddressKind::Private },
            Refusal::Unencrypted { host },
        ];
        let events = [InvalidEvents::None, InvalidEvents::TooMany, InvalidEvents::Name { name: "nosuch".to_owned() }];
        let waits = [1, 61, 900].map(|seconds| AttemptError::TooMany { retry_after: Duration::from_secs(seconds) });
        let weak = weak.into_iter().map(|problem| coded(AuthenticateError::from(problem)));
        let hooks = urls.map(WebhookError::Url).into_iter().chain(refused.map(WebhookError::Refused));
        let hooks = hooks.chain(events.map(WebhookError::Events)).map(coded);
        weak.chain(hooks)
            .chain(waits.map(coded))
            .chain([
                coded(GrantError::Lacking { missing: missing.clone() }),
                coded(IssueResetError::Lacking { missing }),
            ])
            .collect()
    }

    /// Returns whether two texts have a sentence in common.
    fn share_a_sentence(one: &str, other: &str) -> bool {
        let sentences = |text: &str| -> Vec<String> {
            text.split_inclusive(['.', ':']).map(|sentence| sentence.trim().to_lowercase()).collect()
        };
        let others = sentences(other);
        sentences(one).iter().any(|sentence| sentence.split(' ').count() > 2 && others.contains(sentence))
    }

    #[test]
    fn an_error_with_data_is_written_in_the_readers_language() {
        let errors = errors_with_data();
        for error in &errors {
            let [english, german, french] = [Language::English, Language::German, Language::French].map(|language| {
                let shown = text(error, language);
                assert!(shown.ends_with('.') && shown.len() > 10, "{shown}");
                shown
            });
            for other in [&german, &french] {
                assert!(!share_a_sentence(other, &english), "{other}");
                assert!(!share_a_sentence(other, error.message()), "{other}");
            }
            assert!(!share_a_sentence(&german, &french), "{german}");
            for data in ["15 ", "user:read, user:update", "webhooks.example.net", "nosuch", "10.0.0.7"] {
                if error.message().contains(data) {
                    assert!([&english, &german, &french].iter().all(|shown| shown.contains(data)), "{german}: {data}");
                }
            }
        }
        let mut with_data: Vec<&str> = errors.iter().filter_map(Problem::code).collect();
        with_data.sort_unstable();
        with_data.dedup();
        let mut declared: Vec<String> = Vec::new();
        for source in sources() {
            let kinds = source.split("#[kind(").skip(1).filter_map(|rest| rest.split(")]").next());
            let with_detail = kinds.filter(|kind| kind.contains("detail ="));
            declared.extend(
                with_detail.filter_map(|kind| Some(kind.split("code =").nth(1)?.split('"').nth(1)?.to_owned())),
            );
        }
        declared.sort();
        declared.dedup();
        assert_eq!(with_data, declared, "add the new ones to texts/details.rs and to this test");
    }

    #[test]
    fn no_error_of_any_crate_shows_an_english_sentence_to_others() {
        let sentence = "The API's own sentence about this error is in English.";
        for code in codes() {
            let error = Problem::new(ErrorKind::InvalidData, sentence).with_code(code.clone().leak());
            let shown = [Language::English, Language::German, Language::French].map(|language| text(&error, language));
            for (number, one) in shown.iter().enumerate() {
                assert!(one.ends_with('.') && !one.contains(sentence), "{code}: {one}");
                assert!(shown.iter().skip(number + 1).all(|other| !share_a_sentence(one, other)), "{code}: {one}");
            }
        }
    }

    /// The API's messages of these are for programs, or in English.
    #[test]
    fn an_error_without_a_code_is_shown_by_its_status() {
        use vestibule_core::ErrorKind::*;
        for kind in [
            InvalidData,
            NotAllowed,
            Unauthorized,
            Forbidden,
            NotFound,
            Conflict,
            Duplicate,
            TooManyRequests,
            Unavailable,
            Internal,
        ] {
            let error = Problem::new(kind, "auth_identity with id: authid_1 does not support method \"totp\"");
            let unknown = Problem::new(kind, error.message()).with_code("nosuch");
            for &language in Language::ALL {
                let shown = text(&error, language);
                assert!(
                    !shown.contains("auth") && !shown.contains("method") && shown.ends_with('.'),
                    "{kind:?}: {shown}"
                );
                assert_eq!(text(&unknown, language), shown);
            }
            assert_ne!(text(&error, Language::English), text(&error, Language::German), "{kind:?}");
        }
    }

    #[test]
    fn errors_of_second_factors_are_shown_without_their_internal_terms() {
        let challenge = |error: VerifyChallengeError| coded(MfaChallengeError::Verify(error));
        let factor = |error: VerifyMfaError| coded(VerifyFactorError::Verify(error));
        for error in [
            challenge(VerifyChallengeError::WrongCode),
            challenge(VerifyChallengeError::UnsupportedMethod("recovery_code".into())),
            challenge(VerifyChallengeError::NotFound("authmfachal_1".into())),
            challenge(VerifyChallengeError::Completed),
            challenge(VerifyChallengeError::TooManyAttempts),
            factor(VerifyMfaError::WrongCode("totp".into())),
            factor(VerifyMfaError::NotFound("authmfa_1".into())),
            factor(VerifyMfaError::Disabled),
            coded(StartFactorError::Start(StartMfaError::Active("totp".into()))),
            coded(ResetMfaError::Oneself),
            coded(RemoveFactorError::Oneself),
            coded(RemoveFactorError::LastMethod),
        ] {
            for &language in Language::ALL {
                // "Sign-in method" is the pages' own word.
                let shown = text(&error, language).replace("sign-in method", "");
                for term in ["MFA", "TOTP", "method", "challenge", "identity", "DELETE", "auth"] {
                    assert!(!shown.contains(term), "{shown}");
                }
            }
        }
    }

    #[test]
    fn what_a_provider_says_stays() {
        let error = coded(AuthenticateError::Refused("Elsewhere does not know you".into()));
        assert_eq!(text(&error, Language::German), "Elsewhere does not know you");
        let error = coded(AuthenticateError::Invalid("Elsewhere needs a name".into()));
        assert_eq!(text(&error, Language::French), "Elsewhere needs a name");
    }

    #[test]
    fn why_a_sign_in_is_rejected_is_written_in_the_language_of_the_page() {
        let german = |error| text(&coded(AuthenticateError::Refused(error)), Language::German);
        assert!(german(RejectionReason::WrongCredentials).starts_with("Die Adresse oder das Passwort ist falsch."));
        assert!(german(RejectionReason::Late).starts_with("Diese Anmeldung gilt nicht mehr."));
        let error = EmailAddress::parse("rubbish").unwrap_err();
        let error = coded(AuthenticateError::Invalid(error.into()));
        assert_eq!(text(&error, Language::French), texts::of(Language::French).email_form);
    }
}
