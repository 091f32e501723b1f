//! Second factors. Each test is named after its method.

use serde_json::json;
use vestibule_auth::mfa::{CreateMfaChallenge, DisableAuthMfa, MfaDisablePolicy, MfaField, MfaSelector, MfaStatus};
use vestibule_auth::{AuthModule, MfaFactor, StartAuthMfa};
use vestibule_core::{Direction, ErrorKind, Field, Filter, FindConfig, Metadata};
use vestibule_testing::on_both_engines;

use crate::mfa::WRONG;
use crate::support::{ADA, Module, object, refusal};

on_both_engines!(
    start_auth_mfa,
    verify_auth_mfa,
    create_auth_mfa_challenge,
    verify_auth_mfa_challenge,
    disable_auth_mfa,
    retrieve_auth_mfa,
    list_auth_mfa,
    generate_auth_mfa_recovery_codes,
    use_auth_mfa_recovery_code,
);

async fn start_auth_mfa(module: Module) {
    let identity = module.owned(ADA, "user_1").await;
    let mut start = StartAuthMfa::new(identity.id, "totp");
    (start.label, start.issuer) = (Some("My phone".to_owned()), Some("Example".to_owned()));
    start.metadata = Metadata::new(object(json!({ "a": 1 }))).unwrap();
    let started = module.service.start_auth_mfa(&start).await.unwrap();
    assert_eq!((started.mfa_factor.auth_identity_id, started.mfa_factor.status), (identity.id, MfaStatus::Pending));
    assert_eq!(serde_json::to_value(&started.mfa_factor.metadata).unwrap(), json!({ "a": 1, "label": "My phone" }));
    let url = started.enrolment["otpauth_url"].as_str().unwrap();
    assert!(url.starts_with("otpauth://totp/Example:My%20phone?secret="), "{url}");
}

async fn verify_auth_mfa(module: Module) {
    let identity = module.owned(ADA, "user_1").await;
    let started = module.start_mfa(identity.id).await;
    let id = started.mfa_factor.id;
    assert_eq!(refusal(module.service.verify_auth_mfa(identity.id, id, WRONG).await).0, ErrorKind::NotAllowed);
    let code = module.next_code(started.enrolment["secret"].as_str().unwrap());
    let verified = module.service.verify_auth_mfa(identity.id, id, &code).await.unwrap();
    assert_eq!((verified.factor.status, verified.changed), (MfaStatus::Enabled, true));
}

async fn create_auth_mfa_challenge(module: Module) {
    let enrolled = module.enrolled().await;
    let mut create = CreateMfaChallenge::new(enrolled.identity.id);
    create.auth_provider = Some("emailpass".to_owned());
    create.metadata = Metadata::new(object(json!({ "for": "a transfer" }))).ok();
    let challenge = module.service.create_auth_mfa_challenge(&create).await.unwrap();
    assert_eq!(
        serde_json::to_value(&challenge).unwrap(),
        json!({
            "id": challenge.id, "auth_identity_id": enrolled.identity.id, "auth_provider": "emailpass",
            "methods": ["totp"], "expires_at": "2026-11-22T09:35:00.000Z", "attempts": 0, "max_attempts": 5,
            "completed_at": null, "metadata": { "for": "a transfer" },
        })
    );
}

async fn verify_auth_mfa_challenge(module: Module) {
    let enrolled = module.enrolled().await;
    let create = CreateMfaChallenge::new(enrolled.identity.id);
    let challenge = module.service.create_auth_mfa_challenge(&create).await.unwrap();
    let code = module.next_code(&enrolled.secret);
    let verified =
        module.service.verify_auth_mfa_challenge(challenge.id, enrolled.identity.id, "totp", &code).await.unwrap();
    assert_eq!(verified.challenge.completed_at, Some(module.clock_now()));
    let again = module.service.verify_auth_mfa_challenge(challenge.id, enrolled.identity.id, "totp", &code).await;
    assert_eq!(refusal(again).2, "MFA challenge has already been completed");
}

async fn disable_auth_mfa(module: Module) {
    let enrolled = module.enrolled().await;
    let stranger = module.owned("eve@example.com", "user_2").await;
    let id = enrolled.factor.id;
    let careful = module.with_options(|options| options.mfa_disable_policy = MfaDisablePolicy::Challenge);
    let disable = async |service: &AuthModule, disable: DisableAuthMfa| service.disable_auth_mfa(&disable).await;

    let not_found = (ErrorKind::NotFound, None, format!("MFA factor with id \"{id}\" was not found"));
    let of_stranger = DisableAuthMfa { auth_identity_id: Some(stranger.id), ..DisableAuthMfa::new(id) };
    assert_eq!(refusal(disable(&module.service, of_stranger).await), not_found);
    let required = "MFA verification code is required to disable MFA".to_owned();
    let refused = refusal(disable(&careful, DisableAuthMfa::new(id)).await);
    assert_eq!(refused, (ErrorKind::InvalidData, None, required));
    // A given code must be right, whatever the policy.
    for service in [&careful, &module.service] {
        let refused = refusal(disable(service, DisableAuthMfa::with_code(id, "totp", WRONG)).await);
        assert_eq!(refused, (ErrorKind::NotAllowed, None, "Invalid MFA verification code".to_owned()));
    }
    assert_eq!(module.service.attempts(ADA).await.unwrap().failed, 2);
    let code = module.next_code(&enrolled.secret);
    let disabled = disable(&careful, DisableAuthMfa::with_code(id, "totp", &code)).await.unwrap();
    assert_eq!((disabled.factor.status, disabled.changed), (MfaStatus::Disabled, true));
    assert_eq!(module.service.attempts(ADA).await.unwrap().failed, 2, "a right code is no failed attempt");
    assert!(!disable(&careful, DisableAuthMfa::new(id)).await.unwrap().changed, "it was given up before");

    // A recovery code suffices; and without the policy none is required.
    let enrolled = module.enrol(enrolled.identity).await;
    let codes = module.recovery_codes(enrolled.identity.id, 1).await;
    let by_recovery = DisableAuthMfa::with_code(enrolled.factor.id, "recovery_code", &codes[0]);
    assert!(disable(&careful, by_recovery).await.unwrap().changed);
    let enrolled = module.enrol(enrolled.identity).await;
    assert!(disable(&module.service, DisableAuthMfa::new(enrolled.factor.id)).await.unwrap().changed);
}

async fn retrieve_auth_mfa(module: Module) {
    let enrolled = module.enrolled().await;
    let stranger = module.owned("eve@example.com", "user_2").await;
    let id = enrolled.factor.id;
    assert_eq!(module.service.retrieve_auth_mfa(id).await.unwrap(), enrolled.factor);
    let of = |identity| MfaSelector { id, auth_identity_id: Some(identity) };
    assert_eq!(module.service.retrieve_auth_mfa(of(enrolled.identity.id)).await.unwrap(), enrolled.factor);
    let not_found = (ErrorKind::NotFound, None, format!("MFA factor with id \"{id}\" was not found"));
    assert_eq!(refusal(module.service.retrieve_auth_mfa(of(stranger.id)).await), not_found);
}

async fn list_auth_mfa(module: Module) {
    let ada = module.enrolled().await;
    let eve = module.start_mfa(module.owned("eve@example.com", "user_2").await.id).await.mfa_factor;
    let list = async |filter: Filter<MfaField>, find: FindConfig<MfaField>| -> Vec<MfaFactor> {
        module.service.list_auth_mfa(&filter, &find).await.unwrap()
    };
    let all = FindConfig::default;
    assert_eq!(list(Filter::everything(), all()).await, [ada.factor.clone(), eve.clone()]);
    assert_eq!(list(MfaField::AuthIdentityId.eq(ada.identity.id), all()).await, std::slice::from_ref(&ada.factor));
    assert_eq!(list(MfaField::Id.is_in([eve.id, ada.factor.id]), all().page(1, 1)).await, std::slice::from_ref(&eve));
    assert_eq!(list(MfaField::Status.eq("pending"), all()).await, std::slice::from_ref(&eve));
    assert_eq!(list(MfaField::Status.is_in(["pending", "enabled"]), all()).await.len(), 2);
    assert_eq!(list(MfaField::Provider.eq("sms"), all()).await, []);
    let newest_first = all().order_by(MfaField::Id, Direction::Descending);
    assert_eq!(list(MfaField::Provider.eq("totp"), newest_first).await, [eve, ada.factor]);
}

async fn generate_auth_mfa_recovery_codes(module: Module) {
    let enrolled = module.enrolled().await;
    let codes = module.recovery_codes(enrolled.identity.id, 3).await;
    assert_eq!((codes.len(), module.count("auth_mfa_recovery_codes").await), (3, 3));
    module.recovery_codes(enrolled.identity.id, 2).await;
    assert_eq!(module.count("auth_mfa_recovery_codes").await, 2);
}

/// security.md 11 and 19
async fn use_auth_mfa_recovery_code(module: Module) {
    let enrolled = module.enrolled().await;
    let codes = module.recovery_codes(enrolled.identity.id, 2).await;
    let stranger = module.owned("eve@example.com", "user_2").await;
    let wrong = (ErrorKind::NotAllowed, None, "Recovery code is invalid or already used".to_owned());
    assert_eq!(refusal(module.service.use_auth_mfa_recovery_code(stranger.id, &codes[0]).await), wrong);
    module.service.use_auth_mfa_recovery_code(enrolled.identity.id, &codes[0]).await.unwrap();
    assert_eq!(module.service.attempts(ADA).await.unwrap().failed, 0);
    assert_eq!(refusal(module.service.use_auth_mfa_recovery_code(enrolled.identity.id, &codes[0]).await), wrong);
    for _ in 1..10 {
        refusal(module.service.use_auth_mfa_recovery_code(enrolled.identity.id, "guess").await);
    }
    let blocked = refusal(module.service.use_auth_mfa_recovery_code(enrolled.identity.id, &codes[1]).await);
    assert_eq!((blocked.0, blocked.1), (ErrorKind::TooManyRequests, Some("too_many_attempts")));
}
