//! Using invites up: once, in time, by the newest token.

use vestibule_core::ErrorKind;
use vestibule_testing::on_both_engines;
use vestibule_user::invites::{InviteState, InviteTokenError};

use super::{accept, revoke_of};
use crate::support::{DAY, Module, SECOND, refusal};

on_both_engines!(
    an_accepted_invite_has_user_and_time,
    an_invite_is_accepted_once,
    an_invite_expires_on_time,
    a_revoked_invite_cannot_be_accepted,
    a_rolled_back_acceptance_did_not_happen,
);
on_both_engines!(4 threads: of_sixty_four_acceptances_of_one_invite_one_succeeds, of_sixty_four_acceptances_and_revocations_one_succeeds);

async fn an_accepted_invite_has_user_and_time(module: Module) {
    let invite = module.invite("ada@example.com").await;
    let ada = module.user("ada@example.com").await;
    module.clock.advance(SECOND);
    let mut transaction = module.database.begin().await.unwrap();
    let accepted =
        module.service.accept_invite_within(&mut transaction, invite.token.as_deref().unwrap()).await.unwrap();
    module.service.set_invite_user_within(&mut transaction, invite.id, ada.id).await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!((accepted.id, &accepted.email, accepted.accepted), (invite.id, &invite.email, true));
    assert_eq!((accepted.state, accepted.token), (InviteState::Accepted, None));
    let stored = module.service.retrieve_invite(invite.id).await.unwrap();
    assert_eq!(stored.accepted_at, Some(invite.created_at + SECOND));
    assert_eq!(stored.accepted_by, Some(ada.id.to_string()));
    let event = |name: &str, subject: String| (name.to_owned(), subject);
    assert_eq!(module.events().await.last(), Some(&event("invite.accepted", invite.id.to_string())));
}

/// security.md 1
async fn an_invite_is_accepted_once(module: Module) {
    let invite = module.invite("ada@example.com").await;
    let token = invite.token.unwrap();
    accept(&module.database, &module.service, &token).await.unwrap();
    module.clock.advance(DAY + SECOND);
    let message = "This invite was already accepted on 2026-11-22. Sign in instead.".to_owned();
    for error in [
        accept(&module.database, &module.service, &token).await.unwrap_err(),
        module.service.validate_invite_token(&token).await.unwrap_err(),
    ] {
        assert_eq!(refusal(&error), (ErrorKind::Unauthorized, Some("invite_already_accepted"), message.clone()));
    }
    assert_eq!(module.new_events(1).await, ["invite.accepted"]);
}

/// security.md 3: expiry is checked at redemption.
async fn an_invite_expires_on_time(module: Module) {
    let (one, two) = (module.invite("a@example.com").await, module.invite("b@example.com").await);
    let token = one.token.as_deref().unwrap();
    module.clock.set(one.expires_at - std::time::Duration::from_micros(1));
    assert_eq!(module.service.validate_invite_token(token).await.unwrap().state, InviteState::Pending);
    accept(&module.database, &module.service, two.token.as_deref().unwrap()).await.unwrap();
    module.clock.set(one.expires_at);
    for error in [
        module.service.validate_invite_token(token).await.unwrap_err(),
        accept(&module.database, &module.service, token).await.unwrap_err(),
    ] {
        let message = "This invite expired on 2026-11-23. Ask for a new one.".to_owned();
        assert_eq!(refusal(&error), (ErrorKind::Unauthorized, Some("invite_expired"), message));
        assert!(matches!(error, InviteTokenError::Expired { expired_at } if expired_at == one.expires_at));
    }
    let expired = module.service.retrieve_invite(one.id).await.unwrap();
    assert_eq!((expired.state, expired.accepted), (InviteState::Expired, false));
    assert!(expired.token.is_some(), "still returned, as in the reference, but useless");
}

async fn a_revoked_invite_cannot_be_accepted(module: Module) {
    let revoked = module.invite("revoked@example.com").await;
    let deleted = module.invite("deleted@example.com").await;
    let gone = module.invite("gone@example.com").await;
    module.service.revoke_invites(revoked.id).await.unwrap();
    module.service.soft_delete_invites(deleted.id).await.unwrap();
    module.service.delete_invites(gone.id).await.unwrap();
    let withdrawn = "This invite was withdrawn on 2026-11-22. Ask the person who invited you for a new one.";
    let invalid =
        "This is not a valid invite link. Open the link exactly as it stands in the mail, or ask for a new one.";
    for (invite, code, message) in [
        (revoked, "invite_revoked", withdrawn),
        (deleted, "invite_revoked", withdrawn),
        (gone, "invite_token_invalid", invalid),
    ] {
        let token = invite.token.unwrap();
        for error in [
            accept(&module.database, &module.service, &token).await.unwrap_err(),
            module.service.validate_invite_token(&token).await.unwrap_err(),
        ] {
            assert_eq!(refusal(&error), (ErrorKind::Unauthorized, Some(code), message.to_owned()));
        }
    }
}

/// security.md 2: all or nothing.
async fn a_rolled_back_acceptance_did_not_happen(module: Module) {
    let invite = module.invite("ada@example.com").await;
    let token = invite.token.as_deref().unwrap();
    let mut transaction = module.database.begin().await.unwrap();
    module.service.accept_invite_within(&mut transaction, token).await.unwrap();
    let second = module.service.accept_invite_within(&mut transaction, token).await.unwrap_err();
    assert_eq!(refusal(&second).1, Some("invite_already_accepted"), "also within the transaction that used it up");
    drop(transaction);
    assert_eq!(module.service.validate_invite_token(token).await.unwrap(), invite);
    assert_eq!(module.new_events(1).await, Vec::<String>::new());
    accept(&module.database, &module.service, token).await.unwrap();
}

/// security.md 2: one conditional statement.
async fn of_sixty_four_acceptances_of_one_invite_one_succeeds(module: Module) {
    let token = module.invite("ada@example.com").await.token.unwrap();
    let database = module.database.clone();
    let results = module
        .sixty_four(|service, _| {
            let (database, token) = (database.clone(), token.clone());
            async move { accept(&database, &service, &token).await }
        })
        .await;
    let (accepted, refused): (Vec<_>, Vec<_>) = results.into_iter().partition(Result::is_ok);
    assert_eq!((accepted.len(), refused.len()), (1, 63));
    for error in refused.into_iter().filter_map(Result::err) {
        assert!(matches!(error, InviteTokenError::AlreadyAccepted { .. }), "a precise refusal: {error:?}");
    }
    assert_eq!(module.new_events(1).await, ["invite.accepted"]);
}

async fn of_sixty_four_acceptances_and_revocations_one_succeeds(module: Module) {
    let invite = module.invite("ada@example.com").await;
    let database = module.database.clone();
    let results = module
        .sixty_four(|service, caller| {
            let (database, invite) = (database.clone(), invite.clone());
            async move {
                if caller % 2 == 0 {
                    accept(&database, &service, invite.token.as_deref().unwrap()).await.is_ok()
                } else {
                    revoke_of(&database, &service, &invite.email).await.unwrap()
                }
            }
        })
        .await;
    assert_eq!(results.into_iter().filter(|succeeded| *succeeded).count(), 1);
    assert_eq!(module.new_events(1).await.len(), 1);
}
