//! Sending invites again.

use vestibule_core::{Environment, ErrorKind};
use vestibule_testing::on_both_engines;
use vestibule_user::invites::{InviteState, InviteTokenError};
use vestibule_user::{Invite, InviteId};

use super::accept;
use crate::support::{DAY, Module, SECOND, refusal};

on_both_engines!(
    a_newer_token_kills_the_older_one,
    an_expired_invite_comes_back_to_life,
    what_is_not_pending_is_named,
    a_rolled_back_refresh_did_not_happen,
);
on_both_engines!(4 threads: of_sixty_four_tokens_the_newest_opens);

/// security.md 3
async fn a_newer_token_kills_the_older_one(module: Module) {
    let first = module.invite("ada@example.com").await;
    module.clock.advance(DAY / 2);
    let second = module.service.refresh_invite_tokens(first.id).await.unwrap();
    assert_ne!(second.token, first.token);
    let now = first.created_at + DAY / 2;
    let expected = Invite {
        token: second.token.clone(),
        expires_at: now + DAY,
        times_sent: 2,
        sent_at: now,
        updated_at: now,
        ..first.clone()
    };
    assert_eq!(second, expected);
    let old = first.token.as_deref().unwrap();
    for error in [
        module.service.validate_invite_token(old).await.unwrap_err(),
        accept(&module.database, &module.service, old).await.unwrap_err(),
    ] {
        let message = "This invite was sent again on 2026-11-22. Use the link in the newer mail, or ask for a new one."
            .to_owned();
        assert_eq!(refusal(&error), (ErrorKind::Unauthorized, Some("invite_token_replaced"), message));
        assert!(matches!(error, InviteTokenError::Replaced { sent_at } if sent_at == now));
    }
    // The old one was good until here, and the new one still is.
    module.clock.set(first.expires_at);
    accept(&module.database, &module.service, second.token.as_deref().unwrap()).await.unwrap();
    assert_eq!(
        refusal(&module.service.validate_invite_token(old).await.unwrap_err()).1,
        Some("invite_already_accepted")
    );
    assert_eq!(module.new_events(1).await, ["invite.resent", "invite.accepted"]);
}

async fn an_expired_invite_comes_back_to_life(module: Module) {
    let first = module.invite("ada@example.com").await;
    module.clock.advance(3 * DAY);
    let second = module.service.refresh_invite_tokens(first.id).await.unwrap();
    assert_eq!((second.state, second.expires_at), (InviteState::Pending, first.created_at + 4 * DAY));
    accept(&module.database, &module.service, second.token.as_deref().unwrap()).await.unwrap();
}

async fn what_is_not_pending_is_named(module: Module) {
    let pending = module.invite("pending@example.com").await;
    let revoked = module.invite("revoked@example.com").await;
    module.service.revoke_invites(revoked.id).await.unwrap();
    let accepted = module.invite("accepted@example.com").await;
    accept(&module.database, &module.service, accepted.token.as_deref().unwrap()).await.unwrap();
    let deleted = module.invite("deleted@example.com").await;
    module.service.soft_delete_invites(deleted.id).await.unwrap();
    let unknown: InviteId = Environment::system().id();
    let seen = module.events().await.len();
    let ids = vec![pending.id, revoked.id, accepted.id, deleted.id, unknown];
    let error = module.service.refresh_invite_tokens(ids.clone()).await.unwrap_err();
    let missing: Vec<String> = ids[1..].iter().map(ToString::to_string).collect();
    let message = format!("The following invites do not exist: {}", missing.join(", "));
    assert_eq!(refusal(&error), (ErrorKind::InvalidData, None, message));
    assert_eq!(module.service.retrieve_invite(pending.id).await.unwrap(), pending, "all or none");
    assert_eq!(module.new_events(seen).await, Vec::<String>::new());
    let many = module.service.refresh_invite_tokens([pending.id]).await.unwrap();
    assert_eq!((many.len(), many[0].times_sent), (1, 2));
}

async fn a_rolled_back_refresh_did_not_happen(module: Module) {
    let invite = module.invite("ada@example.com").await;
    module.clock.advance(SECOND);
    let mut transaction = module.database.begin().await.unwrap();
    let refreshed = module.service.refresh_invite_tokens_within(&mut transaction, &[invite.id]).await.unwrap();
    drop(transaction);
    assert!(module.service.validate_invite_token(refreshed[0].token.as_deref().unwrap()).await.is_err());
    assert_eq!(module.service.validate_invite_token(invite.token.as_deref().unwrap()).await.unwrap(), invite);
}

async fn of_sixty_four_tokens_the_newest_opens(module: Module) {
    let invite = module.invite("ada@example.com").await;
    let refreshed = module
        .sixty_four(move |service, _| async move { service.refresh_invite_tokens(invite.id).await.unwrap() })
        .await;
    let newest = module.service.retrieve_invite(invite.id).await.unwrap();
    assert_eq!(newest.times_sent, 65, "none is lost");
    let mut opening = 0;
    for Invite { token, .. } in refreshed {
        opening += usize::from(module.service.validate_invite_token(token.as_deref().unwrap()).await.is_ok());
    }
    assert_eq!(opening, 1);
    assert_eq!(module.new_events(1).await, ["invite.resent"; 64]);
}
