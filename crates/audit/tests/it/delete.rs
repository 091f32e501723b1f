//! Deleting entries that are older than they are to be kept.

use std::time::Duration;

use vestibule_audit::NewEntry;
use vestibule_core::{Clock, Filter};
use vestibule_testing::on_both_engines;

use crate::support::Log;

on_both_engines!(entries_from_before_a_time_are_deleted_and_no_others);

async fn entries_from_before_a_time_are_deleted_and_no_others(log: Log) {
    let record = async |action: &'static str, count: usize| {
        let mut transaction = log.database.begin().await.unwrap();
        for _ in 0..count {
            let entry = NewEntry::new(action, ("operator", None), ("user", "user_1"));
            log.service.record_within(&mut transaction, entry).await.unwrap();
        }
        transaction.commit().await.unwrap();
    };
    // More than one batch.
    record("user.created", 2_001).await;
    log.clock.advance(Duration::from_hours(24));
    let time = log.clock.now();
    record("user.locked", 1).await;

    assert_eq!(log.service.delete_before(time).await.unwrap(), 2_001);
    let entries = log.entries(Filter::everything()).await;
    assert_eq!(entries.iter().map(|entry| entry.action.to_string()).collect::<Vec<_>>(), ["user.locked"]);
    assert_eq!(log.service.delete_before(time).await.unwrap(), 0);
}
