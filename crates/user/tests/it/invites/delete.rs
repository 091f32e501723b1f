//! Deleting invites from the history, and restoring them.

use vestibule_core::{Environment, ErrorKind, FindConfig};
use vestibule_testing::on_both_engines;
use vestibule_user::InviteId;

use crate::support::{Module, SECOND, refusal};

on_both_engines!(
    a_soft_deleted_invite_can_be_restored_with_its_token,
    a_deleted_invite_is_gone,
    a_restored_invite_blocks_no_newer_one,
);

async fn a_soft_deleted_invite_can_be_restored_with_its_token(module: Module) {
    let invite = module.invite("ada@example.com").await;
    let token = invite.token.as_deref().unwrap();
    module.clock.advance(SECOND);
    module.service.soft_delete_invites(invite.id).await.unwrap();
    module.service.soft_delete_invites(invite.id).await.unwrap();
    let not_found = format!("Invite with id: {} was not found", invite.id);
    let error = module.service.retrieve_invite(invite.id).await.unwrap_err();
    assert_eq!(refusal(&error), (ErrorKind::NotFound, None, not_found));
    assert!(module.service.validate_invite_token(token).await.is_err());
    let deleted = module.service.retrieve_invite_with_deleted(invite.id).await.unwrap();
    assert_eq!(deleted.deleted_at, Some(invite.created_at + SECOND));
    let (all, count) = module
        .service
        .list_and_count_invites(&Default::default(), &FindConfig::default().with_deleted())
        .await
        .unwrap();
    assert_eq!((all[0].deleted_at, count), (Some(invite.created_at + SECOND), 1));
    module.service.restore_invites([invite.id]).await.unwrap();
    assert_eq!(module.service.validate_invite_token(token).await.unwrap().id, invite.id);
    assert_eq!(module.new_events(1).await, ["invite.deleted"]);
}

async fn a_deleted_invite_is_gone(module: Module) {
    let (ada, eve) = (module.invite("ada@example.com").await, module.invite("eve@example.com").await);
    let unknown: InviteId = Environment::system().id();
    // Also by a process whose clock is behind that of the creator.
    module.clock.set(ada.created_at - SECOND);
    module.service.delete_invites(vec![ada.id, unknown, eve.id]).await.unwrap();
    let find = FindConfig::default().with_deleted();
    assert_eq!(module.service.list_invites(&Default::default(), &find).await.unwrap(), []);
    assert!(module.service.retrieve_invite(ada.id).await.is_err());
    assert!(module.service.retrieve_invite_with_deleted(ada.id).await.is_err(), "deleted for good");
    assert_eq!(module.new_events(2).await, ["invite.deleted"; 2]);
}

async fn a_restored_invite_blocks_no_newer_one(module: Module) {
    let (old, other) = (module.invite("ada@example.com").await, module.invite("eve@example.com").await);
    module.service.soft_delete_invites([old.id, other.id]).await.unwrap();
    let new = module.invite("ADA@example.com").await;
    let error = module.service.restore_invites([other.id, old.id]).await.unwrap_err();
    let message = "a deleted invite cannot be restored: another one of the same e-mail address is pending by now";
    assert_eq!(refusal(&error), (ErrorKind::Conflict, Some("invite_exists"), message.to_owned()));
    assert!(module.service.retrieve_invite(other.id).await.is_err(), "all or none");
    module.service.revoke_invites(new.id).await.unwrap();
    module.service.restore_invites(old.id).await.unwrap();
    assert!(module.service.retrieve_invite(old.id).await.is_ok());
}
