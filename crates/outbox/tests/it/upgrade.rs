//! Events of a database from before positions.

use std::sync::Arc;

use vestibule_database::{Error, Migrations, transaction, values};
use vestibule_outbox::MIGRATIONS;
use vestibule_outbox::feed::events_after;
use vestibule_testing::{SetUp, TestDatabase, on_both_engines, test_environment};

on_both_engines!(events_from_before_get_positions);

struct Empty(Arc<TestDatabase>);

impl SetUp for Empty {
    async fn set_up(place: Arc<TestDatabase>) -> Self {
        Self(place)
    }
}

async fn events_from_before_get_positions(Empty(place): Empty) {
    let database = place.open().await;
    let (environment, _) = test_environment();
    database.migrate(&[Migrations { module: "outbox", steps: &MIGRATIONS.steps[..1] }]).await.unwrap();
    let ids: Vec<vestibule_outbox::EventId> = (0..3).map(|_| environment.id()).collect();
    let written: Result<(), Error> = async {
        transaction!(database, |transaction| {
            for id in ids.iter().rev() {
                let text =
                    "INSERT INTO outbox_events (id, name, subject, data, created_at) VALUES ($1, 'a', 'a', $2, $3)";
                transaction.execute(text, values![*id, serde_json::json!({}), environment.now()]).await?;
            }
            Ok(())
        })
    }
    .await;
    written.unwrap();
    database.migrate(&[MIGRATIONS]).await.unwrap();
    let events = events_after(&database, 0, 10).await.unwrap();
    assert_eq!(
        events.iter().map(|placed| (placed.position, placed.event.id)).collect::<Vec<_>>(),
        [(1, ids[0]), (2, ids[1]), (3, ids[2])]
    );
}
