//! Listing entries by filter.

use std::time::Duration;

use vestibule_audit::{AuditField, NewEntry};
use vestibule_core::{Condition, Direction, Field, Filter, FindConfig};
use vestibule_testing::clock::START;
use vestibule_testing::on_both_engines;

use crate::support::Log;

on_both_engines!(
    filters_find_what_they_mean,
    order_and_pages,
    one_is_found_by_its_id,
    an_export_reads_everything_once_and_in_order
);

async fn three(log: &Log) {
    for (action, actor, target, address) in [
        ("user.locked", ("user", Some("user_1")), ("user", "user_2"), Some("192.0.2.1")),
        ("role.created", ("user", Some("user_2")), ("role", "role_1"), Some("2001:db8::1")),
        ("user.unlocked", ("operator", None), ("user", "user_2"), None),
    ] {
        let address = address.map(|address| address.parse().unwrap());
        log.record(NewEntry { address, ..NewEntry::new(action, actor, target) }).await.unwrap();
        log.clock.advance(Duration::from_secs(1));
    }
}

/// The actions of the entries found.
async fn found(log: &Log, filter: Filter<AuditField>) -> Vec<String> {
    log.entries(filter).await.into_iter().map(|entry| entry.action.to_string()).collect()
}

async fn filters_find_what_they_mean(log: Log) {
    three(&log).await;
    let (locked, created, unlocked) = ("user.locked", "role.created", "user.unlocked");
    for (filter, expected) in [
        (Filter::everything(), vec![locked, created, unlocked]),
        (AuditField::Action.eq("role.created"), vec![created]),
        (AuditField::Action.is(Condition::Like("user.%".into())), vec![locked, unlocked]),
        (AuditField::ActorType.eq("operator"), vec![unlocked]),
        (AuditField::ActorId.eq("user_2"), vec![created]),
        (AuditField::ActorId.eq(vestibule_core::Value::Null), vec![unlocked]),
        (AuditField::TargetId.eq("user_2"), vec![locked, unlocked]),
        (AuditField::TargetType.is_in(["role", "invite"]), vec![created]),
        (AuditField::Address.eq("2001:db8::1"), vec![created]),
        (AuditField::CreatedAt.is(Condition::Gt(START.into())), vec![created, unlocked]),
        (AuditField::TargetId.eq("user_2").and(AuditField::CreatedAt.is(Condition::Lte(START.into()))), vec![locked]),
    ] {
        assert_eq!(found(&log, filter.clone()).await, expected, "{filter:?}");
    }
}

async fn order_and_pages(log: Log) {
    three(&log).await;
    let newest = FindConfig::default().order_by(AuditField::CreatedAt, Direction::Descending).page(1, 1);
    let (entries, count) = log.service.list_and_count(&Filter::everything(), &newest).await.unwrap();
    let actions: Vec<_> = entries.into_iter().map(|entry| entry.action.to_string()).collect();
    assert_eq!((actions, count), (vec!["role.created".to_owned()], 3));
}

async fn one_is_found_by_its_id(log: Log) {
    three(&log).await;
    for entry in log.entries(Filter::everything()).await {
        assert_eq!(log.service.retrieve(entry.id).await.unwrap(), entry);
    }
    let missing = "audit_01JDMX5R4Z9WQ0H3T2B7K8N6VC";
    let error = log.service.retrieve(missing.parse().unwrap()).await.unwrap_err();
    assert_eq!(error.to_string(), format!("Audit entry with id: {missing} was not found"));
}

async fn an_export_reads_everything_once_and_in_order(log: Log) {
    let mut transaction = log.database.begin().await.unwrap();
    for number in 0..1_203 {
        let target = format!("user_{number}");
        let action = if number % 3 == 0 { "user.locked" } else { "user.unlocked" };
        let entry = NewEntry::new(action, ("operator", None), ("user", &target));
        log.service.record_within(&mut transaction, entry).await.unwrap();
    }
    transaction.commit().await.unwrap();

    let mut everything = log.service.export(Filter::everything());
    log.clock.advance(Duration::from_secs(1));
    log.record(NewEntry::new("user.locked", ("operator", None), ("user", "too late"))).await.unwrap();
    let (mut targets, mut pages) = (Vec::new(), Vec::new());
    loop {
        let entries = everything.next_page().await.unwrap();
        pages.push(entries.len());
        if entries.is_empty() {
            break;
        }
        targets.extend(entries.into_iter().map(|entry| entry.target_id));
    }
    assert_eq!(pages.len(), 14);
    assert!(pages.starts_with(&[100; 12]) && pages.ends_with(&[3, 0]), "{pages:?}");
    assert_eq!(targets, (0..1_203).map(|number| format!("user_{number}")).collect::<Vec<_>>());

    let mut some = log.service.export(AuditField::Action.eq("user.locked"));
    let mut found = Vec::new();
    for _ in 0..6 {
        found.extend(some.next_page().await.unwrap());
    }
    assert_eq!(found.len(), 402, "including the one written in the meantime");
    assert_eq!(found.last().map(|entry| entry.target_id.as_str()), Some("too late"));
}
