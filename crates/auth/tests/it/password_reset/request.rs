//! Who receives a token.

use serde_json::{Value as Json, json};
use vestibule_auth::password_reset::ResetClaims;
use vestibule_auth::{AuthModule, RequestPasswordReset};
use vestibule_core::{Metadata, SealingKey, SigningKey};
use vestibule_testing::on_both_engines;

use super::of;
use crate::support::{ADA, HOUR, Module, OTHER_PASSWORD, PASSWORD, SECRET, START, belonging_to, part};

on_both_engines!(
    a_token_leaves_by_an_event_for_the_stored_address,
    the_database_holds_no_usable_token,
    an_owner_without_a_password_gets_no_token,
    no_more_than_five_are_sent_to_one_address,
);

/// security.md 1 and 15
async fn a_token_leaves_by_an_event_for_the_stored_address(module: Module) {
    let owned = module.owned("Ada@Example.com", "user_1").await;
    let metadata = Metadata::try_from(vestibule_core::Value::Json(json!({ "from": "the shop" }))).unwrap();
    module.service.request_password_reset(of(" ADA@ｅxample.com"), Some(&metadata)).await.unwrap();
    let event = module.newest_event("auth.password_reset").await.unwrap();
    assert_eq!(event.subject, owned.id.to_string());
    let mut data = module.delivered("auth.password_reset").await;
    let token = data["token"].take();
    assert_eq!(
        data,
        json!({
            "entity_id": "Ada@Example.com", "actor_type": "user", "token": null, "metadata": { "from": "the shop" },
        })
    );
    let claims: ResetClaims = SigningKey::new(SECRET).read(token.as_str().unwrap()).unwrap();
    assert_eq!((claims.entity_id.as_str(), claims.provider.as_str()), ("Ada@Example.com", "emailpass"));
    assert_eq!((claims.actor_type.as_str(), claims.purpose.as_str()), ("user", "reset"));
    assert_eq!((claims.iat, claims.exp), (START.as_seconds(), START.as_seconds() + 900));
    assert_eq!(claims.jti.len(), 43, "256 bits");
    assert_ne!(module.reset_token(ADA).await, token, "and no two are alike");
    assert_eq!(module.delivered("auth.password_reset").await["metadata"], json!({}));
}

/// security.md 1 and 31
async fn the_database_holds_no_usable_token(module: Module) {
    module.owned(ADA, "user_1").await;
    let token = module.reset_token(ADA).await;
    let event = module.newest_event("auth.password_reset").await.unwrap();
    let stored = event.data.to_string();
    let signature = token.rsplit('.').next().unwrap();
    assert!(!stored.contains(signature) && event.data["token"]["sealed"].is_string(), "{stored}");
    assert_eq!(module.count("auth_password_resets WHERE length(token_hash) = 32").await, 1);

    let other = |sealing_key| -> AuthModule { module.with_options(|options| options.sealing_key = sealing_key) };
    let stranger = other(SealingKey::new([7; 32]));
    assert!(stranger.reveal_event(&event).is_err(), "sealed by another secret");
    let mut moved = event.clone();
    moved.subject = "authid_01JABCDEFGHJKMNPQRSTVWXYZ0".to_owned();
    assert!(module.service.reveal_event(&moved).is_err(), "or for another event");
    let mut plain = event.clone();
    plain.data = json!({ "id": "user_1", "metadata": { "token": { "sealed": "x" } } });
    assert_eq!(module.service.reveal_event(&plain).unwrap(), plain.data, "what is not ours stays as it is");
}

/// security.md 6 and 10: no visible effect, but a write.
async fn an_owner_without_a_password_gets_no_token(module: Module) {
    module.owned(ADA, "user_1").await;
    module.register("waiting@example.com", PASSWORD).await.unwrap();
    let google = belonging_to("user_2", [part("google", "gina@example.com")]);
    module.service.create_auth_identities(google).await.unwrap();
    for (provider, entity_id, actor_type) in [
        ("emailpass", "stranger@example.com", "user"),
        ("emailpass", "waiting@example.com", "user"),
        ("emailpass", "gina@example.com", "user"),
        ("emailpass", ADA, "customer"),
        ("emailpass", ADA, ""),
        ("emailpass", "", "user"),
        ("emailpass", "rubbish\0", "user"),
        ("emailpass", &"x".repeat(10_000), "user"),
        ("google", "gina@example.com", "user"),
        ("nosuch", ADA, "user"),
    ] {
        let before = module.count("auth_attempts").await;
        let request = RequestPasswordReset { provider, entity_id, actor_type };
        module.service.request_password_reset(request, None).await.unwrap();
        let written = module.count("auth_attempts").await - before;
        let again = entity_id == ADA && actor_type != "customer" || provider == "google";
        assert_eq!(written, i64::from(!again), "{provider} {entity_id:.40} {actor_type}");
    }
    assert_eq!(module.newest_event("auth.password_reset").await, None);
    assert_eq!(module.count("auth_password_resets").await, 0);
    assert!(module.sign_in(ADA, OTHER_PASSWORD).await.is_err());
}

async fn no_more_than_five_are_sent_to_one_address(module: Module) {
    module.owned(ADA, "user_1").await;
    let mut last = Json::Null;
    for _ in 0..5 {
        last = module.reset_token(ADA).await.into();
    }
    for spelling in [ADA, "ADA@EXAMPLE.com"] {
        module.service.request_password_reset(of(spelling), None).await.unwrap();
    }
    let sent = module.count("outbox_events WHERE name = 'auth.password_reset'").await;
    assert_eq!((sent, &module.delivered("auth.password_reset").await["token"]), (5, &last));
    module.service.reset_password(last.as_str().unwrap(), OTHER_PASSWORD).await.expect("the last one is good");
    module.clock.advance(HOUR);
    module.reset_token(ADA).await;
    assert_eq!(module.count("outbox_events WHERE name = 'auth.password_reset'").await, 6);
}
