//! Deleting users, and restoring them.

use vestibule_core::{Environment, ErrorKind, FindConfig};
use vestibule_testing::on_both_engines;
use vestibule_user::{User, UserId};

use crate::support::{Module, SECOND, refusal};

on_both_engines!(
    a_soft_deleted_user_can_be_restored,
    a_deleted_user_is_gone,
    an_address_that_is_free_again_can_be_taken,
    restoring_is_all_or_nothing,
    unknown_ids_are_ignored,
    within_a_transaction_the_freed_addresses_are_returned,
);

async fn all(module: &Module) -> Vec<User> {
    module.service.list_users(&Default::default(), &FindConfig::default().with_deleted()).await.unwrap()
}

async fn a_soft_deleted_user_can_be_restored(module: Module) {
    let ada = module.user("ada@example.com").await;
    module.clock.advance(SECOND);
    module.service.soft_delete_users(ada.id).await.unwrap();
    assert!(module.service.retrieve_user(ada.id).await.is_err());
    let deleted = all(&module).await.remove(0);
    assert_eq!((deleted.deleted_at, deleted.updated_at), (Some(ada.created_at + SECOND), ada.created_at + SECOND));
    module.clock.advance(SECOND);
    module.service.restore_users(ada.id).await.unwrap();
    let restored = module.service.retrieve_user(ada.id).await.unwrap();
    assert_eq!(restored, User { updated_at: ada.created_at + SECOND + SECOND, ..ada });
    assert_eq!(module.new_events(1).await, ["user.deleted"]);
}

async fn a_deleted_user_is_gone(module: Module) {
    let (ada, eve) = (module.user("ada@example.com").await, module.user("eve@example.com").await);
    let stays = module.user("stays@example.com").await;
    module.service.delete_users(vec![ada.id, eve.id]).await.unwrap();
    assert_eq!(all(&module).await, [stays]);
    module.service.restore_users(ada.id).await.unwrap();
    assert_eq!(all(&module).await.len(), 1);
    let gone = |id: UserId| ("user.deleted".to_owned(), id.to_string());
    assert_eq!(module.events().await[3..], [gone(ada.id), gone(eve.id)]);
}

/// security.md 28: a new user, with their own id.
async fn an_address_that_is_free_again_can_be_taken(module: Module) {
    let ada = module.user("ada@example.com").await;
    module.service.soft_delete_users([ada.id]).await.unwrap();
    let new = module.user("ADA@example.com").await;
    assert_ne!(new.id, ada.id);
    let error = module.service.restore_users(ada.id).await.unwrap_err();
    let message = "a deleted user cannot be restored: another user has the same e-mail address now".to_owned();
    assert_eq!(refusal(&error), (ErrorKind::Conflict, Some("email_taken"), message));
    module.service.delete_users(new.id).await.unwrap();
    module.service.restore_users(ada.id).await.unwrap();
    assert_eq!(module.service.retrieve_user(ada.id).await.unwrap().id, ada.id);
}

async fn restoring_is_all_or_nothing(module: Module) {
    let (ada, eve) = (module.user("ada@example.com").await, module.user("eve@example.com").await);
    module.service.soft_delete_users([ada.id, eve.id]).await.unwrap();
    module.user("eve@example.com").await;
    assert!(module.service.restore_users([ada.id, eve.id]).await.is_err());
    assert!(module.service.retrieve_user(ada.id).await.is_err());
}

async fn unknown_ids_are_ignored(module: Module) {
    let ada = module.user("ada@example.com").await;
    let missing: UserId = Environment::system().id();
    module.service.soft_delete_users([missing, ada.id]).await.unwrap();
    module.clock.advance(SECOND);
    module.service.soft_delete_users([ada.id, missing]).await.unwrap();
    assert_eq!(all(&module).await[0].deleted_at, Some(ada.created_at), "the first time counts");
    module.service.delete_users(missing).await.unwrap();
    module.service.restore_users([missing, ada.id]).await.unwrap();
    module.service.restore_users([ada.id]).await.unwrap();
    module.service.delete_users(Vec::new()).await.unwrap();
    assert_eq!(module.new_events(1).await, ["user.deleted"]);
}

async fn within_a_transaction_the_freed_addresses_are_returned(module: Module) {
    let (ada, eve) = (module.user("Ada@example.com").await, module.user("eve@example.com").await);
    module.service.soft_delete_users(eve.id).await.unwrap();
    let mut transaction = module.database.begin().await.unwrap();
    let freed = module.service.soft_delete_users_within(&mut transaction, &[eve.id, ada.id]).await.unwrap();
    assert_eq!(freed.iter().map(|address| address.as_str()).collect::<Vec<_>>(), ["Ada@example.com"]);
    drop(transaction);
    assert!(module.service.retrieve_user(ada.id).await.is_ok());
    assert_eq!(module.new_events(2).await, ["user.deleted"]);
}
