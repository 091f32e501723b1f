//! Revoking invites.

use vestibule_core::Environment;
use vestibule_testing::on_both_engines;
use vestibule_user::InviteId;
use vestibule_user::invites::InviteState;

use super::{accept, revoke_of};
use crate::support::{DAY, Module, SECOND, email};

on_both_engines!(
    a_revoked_invite_stays_in_the_history,
    only_pending_invites_are_revoked,
    the_invite_of_an_address_is_revoked_in_every_spelling,
);

async fn a_revoked_invite_stays_in_the_history(module: Module) {
    let invite = module.invite("ada@example.com").await;
    module.clock.advance(SECOND);
    module.service.revoke_invites(invite.id).await.unwrap();
    let revoked = module.service.retrieve_invite(invite.id).await.unwrap();
    assert_eq!((revoked.state, revoked.accepted, revoked.token), (InviteState::Revoked, false, None));
    assert_eq!((revoked.revoked_at, revoked.deleted_at), (Some(invite.created_at + SECOND), None));
    assert_eq!(module.new_events(1).await, ["invite.deleted"]);
}

async fn only_pending_invites_are_revoked(module: Module) {
    let accepted = module.invite("accepted@example.com").await;
    accept(&module.database, &module.service, accepted.token.as_deref().unwrap()).await.unwrap();
    let expired = module.invite("expired@example.com").await;
    module.clock.advance(DAY);
    let pending = module.invite("pending@example.com").await;
    let unknown: InviteId = Environment::system().id();
    let ids = [accepted.id, expired.id, pending.id, unknown, pending.id];
    let mut transaction = module.database.begin().await.unwrap();
    let revoked = module.service.revoke_invites_within(&mut transaction, &ids).await.unwrap();
    assert_eq!(revoked, [expired.id, pending.id]);
    drop(transaction);
    assert_eq!(module.service.retrieve_invite(pending.id).await.unwrap().state, InviteState::Pending);
    let seen = module.events().await.len();
    module.service.revoke_invites(ids.to_vec()).await.unwrap();
    assert_eq!(module.service.retrieve_invite(accepted.id).await.unwrap().state, InviteState::Accepted);
    assert_eq!(module.service.retrieve_invite(pending.id).await.unwrap().state, InviteState::Revoked);
    assert_eq!(module.new_events(seen).await, ["invite.deleted"; 2]);
}

async fn the_invite_of_an_address_is_revoked_in_every_spelling(module: Module) {
    let invite = module.invite("ada@bücher.example").await;
    let address = email("Ada@xn--bcher-kva.EXAMPLE");
    assert!(revoke_of(&module.database, &module.service, &address).await.unwrap());
    assert!(!revoke_of(&module.database, &module.service, &address).await.unwrap());
    assert_eq!(module.service.retrieve_invite(invite.id).await.unwrap().state, InviteState::Revoked);
    assert_eq!(module.new_events(1).await, ["invite.deleted"]);
}
