//! Concurrent callers: what one statement decides, it decides for all (architecture.md, "The database seam", 5).

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use vestibule_auth::AuthIdentity;
use vestibule_auth::identities::ClaimError;
use vestibule_database::Error;
use vestibule_testing::on_both_engines;

use crate::support::{ADA, Module, PASSWORD, belonging_to, claim, part, unclaimed};

on_both_engines!(4 threads:
    of_sixty_four_claims_of_one_identity_one_succeeds,
    of_sixty_four_rivals_one_is_claimed,
    of_sixty_four_identities_of_one_entity_one_is_created,
    a_part_added_during_the_claim_is_claimed,
    a_claim_during_the_removal_is_kept,
    a_session_that_begins_during_a_claim_or_a_removal_is_its_owners,
);

async fn of_sixty_four_claims_of_one_identity_one_succeeds(module: Module) {
    let id = module.register(ADA, PASSWORD).await.unwrap().id;
    let database = module.database.clone();
    let results = module
        .sixty_four(|service, caller| {
            let database = database.clone();
            async move { claim(&service, &database, id, "user", &format!("user_{caller}")).await }
        })
        .await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
    assert_eq!(results.iter().filter(|result| matches!(result, Err(ClaimError::Taken))).count(), 63);
    assert_eq!(module.count("auth_identity_actors").await, 1);
}

/// security.md 6. No deadlock.
async fn of_sixty_four_rivals_one_is_claimed(module: Module) {
    let rivals = vec![unclaimed([part("emailpass", ADA)]); 64];
    let rivals: Arc<Vec<AuthIdentity>> = module.service.create_auth_identities(rivals).await.unwrap().into();
    let database = module.database.clone();
    let results = module
        .sixty_four(|service, caller| {
            let (database, id) = (database.clone(), rivals[caller].id);
            async move { claim(&service, &database, id, "user", &format!("user_{caller}")).await }
        })
        .await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1, "{results:?}");
    let precise = |error: &ClaimError| matches!(error, ClaimError::Gone | ClaimError::EntityTaken);
    assert_eq!(results.iter().filter(|result| result.as_ref().is_err_and(precise)).count(), 63, "{results:?}");
    assert_eq!(module.count("auth_identity_actors").await, 1);
    assert_eq!(module.count("provider_identities WHERE claimed").await, 1);
    assert_eq!(module.count("auth_identities WHERE expires_at IS NULL").await, 1);
}

/// Half of them claim what they registered, half create a claimed identity directly.
async fn of_sixty_four_identities_of_one_entity_one_is_created(module: Module) {
    let rivals = vec![unclaimed([part("emailpass", ADA)]); 64];
    let rivals: Arc<Vec<AuthIdentity>> = module.service.create_auth_identities(rivals).await.unwrap().into();
    let database = module.database.clone();
    let results = module
        .sixty_four(|service, caller| {
            let (database, id) = (database.clone(), rivals[caller].id);
            let owner = format!("user_{caller}");
            async move {
                if caller % 4 < 2 {
                    claim(&service, &database, id, "user", &owner).await.map_err(|error| error.to_string())
                } else {
                    let identity = belonging_to(&owner, [part("emailpass", ADA)]);
                    service.create_auth_identities(identity).await.map(drop).map_err(|error| error.to_string())
                }
            }
        })
        .await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1, "{results:?}");
    for error in results.into_iter().filter_map(Result::err) {
        assert!(error.contains("already exists") || error.contains("not valid any more"), "{error}");
    }
    assert_eq!(module.count("provider_identities WHERE claimed").await, 1);
    assert_eq!(module.count("auth_identities WHERE expires_at IS NULL").await, 1);
}

/// An unclaimed part of a claimed identity would be useless and never found.
async fn a_part_added_during_the_claim_is_claimed(module: Module) {
    let identities = vec![unclaimed([]); 32];
    let identities: Arc<Vec<AuthIdentity>> = module.service.create_auth_identities(identities).await.unwrap().into();
    let database = module.database.clone();
    let results = module
        .sixty_four(|service, caller| {
            let (database, id) = (database.clone(), identities[caller / 2].id);
            async move {
                if caller % 2 == 0 {
                    claim(&service, &database, id, "user", &format!("user_{caller}")).await.is_ok()
                } else {
                    service.create_provider_identities(id, part("p", &format!("name {caller}"))).await.is_ok()
                }
            }
        })
        .await;
    assert_eq!(results, [true; 64]);
    assert_eq!(module.count("provider_identities WHERE claimed").await, 32);
}

/// A user is removed while the same person becomes a customer. Either is first; a successful claim has left a customer
/// who can sign in.
async fn a_claim_during_the_removal_is_kept(module: Module) {
    let mut owned = Vec::new();
    for number in 0..32 {
        owned.push(module.owned(&format!("user{number}@example.com"), &format!("user_{number}")).await);
    }
    let mut tasks = JoinSet::new();
    for (number, identity) in owned.iter().enumerate() {
        let (service, database, id) = (module.service.clone(), module.database.clone(), identity.id);
        let user = format!("user_{number}");
        tasks.spawn(async move {
            let removed: Result<(), Error> = async {
                vestibule_database::transaction!(database, |transaction| {
                    service.remove_actor_within(transaction, "user", &user).await
                })
            }
            .await;
            removed.unwrap();
            None
        });
        let (service, database) = (module.service.clone(), module.database.clone());
        tasks.spawn(async move {
            let claimed = claim(&service, &database, id, "customer", &format!("cus_{number}")).await;
            claimed.is_ok().then_some(number)
        });
    }
    let results = tokio::time::timeout(Duration::from_secs(60), tasks.join_all()).await.unwrap();
    for number in results.into_iter().flatten() {
        let signed_in = module.sign_in(&format!("user{number}@example.com"), PASSWORD).await.unwrap();
        assert_eq!(signed_in.actor("customer"), Some(format!("cus_{number}").as_str()));
    }
    for (number, identity) in owned.iter().enumerate() {
        let left = module.again(identity).await;
        assert!(left.is_none_or(|identity| identity.actor("user").is_none()), "{number}");
    }
    assert_eq!(module.count("auth_identity_actors WHERE actor_type = 'user'").await, 0);
}

/// A session names its owner, so that a request need not look it up: this must hold under concurrent claims and
/// releases of the identity.
async fn a_session_that_begins_during_a_claim_or_a_removal_is_its_owners(module: Module) {
    let identities = vec![unclaimed([]); 8];
    let identities: Arc<Vec<AuthIdentity>> = module.service.create_auth_identities(identities).await.unwrap().into();
    for identity in identities.iter().take(4) {
        claim(&module.service, &module.database, identity.id, "customer", "cus_1").await.unwrap();
        module.claim(identity.id, "user_1").await.unwrap();
    }
    let database = module.database.clone();
    module
        .sixty_four(|service, caller| {
            let (database, identities) = (database.clone(), identities.clone());
            async move {
                let identity = &identities[caller % 8];
                match caller {
                    28 => vestibule_database::transaction!(database, |transaction| {
                        service.remove_actor_within(transaction, "user", "user_1").await
                    }),
                    36..40 => {
                        claim(&service, &database, identity.id, "user", "user_2").await.map_err(|error| match error {
                            ClaimError::Database(error) => error,
                            error => panic!("{error}"),
                        })
                    }
                    _ => service.start_session(identity, "user", "emailpass").await.map(drop),
                }
            }
        })
        .await
        .into_iter()
        .collect::<Result<Vec<()>, Error>>()
        .unwrap();
    let owner = "SELECT actor_id FROM auth_identity_actors actor
                 WHERE actor.auth_identity_id = session.auth_identity_id AND actor.actor_type = session.actor_type";
    let wrong = format!("auth_sessions session WHERE COALESCE(session.actor_id, '') <> COALESCE(({owner}), '')");
    assert_eq!(module.count(&wrong).await, 0);
    assert!(module.count("auth_sessions WHERE actor_id = 'user_2'").await > 0);
}
