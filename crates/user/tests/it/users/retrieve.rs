//! Finding one user.

use vestibule_core::{Environment, ErrorKind};
use vestibule_testing::on_both_engines;
use vestibule_user::UserId;

use crate::support::{Module, told};

on_both_engines!(nobody_is_found_by_an_id_of_nobody);

async fn nobody_is_found_by_an_id_of_nobody(module: Module) {
    let ada = module.user("ada@example.com").await;
    assert_eq!(module.service.retrieve_user_with_deleted(ada.id).await.unwrap(), ada);
    assert_eq!(module.service.retrieve_user(ada.id).await.unwrap(), ada);
    let nobody: UserId = Environment::system().id();
    let expected = |id: UserId| (ErrorKind::NotFound, None, format!("User with id: {id} was not found"));
    assert_eq!(told(&module.service.retrieve_user(nobody).await.unwrap_err()), expected(nobody));
    module.service.soft_delete_users(ada.id).await.unwrap();
    assert_eq!(told(&module.service.retrieve_user(ada.id).await.unwrap_err()), expected(ada.id));
    let deleted = module.service.retrieve_user_with_deleted(ada.id).await.unwrap();
    assert_eq!((deleted.id, deleted.deleted_at), (ada.id, Some(deleted.updated_at)));
    let error = module.service.retrieve_user_with_deleted(nobody).await.unwrap_err();
    assert_eq!(told(&error), expected(nobody));
}
