//! Changes of address, at once with everything that wants the same address.

use std::time::Duration;

use vestibule_auth::EmailChangePurpose;
use vestibule_core::{DomainError, ErrorKind};
use vestibule_flows::{
    AcceptInvite, Client, Confirmer, Context, Flows, FreshProof, NewInvite, SessionCaller, SignInMethod, SignUpState,
};
use vestibule_testing::on_both_engines;
use vestibule_user::User;

use crate::support::service::returned;
use crate::support::{ADA, BOB, PASSWORD, ROOT, Site, account, code, email, session};

on_both_engines!(
    without_a_password_only_the_address_of_the_user_changes,
    the_operator_changes_an_address_at_once,
    checking_a_link_changes_nothing,
    a_stranger_with_the_link_gains_nothing,
    a_user_without_a_sign_in_method_confirms_by_the_link,
    the_old_address_is_reserved_while_the_change_can_be_reverted,
    a_reverted_change_releases_what_it_had_reserved,
);
on_both_engines!(4 threads:
    of_sixty_four_confirmations_by_one_link_one_succeeds,
    of_two_users_who_confirm_one_address_one_gets_it,
    a_change_and_an_accepted_invite_leave_one_owner,
    a_change_and_a_created_user_leave_one_owner,
    a_change_and_a_deletion_leave_nothing_half_done,
    two_users_who_swap_their_addresses_do_not_wait_for_each_other,
    a_new_user_never_takes_an_address_that_was_just_given_up,
);

const NEW: &str = "new@example.com";
const ROUNDS: usize = 12;

/// A change that waits to be confirmed: the token that was mailed, and the user's session.
#[derive(Clone)]
struct Requested {
    token: String,
    caller: SessionCaller,
}

/// Requests a change as the user.
async fn requested(site: &Site, user: &User, new: &str) -> Requested {
    let caller = signed_in(site, user.email.as_str()).await;
    let context = caller.context(Client::default());
    site.flows.request_email_change(&caller, &email(new), &FreshProof::default(), &context).await.unwrap();
    Requested { token: mailed(site, "auth.email_change_requested").await, caller }
}

async fn signed_in(site: &Site, address: &str) -> SessionCaller {
    let token = site.sign_in(address, PASSWORD).await.unwrap();
    site.bearer(&token).await.unwrap()
}

async fn mailed(site: &Site, name: &str) -> String {
    let events = vestibule_outbox::newest(&site.database, 100).await.unwrap();
    let event = events.iter().find(|event| event.name == name).unwrap();
    site.flows.auth().reveal_event(event).unwrap()["token"].as_str().unwrap().to_owned()
}

async fn confirm(flows: &Flows, change: &Requested) -> Result<(), (ErrorKind, Option<&'static str>)> {
    confirm_as(flows, &change.token, Some(&change.caller)).await
}

async fn confirm_as(
    flows: &Flows,
    token: &str,
    caller: Option<&SessionCaller>,
) -> Result<(), (ErrorKind, Option<&'static str>)> {
    let confirmed = flows.confirm_email_change(token, caller, &Context::anonymous(Client::default())).await;
    confirmed.map(drop).map_err(|error| (error.kind(), error.code()))
}

/// How many users who are not deleted have this address.
async fn owners(site: &Site, address: &str) -> i64 {
    site.count(&format!("users WHERE email_canonical = '{address}' AND deleted_at IS NULL")).await
}

async fn identities(site: &Site, address: &str) -> i64 {
    site.count(&format!("provider_identities WHERE entity_canonical = '{address}' AND claimed")).await
}

/// security.md 2
async fn of_sixty_four_confirmations_by_one_link_one_succeeds(site: Site) {
    let ada = site.user(ADA).await;
    let token = requested(&site, &ada, NEW).await;
    let results = site
        .sixty_four(|flows, _| {
            let token = token.clone();
            async move { confirm(&flows, &token).await }
        })
        .await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
    for error in results.into_iter().filter_map(Result::err) {
        assert_eq!(error, (ErrorKind::NotAllowed, Some("email_change_link_invalid")));
    }
    assert_eq!(site.count("audit_entries WHERE action = 'email.changed'").await, 1);
    assert_eq!((owners(&site, NEW).await, identities(&site, NEW).await), (1, 1));
    site.assert_consistent().await;
}

/// security.md 15, 45
async fn of_two_users_who_confirm_one_address_one_gets_it(site: Site) {
    let other = site.another_process().await;
    for round in 0..ROUNDS {
        let new = format!("new{round}@example.com");
        let mut tokens = Vec::new();
        for name in ["ada", "bob"] {
            let user = site.user(&format!("{name}{round}@example.com")).await;
            tokens.push(requested(&site, &user, &new).await);
        }
        let results = tokio::join!(confirm(&site.flows, &tokens[0]), confirm(&other, &tokens[1]));
        let won = [&results.0, &results.1].iter().filter(|result| result.is_ok()).count();
        assert_eq!(won, 1, "{results:?}");
        let lost = results.0.and(results.1).unwrap_err();
        assert_eq!(lost, (ErrorKind::InvalidData, Some("email_of_another_account")));
        assert_eq!((owners(&site, &new).await, identities(&site, &new).await), (1, 1));
    }
    site.assert_consistent().await;
}

async fn a_change_and_an_accepted_invite_leave_one_owner(site: Site) {
    site.user(ROOT).await;
    let other = site.another_process().await;
    for round in 0..ROUNDS {
        let new = format!("new{round}@example.com");
        let user = site.user(&format!("ada{round}@example.com")).await;
        let invite = site.invite(&new).await;
        let token = requested(&site, &user, &new).await;
        let accept = AcceptInvite { token: invite.token.clone().unwrap(), ..AcceptInvite::default() };
        let client = Client::default();
        let (changed, accepted) =
            tokio::join!(confirm(&site.flows, &token), other.accept_invite_with_password(&accept, PASSWORD, &client));
        assert_ne!(changed.is_ok(), accepted.is_ok(), "{changed:?} {accepted:?}");
        match changed {
            Ok(()) => assert_eq!(code(accepted), "invite_revoked"),
            Err(error) => assert_eq!(error, (ErrorKind::InvalidData, Some("email_of_another_account"))),
        }
        assert_eq!((owners(&site, &new).await, identities(&site, &new).await), (1, 1));
    }
    site.assert_consistent().await;
}

async fn a_change_and_a_created_user_leave_one_owner(site: Site) {
    let other = site.another_process().await;
    for round in 0..ROUNDS {
        let new = format!("new{round}@example.com");
        let user = site.user(&format!("ada{round}@example.com")).await;
        let token = requested(&site, &user, &new).await;
        let created = account(&new, SignInMethod::Password(PASSWORD.to_owned()));
        let operator = Context::operator();
        let (changed, created) =
            tokio::join!(confirm(&site.flows, &token), other.create_user_account(&created, &operator));
        match changed {
            Ok(()) => assert_eq!(code(created), "email_taken"),
            Err(error) => {
                created.unwrap();
                assert_eq!(error, (ErrorKind::InvalidData, Some("email_of_another_account")));
            }
        }
        assert_eq!((owners(&site, &new).await, identities(&site, &new).await), (1, 1));
    }
    site.assert_consistent().await;
}

async fn a_change_and_a_deletion_leave_nothing_half_done(site: Site) {
    site.user(ROOT).await;
    let other = site.another_process().await;
    for round in 0..ROUNDS {
        let new = format!("new{round}@example.com");
        let user = site.user(&format!("ada{round}@example.com")).await;
        let token = requested(&site, &user, &new).await;
        let operator = Context::operator();
        let (changed, removed) =
            tokio::join!(confirm(&site.flows, &token), other.remove_user_account(user.id, &operator));
        assert!(removed.unwrap(), "the user is gone in any case");
        if let Err(error) = changed {
            assert_eq!(error, (ErrorKind::NotAllowed, Some("email_change_link_invalid")));
        }
        assert_eq!((owners(&site, &new).await, identities(&site, &new).await), (0, 0));
        assert_eq!(site.count("auth_email_changes").await, 0);
    }
    site.assert_consistent().await;
}

/// security.md 48: the second one fails, and neither waits for ever.
async fn two_users_who_swap_their_addresses_do_not_wait_for_each_other(site: Site) {
    let other = site.another_process().await;
    for round in 0..ROUNDS {
        let addresses = [format!("ada{round}@example.com"), format!("bob{round}@example.com")];
        let (ada, bob) = (site.user(&addresses[0]).await, site.user(&addresses[1]).await);
        let operator = Context::operator();
        let (to_bob, to_ada) = (email(&addresses[1]), email(&addresses[0]));
        let results = tokio::join!(
            site.flows.change_email_of_user(ada.id, &to_bob, &operator),
            other.change_email_of_user(bob.id, &to_ada, &operator),
        );
        for error in [results.0.err(), results.1.err()] {
            assert_eq!(error.unwrap().code(), Some("email_of_another_account"));
        }
    }
}

async fn without_a_password_only_the_address_of_the_user_changes(site: Site) {
    let (user, invite) = site.invited_user(ADA).await;
    let token = session(site.return_from("service", &returned("ada at service", None, None)).await);
    site.accept(&invite, &token).await.unwrap();
    let token = session(site.return_from("service", &returned("ada at service", None, None)).await);
    let caller = site.bearer(&token).await.unwrap();
    let context = caller.context(Client::default());
    site.flows.request_email_change(&caller, &email(NEW), &FreshProof::default(), &context).await.unwrap();
    let link = mailed(&site, "auth.email_change_requested").await;
    let changed = site.flows.confirm_email_change(&link, Some(&caller), &context).await.unwrap();
    assert_eq!((changed.id, changed.email.as_str()), (user.id, NEW));
    assert!(site.bearer(&token).await.is_some(), "the session that confirmed goes on");
    let identities = site.identities_of(user.id).await;
    assert_eq!(identities[0].provider_identities[0].entity_id, "ada at service");
    let revert = mailed(&site, "auth.email_changed").await;
    site.flows.revert_email_change(&revert, &Context::anonymous(Client::default())).await.unwrap();
    assert!(site.bearer(&token).await.is_none());
    assert!(!site.events().await.contains(&"auth.password_reset".to_owned()), "there is no password to reset");
    assert_eq!(owners(&site, ADA).await, 1);
    site.assert_consistent().await;
}

/// security.md 45
async fn the_operator_changes_an_address_at_once(site: Site) {
    let ada = site.user(ADA).await;
    site.user(BOB).await;
    let token = site.sign_in(ADA, PASSWORD).await.unwrap();
    let change = async |new: &str| site.flows.change_email_of_user(ada.id, &email(new), &Context::operator()).await;
    assert_eq!(code(change(BOB).await), "email_of_another_account");
    assert_eq!(code(change(ADA).await), "email_unchanged");
    change(NEW).await.unwrap();
    assert!(site.bearer(&token).await.is_none());
    site.sign_in(NEW, PASSWORD).await.unwrap();
    let revert = mailed(&site, "auth.email_changed").await;
    site.flows.revert_email_change(&revert, &Context::anonymous(Client::default())).await.unwrap();
    site.sign_in(ADA, PASSWORD).await.unwrap();
    site.assert_consistent().await;
}

/// security.md 7
async fn checking_a_link_changes_nothing(site: Site) {
    let ada = site.user(ADA).await;
    let token = requested(&site, &ada, NEW).await;
    for _ in 0..3 {
        let change = site.flows.find_email_change(&token.token, EmailChangePurpose::Confirm).await.unwrap();
        assert_eq!((change.old_email.as_str(), change.new_email.as_str()), (ADA, NEW));
        assert!(site.flows.find_email_change(&token.token, EmailChangePurpose::Revert).await.is_err());
    }
    assert_eq!(owners(&site, ADA).await, 1);
    confirm(&site.flows, &token).await.unwrap();
}

/// security.md 45
async fn a_stranger_with_the_link_gains_nothing(site: Site) {
    let (ada, _) = (site.user(ADA).await, site.user(BOB).await);
    let change = requested(&site, &ada, NEW).await;
    let bob = signed_in(&site, BOB).await;
    let registered = site.register(NEW, PASSWORD).await;
    let stranger = site.bearer(&registered).await.unwrap();
    let sign_in = Err((ErrorKind::Unauthorized, Some("email_change_sign_in")));
    for (caller, refused, confirmer) in [
        (None, sign_in, Confirmer::SignIn),
        (Some(&stranger), sign_in, Confirmer::SignIn),
        (Some(&bob), Err((ErrorKind::Forbidden, Some("email_change_of_another_account"))), Confirmer::OtherAccount),
    ] {
        assert_eq!(confirm_as(&site.flows, &change.token, caller).await, refused);
        let seen = site.flows.preview_email_change(&change.token, caller).await.unwrap();
        assert_eq!((seen.confirmer, seen.old_email, seen.new_email.as_str()), (confirmer, None, NEW));
    }
    assert_eq!((owners(&site, ADA).await, owners(&site, NEW).await), (1, 0));
    let seen = site.flows.preview_email_change(&change.token, Some(&change.caller)).await.unwrap();
    assert_eq!((seen.confirmer, seen.old_email), (Confirmer::Owner, Some(email(ADA))));
    confirm(&site.flows, &change).await.unwrap();
    assert_eq!(owners(&site, NEW).await, 1);
    site.assert_consistent().await;
}

/// As by an invite: until the user accepts one, the account has no sign-in method that the stranger could use.
async fn a_user_without_a_sign_in_method_confirms_by_the_link(site: Site) {
    site.user(ROOT).await;
    let root = signed_in(&site, ROOT).await;
    let created = account(ADA, SignInMethod::None);
    let ada = site.flows.create_user_account(&created, &Context::operator()).await.unwrap().user;
    let context = root.context(Client::default());
    site.flows.request_email_change_of_user(ada.id, &email(NEW), &context).await.unwrap();
    let token = mailed(&site, "auth.email_change_requested").await;
    let seen = site.flows.preview_email_change(&token, None).await.unwrap();
    assert_eq!((seen.confirmer, seen.old_email), (Confirmer::Link, None));
    confirm_as(&site.flows, &token, None).await.unwrap();
    assert_eq!(owners(&site, NEW).await, 1);
    // With a method, the user signs in by it.
    let bob = site.user(BOB).await;
    site.flows.request_email_change_of_user(bob.id, &email("robert@example.com"), &context).await.unwrap();
    let token = mailed(&site, "auth.email_change_requested").await;
    let refused = confirm_as(&site.flows, &token, Some(&root)).await;
    assert_eq!(refused, Err((ErrorKind::Forbidden, Some("email_change_of_another_account"))));
    let bob = signed_in(&site, BOB).await;
    confirm_as(&site.flows, &token, Some(&bob)).await.unwrap();
    site.assert_consistent().await;
}

/// security.md 45
async fn the_old_address_is_reserved_while_the_change_can_be_reverted(site: Site) {
    site.user(ROOT).await;
    let ada = site.user(ADA).await;
    let deleted = site.user("gone@example.com").await;
    site.flows.remove_user_account(deleted.id, &Context::operator()).await.unwrap();
    let (operator, proof) = (Context::operator(), FreshProof::default());
    site.flows.change_email_of_user(ada.id, &email("gone@example.com"), &operator).await.unwrap();
    site.flows.change_email_of_user(ada.id, &email(NEW), &operator).await.unwrap();
    let revert = mailed(&site, "auth.email_changed").await;

    let created = account(ADA, SignInMethod::Password(PASSWORD.to_owned()));
    assert_eq!(code(site.flows.create_user_account(&created, &operator).await), "email_reserved");
    assert_eq!(code(site.flows.invite(&NewInvite::new(email(ADA)), &operator).await), "email_reserved");
    let restored = site.flows.users().restore_users(deleted.id).await;
    assert_eq!(restored.unwrap_err().code(), Some("email_reserved"));
    let bob = site.user(BOB).await;
    assert_eq!(code(site.flows.change_email_of_user(bob.id, &email(ADA), &operator).await), "email_reserved");
    // As of a taken address, its owner is notified in place of a link.
    let caller = signed_in(&site, BOB).await;
    let context = caller.context(Client::default());
    site.flows.request_email_change(&caller, &email(ADA), &proof, &context).await.unwrap();
    let events = site.events().await;
    assert!(events.contains(&"auth.email_change_refused".to_owned()), "{events:?}");
    assert!(!events.contains(&"auth.email_change_requested".to_owned()), "{events:?}");
    let service = session(site.return_from("service", &returned("ada at service", Some(ADA), None)).await);
    let service = site.bearer(&service).await.unwrap();
    assert_eq!(site.flows.sign_up_state(&service).await.unwrap(), SignUpState::UserExists);
    // The user themselves can take it back, and the link works.
    site.flows.revert_email_change(&revert, &Context::anonymous(Client::default())).await.unwrap();
    site.flows.change_email_of_user(ada.id, &email(ADA), &operator).await.unwrap();
    // Seven days later others can take what is given up.
    site.clock.advance(Duration::from_secs(7 * 24 * 60 * 60));
    site.flows.users().restore_users(deleted.id).await.unwrap();
    assert!(site.flows.users().delete_expired_reservations().await.unwrap() > 0);
    assert_eq!(site.count("user_reserved_addresses").await, 0);
}

async fn a_reverted_change_releases_what_it_had_reserved(site: Site) {
    let ada = site.user(ADA).await;
    let operator = Context::operator();
    site.flows.change_email_of_user(ada.id, &email("thief@example.com"), &operator).await.unwrap();
    let first = mailed(&site, "auth.email_changed").await;
    site.clock.advance(Duration::from_secs(1));
    site.flows.change_email_of_user(ada.id, &email(NEW), &operator).await.unwrap();
    assert_eq!(site.count("user_reserved_addresses").await, 2);
    site.flows.revert_email_change(&first, &Context::anonymous(Client::default())).await.unwrap();
    assert_eq!(site.count("user_reserved_addresses").await, 0);
    site.user("thief@example.com").await;
    // A deleted user reserves nothing.
    site.flows.change_email_of_user(ada.id, &email(NEW), &operator).await.unwrap();
    site.flows.remove_user_account(ada.id, &operator).await.unwrap();
    site.user(ADA).await;
    site.assert_consistent().await;
}

/// security.md 45: also for a user who is created while the change commits.
async fn a_new_user_never_takes_an_address_that_was_just_given_up(site: Site) {
    let other = site.another_process().await;
    for round in 0..ROUNDS {
        let old = format!("ada{round}@example.com");
        let user = site.user(&old).await;
        let operator = Context::operator();
        let created = account(&old, SignInMethod::Password(PASSWORD.to_owned()));
        let new = email(&format!("new{round}@example.com"));
        let (changed, created) = tokio::join!(
            site.flows.change_email_of_user(user.id, &new, &operator),
            other.create_user_account(&created, &operator),
        );
        changed.unwrap();
        assert!(["email_taken", "email_reserved"].contains(&code(created)), "round {round}");
        assert_eq!(owners(&site, &old).await, 0);
    }
    site.assert_consistent().await;
}
