//! Starting factors.

use std::time::Duration;

use serde_json::json;
use vestibule_auth::mfa::DisableAuthMfa;
use vestibule_auth::mfa::MfaStatus;
use vestibule_auth::{AuthIdentityId, StartAuthMfa};
use vestibule_core::{ErrorKind, Metadata};
use vestibule_testing::on_both_engines;

use super::{code, enrolled_secret};
use crate::support::{ADA, HOUR, Module, object, refusal};

on_both_engines!(
    a_factor_begins_as_the_references_does,
    names_are_encoded_and_stored,
    one_factor_of_a_provider_is_enough_without_names,
    an_unproved_factor_is_replaced_after_an_hour,
    beginning_ever_again_fills_no_table,
    invalid_values_are_refused,
);

async fn a_factor_begins_as_the_references_does(module: Module) {
    let identity = module.owned(ADA, "user_1").await;
    let started = module.start_mfa(identity.id).await;
    let secret = enrolled_secret(&started);
    assert_eq!(secret.len(), 32, "160 bits, five a character");
    let id = started.mfa_factor.id;
    assert_eq!(
        serde_json::to_value(&started).unwrap(),
        json!({
            "mfa_factor": {
                "id": id, "auth_identity_id": identity.id, "auth_identity": { "id": identity.id }, "provider": "totp",
                "name": "Authenticator app", "status": "pending", "metadata": {}, "last_used_at": null,
                "created_at": "2026-11-22T09:30:00.000Z", "updated_at": "2026-11-22T09:30:00.000Z", "deleted_at": null,
            },
            "secret": secret,
            "otpauth_url": format!("otpauth://totp/Medusa:{}?secret={secret}&issuer=Medusa", identity.id),
        })
    );
    assert_eq!(module.service.retrieve_auth_mfa(id).await.unwrap(), started.mfa_factor);
    assert!(!module.service.has_mfa(&module.database, identity.id).await.unwrap(), "it is not proved yet");
}

async fn names_are_encoded_and_stored(module: Module) {
    let identity = module.owned(ADA, "user_1").await;
    let service = module.with_options(|options| options.mfa_issuer = "Acme & Sons: tools".to_owned());
    let mut start = StartAuthMfa::new(identity.id, "totp");
    start.label = Some("my phone/ü:x".to_owned());
    start.metadata = Metadata::new(object(json!({ "a": 1 }))).unwrap();
    let started = service.start_auth_mfa(&start).await.unwrap();
    let url = started.enrolment["otpauth_url"].as_str().unwrap();
    // Apps take a colon, also an encoded one, for the end of the issuer.
    assert!(url.starts_with("otpauth://totp/Acme%20%26%20Sons%20tools:my%20phone%2F%C3%BC%20x?secret="), "{url}");
    assert!(url.ends_with("&issuer=Acme%20%26%20Sons%20tools"), "{url}");
    let metadata = serde_json::to_value(&started.mfa_factor.metadata).unwrap();
    assert_eq!(metadata, json!({ "a": 1, "label": "my phone/ü:x" }));

    module
        .service
        .disable_auth_mfa(&DisableAuthMfa {
            auth_identity_id: Some(identity.id),
            ..DisableAuthMfa::new(started.mfa_factor.id)
        })
        .await
        .unwrap();
    for blank in ["", " ", ":", " \u{a0}:\t"] {
        start.label = Some(blank.to_owned());
        start.issuer = Some(format!("{blank}Mine "));
        let started = service.start_auth_mfa(&start).await.unwrap();
        let url = started.enrolment["otpauth_url"].as_str().unwrap();
        assert!(url.starts_with(&format!("otpauth://totp/Mine:{}?secret=", identity.id)), "{url}");
        assert!(url.ends_with("&issuer=Mine"), "{url}");
        service
            .disable_auth_mfa(&DisableAuthMfa {
                auth_identity_id: Some(identity.id),
                ..DisableAuthMfa::new(started.mfa_factor.id)
            })
            .await
            .unwrap();
    }
}

/// Also where the other was started by another identity of the same user.
async fn one_factor_of_a_provider_is_enough_without_names(module: Module) {
    let identity = module.owned(ADA, "user_1").await;
    let other = module.other_identity("user_1").await;
    let started = module.start_mfa(identity.id).await;
    let refused =
        (ErrorKind::NotAllowed, None, "An active TOTP factor already exists for this auth identity".to_owned());
    for identity in [&identity, &other] {
        let again = StartAuthMfa::new(identity.id, "totp");
        assert_eq!(refusal(module.service.start_auth_mfa(&again).await), refused, "while one is pending");
    }
    let code = code(&enrolled_secret(&started), module.clock_now());
    module.service.verify_auth_mfa(identity.id, started.mfa_factor.id, &code).await.unwrap();
    for identity in [&identity, &other] {
        let again = StartAuthMfa::new(identity.id, "totp");
        assert_eq!(refusal(module.service.start_auth_mfa(&again).await), refused, "while one is enabled");
    }
    module
        .service
        .disable_auth_mfa(&DisableAuthMfa {
            auth_identity_id: Some(other.id),
            ..DisableAuthMfa::new(started.mfa_factor.id)
        })
        .await
        .unwrap();
    module.start_mfa(other.id).await;
    let stranger = module.owned("eve@example.com", "user_2").await;
    module.start_mfa(stranger.id).await;
}

async fn an_unproved_factor_is_replaced_after_an_hour(module: Module) {
    let identity = module.owned(ADA, "user_1").await;
    let first = module.start_mfa(identity.id).await;
    module.clock.advance(HOUR - Duration::from_micros(1));
    assert!(module.service.start_auth_mfa(&StartAuthMfa::new(identity.id, "totp")).await.is_err());
    module.clock.advance(Duration::from_micros(1));
    let second = module.start_mfa(identity.id).await;
    let factors = module.service.list_auth_mfas_of_identity(identity.id).await.unwrap();
    let standing: Vec<_> = factors.iter().map(|factor| (factor.id, factor.status)).collect();
    let expected = [(first.mfa_factor.id, MfaStatus::Disabled), (second.mfa_factor.id, MfaStatus::Pending)];
    assert_eq!(standing, expected);
    assert_eq!(module.count("auth_mfa_factors WHERE secret IS NOT NULL").await, 1);
}

async fn beginning_ever_again_fills_no_table(module: Module) {
    let identity = module.owned(ADA, "user_1").await;
    for _ in 0..30 {
        let started = module.start_mfa(identity.id).await;
        module
            .service
            .disable_auth_mfa(&DisableAuthMfa {
                auth_identity_id: Some(identity.id),
                ..DisableAuthMfa::new(started.mfa_factor.id)
            })
            .await
            .unwrap();
    }
    let newest = module.start_mfa(identity.id).await.mfa_factor;
    let factors = module.service.list_auth_mfas_of_identity(identity.id).await.unwrap();
    assert_eq!((factors.len(), factors.last()), (21, Some(&newest)));
}

async fn invalid_values_are_refused(module: Module) {
    let identity = module.owned(ADA, "user_1").await;
    let refuse = async |change: &dyn Fn(&mut StartAuthMfa)| {
        let mut start = StartAuthMfa::new(identity.id, "totp");
        change(&mut start);
        refusal(module.service.start_auth_mfa(&start).await)
    };
    let invalid = |message: &str| (ErrorKind::InvalidData, None, message.to_owned());
    let unknown = refuse(&|start| start.provider = "nosuch".to_owned()).await;
    assert_eq!(unknown, invalid("There is no MFA provider \"nosuch\""));
    let long = refuse(&|start| start.label = Some("ü".repeat(1_001))).await;
    assert_eq!(long, invalid("The label is too long: 1000 characters at most"));
    let long = refuse(&|start| start.issuer = Some("x".repeat(1_001))).await;
    assert_eq!(long, invalid("The issuer is too long: 1000 characters at most"));
    let nul = refuse(&|start| start.label = Some("a\0b".to_owned())).await;
    assert_eq!(nul, invalid("The label is invalid: metadata has a NUL character"));
    let missing: AuthIdentityId = "authid_01JABCDEFGHJKMNPQRSTVWXYZ0".parse().unwrap();
    let message = format!("AuthIdentity with id: {missing} was not found");
    assert_eq!(refuse(&|start| start.auth_identity_id = missing).await, (ErrorKind::NotFound, None, message));
    assert_eq!(module.count("auth_mfa_factors").await, 0);
}
