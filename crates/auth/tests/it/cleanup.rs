//! Deleting expired rows.

use std::time::Duration;

use vestibule_testing::on_both_engines;

use crate::support::{ADA, DAY, MICROSECOND, Module, PASSWORD, START, unclaimed};

on_both_engines!(
    expired_rows_are_deleted_on_time,
    what_has_rested_and_what_counts_no_more_goes,
    more_than_one_portion_goes_at_once,
);

async fn expired_rows_are_deleted_on_time(module: Module) {
    let waiting = module.register("waiting@example.com", PASSWORD).await.unwrap();
    let its_session = module.session(&waiting, "user").await;
    let owned = module.owned(ADA, "user_1").await;
    let session = module.session(&owned, "user").await;
    assert_eq!(module.service.delete_expired().await.unwrap(), 0);

    module.clock.set(START + DAY - MICROSECOND);
    assert_eq!(module.service.delete_expired().await.unwrap(), 0);
    module.clock.set(START + DAY);
    assert_eq!(module.service.delete_expired().await.unwrap(), 1, "with its session, which is not counted");
    assert_eq!(module.again(&waiting).await, None);
    assert_eq!(module.count("auth_sessions").await, 1);
    assert!(!module.is_alive(&its_session).await && module.is_alive(&session).await);

    let id = session.sid.parse().unwrap();
    for day in [6, 12, 18, 24, 29] {
        module.clock.set(START + day * DAY);
        module.service.touch_session(id, START, None, None).await;
    }
    module.clock.set(START + 30 * DAY - MICROSECOND);
    assert_eq!(module.service.delete_expired().await.unwrap(), 0);
    module.clock.set(START + 30 * DAY);
    assert_eq!(module.service.delete_expired().await.unwrap(), 1);
    assert_eq!(module.again(&owned).await.map(|identity| identity.id), Some(owned.id));
    assert_eq!(module.service.delete_expired().await.unwrap(), 0);
}

async fn what_has_rested_and_what_counts_no_more_goes(module: Module) {
    let owned = module.owned(ADA, "user_1").await;
    let (rested, used) = (module.session(&owned, "user").await, module.session(&owned, "user").await);
    module.clock.set(START + DAY);
    module.service.touch_session(used.sid.parse().unwrap(), START, None, None).await;
    drop(module.service.count_attempt(ADA).await.unwrap());
    let quarter = Duration::from_secs(15 * 60);
    module.clock.set(START + DAY + quarter - MICROSECOND);
    assert_eq!(module.service.delete_expired().await.unwrap(), 0);
    module.clock.set(START + DAY + quarter);
    assert_eq!(module.service.delete_expired().await.unwrap(), 1);
    assert_eq!(module.count("auth_attempts").await, 0);

    module.clock.set(START + 7 * DAY - MICROSECOND);
    assert_eq!(module.service.delete_expired().await.unwrap(), 0);
    module.clock.set(START + 7 * DAY);
    assert_eq!(module.service.delete_expired().await.unwrap(), 1);
    assert!(!module.is_alive(&rested).await && module.is_alive(&used).await);
    // From before the last use was stored.
    let text = "UPDATE auth_sessions SET last_used_at = NULL, created_at = $1";
    let mut transaction = module.database.begin().await.unwrap();
    transaction.execute(text, vestibule_database::values![START]).await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(module.service.delete_expired().await.unwrap(), 1);
}

async fn more_than_one_portion_goes_at_once(module: Module) {
    module.service.create_auth_identities(vec![unclaimed([]); 1_000]).await.unwrap();
    module.clock.advance(MICROSECOND);
    module.service.create_auth_identities(vec![unclaimed([]); 1_100]).await.unwrap();
    module.clock.set(START + DAY);
    assert_eq!(module.service.delete_expired().await.unwrap(), 1_000);
    module.clock.advance(MICROSECOND);
    assert_eq!(module.service.delete_expired().await.unwrap(), 1_100);
    assert_eq!(module.count("auth_identities").await, 0);
}
