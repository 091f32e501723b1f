//! Disabling factors.

use vestibule_auth::mfa::DisableAuthMfa;
use vestibule_auth::mfa::MfaStatus;
use vestibule_core::ErrorKind;
use vestibule_testing::on_both_engines;

use super::code;
use crate::support::{Module, refusal};

on_both_engines!(
    what_is_given_up_is_wiped,
    recovery_codes_go_with_the_last_factor,
    a_factor_of_another_user_stays,
    a_removed_user_leaves_no_factors,
);

/// security.md 20
async fn what_is_given_up_is_wiped(module: Module) {
    let enrolled = module.enrolled().await;
    let id = enrolled.factor.id;
    let disabled = module
        .service
        .disable_auth_mfa(&DisableAuthMfa { auth_identity_id: Some(enrolled.identity.id), ..DisableAuthMfa::new(id) })
        .await
        .unwrap();
    assert!(disabled.changed && disabled.factor.status == MfaStatus::Disabled);
    assert_eq!(module.count("auth_mfa_factors WHERE secret IS NOT NULL").await, 0);
    assert!(!module.service.has_mfa(&module.database, enrolled.identity.id).await.unwrap());
    let again = module
        .service
        .disable_auth_mfa(&DisableAuthMfa { auth_identity_id: Some(enrolled.identity.id), ..DisableAuthMfa::new(id) })
        .await
        .unwrap();
    assert!(!again.changed && again.factor == disabled.factor);
    let proof = module.service.examine_mfa_code(enrolled.identity.id, None, &module.next_code(&enrolled.secret)).await;
    assert_eq!(proof.unwrap(), None);
}

async fn recovery_codes_go_with_the_last_factor(module: Module) {
    let enrolled = module.enrolled().await;
    let other = module.other_identity("user_1").await;
    // A code that another identity of the same user has created.
    module.recovery_codes(other.id, 3).await;
    let stranger = module.enrol(module.owned("eve@example.com", "user_2").await).await;
    module.recovery_codes(stranger.identity.id, 2).await;
    module
        .service
        .disable_auth_mfa(&DisableAuthMfa {
            auth_identity_id: Some(enrolled.identity.id),
            ..DisableAuthMfa::new(enrolled.factor.id)
        })
        .await
        .unwrap();
    assert_eq!(module.count("auth_mfa_recovery_codes").await, 2, "the stranger's stay");
    let challenge = module.challenge(&module.enrol(enrolled.identity).await.identity).await;
    assert_eq!(challenge.methods, ["totp"]);
}

async fn a_factor_of_another_user_stays(module: Module) {
    let enrolled = module.enrolled().await;
    let stranger = module.owned("eve@example.com", "user_2").await;
    let id = enrolled.factor.id;
    let not_found = (ErrorKind::NotFound, None, format!("MFA factor with id \"{id}\" was not found"));
    assert_eq!(
        refusal(
            module
                .service
                .disable_auth_mfa(&DisableAuthMfa { auth_identity_id: Some(stranger.id), ..DisableAuthMfa::new(id) })
                .await
        ),
        not_found
    );
    assert_eq!(module.service.retrieve_auth_mfa(id).await.unwrap(), enrolled.factor);
}

/// security.md 28
async fn a_removed_user_leaves_no_factors(module: Module) {
    let enrolled = module.enrolled().await;
    module.recovery_codes(enrolled.identity.id, 3).await;
    module.challenge(&enrolled.identity).await;
    module.remove_actor("user", "user_1").await;
    for table in ["auth_mfa_factors", "auth_mfa_recovery_codes", "auth_mfa_challenges"] {
        assert_eq!(module.count(table).await, 0, "{table}");
    }
    let again = module.enrolled().await;
    assert_ne!(again.secret, enrolled.secret);
    assert_ne!(code(&again.secret, module.clock_now()), code(&enrolled.secret, module.clock_now()));
}
