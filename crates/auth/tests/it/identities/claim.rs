//! Claiming, and its effect on rivals.

use vestibule_core::ErrorKind;
use vestibule_database::{Error, transaction};
use vestibule_testing::on_both_engines;

use crate::support::{
    ADA, DAY, HOUR, MICROSECOND, Module, OTHER_PASSWORD, PASSWORD, START, claim, part, refusal, sign_in, unclaimed,
    wrong_password,
};

on_both_engines!(
    a_claimed_identity_stays,
    what_cannot_be_claimed_is_refused_with_the_reason,
    an_unclaimed_identity_lives_until_the_very_moment,
    actors_of_several_types_share_an_identity,
    sixty_four_strangers_die_when_the_owner_comes,
    a_million_registrations_cannot_keep_the_owner_out,
    an_undone_claim_leaves_everything_as_it_was,
);

async fn a_claimed_identity_stays(module: Module) {
    let registered = module.register(ADA, PASSWORD).await.unwrap();
    assert_eq!((registered.is_claimed(), registered.actor("user")), (false, None));
    module.clock.advance(HOUR);
    module.claim(registered.id, "user_1").await.unwrap();
    let claimed = module.again(&registered).await.unwrap();
    assert_eq!((claimed.is_claimed(), claimed.actor("user")), (true, Some("user_1")));
    assert_eq!(claimed.updated_at, START + HOUR);
    assert_eq!(claimed.provider_identities, registered.provider_identities, "it is the same registration");
    module.clock.advance(365 * DAY);
    assert_eq!(module.service.delete_expired().await.unwrap(), 0);
    assert_eq!(module.sign_in(ADA, PASSWORD).await.unwrap(), claimed);
}

async fn what_cannot_be_claimed_is_refused_with_the_reason(module: Module) {
    let gone = (
        ErrorKind::Unauthorized,
        Some("registration_expired"),
        "This registration is not valid any more. Register again.".to_owned(),
    );
    assert_eq!(refusal(module.claim(module.environment.id(), "user_1").await), gone);

    let registered = module.register(ADA, PASSWORD).await.unwrap();
    module.claim(registered.id, "user_1").await.unwrap();
    for owner in ["user_2", "user_1"] {
        assert_eq!(
            refusal(module.claim(registered.id, owner).await),
            (
                ErrorKind::InvalidData,
                Some("identity_claimed"),
                "This sign-in already belongs to another account.".to_owned()
            )
        );
    }

    let late = module.service.create_auth_identities(unclaimed([part("emailpass", ADA)])).await.unwrap();
    assert_eq!(
        refusal(module.claim(late.id, "user_2").await),
        (ErrorKind::InvalidData, Some("identity_exists"), "Identity with email already exists".to_owned())
    );
    assert!(!module.again(&late).await.unwrap().is_claimed(), "nothing of it was done");
    assert_eq!(module.count("auth_identity_actors").await, 1);
}

/// security.md 6: twenty-four hours.
async fn an_unclaimed_identity_lives_until_the_very_moment(module: Module) {
    let one = module.register(ADA, PASSWORD).await.unwrap();
    let other = module.register("bob@example.com", PASSWORD).await.unwrap();
    assert_eq!(one.expires_at, Some(START + DAY));
    module.clock.set(START + DAY - MICROSECOND);
    module.claim(one.id, "user_1").await.expect("a microsecond is enough");
    module.clock.set(START + DAY);
    let (_, code, _) = refusal(module.claim(other.id, "user_2").await);
    assert_eq!(code, Some("registration_expired"));
}

async fn actors_of_several_types_share_an_identity(module: Module) {
    let registered = module.register(ADA, PASSWORD).await.unwrap();
    let claim = async |actor_type, actor_id| {
        claim(&module.service, &module.database, registered.id, actor_type, actor_id).await
    };
    claim("user", "user_1").await.unwrap();
    claim("customer", "cus_1").await.unwrap();
    let (_, code, _) = refusal(claim("customer", "cus_2").await);
    assert_eq!(code, Some("identity_claimed"));
    let shared = module.sign_in(ADA, PASSWORD).await.unwrap();
    assert_eq!((shared.actor("user"), shared.actor("customer")), (Some("user_1"), Some("cus_1")));
    for (actor_type, actor_id) in [("user", "user_1"), ("customer", "cus_1"), ("vendor", "")] {
        let session = module.session(&shared, actor_type).await;
        assert_eq!((session.actor_type.as_str(), session.actor_id.as_str()), (actor_type, actor_id));
    }
}

/// security.md 6
async fn sixty_four_strangers_die_when_the_owner_comes(module: Module) {
    let strangers_password = |number: usize| format!("Strangers-password-{number}");
    for number in 0..32 {
        module.register(ADA, &strangers_password(number)).await.unwrap();
    }
    let owner = module.register(ADA, PASSWORD).await.expect("earlier registrations block no one");
    for number in 32..64 {
        module.register("ADA@example.com", &strangers_password(number)).await.unwrap();
    }
    let stranger = module.sign_in(ADA, &strangers_password(5)).await.unwrap();
    assert_eq!(stranger.actor("user"), None);
    let session = module.session(&stranger, "user").await;
    let elsewhere = module.service.create_auth_identities(unclaimed([part("google", ADA)])).await.unwrap();
    let bystander = module.register("bob@example.com", OTHER_PASSWORD).await.unwrap();

    module.claim(owner.id, "user_1").await.unwrap();
    assert_eq!(module.sign_in(ADA, PASSWORD).await.unwrap().actor("user"), Some("user_1"));
    let service = module.without_limits();
    for number in 0..64 {
        assert_eq!(refusal(sign_in(&service, ADA, &strangers_password(number)).await), wrong_password());
    }
    assert!(!module.is_alive(&session).await);
    assert_eq!(module.count("provider_identities WHERE provider = 'emailpass'").await, 2);
    assert!(module.again(&elsewhere).await.is_some(), "the entity id of another provider");
    assert!(module.again(&bystander).await.is_some());
}

/// The deletion of one claim is bounded, so its time is.
async fn a_million_registrations_cannot_keep_the_owner_out(module: Module) {
    let strangers = vec![unclaimed([part("emailpass", ADA)]); 1_100];
    module.service.create_auth_identities(strangers).await.unwrap();
    let early = module.register(ADA, OTHER_PASSWORD).await.unwrap();
    let owner = module.register(ADA, PASSWORD).await.unwrap();
    module.claim(owner.id, "user_1").await.unwrap();
    assert_eq!(module.count("auth_identities WHERE expires_at IS NOT NULL").await, 101);
    // Whether or not the stranger's was among the thousand.
    assert_eq!(refusal(sign_in(&module.without_limits(), ADA, OTHER_PASSWORD).await), wrong_password());
    assert!(module.claim(early.id, "user_2").await.is_err());
    module.clock.advance(DAY);
    assert_eq!(module.service.delete_expired().await.unwrap(), 101);
    assert_eq!(module.sign_in(ADA, PASSWORD).await.unwrap().id, owner.id);
}

async fn an_undone_claim_leaves_everything_as_it_was(module: Module) {
    let owner = module.register(ADA, PASSWORD).await.unwrap();
    let stranger = module.register(ADA, OTHER_PASSWORD).await.unwrap();
    let undone: Result<(), Error> = async {
        transaction!(module.database, |transaction| {
            module.service.claim_identity_within(transaction, owner.id, "user", "user_1").await.unwrap();
            Err(Error::Unavailable("for this test".into()))
        })
    }
    .await;
    undone.unwrap_err();
    assert_eq!(module.again(&owner).await.as_ref(), Some(&owner));
    assert_eq!(module.again(&stranger).await.as_ref(), Some(&stranger));
    module.claim(stranger.id, "user_2").await.unwrap();
}
