//! Accepting an invite with a registration: the reference's method.

use vestibule_flows::{Client, Context, NewInvite};
use vestibule_testing::on_both_engines;
use vestibule_user::InviteState;

use crate::support::gate::header;
use crate::support::{
    ADA, HOUR, OTHER_PASSWORD, PASSWORD, START, Site, accept_as, code, refusal, session, wrong_password,
};

on_both_engines!(
    an_invite_becomes_a_user_who_can_sign_in,
    the_registrations_token_stays_what_it_was_and_refreshed_is_the_users,
    what_strangers_registered_dies,
    an_entity_id_that_is_no_address_needs_only_the_invite,
    a_customer_becomes_a_user_as_well,
);

async fn an_invite_becomes_a_user_who_can_sign_in(site: Site) {
    let inviter = site.user("inviter@example.com").await;
    let invite = site
        .flows
        .invite(&NewInvite::new("Ada@Example.com".parse().unwrap()), &Context::user(inviter.id))
        .await
        .unwrap();
    let registered = site.register(ADA, PASSWORD).await;
    site.clock.advance(HOUR);
    let events = site.events().await.len();
    let accept = accept_as(&invite, "Ada", "Lovelace");
    let user = site
        .flows
        .accept_invite(&accept, registered.auth_identity_id.parse().unwrap(), &Client::default())
        .await
        .unwrap();

    assert_eq!(user.email.as_str(), "Ada@Example.com", "as the invite has it");
    assert_eq!((user.first_name.as_deref(), user.last_name.as_deref()), (Some("Ada"), Some("Lovelace")));
    assert_eq!((user.created_at, user.updated_at, user.deleted_at), (START + HOUR, START + HOUR, None));
    assert_eq!(site.flows.users().retrieve_user(user.id).await.unwrap(), user);
    let accepted = site.again(&invite).await;
    assert_eq!((accepted.state, accepted.accepted, accepted.token), (InviteState::Accepted, true, None));
    assert_eq!(accepted.accepted_at, Some(START + HOUR));
    assert_eq!(accepted.accepted_by, Some(user.id.to_string()));
    assert_eq!(accepted.invited_by, Some(inviter.id.to_string()));
    assert_eq!(site.events().await[events..], ["invite.accepted", "user.created"]);

    let identities = site.identities_of(user.id).await;
    assert_eq!(identities.len(), 1);
    assert_eq!(identities[0].id.to_string(), registered.auth_identity_id);
    let signed_in = site.sign_in(ADA, PASSWORD).await.unwrap();
    assert_eq!(signed_in.actor_id, user.id.to_string());
    assert_eq!(site.user_of(&signed_in).await, Some(user.id));
    site.assert_consistent().await;
}

/// As in the reference: a token keeps the claims that it was issued with.
async fn the_registrations_token_stays_what_it_was_and_refreshed_is_the_users(site: Site) {
    let invite = site.invite(ADA).await;
    let registered = site.register(ADA, PASSWORD).await;
    assert_eq!(registered.actor_id, "");
    let user = site.accept(&invite, &registered).await.unwrap();
    let caller = site.bearer(&registered).await.expect("it is known, and no user");
    assert_eq!((caller.user, caller.auth_identity_id.to_string()), (None, registered.auth_identity_id.clone()));
    let refreshed = site.refresh(&registered).await.unwrap();
    assert_eq!((&refreshed.actor_id, &refreshed.sid), (&user.id.to_string(), &registered.sid));
    assert_eq!(site.user_of(&refreshed).await, Some(user.id));
}

/// security.md 6
async fn what_strangers_registered_dies(site: Site) {
    let invite = site.invite(ADA).await;
    let mut strangers = Vec::new();
    for number in 0..64 {
        strangers.push(site.register("ADA@example.com", &format!("Strangers-password-{number}")).await);
    }
    let owner = site.register(ADA, PASSWORD).await;
    let user = site.accept(&invite, &owner).await.expect("earlier registrations block no one");
    for (number, stranger) in strangers.iter().enumerate() {
        assert_eq!(site.bearer(stranger).await, None, "{number}");
        assert!(site.refresh(stranger).await.is_none(), "{number}");
        site.flows.auth().clear_attempts(ADA).await.unwrap();
        assert_eq!(refusal(site.sign_in(ADA, &format!("Strangers-password-{number}")).await), wrong_password());
    }
    assert_eq!(site.count("auth_identities").await, 1);
    assert_eq!(site.user_of(&site.sign_in(ADA, PASSWORD).await.unwrap()).await, Some(user.id));
    site.assert_consistent().await;
}

/// A provider that verifies an identity, but no address: receiving the invite at the address does.
async fn an_entity_id_that_is_no_address_needs_only_the_invite(site: Site) {
    let invite = site.invite(ADA).await;
    let known = session(site.flows.sign_in("user", "gate", &header("octocat"), &Client::default()).await.unwrap());
    let user = site.accept(&invite, &known).await.unwrap();
    let again = session(site.flows.sign_in("user", "gate", &header("octocat"), &Client::default()).await.unwrap());
    assert_eq!(site.user_of(&again).await, Some(user.id));
    assert_eq!(user.email.as_str(), ADA);
    let second = site.invite("another@example.com").await;
    assert_eq!(code(site.accept(&second, &again).await), "identity_claimed");
}

async fn a_customer_becomes_a_user_as_well(site: Site) {
    let invite = site.invite(ADA).await;
    let registered = site.register(ADA, PASSWORD).await;
    let auth = site.flows.auth();
    let id = registered.auth_identity_id.parse().unwrap();
    let claimed: Result<(), vestibule_auth::identities::ClaimError> = async {
        vestibule_database::transaction!(site.database, |transaction| {
            auth.claim_identity_within(transaction, id, "customer", "cus_1").await
        })
    }
    .await;
    claimed.unwrap();
    let user = site.accept(&invite, &registered).await.unwrap();
    let shared = auth.retrieve_auth_identity(id).await.unwrap();
    assert_eq!((shared.actor("user"), shared.actor("customer")), (Some(user.id.to_string().as_str()), Some("cus_1")));
    assert_eq!(refusal(site.sign_in(ADA, OTHER_PASSWORD).await), wrong_password());
    site.assert_consistent().await;
}
