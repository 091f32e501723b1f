//! Requesting a code.

use std::time::Duration;

use serde_json::json;
use vestibule_auth::verification::VerificationProvider;
use vestibule_auth::{AuthIdentityId, RequestVerification};
use vestibule_core::{Environment, ErrorKind, Metadata};
use vestibule_testing::on_both_engines;

use super::of;
use crate::support::{ADA, HOUR, Module, PASSWORD, START, object, refusal};

on_both_engines!(
    a_code_leaves_by_an_event_and_the_database_holds_its_hash,
    an_entity_without_messages_is_refused_with_the_reason,
    a_mailbox_is_not_filled_by_strangers,
    strangers_do_not_use_up_the_owners_verifications,
    metadata_of_a_request_is_small,
    others_make_codes_their_own_way,
);

const QUARTER: Duration = Duration::from_secs(15 * 60);

/// security.md 1
async fn a_code_leaves_by_an_event_and_the_database_holds_its_hash(module: Module) {
    let waiting = module.register(ADA, PASSWORD).await.unwrap();
    let mut request = of(&waiting, "Ada@Example.com");
    request.metadata = Some(Metadata::new(object(json!({ "from": "the shop" }))).unwrap());
    let verification = module.service.request_auth_verification(&request).await.unwrap().verification;
    let mut data = module.delivered("auth.verification_requested").await;
    let code = data["code"].take();
    assert_eq!(code.as_str().unwrap().len(), 43, "256 bits");
    assert_eq!(
        data,
        json!({
            "entity_id": "Ada@Example.com",
            "entity_type": "email",
            "code_provider": "token",
            "auth_identity_id": waiting.id.to_string(),
            "code": null,
            "expires_at": (START + QUARTER).to_string(),
            "metadata": { "from": "the shop" },
            "origin": "stranger",
        })
    );
    let mut returned = serde_json::to_value(&verification).unwrap();
    let hash = returned["provider_metadata"]["token_hash"].take();
    assert_eq!(hash.as_str().unwrap().len(), 64);
    assert!(returned["id"].take().as_str().unwrap().starts_with("authver_"));
    assert_eq!(
        returned,
        json!({
            "id": null,
            "auth_identity_id": waiting.id.to_string(),
            "auth_identity": { "id": waiting.id.to_string() },
            "entity_id": "Ada@Example.com",
            "entity_type": "email",
            "code_provider": "token",
            "verified_at": null,
            "requested_at": START.to_string(),
            "provider_metadata": { "token_hash": null },
            "metadata": { "from": "the shop" },
            "created_at": START.to_string(),
            "updated_at": START.to_string(),
            "deleted_at": null,
        })
    );
    let stored = module.newest_event("auth.verification_requested").await.unwrap().data.to_string();
    assert!(!stored.contains(code.as_str().unwrap()), "{stored}");
    module.clock.advance(HOUR);
    let again = module.service.request_auth_verification(&of(&waiting, ADA)).await.unwrap().verification;
    assert_eq!((again.id, again.created_at, again.requested_at), (verification.id, START, START + HOUR));
    assert_eq!((again.entity_id, again.metadata), (verification.entity_id, verification.metadata));
    assert_ne!(again.provider_metadata, verification.provider_metadata);
}

/// security.md 16 and 29
async fn an_entity_without_messages_is_refused_with_the_reason(module: Module) {
    let waiting = module.register(ADA, PASSWORD).await.unwrap();
    let request = |entity_type, entity_id, code_provider| RequestVerification {
        entity_type,
        entity_id,
        code_provider,
        ..of(&waiting, "")
    };
    let long = "x".repeat(255);
    for request in [
        request("email", "rubbish", None),
        request("email", "ada@example.com\r\nBcc: eve@example.com", None),
        request("email", "ada@example.com, eve@example.com", None),
        request("phone", "+49\0", None),
        request("phone", "", None),
        request("phone", &long, None),
        request("", ADA, None),
        request(&long, ADA, None),
        request("a\nb", ADA, None),
        request("email", ADA, Some("nosuch")),
    ] {
        let refused = refusal(module.service.request_auth_verification(&request).await);
        assert_eq!(refused.0, ErrorKind::InvalidData, "{request:?}");
    }
    assert_eq!(module.count("auth_verifications").await, 0);
    module.service.request_auth_verification(&request("phone", "+4912345", None)).await.unwrap();
    let missing: AuthIdentityId = "authid_01JABCDEFGHJKMNPQRSTVWXYZ0".parse().unwrap();
    let gone = RequestVerification { auth_identity_id: missing, ..of(&waiting, ADA) };
    assert_eq!(refusal(module.service.request_auth_verification(&gone).await).0, ErrorKind::Unauthorized);
}

async fn a_mailbox_is_not_filled_by_strangers(module: Module) {
    // The first at once, the next after one and five minutes; the one after that would be sent too late for its code.
    let mut sent = Vec::new();
    for stranger in 0..4 {
        let stranger = module.register(&format!("eve{stranger}@example.com"), PASSWORD).await.unwrap();
        for _ in 0..3 {
            let requested = module.service.request_auth_verification(&of(&stranger, "Ada@EXAMPLE.com")).await.unwrap();
            if requested.is_sent {
                let event = module.newest_event("auth.verification_requested").await.unwrap();
                assert_eq!(event.data["origin"], "stranger");
                sent.push(event.data["not_before"].as_str().map(str::to_owned));
            }
        }
    }
    let later = |seconds| Some((START + Duration::from_secs(seconds)).to_string());
    assert_eq!(sent, [None, later(60), later(300)]);
    let eve = module.register("eve@example.com", PASSWORD).await.unwrap();
    for number in 0..10 {
        module.service.request_auth_verification(&of(&eve, &format!("bob{number}@example.com"))).await.unwrap();
    }
    let refused = refusal(module.service.request_auth_verification(&of(&eve, "bob10@example.com")).await);
    assert_eq!((refused.0, refused.1), (ErrorKind::TooManyRequests, Some("too_many_verifications")));
    module.clock.advance(QUARTER);
    module.service.request_auth_verification(&of(&eve, ADA)).await.unwrap();
}

async fn strangers_do_not_use_up_the_owners_verifications(module: Module) {
    let ada = module.register(ADA, PASSWORD).await.unwrap();
    let eve = module.register(ADA, "Another-lantern-77").await.unwrap();
    for _ in 0..10 {
        module.service.request_auth_verification(&of(&eve, ADA)).await.unwrap();
    }
    module.claim(ada.id, "user_ada").await.unwrap();
    for _ in 0..5 {
        let requested = module.service.request_auth_verification(&of(&ada, ADA)).await.unwrap();
        let event = module.newest_event("auth.verification_requested").await.unwrap();
        assert!(requested.is_sent);
        assert_eq!((&event.data["auth_identity_id"], event.data.get("origin")), (&json!(ada.id), None));
    }
    // Nor is the owner of an account sent what strangers request.
    let eve = module.register("eve@example.com", PASSWORD).await.unwrap();
    assert!(!module.service.request_auth_verification(&of(&eve, ADA)).await.unwrap().is_sent);
}

async fn metadata_of_a_request_is_small(module: Module) {
    let waiting = module.register(ADA, PASSWORD).await.unwrap();
    for metadata in [json!({ "a": "x".repeat(2_048) }), json!({ "a": [[[[1]]]] })] {
        let metadata = Some(Metadata::new(object(metadata)).unwrap());
        let request = RequestVerification { metadata, ..of(&waiting, ADA) };
        assert_eq!(refusal(module.service.request_auth_verification(&request).await).0, ErrorKind::InvalidData);
    }
    assert_eq!(module.count("auth_verifications").await, 0);
}

async fn others_make_codes_their_own_way(module: Module) {
    struct Long;
    impl VerificationProvider for Long {
        fn identifier(&self) -> &'static str {
            "long"
        }
        fn lifetime(&self) -> Duration {
            HOUR
        }
        fn code(&self, environment: &Environment) -> String {
            format!("{:?}", environment.random_bytes::<64>())
        }
    }
    let service = module.service.clone().with_verification_provider(Long);
    let waiting = module.register(ADA, PASSWORD).await.unwrap();
    let request = RequestVerification { code_provider: Some("long"), ..of(&waiting, ADA) };
    let verification = service.request_auth_verification(&request).await.unwrap().verification;
    assert_eq!((verification.code_provider.as_str(), verification.expires_at), ("long", START + HOUR));
    let code = module.delivered("auth.verification_requested").await["code"].as_str().unwrap().to_owned();
    assert!(service.confirm_auth_verification(&code, None).await.is_err(), "it is no token");
    service.confirm_auth_verification(&code, Some("long")).await.unwrap();
}
