//! Removing a user.

use serde_json::json;
use tokio::task::JoinSet;
use vestibule_auth::identities::ClaimError;
use vestibule_auth::{CreateAuthIdentity, CreateProviderIdentity};
use vestibule_core::ErrorKind;
use vestibule_database::transaction;
use vestibule_flows::{Client, Context, Credential, NewInvite, SignInMethod};
use vestibule_testing::on_both_engines;
use vestibule_user::InviteState;

use crate::support::{
    ADA, BOB, HOUR, PASSWORD, ROOT, START, Site, code, credentials, email, refusal, session, wrong_password,
};

on_both_engines!(
    every_identity_and_session_goes_at_once,
    callers_cannot_remove_themselves,
    a_missing_user_is_not_removed,
    what_a_program_left_behind_goes_as_well,
    an_identity_shared_with_a_customer_stays,
    the_address_comes_back_and_inherits_nothing,
    a_pending_invite_of_the_address_goes,
);
on_both_engines!(
    4 threads: of_sixty_four_at_once_one_removes,
    a_concurrent_sign_in_ends,
    a_deleted_caller_is_unauthorized_and_not_forbidden,
);

/// security.md 21
async fn every_identity_and_session_goes_at_once(site: Site) {
    let (ada, bob) = (site.user(ADA).await, site.user(BOB).await);
    let second = CreateAuthIdentity {
        id: None,
        provider_identities: vec![CreateProviderIdentity::new("gate", "octocat")],
        app_metadata: json!({ "user_id": ada.id }).as_object().unwrap().clone(),
    };
    site.flows.auth().create_auth_identities(second).await.unwrap();
    let by_password = site.sign_in(ADA, PASSWORD).await.unwrap();
    let by_gate = crate::support::gate::header("octocat");
    let by_gate = session(site.flows.sign_in("user", "gate", &by_gate, &Client::default()).await.unwrap());
    let cookie = site.flows.auth().give_cookie(by_gate.sid.parse().unwrap()).await.unwrap().unwrap();
    let bobs = site.sign_in(BOB, PASSWORD).await.unwrap();
    for session in [&by_password, &by_gate] {
        assert_eq!(site.user_of(session).await, Some(ada.id));
    }

    site.clock.advance(HOUR);
    let events = site.events().await.len();
    let elsewhere = site.another_process().await;
    assert!(elsewhere.remove_user_account(ada.id, &Context::user(bob.id)).await.unwrap());
    for session in [&by_password, &by_gate] {
        assert_eq!(site.bearer(session).await, None, "at the next request, though the token has hours to live");
        assert!(site.refresh(session).await.is_none());
    }
    assert_eq!(site.flows.identify(Credential::Cookie(&cookie.value), Client::default).await.unwrap(), None);
    assert_eq!(site.identities_of(ada.id).await, []);
    assert_eq!(refusal(site.sign_in(ADA, PASSWORD).await), wrong_password());
    assert_eq!(site.events().await[events..], ["user.deleted"]);
    assert_eq!(site.count("users WHERE deleted_at IS NOT NULL").await, 1, "the row stays, for the history");
    assert_eq!(site.user_of(&bobs).await, Some(bob.id));
    site.assert_consistent().await;
}

async fn callers_cannot_remove_themselves(site: Site) {
    site.user(ROOT).await;
    let ada = site.user(ADA).await;
    let before = site.everything().await;
    let refused = refusal(site.flows.remove_user_account(ada.id, &Context::user(ada.id)).await);
    assert_eq!(refused, (ErrorKind::NotAllowed, None, "A user cannot delete itself".to_owned()));
    assert_eq!(site.everything().await, before);
    assert!(site.flows.remove_user_account(ada.id, &Context::operator()).await.unwrap(), "the command line is no user");
}

async fn a_missing_user_is_not_removed(site: Site) {
    site.user(ROOT).await;
    let ada = site.user(ADA).await;
    assert!(!site.flows.remove_user_account(site.flows.environment().id(), &Context::operator()).await.unwrap());
    assert!(site.flows.remove_user_account(ada.id, &Context::operator()).await.unwrap());
    let before = site.everything().await;
    assert!(!site.flows.remove_user_account(ada.id, &Context::operator()).await.unwrap());
    assert_eq!(site.everything().await, before);
}

/// The User Module alone does not know of identities; the flow mends what a program did with it.
async fn what_a_program_left_behind_goes_as_well(site: Site) {
    for soft in [true, false] {
        let ada = site.user(ADA).await;
        let signed_in = site.sign_in(ADA, PASSWORD).await.unwrap();
        if soft {
            site.flows.users().soft_delete_users(ada.id).await.unwrap();
        } else {
            site.flows.users().delete_users(ada.id).await.unwrap();
        }
        assert_eq!(site.bearer(&signed_in).await.expect("a session, of no user").user, None, "security.md 21");
        assert!(!site.flows.remove_user_account(ada.id, &Context::operator()).await.unwrap());
        assert_eq!(site.bearer(&signed_in).await, None);
        assert_eq!(site.identities_of(ada.id).await, []);
    }
}

async fn an_identity_shared_with_a_customer_stays(site: Site) {
    site.user(ROOT).await;
    let ada = site.user(ADA).await;
    let identity = site.identities_of(ada.id).await.remove(0);
    let claimed: Result<(), ClaimError> = async {
        transaction!(site.database, |transaction| {
            site.flows.auth().claim_identity_within(transaction, identity.id, "customer", "cus_1").await
        })
    }
    .await;
    claimed.unwrap();
    let as_user = site.sign_in(ADA, PASSWORD).await.unwrap();
    let sign_in = async || {
        site.flows.sign_in("customer", "emailpass", &credentials(ADA, PASSWORD), &Client::default()).await.map(session)
    };
    let as_customer = sign_in().await.unwrap();
    site.flows.remove_user_account(ada.id, &Context::operator()).await.unwrap();

    assert_eq!(site.bearer(&as_user).await, None);
    let caller = site.bearer(&as_customer).await.expect("the customer remains");
    assert_eq!((caller.actor_type.as_str(), caller.user), ("customer", None));
    assert_eq!(sign_in().await.unwrap().actor_id, "cus_1");
    let unowned = site.sign_in(ADA, PASSWORD).await.unwrap();
    assert_eq!((unowned.actor_id.as_str(), site.user_of(&unowned).await), ("", None));
    let invite = site.invite(ADA).await;
    let again = site.accept(&invite, &unowned).await.expect("and can be invited again");
    assert_eq!(site.bearer(&as_user).await, None, "by another session");
    assert_ne!(again.id, ada.id);
    site.assert_consistent().await;
}

/// security.md 28
async fn the_address_comes_back_and_inherits_nothing(site: Site) {
    site.user(ROOT).await;
    let mut create = crate::support::account(ADA, crate::support::password(PASSWORD));
    create.user.first_name = Some("Ada".to_owned());
    let first = site.flows.create_user_account(&create, &Context::operator()).await.unwrap().user;
    let old = site.sign_in(ADA, PASSWORD).await.unwrap();
    site.flows.remove_user_account(first.id, &Context::operator()).await.unwrap();

    let registered = site.register(ADA, PASSWORD).await;
    assert_eq!(registered.actor_id, "", "the same password does not restore the user");
    let second = site.accept(&site.invite(ADA).await, &registered).await.unwrap();
    assert_ne!(second.id, first.id);
    assert_eq!((second.first_name, second.metadata, second.created_at), (None, None, START));
    assert_eq!(site.bearer(&old).await, None);
    assert_eq!(site.user_of(&site.sign_in(ADA, PASSWORD).await.unwrap()).await, Some(second.id));
    let restored = site.flows.users().restore_users(first.id).await;
    assert_eq!(code(restored), "email_taken");
    site.assert_consistent().await;
}

async fn a_pending_invite_of_the_address_goes(site: Site) {
    let account = site.create(ADA, SignInMethod::Invite).await;
    let (invite, bystander) = (account.invite.unwrap(), site.invite(BOB).await);
    let events = site.events().await.len();
    site.flows.remove_user_account(account.user.id, &Context::operator()).await.unwrap();
    assert_eq!(site.events().await[events..], ["user.deleted", "invite.deleted"]);
    assert_eq!(site.again(&invite).await.state, InviteState::Revoked);
    assert_eq!(site.again(&bystander).await.state, InviteState::Pending);
}

async fn of_sixty_four_at_once_one_removes(site: Site) {
    site.user(ROOT).await;
    let ada = site.user(ADA).await;
    let results = site
        .sixty_four(|flows, _| async move { flows.remove_user_account(ada.id, &Context::operator()).await.unwrap() })
        .await;
    assert_eq!(results.into_iter().filter(|removed| *removed).count(), 1);
    assert_eq!(site.count("outbox_events WHERE name = 'user.deleted'").await, 1);
    assert_eq!(site.count("auth_identities").await, 1, "the other super admin's");
}

/// A user who has just given the right password has a session before the removal, or none after it.
async fn a_concurrent_sign_in_ends(site: Site) {
    site.user(ROOT).await;
    let ada = site.user(ADA).await;
    let results = site
        .sixty_four(|flows, caller| async move {
            if caller == 32 {
                flows.remove_user_account(ada.id, &Context::operator()).await.unwrap();
                return None;
            }
            match flows.sign_in("user", "emailpass", &credentials(ADA, PASSWORD), &Client::default()).await {
                Ok(begun) => Some(session(begun)),
                Err(error) => {
                    let kind = vestibule_core::DomainError::kind(&error);
                    // Afterwards the password is wrong, and its attempts are limited like any.
                    let expected = [ErrorKind::Unauthorized, ErrorKind::Unavailable, ErrorKind::TooManyRequests];
                    assert!(expected.contains(&kind), "{error}");
                    None
                }
            }
        })
        .await;
    for session in results.into_iter().flatten() {
        assert_eq!(site.bearer(&session).await, None);
    }
    assert_eq!(site.count("auth_sessions").await, 0);
    site.assert_consistent().await;
}

/// A caller whose deletion commits between two looks at them is gone: they never look like one who lacks permissions.
async fn a_deleted_caller_is_unauthorized_and_not_forbidden(site: Site) {
    site.user(ROOT).await;
    for round in 0..16 {
        let ada = site.user(&format!("ada{round}@example.com")).await;
        let mut tasks = JoinSet::new();
        for caller in 0..64 {
            let flows = site.flows.clone();
            tasks.spawn(async move {
                if caller == 32 {
                    flows.remove_user_account(ada.id, &Context::operator()).await.unwrap();
                    return;
                }
                let invite = NewInvite::new(email(&format!("guest{caller}-of-{round}@example.com")));
                if let Err(error) = flows.invite(&invite, &Context::user(ada.id)).await {
                    assert_eq!(vestibule_core::DomainError::kind(&error), ErrorKind::Unauthorized, "{error}");
                }
            });
        }
        tasks.join_all().await;
    }
    site.assert_consistent().await;
}
