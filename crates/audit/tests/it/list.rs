//! Listing entries by filter.

use std::time::Duration;

use vestibule_audit::{AuditField, NewEntry};
use vestibule_core::{Condition, Direction, Field, Filter, FindConfig};
use vestibule_testing::clock::START;
use vestibule_testing::on_both_engines;

use crate::support::Log;

on_both_engines!(filters_find_what_they_mean, order_and_pages, one_is_found_by_its_id,);

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
