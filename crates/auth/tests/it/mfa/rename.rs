//! Renaming factors.

use vestibule_auth::mfa::DisableAuthMfa;
use vestibule_core::ErrorKind;
use vestibule_testing::on_both_engines;

use super::STEP;
use crate::support::{ADA, Module, refusal};

on_both_engines!(a_factor_is_renamed_by_its_owner_alone);

on_both_engines!(4 threads: of_sixty_four_renamings_no_two_share_a_name);

async fn a_factor_is_renamed_by_its_owner_alone(module: Module) {
    let phone = module.enrol_named(module.owned(ADA, "user_1").await, "Phone").await;
    let tablet = module.enrol_named(module.other_identity("user_1").await, "Tablet").await;
    let stranger = module.owned("eve@example.com", "user_2").await;
    let (id, owner) = (phone.factor.id, tablet.identity.id);
    let rename = async |identity, name: &str| module.service.rename_auth_mfa(identity, id, name).await;
    module.clock.advance(STEP);
    let same = rename(owner, " Phone ").await.unwrap();
    assert!(!same.changed && same.factor == phone.factor);
    let renamed = rename(owner, "Old phone").await.unwrap();
    assert!(renamed.changed && renamed.factor.name == "Old phone" && renamed.factor.updated_at == module.clock_now());
    assert_eq!(module.service.retrieve_auth_mfa(id).await.unwrap(), renamed.factor);
    let taken = "There is a second factor \"Tablet\" already. Choose another name.".to_owned();
    assert_eq!(refusal(rename(owner, "Tablet").await), (ErrorKind::Duplicate, Some("factor_name_taken"), taken));
    assert_eq!(refusal(rename(owner, &"x".repeat(300)).await).0, ErrorKind::InvalidData);
    let not_found = (ErrorKind::NotFound, None, format!("MFA factor with id \"{id}\" was not found"));
    assert_eq!(refusal(rename(stranger.id, "Mine").await), not_found);
    module.service.disable_auth_mfa(&DisableAuthMfa::new(id)).await.unwrap();
    assert_eq!(refusal(rename(owner, "Phone").await), not_found);
}

async fn of_sixty_four_renamings_no_two_share_a_name(module: Module) {
    let phone = module.enrol_named(module.owned(ADA, "user_1").await, "Phone").await;
    let tablet = module.enrol_named(module.other_identity("user_1").await, "Tablet").await;
    let (identity, ids) = (phone.identity.id, [phone.factor.id, tablet.factor.id]);
    module
        .sixty_four(
            |service, caller| async move { service.rename_auth_mfa(identity, ids[caller / 2 % 2], "Watch").await },
        )
        .await;
    assert_eq!(module.count("auth_mfa_factors WHERE name = 'Watch'").await, 1);
}
