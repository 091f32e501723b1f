//! Factors and challenges of a database from before factors had names.

use std::sync::Arc;

use totp_rs::Secret;
use vestibule_auth::mfa::MfaStatus;
use vestibule_auth::{AuthIdentityId, AuthModule, MIGRATIONS, MfaFactorId, PasswordConfig, Passwords, StartAuthMfa};
use vestibule_core::ErrorKind;
use vestibule_database::{Error, Migrations, transaction, values};
use vestibule_testing::{SetUp, TestDatabase, on_both_engines, test_environment};

use super::code;
use crate::support::{options, refusal};

on_both_engines!(factors_from_before_names_work_on_and_have_names);

struct Empty(Arc<TestDatabase>);

impl SetUp for Empty {
    async fn set_up(place: Arc<TestDatabase>) -> Self {
        Self(place)
    }
}

const FACTOR: &str = "INSERT INTO auth_mfa_factors
        (id, auth_identity_id, provider, status, secret, last_step, metadata, created_at, updated_at)
    VALUES ($1, $2, $3, $4, $5, 0, NULL, $6, $6)";

async fn factors_from_before_names_work_on_and_have_names(Empty(place): Empty) {
    let database = place.open().await;
    let before = Migrations { module: "auth", steps: &MIGRATIONS.steps[..11] };
    database.migrate(&[vestibule_outbox::MIGRATIONS, before]).await.unwrap();
    let (environment, clock) = test_environment();
    let (identity, now): (AuthIdentityId, _) = (environment.id(), environment.now());
    let ids: [MfaFactorId; 3] = [environment.id(), environment.id(), environment.id()];
    let seal = |id: MfaFactorId| options().sealing_key.seal(&environment, &id.to_string(), b"12345678901234567890");
    let written: Result<(), Error> = async {
        transaction!(database, |transaction| {
            let text = "INSERT INTO auth_identities (id, app_metadata, created_at, updated_at) VALUES ($1, $2, $3, $3)";
            transaction.execute(text, values![identity, serde_json::json!({}), now]).await?;
            for (id, provider, status, secret) in [
                (ids[0], "totp", "disabled", None),
                (ids[1], "totp", "enabled", Some(seal(ids[1]))),
                (ids[2], "words", "pending", Some(seal(ids[2]))),
            ] {
                transaction.execute(FACTOR, values![id, identity, provider, status, secret, now]).await?;
            }
            let text = "INSERT INTO auth_mfa_challenges (id, auth_identity_id, methods, attempts, max_attempts,
                            expires_at, created_at)
                        VALUES ('authmfachal_01JABCDEFGHJKMNPQRSTVWXYZ0', $1, 'totp', 1, 5, $2, $3)";
            let expires_at = now + std::time::Duration::from_secs(300);
            transaction.execute(text, values![identity, expires_at, now]).await.map(drop)
        })
    }
    .await;
    written.unwrap();

    database.migrate(&[vestibule_outbox::MIGRATIONS, MIGRATIONS]).await.unwrap();
    let passwords = Passwords::start(PasswordConfig::fast_for_tests()).unwrap();
    let service = AuthModule::new(database, environment.clone(), options(), passwords);
    let list = service.list_auth_mfas_of_identity(identity).await.unwrap();
    let shown: Vec<_> = list.iter().map(|factor| (factor.id, factor.name.as_str(), factor.last_used_at)).collect();
    let named = [(ids[0], "Authenticator app", None), (ids[1], "Authenticator app", None), (ids[2], "words", None)];
    assert_eq!(shown, named);

    let secret = Secret::new_stack(*b"12345678901234567890").to_base32();
    let challenge = "authmfachal_01JABCDEFGHJKMNPQRSTVWXYZ0".parse().unwrap();
    let right = code(&secret, environment.now());
    service.verify_auth_mfa_challenge(challenge, identity, "totp", &right).await.unwrap();
    assert!(service.verify_auth_mfa(identity, ids[1], &right).await.is_err(), "the code counts once");
    clock.advance(super::STEP);
    service.verify_auth_mfa(identity, ids[1], &code(&secret, environment.now())).await.unwrap();
    let factor = service.retrieve_auth_mfa(ids[1]).await.unwrap();
    assert_eq!((factor.status, factor.last_used_at), (MfaStatus::Enabled, Some(environment.now())));

    let mut start = StartAuthMfa::new(identity, "totp");
    assert_eq!(refusal(service.start_auth_mfa(&start).await).0, ErrorKind::NotAllowed);
    start.name = Some("Authenticator app".to_owned());
    assert_eq!(refusal(service.start_auth_mfa(&start).await).0, ErrorKind::Duplicate);
    start.name = Some("Tablet".to_owned());
    service.start_auth_mfa(&start).await.unwrap();
}
