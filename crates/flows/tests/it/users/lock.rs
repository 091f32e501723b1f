//! Locking a user, and unlocking them.

use serde_json::json;
use vestibule_auth::AuthenticateError;
use vestibule_core::ErrorKind;
use vestibule_flows::{Client, Context, GrantError, LockUserError};
use vestibule_testing::on_both_engines;
use vestibule_user::UserId;

use crate::support::{ADA, BOB, HOUR, OTHER_PASSWORD, PASSWORD, Site, credentials, refusal, session, wrong_password};

on_both_engines!(
    a_locked_user_is_signed_out_until_unlocked,
    callers_cannot_lock_themselves_or_missing_users,
    the_last_super_admin_is_not_locked,
    changes_are_audited,
);
on_both_engines!(
    4 threads: a_concurrent_sign_in_ends,
    of_two_super_admins_who_lock_each_other_one_is_left,
);

/// security.md 10 and 21
async fn a_locked_user_is_signed_out_until_unlocked(site: Site) {
    let (ada, bob) = (site.user(ADA).await, site.user(BOB).await);
    let tokens = [site.sign_in(ADA, PASSWORD).await.unwrap(), site.sign_in(ADA, PASSWORD).await.unwrap()];
    let bobs = site.sign_in(BOB, PASSWORD).await.unwrap();
    let elsewhere = site.another_process().await;
    site.clock.advance(HOUR);
    let locked = elsewhere.lock_user(ada.id, &Context::user(bob.id)).await.unwrap();
    assert_eq!(locked.locked_at, Some(site.flows.environment().now()));
    for token in &tokens {
        assert!(site.bearer(token).await.is_none(), "the session is over");
    }
    assert!(site.bearer(&bobs).await.is_some());
    let refused = site.sign_in(ADA, PASSWORD).await.unwrap_err();
    assert!(matches!(refused, AuthenticateError::Locked), "{refused:?}");
    assert_eq!(refusal(site.sign_in(ADA, PASSWORD).await).1, Some("user_locked"));
    assert_eq!(refusal(site.sign_in(ADA, OTHER_PASSWORD).await), wrong_password(), "only the owner learns of the lock");
    assert_eq!(site.count("auth_sessions").await, 1);

    // Again changes nothing.
    site.clock.advance(HOUR);
    assert_eq!(site.flows.lock_user(ada.id, &Context::operator()).await.unwrap(), locked);
    let unlocked = site.flows.unlock_user(ada.id, &Context::user(bob.id)).await.unwrap();
    assert_eq!(unlocked.locked_at, None);
    assert_eq!(site.flows.unlock_user(ada.id, &Context::user(bob.id)).await.unwrap(), unlocked);
    for token in &tokens {
        assert!(site.bearer(token).await.is_none(), "what was ended stays so");
    }
    let again = site.sign_in(ADA, PASSWORD).await.unwrap();
    assert_eq!(site.user_of(&again).await, Some(ada.id));
    site.assert_consistent().await;
}

async fn callers_cannot_lock_themselves_or_missing_users(site: Site) {
    let (ada, bob) = (site.user(ADA).await, site.user(BOB).await);
    let refused = refusal(site.flows.lock_user(ada.id, &Context::user(ada.id)).await);
    assert_eq!(refused, (ErrorKind::NotAllowed, None, "A user cannot lock itself".to_owned()));
    let unknown: UserId = site.flows.environment().id();
    let missing = (ErrorKind::NotFound, None, format!("User with id: {unknown} was not found"));
    assert_eq!(refusal(site.flows.lock_user(unknown, &Context::user(ada.id)).await), missing);
    assert_eq!(refusal(site.flows.unlock_user(unknown, &Context::user(ada.id)).await), missing);
    // A caller who was signed in a moment ago, and has been locked since.
    site.user("third@example.com").await;
    site.flows.lock_user(bob.id, &Context::user(ada.id)).await.unwrap();
    let refused = site.flows.lock_user(ada.id, &Context::user(bob.id)).await.unwrap_err();
    assert!(matches!(refused, LockUserError::Grant(GrantError::CallerGone)), "{refused:?}");
    assert_eq!(site.flows.users().retrieve_user(ada.id).await.unwrap().locked_at, None);
}

/// security.md 27
async fn the_last_super_admin_is_not_locked(site: Site) {
    let role = site.role_of("Helpdesk", &["user:update"]).await;
    let (ada, helper) = (site.user(ADA).await, site.user_with(BOB, vec![role]).await);
    assert_eq!(refusal(site.flows.lock_user(ada.id, &Context::operator()).await).1, Some("last_super_admin"));
    // security.md 38
    assert_eq!(refusal(site.flows.lock_user(ada.id, &Context::user(helper.id)).await).1, Some("policies_missing"));
    site.flows.lock_user(helper.id, &Context::user(ada.id)).await.unwrap();
    let second = site.user("second@example.com").await;
    site.flows.lock_user(ada.id, &Context::operator()).await.unwrap();
    assert_eq!(refusal(site.flows.lock_user(second.id, &Context::operator()).await).1, Some("last_super_admin"));
    assert_eq!(
        refusal(site.flows.remove_user_account(second.id, &Context::operator()).await).1,
        Some("last_super_admin")
    );
    site.flows.unlock_user(ada.id, &Context::operator()).await.unwrap();
    site.flows.lock_user(second.id, &Context::operator()).await.unwrap();
}

async fn changes_are_audited(site: Site) {
    let (ada, bob) = (site.user(ADA).await, site.user(BOB).await);
    site.sign_in(ADA, PASSWORD).await.unwrap();
    for _ in 0..2 {
        site.flows.lock_user(ada.id, &Context::user(bob.id)).await.unwrap();
    }
    for _ in 0..2 {
        site.flows.unlock_user(ada.id, &Context::operator()).await.unwrap();
    }
    let before = json!({ "locked": false, "sessions": 1 });
    assert_eq!(
        site.audited("user.locked").await,
        [json!(["user", bob.id, "user", ada.id, before, { "locked": true }])]
    );
    assert_eq!(
        site.audited("user.unlocked").await,
        [json!(["operator", null, "user", ada.id, { "locked": true }, { "locked": false }])]
    );
    assert_eq!(site.events().await, ["user.created", "user.created", "user.updated", "user.updated"]);
}

/// A user who has just given the right password has a session that ends with the lock, or none after it; also after an
/// unlock, none of those returns.
async fn a_concurrent_sign_in_ends(site: Site) {
    let (ada, _) = (site.user(ADA).await, site.user(BOB).await);
    let results = site
        .sixty_four(|flows, caller| async move {
            if caller == 32 {
                flows.lock_user(ada.id, &Context::operator()).await.unwrap();
                return None;
            }
            match flows.sign_in("user", "emailpass", &credentials(ADA, PASSWORD), &Client::default()).await {
                Ok(begun) => Some(session(begun)),
                Err(AuthenticateError::Locked) => None,
                Err(error) => panic!("{error}"),
            }
        })
        .await;
    assert_eq!(site.count("auth_sessions").await, 0);
    site.flows.unlock_user(ada.id, &Context::operator()).await.unwrap();
    for session in results.into_iter().flatten() {
        assert!(site.bearer(&session).await.is_none());
    }
}

/// security.md 27
async fn of_two_super_admins_who_lock_each_other_one_is_left(site: Site) {
    let (ada, bob) = (site.user(ADA).await, site.user(BOB).await);
    let ids = [ada.id, bob.id];
    let results = site
        .sixty_four(|flows, caller| {
            // Each process works on both users.
            let (one, other) = (ids[caller / 2 % 2], ids[(caller / 2 + 1) % 2]);
            async move { flows.lock_user(one, &Context::user(other)).await }
        })
        .await;
    for refused in results.into_iter().filter_map(Result::err) {
        assert!(
            matches!(refused, LockUserError::Grant(GrantError::CallerGone) | LockUserError::Last(_)),
            "{refused:?}"
        );
    }
    assert_eq!(site.count("users WHERE locked_at IS NULL").await, 1);
    assert_eq!(site.count("users WHERE locked_at IS NOT NULL").await, 1);
    assert_eq!(site.audited("user.locked").await.len(), 1);
}
