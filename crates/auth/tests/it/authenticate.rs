//! The four methods, and their results.

use std::time::Duration;

use vestibule_auth::passwords::HashingError;
use vestibule_auth::{AuthInput, AuthenticateError, AuthenticationResponse};
use vestibule_core::{DomainError, ErrorKind};
use vestibule_database::Error;
use vestibule_testing::on_both_engines;

use crate::support::providers::Elsewhere;
use crate::support::{ADA, Module, credentials, refusal, refusal_of};

on_both_engines!(
    a_provider_that_is_not_there_is_named,
    what_a_provider_does_not_do_is_named,
    a_redirect_is_no_identity,
);

async fn a_provider_that_is_not_there_is_named(module: Module) {
    let service = &module.service;
    for name in ["github", "EMAILPASS", "", "emailpass "] {
        let input = credentials(ADA, "Lantern-trombone-42");
        for result in [
            service.authenticate(name, &input).await,
            service.register(name, &input).await,
            service.validate_callback(name, &input).await,
            service.update_provider(name, ADA, &input).await,
        ] {
            let expected = (ErrorKind::NotAllowed, None, format!("There is no auth provider {name}"));
            assert_eq!(refusal(result), expected);
        }
    }
}

async fn what_a_provider_does_not_do_is_named(module: Module) {
    let service = module.service.clone().with_provider(Elsewhere);
    let nothing = AuthInput::default();
    for (result, message) in [
        (
            service.validate_callback("emailpass", &nothing).await,
            "Callback authentication not implemented for provider emailpass",
        ),
        (service.register("elsewhere", &nothing).await, "Registration not implemented for provider elsewhere"),
        (
            service
                .clone()
                .with_provider(crate::support::providers::Header)
                .update_provider("header", ADA, &nothing)
                .await,
            "Update not implemented for provider header",
        ),
    ] {
        assert_eq!(refusal(result), (ErrorKind::Unauthorized, None, message.to_owned()));
    }
}

async fn a_redirect_is_no_identity(module: Module) {
    let service = module.service.clone().with_provider(Elsewhere);
    let redirect = service.authenticate("elsewhere", &AuthInput::default()).await.unwrap();
    let location = "https://elsewhere.example/authorize?state=".to_owned();
    assert_eq!(redirect, AuthenticationResponse::Redirect { location });
    assert_eq!(
        refusal(redirect.identity()),
        (ErrorKind::Unauthorized, None, "The provider asks for a redirect first".to_owned())
    );
}

/// One mapping for callers in other crates, without the cause (security.md 31).
#[test]
fn errors_have_a_kind_a_code_and_a_time() {
    let seconds = Duration::from_secs;
    let unavailable = || Error::Unavailable("the disk".into());
    for (error, kind, code, retry_after) in [
        (AuthenticateError::UnknownProvider("x".into()), ErrorKind::NotAllowed, None, None),
        (AuthenticateError::Refused("no".into()), ErrorKind::Unauthorized, None, None),
        (AuthenticateError::Invalid("no".into()), ErrorKind::InvalidData, None, None),
        (
            HashingError::Busy { retry_after: seconds(7) }.into(),
            ErrorKind::TooManyRequests,
            Some("too_many_sign_ins"),
            Some(seconds(7)),
        ),
        (HashingError::TooLong.into(), ErrorKind::InvalidData, Some("password_too_long"), None),
        (HashingError::Stopped.into(), ErrorKind::Internal, None, None),
        (unavailable().into(), ErrorKind::Unavailable, None, Some(seconds(2))),
    ] {
        let (found_kind, found_code, message) = refusal_of(&error);
        assert_eq!((found_kind, found_code, error.retry_after()), (kind, code, retry_after), "{error:?}");
        assert!(!message.contains("disk"), "{message}");
    }
    for error in [
        &vestibule_auth::identities::ClaimError::from(unavailable()) as &dyn DomainError,
        &vestibule_auth::identities::CreateIdentitiesError::from(unavailable()),
        &vestibule_auth::identities::RetrieveIdentityError::from(unavailable()),
    ] {
        assert_eq!((error.kind(), error.retry_after()), (ErrorKind::Unavailable, Some(seconds(2))), "{error}");
    }
}
