//! The token of a session: its claims, and invalid tokens.

use serde_json::{Map, Value as Json, json};
use vestibule_auth::CreateProviderIdentity;
use vestibule_core::{InvalidToken, Metadata, SigningKey};
use vestibule_testing::on_both_engines;

use crate::support::{ADA, DAY, Module, PASSWORD, SECRET, START, belonging_to, object, part, unclaimed};

on_both_engines!(
    it_has_the_references_claims_and_the_session,
    it_is_good_until_the_very_second,
    what_is_no_token_of_a_session_is_refused,
    metadata_of_any_length_leaves_a_token_that_can_be_read,
);

/// The claims of a token as any JWT library reads them.
fn claims(token: &str) -> Json {
    SigningKey::new(SECRET).read(token).unwrap()
}

async fn it_has_the_references_claims_and_the_session(module: Module) {
    let mut part = part("emailpass", ADA);
    part.user_metadata = Some(Metadata::new(object(json!({ "name": "Ada" }))).unwrap());
    let mut create = belonging_to("user_1", [part, CreateProviderIdentity::new("google", "1234")]);
    create.app_metadata.insert("roles".to_owned(), json!(["a"]));
    let identity = module.service.create_auth_identities(create).await.unwrap();
    let session = module.session(&identity, "user").await;
    let iat = START.as_seconds();
    let expected = json!({
        "actor_id": "user_1", "actor_type": "user", "auth_identity_id": identity.id, "auth_provider": "emailpass",
        "app_metadata": { "user_id": "user_1", "roles": ["a"] }, "user_metadata": { "name": "Ada" },
        "mfa_enabled": false, "mfa_challenge_completed_at": null,
        "sid": session.sid, "purpose": "session", "iat": iat, "exp": iat + 24 * 60 * 60,
    });
    assert_eq!(claims(&session.token), expected);
    assert_eq!(serde_json::to_value(&session).unwrap(), expected);

    let by_google = module.service.start_session(&identity, "customer", "google").await.unwrap();
    assert_eq!((by_google.actor_id.as_str(), by_google.actor_type.as_str()), ("", "customer"));
    assert_eq!((by_google.auth_provider.as_str(), by_google.user_metadata), ("google", Map::new()));
}

async fn it_is_good_until_the_very_second(module: Module) {
    let identity = module.register(ADA, PASSWORD).await.unwrap();
    let session = module.session(&identity, "user").await;
    let read = module.service.read_token(&session.token).unwrap();
    assert_eq!((read.sid.as_str(), read.actor_id.as_str()), (session.sid.as_str(), ""));
    let second = std::time::Duration::from_secs(1);
    module.clock.set(START + DAY - second);
    assert!(module.service.read_token(&session.token).is_ok());
    module.clock.set(START + DAY);
    assert_eq!(module.service.read_token(&session.token), Err(InvalidToken));
}

/// security.md 4 and 22
async fn what_is_no_token_of_a_session_is_refused(module: Module) {
    let identity = module.owned(ADA, "user_1").await;
    let session = module.session(&identity, "user").await;
    let (key, now) = (SigningKey::new(SECRET), START.as_seconds());
    let good = claims(&session.token);
    let with = |field: &str, value: Json| {
        let mut claims = good.clone();
        claims[field] = value;
        key.sign(&claims)
    };
    let without = |field: &str| {
        let mut claims = object(good.clone());
        claims.remove(field).unwrap();
        key.sign(&claims)
    };
    let (signed, signature) = session.token.rsplit_once('.').unwrap();
    let invite =
        json!({ "id": "invite_1", "email": ADA, "jti": "x", "purpose": "invite", "iat": now, "exp": now + 60 });
    let references = json!({
        "actor_id": "user_1", "actor_type": "user", "auth_identity_id": identity.id, "app_metadata": {}, "iat": now,
        "exp": now + 60,
    });
    for token in [
        String::new(),
        "x".to_owned(),
        signed.to_owned(),
        format!("{signed}."),
        format!("{signed}.A{signature}"),
        format!("{} ", session.token),
        SigningKey::new(b"another secret of thirty-two byt").sign(&good),
        with("purpose", json!("invite")),
        with("purpose", json!("password-reset")),
        with("purpose", json!("Session")),
        with("purpose", json!(null)),
        without("purpose"),
        without("sid"),
        without("actor_id"),
        without("exp"),
        with("sid", json!(5)),
        with("exp", json!(now)),
        with("exp", json!(now - 1)),
        with("exp", json!("9999999999")),
        with("exp", json!(1e300)),
        with("exp", json!(now as f64 + 60.5)),
        with("exp", json!(null)),
        with("exp", json!(u64::MAX)),
        with("nbf", json!(now + 1)),
        with("nbf", json!("0")),
        key.sign(&json!([good])),
        key.sign(&invite),
        key.sign(&references),
    ] {
        assert_eq!(module.service.read_token(&token), Err(InvalidToken), "{token}");
    }
    for token in [with("nbf", json!(now)), with("nbf", json!(null)), with("exp", json!(now + 1))] {
        assert!(module.service.read_token(&token).is_ok(), "{token}");
    }
}

/// Programs may store more than fits into a header; the token must be usable all the same.
async fn metadata_of_any_length_leaves_a_token_that_can_be_read(module: Module) {
    let filled = |bytes: usize| json!({ "text": "x".repeat(bytes) });
    for (number, (app, user)) in
        [(1_900, 1_900), (3_000, 1_900), (1_900, 3_000), (60_000, 60_000)].into_iter().enumerate()
    {
        let user_id = format!("user_{number}");
        let mut part = part("emailpass", &format!("{user_id}@example.com"));
        part.user_metadata = Some(Metadata::new(object(filled(user))).unwrap());
        let mut create = belonging_to(&user_id, [part]);
        create.app_metadata.append(&mut object(filled(app)));
        let identity = module.service.create_auth_identities(create).await.unwrap();
        let session = module.session(&identity, "user").await;
        let read = module.service.read_token(&session.token).expect("it can be read");
        assert_eq!((read.sid, read.actor_id), (session.sid.clone(), user_id.clone()));
        assert_eq!(session.app_metadata.contains_key("text"), app < 2_000);
        assert_eq!(session.app_metadata["user_id"], json!(user_id), "whose it is stands in every token");
        assert_eq!(session.user_metadata.contains_key("text"), user < 2_000);
    }
    let mut nobodys = unclaimed([part("emailpass", ADA)]);
    nobodys.app_metadata = object(filled(60_000));
    let identity = module.service.create_auth_identities(nobodys).await.unwrap();
    let session = module.session(&identity, "user").await;
    assert_eq!(session.app_metadata.get("text"), None);
}
