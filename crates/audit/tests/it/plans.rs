//! Entries are read from an index that has their order, from the place where the page begins or ends.

use vestibule_audit::{AuditField, MIGRATIONS};
use vestibule_core::{Before, Condition, Cursor, Direction, Field, Filter, FindConfig, Value};
use vestibule_database::{Engine, values};
use vestibule_testing::clock::START;
use vestibule_testing::{assert_reads_index, on_both_engines};

use crate::support::Log;

on_both_engines!(each_list_of_the_pages_reads_an_index);

async fn fill(log: &Log) {
    let text =
        "WITH RECURSIVE numbers (number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < 20000)
        INSERT INTO audit_entries (id, action, actor_type, actor_id, target_type, target_id, created_at)
        SELECT 'audit_7ZZZZZZZZZZZZZZZZZZZZ' || (10000 + number), 'user.a' || (number % 4), 'user', 'user_' || (number % 4),
            'user', 'user_' || (number % 4), $1
        FROM numbers";
    let mut transaction = log.database.begin().await.unwrap();
    transaction.execute(text, values![START]).await.unwrap();
    transaction.execute("ANALYZE audit_entries", &[]).await.unwrap();
    transaction.commit().await.unwrap();
    log.database.build_indexes(&[MIGRATIONS]).await.unwrap();
}

async fn each_list_of_the_pages_reads_an_index(log: Log) {
    fill(&log).await;
    let engine = log.database.engine();
    let key = if engine == Engine::Sqlite { "sqlite_autoindex_audit_entries_1" } else { "audit_entries_pkey" };
    let id = "audit_7ZZZZZZZZZZZZZZZZZZZZ15000";
    let since = AuditField::CreatedAt.is(Condition::Gte(START.into()));
    for (sorted_by, filter, value, index) in [
        (AuditField::Id, Filter::everything(), Value::from(id), key),
        (AuditField::Id, AuditField::Action.eq("user.a3"), id.into(), "audit_entries_action"),
        (AuditField::Id, AuditField::ActorId.eq("user_3"), id.into(), "audit_entries_actor_id"),
        (AuditField::Id, AuditField::TargetId.eq("user_3"), id.into(), "audit_entries_target_id"),
        (AuditField::CreatedAt, since, START.into(), "audit_entries_created_at"),
    ] {
        let find = FindConfig::default().order_by(sorted_by, Direction::Descending).page(0, 50);
        let row = Cursor::new(vec![value], id);
        for find in [
            find.clone(),
            FindConfig { before: Some(Before::End), ..find.clone() },
            FindConfig { after: Some(row.clone()), ..find.clone() },
            FindConfig { before: Some(Before::Row(row)), ..find },
        ] {
            let plan = log.service.explain(&filter, &find).await.unwrap();
            // PostgreSQL knows how many there are, and may read the list in its order instead.
            let index = if engine == Engine::Postgres { "audit_entries_" } else { index };
            assert_reads_index(engine, &plan, index, find.cursor().is_some(), &format!("{filter:?} {find:?}"));
        }
    }
}
