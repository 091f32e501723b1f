//! Sixty-four at once: one succeeds, and sixty-three get the precise reason (security.md 2).

use vestibule_auth::AuthIdentityId;
use vestibule_core::{DomainError, ErrorKind};
use vestibule_flows::Client;
use vestibule_testing::on_both_engines;

use crate::support::{ADA, PASSWORD, Site, accept};

on_both_engines!(4 threads:
    with_one_registration,
    with_a_registration_each,
    with_a_password_each,
    for_a_user_who_was_created_in_advance,
);

type Outcome = Result<String, (ErrorKind, Option<&'static str>)>;

fn outcome<T>(result: Result<T, impl DomainError>, winner: impl FnOnce(T) -> String) -> Outcome {
    result.map(winner).map_err(|error| (error.kind(), error.code()))
}

/// Exactly one success. The others report that the invite was accepted.
fn the_one(results: Vec<Outcome>) -> String {
    let (accepted, refused): (Vec<_>, Vec<_>) = results.into_iter().partition(Result::is_ok);
    assert_eq!((accepted.len(), refused.len()), (1, 63));
    for refusal in refused {
        assert_eq!(refusal, Err((ErrorKind::Unauthorized, Some("invite_already_accepted"))));
    }
    accepted.into_iter().flatten().next().unwrap()
}

async fn assert_one_accepted(site: &Site) {
    assert_eq!(site.count("users").await, 1);
    assert_eq!(site.count("auth_identities").await, 1, "the rivals are gone");
    assert_eq!(site.count("outbox_events WHERE name = 'invite.accepted'").await, 1);
    site.assert_consistent().await;
}

async fn with_one_registration(site: Site) {
    let accept = accept(&site.invite(ADA).await);
    let identity: AuthIdentityId = site.register(ADA, PASSWORD).await.auth_identity_id.parse().unwrap();
    let results = site
        .sixty_four(|flows, _| {
            let accept = accept.clone();
            async move {
                outcome(flows.accept_invite(&accept, identity, &Client::default()).await, |user| user.id.to_string())
            }
        })
        .await;
    let user = the_one(results);
    assert_eq!(site.sign_in(ADA, PASSWORD).await.unwrap().actor_id, user);
    assert_one_accepted(&site).await;
}

async fn with_a_registration_each(site: Site) {
    let accept = accept(&site.invite(ADA).await);
    let password = |number: usize| format!("Password-number-{number}");
    let mut identities: Vec<AuthIdentityId> = Vec::new();
    for number in 0..64 {
        identities.push(site.register(ADA, &password(number)).await.auth_identity_id.parse().unwrap());
    }
    let results = site
        .sixty_four(|flows, caller| {
            let (accept, identity) = (accept.clone(), identities[caller]);
            async move { outcome(flows.accept_invite(&accept, identity, &Client::default()).await, |_| password(caller)) }
        })
        .await;
    let password = the_one(results);
    site.sign_in(ADA, &password).await.expect("the accepted user's own password");
    assert_one_accepted(&site).await;
}

async fn with_a_password_each(site: Site) {
    let accept = accept(&site.invite(ADA).await);
    let results = site
        .sixty_four(|flows, caller| {
            let (accept, password) = (accept.clone(), format!("Password-number-{caller}"));
            async move {
                outcome(flows.accept_invite_with_password(&accept, &password, &Client::default()).await, |_| password)
            }
        })
        .await;
    let password = the_one(results);
    site.sign_in(ADA, &password).await.expect("the accepted user's own password");
    assert_one_accepted(&site).await;
}

async fn for_a_user_who_was_created_in_advance(site: Site) {
    let (user, invite) = site.invited_user(ADA).await;
    let accept = accept(&invite);
    let results = site
        .sixty_four(|flows, caller| {
            let mut accept = accept.clone();
            accept.first_name = Some(format!("Ada {caller}"));
            let password = format!("Password-number-{caller}");
            async move {
                outcome(flows.accept_invite_with_password(&accept, &password, &Client::default()).await, |(user, _)| {
                    assert_eq!(user.first_name, accept.first_name);
                    password
                })
            }
        })
        .await;
    let password = the_one(results);
    assert_eq!(site.sign_in(ADA, &password).await.unwrap().actor_id, user.id.to_string());
    assert_one_accepted(&site).await;
}
