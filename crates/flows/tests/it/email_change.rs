//! Changes of address, at once with everything that wants the same address.

use vestibule_auth::EmailChangePurpose;
use vestibule_core::{DomainError, ErrorKind};
use vestibule_flows::{AcceptInvite, Client, Context, Flows, FreshProof, SignInMethod};
use vestibule_testing::on_both_engines;
use vestibule_user::User;

use crate::support::service::returned;
use crate::support::{ADA, BOB, PASSWORD, ROOT, Site, account, code, email, session};

on_both_engines!(
    without_a_password_only_the_address_of_the_user_changes,
    the_operator_changes_an_address_at_once,
    checking_a_link_changes_nothing,
);
on_both_engines!(4 threads:
    of_sixty_four_confirmations_by_one_link_one_succeeds,
    of_two_users_who_confirm_one_address_one_gets_it,
    a_change_and_an_accepted_invite_leave_one_owner,
    a_change_and_a_created_user_leave_one_owner,
    a_change_and_a_deletion_leave_nothing_half_done,
    two_users_who_swap_their_addresses_do_not_wait_for_each_other,
);

const NEW: &str = "new@example.com";
const ROUNDS: usize = 12;

/// Requests a change as the user, and returns the token that was mailed.
async fn requested(site: &Site, user: &User, new: &str) -> String {
    let token = site.sign_in(user.email.as_str(), PASSWORD).await.unwrap();
    let caller = site.bearer(&token).await.unwrap();
    let context = caller.context(Client::default());
    site.flows.request_email_change(&caller, &email(new), &FreshProof::default(), &context).await.unwrap();
    mailed(site, "auth.email_change_requested").await
}

async fn mailed(site: &Site, name: &str) -> String {
    let events = vestibule_outbox::newest(&site.database, 100).await.unwrap();
    let event = events.iter().find(|event| event.name == name).unwrap();
    site.flows.auth().reveal_event(event).unwrap()["token"].as_str().unwrap().to_owned()
}

async fn confirm(flows: &Flows, token: &str) -> Result<(), (ErrorKind, Option<&'static str>)> {
    let confirmed = flows.confirm_email_change(token, None, &Context::anonymous(Client::default())).await;
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
        let change = site.flows.find_email_change(&token, EmailChangePurpose::Confirm).await.unwrap();
        assert_eq!((change.old_email.as_str(), change.new_email.as_str()), (ADA, NEW));
        assert!(site.flows.find_email_change(&token, EmailChangePurpose::Revert).await.is_err());
    }
    assert_eq!(owners(&site, ADA).await, 1);
    confirm(&site.flows, &token).await.unwrap();
}
