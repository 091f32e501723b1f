//! Resetting an actor's second factors.

use vestibule_auth::mfa::{MfaStatus, VerifyChallengeError};
use vestibule_testing::on_both_engines;

use crate::support::Module;

on_both_engines!(everything_goes_by_whichever_identity, an_actor_without_factors_loses_nothing);

async fn everything_goes_by_whichever_identity(module: Module) {
    let enrolled = module.enrolled().await;
    let other = module.other_identity("user_1").await;
    module.recovery_codes(other.id, 3).await;
    let challenge = module.challenge(&other).await;
    let stranger = module.enrol(module.owned("eve@example.com", "user_2").await).await;
    module.recovery_codes(stranger.identity.id, 2).await;
    let strangers_challenge = module.challenge(&stranger.identity).await;

    let gone = module.service.reset_auth_mfa("user", "user_1").await.unwrap();
    assert_eq!(
        gone.iter().map(|factor| (factor.id, factor.status)).collect::<Vec<_>>(),
        [(enrolled.factor.id, MfaStatus::Disabled)]
    );
    assert_eq!(module.service.list_auth_mfas_of_identity(other.id).await.unwrap(), gone);
    let answer = module.answer(&challenge, "totp", &module.next_code(&enrolled.secret)).await;
    assert!(matches!(answer, Err(VerifyChallengeError::NotFound(_))), "{answer:?}");
    assert_eq!(module.count("auth_mfa_recovery_codes").await, 2);
    assert_eq!(module.count("auth_mfa_factors WHERE secret IS NOT NULL").await, 1);
    module.answer(&strangers_challenge, "totp", &module.next_code(&stranger.secret)).await.unwrap();
    module.start_mfa(enrolled.identity.id).await;
}

async fn an_actor_without_factors_loses_nothing(module: Module) {
    module.owned("eve@example.com", "user_2").await;
    assert_eq!(module.service.reset_auth_mfa("user", "user_2").await.unwrap(), []);
    assert_eq!(module.service.reset_auth_mfa("user", "missing").await.unwrap(), []);
}
