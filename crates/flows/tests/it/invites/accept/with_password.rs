//! Accepting an invite in one step.

use vestibule_core::{DomainError, ErrorKind};
use vestibule_flows::{AcceptInviteError, Client};
use vestibule_testing::on_both_engines;
use vestibule_user::InviteState;

use crate::support::{ADA, OTHER_PASSWORD, PASSWORD, Site, accept, accept_as, credentials, refusal, wrong_password};

on_both_engines!(
    one_step_is_enough,
    what_others_registered_for_the_address_dies,
    what_is_no_password_is_refused_with_the_reason,
    a_token_is_checked_before_hashing,
);
on_both_engines!(4 threads: a_full_queue_asks_to_retry);

async fn one_step_is_enough(site: Site) {
    let invite = site.invite("Ada@Example.com").await;
    let accept = accept_as(&invite, "Ada", "Lovelace");
    let (user, identity) = site.flows.accept_invite_with_password(&accept, PASSWORD, &Client::default()).await.unwrap();
    assert_eq!((user.first_name.as_deref(), user.last_name.as_deref()), (Some("Ada"), Some("Lovelace")));
    assert_eq!((identity.actor("user"), identity.is_claimed()), (Some(user.id.to_string().as_str()), true));
    assert_eq!((identity.entity_id(), user.email.as_str()), ("Ada@Example.com", "Ada@Example.com"));
    assert_eq!(site.again(&invite).await.accepted_by, Some(user.id.to_string()));
    assert_eq!(site.events().await, ["invite.created", "invite.accepted", "user.created"]);
    let session = site.sign_in(ADA, PASSWORD).await.unwrap();
    assert_eq!(session.auth_identity_id, identity.id.to_string());
    assert_eq!(site.user_of(&session).await, Some(user.id));
    site.assert_consistent().await;
}

/// security.md 6
async fn what_others_registered_for_the_address_dies(site: Site) {
    let invite = site.invite(ADA).await;
    let stranger = site.register(ADA, OTHER_PASSWORD).await;
    // A stranger who guessed the owner's future password has another identity all the same.
    let guessed = site.register(ADA, PASSWORD).await;
    site.accept_with_password(&invite, PASSWORD).await.unwrap();
    for other in [&stranger, &guessed] {
        assert_eq!(site.bearer(other).await, None);
        assert!(site.refresh(other).await.is_none());
    }
    assert_eq!(refusal(site.sign_in(ADA, OTHER_PASSWORD).await), wrong_password());
    assert_eq!(site.count("auth_identities").await, 1);
}

/// security.md 8
async fn what_is_no_password_is_refused_with_the_reason(site: Site) {
    let invite = site.invite(ADA).await;
    let before = site.everything().await;
    for (password, message) in [
        ("", "The password is too short: 8 characters at least"),
        ("1234567", "The password is too short: 8 characters at least"),
        (&"x".repeat(1_025), "The password is too long: 1024 characters at most"),
    ] {
        let refused = refusal(site.accept_with_password(&invite, password).await);
        let code = if message.contains("too short") { "weak_password" } else { "password_too_long" };
        assert_eq!(refused, (ErrorKind::InvalidData, Some(code), message.to_owned()));
    }
    assert_eq!(refusal(site.accept_with_password(&invite, "12345678").await).1, Some("weak_password"));
    assert_eq!(site.everything().await, before);
    site.accept_with_password(&invite, PASSWORD).await.unwrap();
}

/// security.md 12: without an invite, no work is done.
async fn a_token_is_checked_before_hashing(site: Site) {
    let invite = site.invite(ADA).await;
    site.accept_with_password(&invite, PASSWORD).await.unwrap();
    let done = site.passwords.done();
    for _ in 0..3 {
        site.accept_with_password(&invite, PASSWORD).await.unwrap_err();
    }
    assert_eq!(site.passwords.done(), done);
}

/// security.md 12: when the queue is full, the error says when to retry, and the invite is unchanged.
async fn a_full_queue_asks_to_retry(site: Site) {
    let flows = site.with_passwords(|config| {
        (config.threads, config.queue) = (1, 1);
        (config.memory_kib, config.passes) = (128 * 1_024, 4);
    });
    let mut invites = Vec::new();
    for number in 0..32 {
        invites.push(site.invite(&format!("user{number}@example.com")).await);
    }
    let mut callers = tokio::task::JoinSet::new();
    for invite in invites {
        let flows = flows.clone();
        callers.spawn(async move {
            (flows.accept_invite_with_password(&accept(&invite), PASSWORD, &Client::default()).await, invite)
        });
    }
    let (mut busy, mut done) = (0, 0);
    for (result, invite) in callers.join_all().await {
        let now = site.again(&invite).await;
        match result {
            Ok(_) => {
                done += 1;
                assert_eq!(now.state, InviteState::Accepted);
            }
            Err(error) => {
                busy += 1;
                assert!(matches!(error, AcceptInviteError::Password(_)), "{error}");
                assert_eq!((error.kind(), error.code()), (ErrorKind::TooManyRequests, Some("too_many_sign_ins")));
                assert!(error.retry_after().is_some_and(|after| after.as_secs() >= 1));
                assert_eq!(now.state, InviteState::Pending);
            }
        }
    }
    assert!(busy > 0 && done > 0, "{busy} busy, {done} done");
    let again = flows.register("user", "emailpass", &credentials(ADA, PASSWORD), &Client::default()).await;
    again.expect("and afterwards it goes on");
    site.assert_consistent().await;
}
