//! Registering an address and a password: anyone may, and it proves nothing (security.md 6).

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};
use vestibule_auth::{AuthInput, PasswordPolicy};
use vestibule_core::{DomainError, ErrorKind};
use vestibule_testing::on_both_engines;

use crate::support::{
    ADA, DAY, HOUR, MICROSECOND, Module, OTHER_PASSWORD, PASSWORD, START, credentials, object, refusal,
};

on_both_engines!(
    a_registration_has_no_owner_yet,
    what_cannot_be_registered_is_refused_with_the_reason,
    a_claimed_address_is_taken_in_every_spelling,
    registering_twice_is_registering_once,
    one_that_waited_too_long_is_another_one,
    other_passwords_are_other_registrations,
);
on_both_engines!(4 threads: sixty_four_at_once_are_one, sixty_four_strangers_at_once_are_sixty_four);

async fn a_registration_has_no_owner_yet(module: Module) {
    let identity = module.register(" Ada@Example.com ", PASSWORD).await.unwrap();
    assert_eq!((identity.is_claimed(), identity.actor("user"), identity.app_metadata.len()), (false, None, 0));
    assert_eq!((identity.created_at, identity.expires_at), (START, Some(START + DAY)));
    assert_eq!(identity.entity_id(), "Ada@Example.com", "stored as written");
    let part = identity.provider_identity("emailpass").unwrap();
    assert_eq!((part.entity_canonical.as_str(), identity.provider_identities.len()), (ADA, 1));
    assert_eq!(module.again(&identity).await.as_ref(), Some(&identity));
    for spelling in ["Ada@Example.com", ADA, "ADA@EXAMPLE.COM"] {
        assert_eq!(module.sign_in(spelling, PASSWORD).await.unwrap(), identity, "and signs in, without an owner yet");
    }
    let service = module.with_options(|options| options.unclaimed_lifetime = HOUR);
    let shorter = service.register("emailpass", &credentials("bob@example.com", PASSWORD)).await.unwrap();
    assert_eq!(shorter.identity().unwrap().expires_at, Some(START + HOUR));
}

/// security.md 8, 16 and 29: with the reference's messages if it has any.
async fn what_cannot_be_registered_is_refused_with_the_reason(module: Module) {
    let input = |body: Json| AuthInput { body: object(body), ..AuthInput::default() };
    let both = |email: &str, password: &str| input(json!({ "email": email, "password": password }));
    let no_password = (ErrorKind::Unauthorized, "Password should be a string");
    let no_email = (ErrorKind::Unauthorized, "Email should be a string");
    let too_short = (ErrorKind::InvalidData, "The password is too short: 8 characters at least");
    let too_long = (ErrorKind::InvalidData, "The password is too long: 1024 characters at most");
    let form = (ErrorKind::InvalidData, "an e-mail address has the form name@example.com");
    let character = (ErrorKind::InvalidData, "the e-mail address contains a character that is not allowed");
    for (input, (kind, message)) in [
        (input(json!({})), no_password),
        (input(json!({ "email": ADA })), no_password),
        (input(json!({ "email": ADA, "password": "" })), no_password),
        (input(json!({ "email": ADA, "password": null })), no_password),
        (input(json!({ "email": ADA, "password": 12_345_678 })), no_password),
        (input(json!({ "email": ADA, "password": ["Lantern-trombone-42"] })), no_password),
        (input(json!({ "password": PASSWORD })), no_email),
        (input(json!({ "email": "", "password": PASSWORD })), no_email),
        (input(json!({ "email": { "$ne": null }, "password": PASSWORD })), no_email),
        (both("ada", PASSWORD), form),
        (both("ada@example.com\r\nBcc: eve@example.com", PASSWORD), character),
        (both("ada\0@example.com", PASSWORD), character),
        (both(ADA, "1234567"), too_short),
        (both(ADA, "🔑🔑🔑🔑🔑🔑🔑"), too_short),
        (both(ADA, &"x".repeat(1_025)), too_long),
        (both(ADA, &"x".repeat(1_000_000)), too_long),
    ] {
        let result = module.service.register("emailpass", &input).await;
        let code = match message {
            _ if message == too_short.1 => Some("weak_password"),
            _ if message == too_long.1 => Some("password_too_long"),
            _ => None,
        };
        assert_eq!(refusal(result), (kind, code, message.to_owned()), "{input:?}");
    }
    assert_eq!((module.count("auth_identities").await, module.passwords.done()), (0, 0), "and nothing was hashed");
    for password in ["12345678", "        ", "vestibule2026", ADA, "ada@example.com1", &"🔑".repeat(1_024)] {
        let error = module.register(ADA, password).await.unwrap_err();
        assert_eq!((error.kind(), error.code()), (ErrorKind::InvalidData, Some("weak_password")), "{password}");
    }
    assert_eq!((module.count("auth_identities").await, module.passwords.done()), (0, 0), "nor for these");
    let longest: String = "Lantern trombone 🔑 ".chars().cycle().take(1_023).chain(['q']).collect();
    let lenient = module.with_options(|options| options.password_policy = PasswordPolicy::new(8, 0).unwrap());
    for (number, password) in
        ["🪣🦑🎷🧵🥝🪁🦤🛶", " \0 ' OR 1=1 --; ", "  блины с чаем  ", "           ", &longest].iter().enumerate()
    {
        let address = format!("user{number}@example.com");
        let registered = lenient.register("emailpass", &credentials(&address, password)).await.unwrap();
        let registered = registered.identity().unwrap();
        assert_eq!(module.sign_in(&address, password).await.unwrap(), registered, "nothing is trimmed or cut");
        assert!(module.sign_in(&address, password.trim_end()).await.is_err() || password.trim_end() == *password);
    }
}

async fn a_claimed_address_is_taken_in_every_spelling(module: Module) {
    module.owned(ADA, "user_1").await;
    for (address, password) in [(ADA, PASSWORD), (ADA, OTHER_PASSWORD), ("ADA@Example.com", OTHER_PASSWORD)] {
        let refused = refusal(module.register(address, password).await);
        assert_eq!(refused, (ErrorKind::Unauthorized, None, "Identity with email already exists".to_owned()));
    }
    assert_eq!(module.count("auth_identities").await, 1);
}

/// As in the reference: with the same password, the same identity. Its lifetime starts again.
async fn registering_twice_is_registering_once(module: Module) {
    let first = module.register(ADA, PASSWORD).await.unwrap();
    module.clock.advance(HOUR);
    let second = module.register("ADA@example.com", PASSWORD).await.unwrap();
    assert_eq!((second.id, second.created_at, second.entity_id()), (first.id, START, ADA));
    assert_eq!((second.expires_at, second.updated_at), (Some(START + HOUR + DAY), START + HOUR));
    assert_eq!(module.count("auth_identities").await, 1);
    assert_eq!(module.count("provider_identities").await, 1);
}

/// security.md 6: at the very moment of expiry, before any cleanup.
async fn one_that_waited_too_long_is_another_one(module: Module) {
    let first = module.register(ADA, PASSWORD).await.unwrap();
    module.clock.set(START + DAY - MICROSECOND);
    assert_eq!(module.sign_in(ADA, PASSWORD).await.unwrap().id, first.id);
    module.clock.set(START + DAY);
    assert!(module.sign_in(ADA, PASSWORD).await.is_err());
    let second = module.register(ADA, PASSWORD).await.unwrap();
    assert_ne!(second.id, first.id);
    assert_eq!(module.again(&first).await, None);
    assert_eq!(module.sign_in(ADA, PASSWORD).await.unwrap().id, second.id);

    module.clock.set(START + 2 * DAY - MICROSECOND);
    assert_eq!(module.register(ADA, PASSWORD).await.unwrap().id, second.id, "it was there for a microsecond more");
}

async fn other_passwords_are_other_registrations(module: Module) {
    let (one, other) =
        (module.register(ADA, PASSWORD).await.unwrap(), module.register(ADA, OTHER_PASSWORD).await.unwrap());
    let elsewhere = module.register("bob@example.com", PASSWORD).await.unwrap();
    assert_ne!(one.id, other.id);
    for (address, password, identity) in
        [(ADA, PASSWORD, &one), (ADA, OTHER_PASSWORD, &other), ("bob@example.com", PASSWORD, &elsewhere)]
    {
        assert_eq!(&module.sign_in(address, password).await.unwrap(), identity);
    }
    let hashes: BTreeSet<String> = [&one, &other, &elsewhere]
        .map(|identity| identity.provider_identities[0].provider_metadata["password"].to_string())
        .into();
    assert_eq!(hashes.len(), 3, "one password of two addresses has two hashes");
}

async fn sixty_four_at_once_are_one(module: Module) {
    let results = module
        .sixty_four(|service, _| async move {
            service.register("emailpass", &credentials(ADA, PASSWORD)).await.unwrap().identity().unwrap().id
        })
        .await;
    assert_eq!(BTreeSet::from_iter(results).len(), 1);
    assert_eq!(module.count("auth_identities").await, 1);
    assert_eq!(module.count("provider_identities").await, 1);
}

async fn sixty_four_strangers_at_once_are_sixty_four(module: Module) {
    let results = module
        .sixty_four(|service, caller| async move {
            let input = credentials(ADA, &format!("Strangers-password-{caller}"));
            service.register("emailpass", &input).await.unwrap().identity().unwrap().id
        })
        .await;
    assert_eq!(BTreeSet::from_iter(results).len(), 64);
    assert_eq!(module.count("provider_identities WHERE NOT claimed").await, 64);
}
