//! What one request leaves for a later one.

use std::time::Duration;

use vestibule_testing::on_both_engines;

use crate::support::{MICROSECOND, Module};

on_both_engines!(it_is_read_by_its_owner_a_few_times, it_expires_and_is_deleted, it_is_sealed, an_owner_has_twenty,);

const LIFETIME: Duration = Duration::from_secs(600);

/// Also by another process.
async fn it_is_read_by_its_owner_a_few_times(module: Module) {
    let id = module.service.hand_over("sess_a", b"a secret", 3, LIFETIME).await.unwrap();
    let other = module.another_process().await;
    assert_eq!(module.service.take_over(id, "sess_b").await.unwrap(), None);
    for service in [&module.service, &other, &module.service] {
        assert_eq!(service.take_over(id, "sess_a").await.unwrap().as_deref(), Some(&b"a secret"[..]));
    }
    assert_eq!(other.take_over(id, "sess_a").await.unwrap(), None);
}

async fn it_expires_and_is_deleted(module: Module) {
    let id = module.service.hand_over("sess_a", b"a secret", 3, LIFETIME).await.unwrap();
    module.clock.advance(LIFETIME - MICROSECOND);
    assert!(module.service.take_over(id, "sess_a").await.unwrap().is_some());
    module.clock.advance(MICROSECOND);
    assert_eq!(module.service.take_over(id, "sess_a").await.unwrap(), None);
    assert_eq!(module.service.delete_expired().await.unwrap(), 1);
}

/// security.md 20
async fn it_is_sealed(module: Module) {
    let id = module.service.hand_over("sess_a", b"a secret", 1, LIFETIME).await.unwrap();
    let sealed: Vec<u8> = module.database.query_scalar("SELECT sealed FROM auth_handovers", &[]).await.unwrap();
    assert!(!sealed.windows(8).any(|part| part == b"a secret"));
    // A row that is moved to another owner opens nothing.
    let mut transaction = module.database.begin().await.unwrap();
    transaction.execute("UPDATE auth_handovers SET owner_id = 'sess_b'", &[]).await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(module.service.take_over(id, "sess_b").await.unwrap(), None);
}

async fn an_owner_has_twenty(module: Module) {
    let first = module.service.hand_over("user_a", b"0", 1, LIFETIME).await.unwrap();
    for _ in 0..20 {
        module.clock.advance(Duration::from_millis(1));
        module.service.hand_over("user_a", b"x", 1, LIFETIME).await.unwrap();
    }
    assert_eq!(module.service.take_over(first, "user_a").await.unwrap(), None);
    let count: i64 = module.database.query_scalar("SELECT count(*) FROM auth_handovers", &[]).await.unwrap();
    assert_eq!(count, 20);
}
