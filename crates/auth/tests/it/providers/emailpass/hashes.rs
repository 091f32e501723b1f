//! Outdated or foreign hashes: they sign in, and are replaced (security.md 9).

use serde_json::json;
use vestibule_auth::{AuthIdentity, AuthModule, PasswordConfig, Passwords};
use vestibule_core::DomainError;
use vestibule_testing::on_both_engines;

use crate::support::{
    ADA, HOUR, Module, OTHER_PASSWORD, PASSWORD, START, belonging_to, credentials, object, part, refusal, sign_in,
    wrong_password,
};

on_both_engines!(
    the_references_hash_signs_in_and_becomes_argon2id,
    weaker_parameters_are_raised_and_others_left,
    a_wrong_password_raises_nothing,
    a_registrations_hash_is_updated_only_once_it_is_claimed,
    a_concurrently_changed_password_is_not_changed_back,
);
on_both_engines!(4 threads: sixty_four_sign_ins_at_once_all_succeed);

/// Created by npm's scrypt-kdf 2.0.1 with the reference's parameters (N = 2^15, r = 8, p = 1).
const SCRYPT_PASSWORD: &str = "correct horse battery staple";
const SCRYPT: &str = "c2NyeXB0AA8AAAAIAAAAAQoxi3N7byjvWXy3CMStPTGgzD/4SnrBlD1XER5sgbUi7xTa05RR46bxztp/7rASl7y8y98ffZR7UyRT+tMiHiHMfxUOu65rOJgIQaHLvxPS";

/// The same of `pässwörd 🔑 ` with N = 2^10.
const LIGHT_SCRYPT_PASSWORD: &str = "pässwörd 🔑 ";
const LIGHT_SCRYPT: &str = "c2NyeXB0AAoAAAAIAAAAAQve9FpKkEOdCIkC+OuBIXrjOqliDvF+RYFylRCO18D49YaSrFU5JUGBu0pW4zQDWBnDBseu6xzASym6lExTew7BTpwSGc2uUUFmRmEMYnvk";

async fn imported(module: &Module, address: &str, hash: &str) -> AuthIdentity {
    let mut part = part("emailpass", address);
    part.provider_metadata = object(json!({ "password": hash }));
    module.service.create_auth_identities(belonging_to("user_1", [part])).await.unwrap()
}

async fn hash_of(module: &Module, identity: &AuthIdentity) -> String {
    let identity = module.again(identity).await.unwrap();
    identity.provider_identities[0].provider_metadata["password"].as_str().unwrap().to_owned()
}

/// The service with more passes than the usual of these tests.
fn stronger(module: &Module) -> AuthModule {
    module.with_passwords(|config| config.passes = 3)
}

async fn the_references_hash_signs_in_and_becomes_argon2id(module: Module) {
    for (number, (hash, password)) in
        [(SCRYPT, SCRYPT_PASSWORD), (LIGHT_SCRYPT, LIGHT_SCRYPT_PASSWORD)].into_iter().enumerate()
    {
        let address = format!("user{number}@example.com");
        let identity = imported(&module, &address, hash).await;
        assert_eq!(
            refusal(module.sign_in(&address, password.trim_end_matches(' ').trim_end_matches('e')).await),
            wrong_password()
        );
        assert_eq!(hash_of(&module, &identity).await, hash);
        module.clock.advance(HOUR);
        let signed_in = module.sign_in(&address, password).await.unwrap();
        assert_eq!(signed_in.actor("user"), Some("user_1"));
        let updated = hash_of(&module, &identity).await;
        assert!(updated.starts_with("$argon2id$v=19$m=64,t=1,p=1$"), "{updated}");
        assert_eq!(signed_in.provider_identities[0].updated_at, module.clock_now(), "the result is what is stored");
        module.sign_in(&address, password).await.expect("and it still does");
        assert_eq!(hash_of(&module, &identity).await, updated, "once is enough");
        assert_eq!(refusal(module.sign_in(&address, OTHER_PASSWORD).await), wrong_password());
    }
}

async fn weaker_parameters_are_raised_and_others_left(module: Module) {
    let identity = module.owned(ADA, "user_1").await;
    let before = hash_of(&module, &identity).await;
    module.sign_in(ADA, PASSWORD).await.unwrap();
    assert_eq!(hash_of(&module, &identity).await, before);
    sign_in(&stronger(&module), ADA, PASSWORD).await.unwrap();
    let raised = hash_of(&module, &identity).await;
    assert!(raised.starts_with("$argon2id$v=19$m=64,t=3,p=1$"), "{raised}");
    sign_in(&stronger(&module), ADA, PASSWORD).await.unwrap();
    assert_eq!(hash_of(&module, &identity).await, raised);
    let again = module.again(&identity).await.unwrap();
    assert!(again.provider_identities[0].updated_at > START, "though the clock stands still");
}

async fn a_wrong_password_raises_nothing(module: Module) {
    let identity = module.owned(ADA, "user_1").await;
    let before = hash_of(&module, &identity).await;
    assert_eq!(refusal(sign_in(&stronger(&module), ADA, OTHER_PASSWORD).await), wrong_password());
    assert_eq!(hash_of(&module, &identity).await, before);
}

/// A waiting registration is found by its hash, which follows from address, password and parameters.
async fn a_registrations_hash_is_updated_only_once_it_is_claimed(module: Module) {
    let identity = module.register(ADA, PASSWORD).await.unwrap();
    assert_eq!(refusal(sign_in(&stronger(&module), ADA, PASSWORD).await), wrong_password());
    module.claim(identity.id, "user_1").await.unwrap();
    sign_in(&stronger(&module), ADA, PASSWORD).await.unwrap();
    assert!(hash_of(&module, &identity).await.contains("t=3"));
}

/// The sign-in that replaces a hash has read the old password; the change comes between reading and writing. A hook
/// between the two does not exist, so the two run at once, often.
async fn a_concurrently_changed_password_is_not_changed_back(module: Module) {
    for round in 0..16 {
        let address = format!("user{round}@example.com");
        imported(&module, &address, LIGHT_SCRYPT).await;
        let input = credentials("", PASSWORD);
        let (_either, changed) = tokio::join!(
            module.sign_in(&address, LIGHT_SCRYPT_PASSWORD),
            module.service.update_provider("emailpass", &address, &input)
        );
        changed.unwrap();
        module.sign_in(&address, PASSWORD).await.unwrap();
        assert_eq!(refusal(module.sign_in(&address, LIGHT_SCRYPT_PASSWORD).await), wrong_password());
    }
}

async fn sixty_four_sign_ins_at_once_all_succeed(module: Module) {
    let identity = imported(&module, ADA, LIGHT_SCRYPT).await;
    let results = module
        .sixty_four(|service, _| async move {
            sign_in(&service, ADA, LIGHT_SCRYPT_PASSWORD).await.map_err(|error| (error.kind(), error.to_string()))
        })
        .await;
    for result in results {
        assert_eq!(result.unwrap().id, identity.id);
    }
    assert!(hash_of(&module, &identity).await.starts_with("$argon2id$"));
    module.sign_in(ADA, LIGHT_SCRYPT_PASSWORD).await.unwrap();
}

/// The passwords of the tests match their hashes.
#[tokio::test]
async fn the_foreign_hashes_match_their_passwords() {
    let passwords = Passwords::start(PasswordConfig::fast_for_tests()).unwrap();
    for (password, hash) in [(SCRYPT_PASSWORD, SCRYPT), (LIGHT_SCRYPT_PASSWORD, LIGHT_SCRYPT)] {
        let verdict = passwords.verify(password, Some(hash)).await.unwrap();
        assert!(verdict.matches && verdict.outdated);
    }
    assert_eq!(passwords.done(), 2);
}
