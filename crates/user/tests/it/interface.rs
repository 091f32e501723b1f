//! The methods of the reference's `IUserModuleService`: each has a test here that is named after it. Special cases are
//! tested beside the method's own part of the module.

use serde_json::json;
use vestibule_core::{Direction, Environment, ErrorKind, Field, FindConfig, MetadataPatch, Patch};
use vestibule_testing::on_both_engines;
use vestibule_user::{
    ChangedIds, CreateInvite, CreateUser, InviteField, InviteId, UpdateInvite, UpdateUser, UserField, UserId,
};

use crate::support::{DAY, Module, SECOND, email, metadata, refusal};

on_both_engines!(
    validate_invite_token,
    refresh_invite_tokens,
    retrieve_user,
    list_users,
    list_and_count_users,
    create_users,
    update_users,
    delete_users,
    soft_delete_users,
    restore_users,
    retrieve_invite,
    list_invites,
    list_and_count_invites,
    create_invites,
    update_invites,
    delete_invites,
    soft_delete_invites,
    restore_invites,
);

const ADA: &str = "ada@example.com";
const EVE: &str = "eve@example.com";

fn users(ids: &[UserId]) -> ChangedIds<UserId> {
    if ids.is_empty() { ChangedIds::new() } else { [("user_id", ids.to_vec())].into_iter().collect() }
}

fn invites(ids: &[InviteId]) -> ChangedIds<InviteId> {
    if ids.is_empty() { ChangedIds::new() } else { [("invite_id", ids.to_vec())].into_iter().collect() }
}

async fn validate_invite_token(module: Module) {
    let invite = module.invite(ADA).await;
    let token = invite.token.clone().unwrap();
    assert_eq!(module.service.validate_invite_token(&token).await.unwrap(), invite);
    module.clock.advance(DAY);
    let error = module.service.validate_invite_token(&token).await.unwrap_err();
    assert_eq!(refusal(&error).1, Some("invite_expired"));
}

async fn refresh_invite_tokens(module: Module) {
    let (ada, eve) = (module.invite(ADA).await, module.invite(EVE).await);
    module.clock.advance(SECOND);
    let refreshed = module.service.refresh_invite_tokens([ada.id, eve.id]).await.unwrap();
    assert!(refreshed[0].token != ada.token && refreshed[1].token != eve.token);
    assert_eq!(refreshed[0].expires_at, ada.expires_at + SECOND);
    let one = module.service.refresh_invite_tokens(ada.id).await.unwrap();
    assert_eq!(one.id, ada.id);
}

async fn retrieve_user(module: Module) {
    let ada = module.user(ADA).await;
    assert_eq!(module.service.retrieve_user(ada.id).await.unwrap(), ada);
    let missing: UserId = Environment::system().id();
    let error = module.service.retrieve_user(missing).await.unwrap_err();
    assert_eq!(refusal(&error), (ErrorKind::NotFound, None, format!("User with id: {missing} was not found")));
}

async fn list_users(module: Module) {
    let (ada, eve) = (module.user(ADA).await, module.user(EVE).await);
    let newest = FindConfig::default().order_by(UserField::Id, Direction::Descending);
    let both = module.service.list_users(&UserField::Id.is_in([ada.id, eve.id]), &newest).await.unwrap();
    assert_eq!(both, [eve.clone(), ada.clone()]);
    module.service.soft_delete_users(ada.id).await.unwrap();
    let everyone = module.service.list_users(&Default::default(), &FindConfig::default()).await.unwrap();
    assert_eq!(everyone, [eve]);
    let with_deleted = FindConfig::default().with_deleted();
    let found = module.service.list_users(&UserField::Id.eq(ada.id), &with_deleted).await.unwrap();
    assert!(found[0].deleted_at.is_some());
}

async fn list_and_count_users(module: Module) {
    let (_, eve) = (module.user(ADA).await, module.user(EVE).await);
    let find = FindConfig::default().page(1, 1);
    let page = module.service.list_and_count_users(&Default::default(), &find).await.unwrap();
    assert_eq!(page, (vec![eve], 2));
}

async fn create_users(module: Module) {
    let one = module.service.create_users(CreateUser::new(email(ADA))).await.unwrap();
    let id: UserId = "user_01JABCDEFGHJKMNPQRSTVWXYZ0".parse().unwrap();
    let own = |address: &str| CreateUser { id: Some(id), ..CreateUser::new(email(address)) };
    let many = module.service.create_users(vec![own(EVE)]).await.unwrap();
    assert_eq!((one.email.as_str(), many[0].id), (ADA, id), "with an id of the caller's own");
    let taken = (ErrorKind::InvalidData, Some("id_taken"), format!("User with id: {id}, already exists."));
    assert_eq!(refusal(&module.service.create_users(own("bob@example.com")).await.unwrap_err()), taken);
    module.service.soft_delete_users(id).await.unwrap();
    assert_eq!(refusal(&module.service.create_users(own("bob@example.com")).await.unwrap_err()), taken);
}

async fn update_users(module: Module) {
    let (ada, eve) = (module.user(ADA).await, module.user(EVE).await);
    let named = |id, name: &str| UpdateUser { first_name: Patch::Set(name.to_owned()), ..UpdateUser::new(id) };
    let one = module.service.update_users(named(ada.id, "Ada")).await.unwrap();
    assert_eq!(one.first_name.as_deref(), Some("Ada"));
    let many = module.service.update_users([named(ada.id, "A"), named(eve.id, "E")]).await.unwrap();
    assert_eq!(many.iter().filter_map(|user| user.first_name.as_deref()).collect::<Vec<_>>(), ["A", "E"]);
}

async fn delete_users(module: Module) {
    let (ada, eve) = (module.user(ADA).await, module.user(EVE).await);
    module.service.delete_users([ada.id]).await.unwrap();
    let left = module.service.list_users(&Default::default(), &FindConfig::default().with_deleted()).await.unwrap();
    assert_eq!(left, [eve]);
}

async fn soft_delete_users(module: Module) {
    let (ada, eve) = (module.user(ADA).await, module.user(EVE).await);
    let missing: UserId = Environment::system().id();
    assert_eq!(module.service.soft_delete_users([eve.id]).await.unwrap(), users(&[eve.id]));
    assert_eq!(module.service.soft_delete_users([ada.id, eve.id, missing]).await.unwrap(), users(&[ada.id]));
    assert_eq!(module.service.soft_delete_users(ada.id).await.unwrap(), users(&[]));
}

async fn restore_users(module: Module) {
    let (ada, eve) = (module.user(ADA).await, module.user(EVE).await);
    module.service.soft_delete_users([ada.id]).await.unwrap();
    assert_eq!(module.service.restore_users([ada.id, eve.id]).await.unwrap(), users(&[ada.id]));
    assert_eq!(module.service.restore_users(ada.id).await.unwrap(), users(&[]));
    assert_eq!(module.service.retrieve_user(ada.id).await.unwrap().email, ada.email);
}

async fn retrieve_invite(module: Module) {
    let invite = module.invite(ADA).await;
    assert_eq!(module.service.retrieve_invite(invite.id).await.unwrap(), invite);
    let nothing: InviteId = Environment::system().id();
    let error = module.service.retrieve_invite(nothing).await.unwrap_err();
    assert_eq!(refusal(&error), (ErrorKind::NotFound, None, format!("Invite with id: {nothing} was not found")));
}

async fn list_invites(module: Module) {
    let (ada, eve) = (module.invite(ADA).await, module.invite(EVE).await);
    let newest = FindConfig::default().order_by(InviteField::Id, Direction::Descending);
    let both = module.service.list_invites(&InviteField::Id.is_in([ada.id, eve.id]), &newest).await.unwrap();
    assert_eq!(both, [eve.clone(), ada.clone()]);
    module.service.soft_delete_invites(ada.id).await.unwrap();
    let left = module.service.list_invites(&InviteField::Email.eq(ADA), &FindConfig::default()).await.unwrap();
    assert_eq!(left, []);
    let with_deleted = FindConfig::default().with_deleted();
    assert_eq!(module.service.list_invites(&InviteField::Email.eq(ADA), &with_deleted).await.unwrap().len(), 1);
}

async fn list_and_count_invites(module: Module) {
    let (_, eve) = (module.invite(ADA).await, module.invite(EVE).await);
    let find = FindConfig::default().page(1, 1);
    let page = module.service.list_and_count_invites(&Default::default(), &find).await.unwrap();
    assert_eq!(page, (vec![eve], 2));
}

async fn create_invites(module: Module) {
    let one = module.service.create_invites(CreateInvite::new(email(ADA))).await.unwrap();
    let id: InviteId = "invite_01JABCDEFGHJKMNPQRSTVWXYZ0".parse().unwrap();
    let own = |address: &str| CreateInvite { id: Some(id), ..CreateInvite::new(email(address)) };
    let many = module.service.create_invites([own(EVE)]).await.unwrap();
    assert_eq!((one.email.as_str(), many[0].id), (ADA, id), "with an id of the caller's own");
    module.service.validate_invite_token(many[0].token.as_deref().unwrap()).await.unwrap();
    let taken = (ErrorKind::InvalidData, Some("id_taken"), format!("Invite with id: {id}, already exists."));
    assert_eq!(refusal(&module.service.create_invites(own("bob@example.com")).await.unwrap_err()), taken);
}

async fn update_invites(module: Module) {
    let (ada, eve) = (module.invite(ADA).await, module.invite(EVE).await);
    let noted =
        |id| UpdateInvite { metadata: MetadataPatch::Merge(metadata(json!({ "a": 1 }))), ..UpdateInvite::new(id) };
    let updated = module.service.update_invites(noted(ada.id)).await.unwrap();
    assert_eq!((&updated.metadata, &updated.token), (&Some(metadata(json!({ "a": 1 }))), &ada.token));
    assert_eq!(module.new_events(2).await, ["invite.updated", "invite.token_generated"]);
    let accepted = [UpdateInvite { accepted: true, ..noted(ada.id) }, noted(eve.id)];
    let many = module.service.update_invites(accepted).await.unwrap();
    assert_eq!((many[0].accepted, many[1].accepted), (true, false));
    assert_eq!(module.new_events(4).await, ["invite.accepted", "invite.updated", "invite.token_generated"]);
}

async fn delete_invites(module: Module) {
    let (ada, eve) = (module.invite(ADA).await, module.invite(EVE).await);
    module.service.delete_invites(ada.id).await.unwrap();
    let find = FindConfig::default().with_deleted();
    assert_eq!(module.service.list_invites(&Default::default(), &find).await.unwrap(), [eve]);
}

async fn soft_delete_invites(module: Module) {
    let (ada, eve) = (module.invite(ADA).await, module.invite(EVE).await);
    assert_eq!(module.service.soft_delete_invites(eve.id).await.unwrap(), invites(&[eve.id]));
    assert_eq!(module.service.soft_delete_invites([ada.id, eve.id]).await.unwrap(), invites(&[ada.id]));
    assert_eq!(module.service.soft_delete_invites([ada.id]).await.unwrap(), invites(&[]));
}

async fn restore_invites(module: Module) {
    let (ada, eve) = (module.invite(ADA).await, module.invite(EVE).await);
    module.service.soft_delete_invites(ada.id).await.unwrap();
    assert_eq!(module.service.restore_invites([ada.id, eve.id]).await.unwrap(), invites(&[ada.id]));
    assert_eq!(module.service.restore_invites([ada.id]).await.unwrap(), invites(&[]));
}
