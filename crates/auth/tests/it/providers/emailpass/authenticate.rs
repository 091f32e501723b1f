//! Signing in with an address and a password.

use serde_json::{Value as Json, json};
use vestibule_auth::{AuthInput, AuthenticateError};
use vestibule_core::{DomainError, ErrorKind};
use vestibule_testing::on_both_engines;

use crate::support::{
    ADA, DAY, Module, OTHER_PASSWORD, PASSWORD, START, belonging_to, credentials, object, part, refusal, sign_in,
    wrong_password,
};

on_both_engines!(
    the_right_password_signs_in,
    unknown_wrong_and_rubbish_sound_alike,
    what_is_missing_is_named,
    too_long_a_password_is_refused_unread,
    an_identity_without_a_readable_hash_looks_like_none,
    a_registration_that_was_claimed_goes_on_and_its_rival_does_not,
    an_expired_registration_does_not_sign_in,
);
on_both_engines!(4 threads: a_full_queue_asks_to_retry);

async fn the_right_password_signs_in(module: Module) {
    let owned = module.owned("Ada@Example.com", "user_1").await;
    for spelling in [ADA, "Ada@Example.com", "  ADA@example.COM ", "ａｄａ@example.com"] {
        let identity = module.sign_in(spelling, PASSWORD).await.unwrap();
        assert_eq!(identity, owned);
        assert_eq!(identity.entity_id(), "Ada@Example.com", "as it was written");
    }
}

/// security.md 10 and 15
async fn unknown_wrong_and_rubbish_sound_alike(module: Module) {
    module.owned(ADA, "user_1").await;
    module.register("waiting@example.com", PASSWORD).await.unwrap();
    for (address, password) in [
        (ADA, OTHER_PASSWORD),
        (ADA, "lantern-trombone-42"),
        (ADA, "Lantern-trombone-42 "),
        (ADA, "Lantern-trombone-42\0"),
        (ADA, "x"),
        ("waiting@example.com", OTHER_PASSWORD),
        ("stranger@example.com", PASSWORD),
        ("аda@example.com", PASSWORD),
        ("ada@example.com.", PASSWORD),
        ("ada", PASSWORD),
        ("ada\0@example.com", PASSWORD),
        ("' OR 1=1 --@example.com", PASSWORD),
        (&"a".repeat(100_000), PASSWORD),
    ] {
        let result = module.sign_in(address, password).await;
        assert_eq!(refusal(result), wrong_password(), "{address:.40} {password}");
    }
}

async fn what_is_missing_is_named(module: Module) {
    for (body, message) in [
        (json!({}), "Password should be a string"),
        (json!({ "email": ADA }), "Password should be a string"),
        (json!({ "email": ADA, "password": "" }), "Password should be a string"),
        (json!({ "email": ADA, "password": { "$ne": "" } }), "Password should be a string"),
        (json!({ "password": PASSWORD }), "Email should be a string"),
        (json!({ "email": "", "password": PASSWORD }), "Email should be a string"),
        (json!({ "email": [ADA], "password": PASSWORD }), "Email should be a string"),
    ] {
        let input = AuthInput { body: object(body.clone()), ..AuthInput::default() };
        let refused = refusal(module.service.authenticate("emailpass", &input).await);
        assert_eq!(refused, (ErrorKind::Unauthorized, None, message.to_owned()), "{body}");
    }
    let in_the_query = AuthInput { query: credentials(ADA, PASSWORD).body, ..AuthInput::default() };
    let (_, _, message) = refusal(module.service.authenticate("emailpass", &in_the_query).await);
    assert_eq!(message, "Password should be a string", "URLs are logged: a password in one is not taken");
}

/// security.md 12
async fn too_long_a_password_is_refused_unread(module: Module) {
    module.owned(ADA, "user_1").await;
    let done = module.passwords.done();
    for address in [ADA, "stranger@example.com", "rubbish"] {
        let refused = refusal(module.sign_in(address, &"x".repeat(1_025)).await);
        let message = "The password is too long: 1024 characters at most".to_owned();
        assert_eq!(refused, (ErrorKind::InvalidData, Some("password_too_long"), message), "{address}");
    }
    assert_eq!(module.passwords.done(), done);
}

/// security.md 10 and 29: an unreadable imported hash is no 500, and does not reveal the account.
async fn an_identity_without_a_readable_hash_looks_like_none(module: Module) {
    for (number, metadata) in [
        json!({}),
        json!({ "password": null }),
        json!({ "password": 5 }),
        json!({ "password": "" }),
        json!({ "password": PASSWORD }),
        json!({ "password": "$2b$12$KIXQ2hM1sHhK5y5y5y5y5uJ8Jp1rG9b1Y6m0b8v8b8v8b8v8b8v8a" }),
        json!({ "password": "$argon2id$v=19$m=4194304,t=9,p=1$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAA" }),
    ]
    .into_iter()
    .enumerate()
    {
        let address = format!("user{number}@example.com");
        let mut part = part("emailpass", &address);
        part.provider_metadata = object(metadata.clone());
        module.service.create_auth_identities(belonging_to("user_1", [part])).await.unwrap();
        let done = module.passwords.done();
        for password in [PASSWORD, "null", "5"] {
            assert_eq!(refusal(module.sign_in(&address, password).await), wrong_password(), "{metadata}");
        }
        assert_eq!(module.passwords.done(), done + 3, "{metadata}");
        let input = credentials("", PASSWORD);
        module.service.update_provider("emailpass", &address, &input).await.expect("a new password mends it");
        module.sign_in(&address, PASSWORD).await.unwrap();
    }
}

/// security.md 6
async fn a_registration_that_was_claimed_goes_on_and_its_rival_does_not(module: Module) {
    let stranger = module.register(ADA, OTHER_PASSWORD).await.unwrap();
    let owner = module.register(ADA, PASSWORD).await.unwrap();
    assert_eq!(module.sign_in(ADA, OTHER_PASSWORD).await.unwrap().id, stranger.id, "both wait");
    module.claim(owner.id, "user_1").await.unwrap();
    assert_eq!(module.sign_in(ADA, PASSWORD).await.unwrap().actor("user"), Some("user_1"));
    assert_eq!(refusal(module.sign_in(ADA, OTHER_PASSWORD).await), wrong_password());
    let refused = refusal(module.register(ADA, OTHER_PASSWORD).await);
    assert_eq!(refused.2, "Identity with email already exists");
}

async fn an_expired_registration_does_not_sign_in(module: Module) {
    module.register(ADA, PASSWORD).await.unwrap();
    module.clock.set(START + DAY);
    assert_eq!(refusal(module.sign_in(ADA, PASSWORD).await), wrong_password());
    assert_eq!(module.count("auth_identities").await, 1, "though nothing has cleaned up yet");
}

/// security.md 12: one thread, a queue of one, slow hashes, and more callers than that.
async fn a_full_queue_asks_to_retry(module: Module) {
    module.owned(ADA, "user_1").await;
    let service = module.with_passwords(|config| {
        (config.threads, config.queue) = (1, 1);
        (config.memory_kib, config.passes) = (128 * 1_024, 4);
    });
    let mut callers = tokio::task::JoinSet::new();
    for caller in 0..32 {
        let service = service.clone();
        callers.spawn(async move { sign_in(&service, &format!("stranger{caller}@example.com"), PASSWORD).await });
    }
    let mut busy = 0;
    for result in callers.join_all().await {
        let error = result.unwrap_err();
        if let AuthenticateError::Busy { .. } = error {
            busy += 1;
            assert_eq!((error.kind(), error.code()), (ErrorKind::TooManyRequests, Some("too_many_sign_ins")));
            assert!(error.retry_after().is_some_and(|after| after.as_secs() >= 1));
            assert_eq!(error.to_string(), "Too many sign-ins at this moment. Try again in a few seconds.");
        } else {
            assert_eq!(refusal::<Json, _>(Err(error)), wrong_password());
        }
    }
    assert!((1..32).contains(&busy), "{busy}");
    sign_in(&service, ADA, PASSWORD).await.expect("and afterwards it goes on");
}
