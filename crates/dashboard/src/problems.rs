//! The text of a failed flow, in the page's language: by the error's code, or else by its status. The modules' own messages
//! are for programs; a few with details are shown in English.

use std::any::Any;
use std::borrow::Cow;

use http::StatusCode;
use vestibule_auth::AuthenticateError;
use vestibule_auth::mfa::{StartMfaError, VerifyChallengeError, VerifyMfaError};
use vestibule_core::DomainError;
use vestibule_flows::roles::UserRolesError;
use vestibule_flows::{
    CreateKeyError, InviteError, LockUserError, MfaChallengeError, RemoveUserAccountError, ResetMfaError,
    StartFactorError, VerifyFactorError,
};
use vestibule_language::Language;
use vestibule_rbac::AssignRolesError;
use vestibule_web::Problem;

use crate::texts::{self, Problems};

/// The code of an error whose message is a provider's, which is not translated.
const PROVIDER: &str = "provider";

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
            VerifyChallengeError::Attempts(_) | VerifyChallengeError::Database(_) => None,
        };
    }
    if let Some(VerifyFactorError::Verify(error)) = error.downcast_ref() {
        return match error {
            VerifyMfaError::WrongCode(_) => Some("wrong_code"),
            VerifyMfaError::WrongAnswer => Some("wrong_answer"),
            VerifyMfaError::NotFound(_) | VerifyMfaError::Disabled => Some("factor_gone"),
            VerifyMfaError::Attempts(_) | VerifyMfaError::Database(_) => None,
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
    if names_unknown_roles(error) {
        return Some("roles_unknown");
    }
    match error.downcast_ref() {
        Some(AuthenticateError::UnknownProvider(_)) => Some("unknown_provider"),
        Some(AuthenticateError::Refused(_) | AuthenticateError::Invalid(_)) => Some(PROVIDER),
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
    if code == PROVIDER {
        return error.message().to_owned();
    }
    let problems = texts::problems(language);
    let detail = error.message().rsplit_once("you lack ").map_or(error.message(), |(_, missing)| missing);
    problems.find(code, detail).map_or_else(|| by_status(error.status(), problems).to_owned(), Cow::into_owned)
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
        ] {
            for &language in Language::ALL {
                let shown = text(&error, language);
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
    }
}
