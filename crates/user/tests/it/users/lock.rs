//! Locking users, and unlocking them.

use vestibule_core::{Condition, Environment, Field, Filter, FindConfig, Value};
use vestibule_testing::on_both_engines;
use vestibule_user::{UpdateUser, User, UserField, UserId};

use crate::support::{Module, SECOND};

on_both_engines!(
    a_locked_user_stays_a_user_and_can_be_unlocked,
    locked_and_unknown_users_are_ignored,
    the_locked_are_found_by_filter,
    a_lock_is_undone_with_its_transaction,
);
on_both_engines!(4 threads: of_sixty_four_locks_at_once_one_counts);

async fn a_locked_user_stays_a_user_and_can_be_unlocked(module: Module) {
    let ada = module.user("ada@example.com").await;
    assert_eq!(ada.locked_at, None);
    module.clock.advance(SECOND);
    module.service.lock_users(ada.id).await.unwrap();
    let now = ada.created_at + SECOND;
    let locked = module.service.retrieve_user(ada.id).await.unwrap();
    assert_eq!(locked, User { locked_at: Some(now), updated_at: now, ..ada.clone() });
    assert_eq!(serde_json::to_value(&locked).unwrap()["locked_at"], now.to_string());

    // Other changes leave the lock as it is.
    let update = UpdateUser { first_name: vestibule_core::Patch::Set("Ada".into()), ..UpdateUser::new(ada.id) };
    assert_eq!(module.service.update_users(update).await.unwrap().locked_at, Some(now));
    module.clock.advance(SECOND);
    module.service.unlock_users([ada.id]).await.unwrap();
    let unlocked = module.service.retrieve_user(ada.id).await.unwrap();
    assert_eq!((unlocked.locked_at, unlocked.updated_at), (None, now + SECOND));
    assert_eq!(module.new_events(1).await, ["user.updated"; 3]);
}

async fn locked_and_unknown_users_are_ignored(module: Module) {
    let (ada, eve) = (module.user("ada@example.com").await, module.user("eve@example.com").await);
    let gone = module.user("gone@example.com").await;
    module.service.soft_delete_users(gone.id).await.unwrap();
    module.service.lock_users(ada.id).await.unwrap();
    module.clock.advance(SECOND);
    let ids = [Environment::system().id::<UserId>(), gone.id, eve.id, ada.id, eve.id];
    let mut transaction = module.database.begin().await.unwrap();
    let locked = module.service.lock_users_within(&mut transaction, &ids, Some("a:b c:d")).await.unwrap();
    assert_eq!(locked.iter().map(|user| user.id).collect::<Vec<_>>(), [eve.id]);
    let lock = async |transaction: &mut _, id| module.service.find_lock_within(transaction, id).await.unwrap();
    assert_eq!(lock(&mut transaction, eve.id).await, Some(Some("a:b c:d".to_owned())));
    assert_eq!(lock(&mut transaction, ada.id).await, Some(None), "no permissions were given");
    assert_eq!(lock(&mut transaction, gone.id).await, None);
    transaction.commit().await.unwrap();
    let again = module.service.retrieve_user(ada.id).await.unwrap();
    assert_eq!(again.locked_at, Some(ada.created_at), "the first time counts");

    module.service.unlock_users(vec![ada.id, gone.id, ada.id]).await.unwrap();
    assert_eq!(module.service.retrieve_user(ada.id).await.unwrap().locked_at, None);
    assert_eq!(module.new_events(4).await, ["user.updated"; 3]);
}

async fn the_locked_are_found_by_filter(module: Module) {
    let (ada, eve) = (module.user("ada@example.com").await, module.user("eve@example.com").await);
    module.service.lock_users(eve.id).await.unwrap();
    for (condition, expected) in [
        (Condition::Eq(Value::Null), ada.id),
        (Condition::Ne(Value::Null), eve.id),
        (Condition::Gte(eve.created_at.into()), eve.id),
    ] {
        let filter: Filter<UserField> = UserField::LockedAt.is(condition);
        let found = module.service.list_users(&filter, &FindConfig::default()).await.unwrap();
        assert_eq!(found.iter().map(|user| user.id).collect::<Vec<_>>(), [expected]);
    }
}

async fn a_lock_is_undone_with_its_transaction(module: Module) {
    let ada = module.user("ada@example.com").await;
    let mut transaction = module.database.begin().await.unwrap();
    module.service.lock_users_within(&mut transaction, &[ada.id], None).await.unwrap();
    drop(transaction);
    assert_eq!(module.service.retrieve_user(ada.id).await.unwrap(), ada);
    assert!(module.new_events(1).await.is_empty());
}

async fn of_sixty_four_locks_at_once_one_counts(module: Module) {
    let ada = module.user("ada@example.com").await;
    let results = module.sixty_four(move |service, _| async move { service.lock_users(ada.id).await }).await;
    results.into_iter().for_each(|result| result.unwrap());
    assert_eq!(module.new_events(1).await, ["user.updated"]);
}
