//! Taking away what has had its time.

use vestibule_testing::on_both_engines;

use crate::support::{ADA, DAY, MICROSECOND, Module, PASSWORD, START, unclaimed};

on_both_engines!(what_is_over_goes_at_the_very_moment, more_than_one_portion_goes_at_once);

async fn what_is_over_goes_at_the_very_moment(module: Module) {
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

    module.clock.set(START + 30 * DAY - MICROSECOND);
    assert_eq!(module.service.delete_expired().await.unwrap(), 0);
    module.clock.set(START + 30 * DAY);
    assert_eq!(module.service.delete_expired().await.unwrap(), 1);
    assert_eq!(module.again(&owned).await, Some(owned));
    assert_eq!(module.service.delete_expired().await.unwrap(), 0);
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
