//! Changing a password.

use serde_json::{Value as Json, json};
use vestibule_auth::{AuthInput, AuthenticateError};
use vestibule_core::ErrorKind;
use vestibule_database::Error;
use vestibule_testing::on_both_engines;

use crate::support::{
    ADA, HOUR, Module, OTHER_PASSWORD, PASSWORD, START, credentials, object, refusal, sign_in, wrong_password,
};

on_both_engines!(
    the_new_one_counts_and_the_old_one_does_not,
    what_cannot_be_a_password_is_refused_with_the_reason,
    an_unclaimed_registration_has_none_to_change,
);
on_both_engines!(4 threads: of_many_changes_at_once_one_is_the_last);

async fn the_new_one_counts_and_the_old_one_does_not(module: Module) {
    let owned = module.owned("Ada@Example.com", "user_1").await;
    for (spelling, from, to) in [(ADA, PASSWORD, OTHER_PASSWORD), ("ADA@EXAMPLE.COM", OTHER_PASSWORD, PASSWORD)] {
        module.clock.advance(HOUR);
        let input = AuthInput::body([("password", to)]);
        let changed = module.service.update_provider("emailpass", spelling, &input).await.unwrap().identity().unwrap();
        assert_eq!((changed.id, changed.actor("user")), (owned.id, Some("user_1")));
        assert_eq!(changed.provider_identities[0].entity_id, "Ada@Example.com");
        assert_eq!(refusal(module.sign_in(ADA, from).await), wrong_password());
        assert_eq!(module.sign_in(ADA, to).await.unwrap(), changed);
    }
    let updated_at = module.again(&owned).await.unwrap().provider_identities[0].updated_at;
    assert_eq!(updated_at, START + 2 * HOUR);
}

/// security.md 8 and 12
async fn what_cannot_be_a_password_is_refused_with_the_reason(module: Module) {
    module.owned(ADA, "user_1").await;
    let done = module.passwords.done();
    for (body, kind, message) in [
        (json!({}), ErrorKind::Unauthorized, "Password should be a string"),
        (json!({ "password": 12_345_678 }), ErrorKind::Unauthorized, "Password should be a string"),
        (json!({ "password": "" }), ErrorKind::InvalidData, "The password is too short: 8 characters at least"),
        (json!({ "password": "1234567" }), ErrorKind::InvalidData, "The password is too short: 8 characters at least"),
        (
            json!({ "password": "x".repeat(1_025) }),
            ErrorKind::InvalidData,
            "The password is too long: 1024 characters at most",
        ),
    ] {
        let input = AuthInput { body: object(body.clone()), ..AuthInput::default() };
        let refused = refusal(module.service.update_provider("emailpass", ADA, &input).await);
        let code = match message {
            _ if message.contains("too short") => Some("weak_password"),
            _ if message.contains("too long") => Some("password_too_long"),
            _ => None,
        };
        assert_eq!(refused, (kind, code, message.to_owned()), "{body:.60}");
    }
    assert_eq!(module.passwords.done(), done);
    module.sign_in(ADA, PASSWORD).await.unwrap();
}

/// security.md 6: an unclaimed registration has no owner, also not for a request of a new password.
async fn an_unclaimed_registration_has_none_to_change(module: Module) {
    module.register(ADA, PASSWORD).await.unwrap();
    for name in [ADA, "stranger@example.com", "rubbish", ""] {
        let result = module.service.update_provider("emailpass", name, &credentials("", OTHER_PASSWORD)).await;
        let message = format!("There is no identity of {name}");
        assert_eq!(refusal(result), (ErrorKind::Unauthorized, None, message));
    }
    module.sign_in(ADA, PASSWORD).await.unwrap();
}

async fn of_many_changes_at_once_one_is_the_last(module: Module) {
    let owned = module.owned(ADA, "user_1").await;
    let results = module
        .sixty_four(|service, caller| async move {
            let password = format!("Lantern-quarry-{caller}");
            let input = AuthInput::body([("password", Json::String(password.clone()))]);
            match service.update_provider("emailpass", ADA, &input).await {
                Ok(_) => Some(password),
                Err(AuthenticateError::Database(Error::Unavailable(_))) => None,
                Err(error) => panic!("{error}"),
            }
        })
        .await;
    let changed: Vec<String> = results.into_iter().flatten().collect();
    let (service, mut good) = (module.without_limits(), Vec::new());
    for password in &changed {
        if sign_in(&service, ADA, password).await.is_ok() {
            good.push(password);
        }
    }
    assert_eq!(good.len(), 1, "{good:?} of {changed:?}");
    let updated_at = module.again(&owned).await.unwrap().provider_identities[0].updated_at;
    let microseconds = updated_at.since(START).as_micros();
    assert_eq!(microseconds, changed.len() as u128, "each came after the one before, though the clock stands still");
    assert_eq!(refusal(module.sign_in(ADA, PASSWORD).await), wrong_password());
}
