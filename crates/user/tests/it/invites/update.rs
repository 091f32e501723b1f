//! Updating invites; among it, marking one as accepted, as the seed document does.

use serde_json::json;
use vestibule_core::{Environment, ErrorKind, MetadataPatch};
use vestibule_testing::on_both_engines;
use vestibule_user::invites::InviteState;
use vestibule_user::{InviteId, UpdateInvite};

use super::accept;
use crate::support::{DAY, Module, SECOND, metadata, refusal};

on_both_engines!(
    an_invite_is_marked_as_accepted_once,
    what_cannot_be_accepted_is_not_marked,
    metadata_is_merged_key_by_key,
    all_or_none_are_changed,
);
on_both_engines!(4 threads: of_sixty_four_keys_none_is_lost);

fn accepted(id: InviteId) -> UpdateInvite {
    UpdateInvite { accepted: true, ..UpdateInvite::new(id) }
}

fn merge(object: serde_json::Value) -> MetadataPatch {
    MetadataPatch::Merge(metadata(object))
}

async fn an_invite_is_marked_as_accepted_once(module: Module) {
    let invite = module.invite("ada@example.com").await;
    module.clock.advance(SECOND);
    let marked = module.service.update_invites(accepted(invite.id)).await.unwrap();
    assert_eq!((marked.accepted, marked.state, marked.token), (true, InviteState::Accepted, None));
    assert_eq!(marked.accepted_at, Some(invite.created_at + SECOND));
    assert_eq!(
        refusal(&module.service.update_invites(accepted(invite.id)).await.unwrap_err()).1,
        Some("invite_already_accepted")
    );
    let error = accept(&module.database, &module.service, invite.token.as_deref().unwrap()).await.unwrap_err();
    assert_eq!(refusal(&error).1, Some("invite_already_accepted"));
    assert_eq!(module.new_events(1).await, ["invite.accepted"]);
}

async fn what_cannot_be_accepted_is_not_marked(module: Module) {
    let expired = module.invite("expired@example.com").await;
    module.clock.advance(DAY);
    let revoked = module.invite("revoked@example.com").await;
    module.service.revoke_invites(revoked.id).await.unwrap();
    for (id, code) in [(expired.id, "invite_expired"), (revoked.id, "invite_revoked")] {
        let error = module.service.update_invites(accepted(id)).await.unwrap_err();
        assert_eq!((refusal(&error).0, refusal(&error).1), (ErrorKind::Unauthorized, Some(code)));
    }
    let deleted = module.invite("deleted@example.com").await;
    module.service.soft_delete_invites(deleted.id).await.unwrap();
    for id in [deleted.id, Environment::system().id()] {
        let error = module.service.update_invites(accepted(id)).await.unwrap_err();
        assert_eq!(refusal(&error), (ErrorKind::NotFound, None, format!("Invite with id: {id} was not found")));
    }
}

async fn metadata_is_merged_key_by_key(module: Module) {
    let invite = module.invite("ada@example.com").await;
    module.clock.advance(SECOND);
    for (patch, expected) in [
        (merge(json!({"a": 1, "b": [2]})), json!({"a": 1, "b": [2]})),
        (merge(json!({"a": "", "c": null})), json!({"b": [2], "c": null})),
        (MetadataPatch::Keep, json!({"b": [2], "c": null})),
        (MetadataPatch::Clear, json!(null)),
    ] {
        let update = UpdateInvite { metadata: patch, ..UpdateInvite::new(invite.id) };
        let changed = module.service.update_invites(update).await.unwrap();
        assert_eq!(serde_json::to_value(&changed.metadata).unwrap(), expected);
        assert_eq!((changed.token, changed.updated_at), (invite.token.clone(), invite.created_at + SECOND));
    }
    let large =
        |key: &str| UpdateInvite { metadata: merge(json!({key: "x".repeat(40_000)})), ..UpdateInvite::new(invite.id) };
    module.service.update_invites(large("one")).await.unwrap();
    let error = module.service.update_invites(large("two")).await.unwrap_err();
    assert_eq!(refusal(&error), (ErrorKind::InvalidData, None, "metadata is larger than 64 KiB".to_owned()));
}

async fn all_or_none_are_changed(module: Module) {
    let (ada, eve) = (module.invite("ada@example.com").await, module.invite("eve@example.com").await);
    let unknown: InviteId = Environment::system().id();
    let noted = UpdateInvite { metadata: merge(json!({"a": 1})), ..UpdateInvite::new(eve.id) };
    let error = module.service.update_invites([accepted(ada.id), noted.clone(), accepted(unknown)]).await.unwrap_err();
    assert_eq!(refusal(&error).0, ErrorKind::NotFound);
    for invite in [&ada, &eve] {
        assert_eq!(module.service.retrieve_invite(invite.id).await.unwrap(), *invite);
    }
    assert_eq!(module.new_events(2).await, Vec::<String>::new());
    let both = module.service.update_invites(vec![noted, accepted(ada.id)]).await.unwrap();
    assert_eq!(
        both.iter().map(|invite| (invite.id, invite.accepted)).collect::<Vec<_>>(),
        [(eve.id, false), (ada.id, true)]
    );
}

async fn of_sixty_four_keys_none_is_lost(module: Module) {
    let invite = module.invite("ada@example.com").await;
    let results = module
        .sixty_four(move |service, caller| async move {
            let metadata = merge(json!({format!("key {caller}"): caller}));
            service.update_invites(UpdateInvite { metadata, ..UpdateInvite::new(invite.id) }).await
        })
        .await;
    results.into_iter().for_each(|result| drop(result.unwrap()));
    let metadata = module.service.retrieve_invite(invite.id).await.unwrap().metadata.unwrap();
    assert_eq!(metadata.as_object().len(), 64);
}
