//! Retrieving one user.

use vestibule_core::{Environment, ErrorKind};
use vestibule_testing::on_both_engines;
use vestibule_user::UserId;

use crate::support::{Module, refusal};

on_both_engines!(an_unknown_id_is_not_found);

async fn an_unknown_id_is_not_found(module: Module) {
    let ada = module.user("ada@example.com").await;
    assert_eq!(module.service.retrieve_user_with_deleted(ada.id).await.unwrap(), ada);
    assert_eq!(module.service.retrieve_user(ada.id).await.unwrap(), ada);
    let missing: UserId = Environment::system().id();
    let expected = |id: UserId| (ErrorKind::NotFound, None, format!("User with id: {id} was not found"));
    assert_eq!(refusal(&module.service.retrieve_user(missing).await.unwrap_err()), expected(missing));
    module.service.soft_delete_users(ada.id).await.unwrap();
    assert_eq!(refusal(&module.service.retrieve_user(ada.id).await.unwrap_err()), expected(ada.id));
    let deleted = module.service.retrieve_user_with_deleted(ada.id).await.unwrap();
    assert_eq!((deleted.id, deleted.deleted_at), (ada.id, Some(deleted.updated_at)));
    let error = module.service.retrieve_user_with_deleted(missing).await.unwrap_err();
    assert_eq!(refusal(&error), expected(missing));
}
