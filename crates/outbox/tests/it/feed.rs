//! The feed has no gaps, in whatever order transactions are committed (security.md 35).

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use vestibule_core::{DomainError, Environment};
use vestibule_database::{Error, transaction};
use vestibule_outbox::feed::{bounds, delete_events_within, events_after, wait_for_events_after};
use vestibule_outbox::positions::{BATCH, assign_positions};
use vestibule_outbox::{Event, EventId, FeedError, Subscription, record};
use vestibule_testing::{SeededRandom, on_both_engines};

use crate::support::{DAY, Site, happen};

on_both_engines!(
    events_are_read_in_the_order_of_their_commits,
    what_is_read_page_by_page_is_everything,
    what_is_not_committed_is_passed_over_until_it_is,
    one_subjects_events_keep_their_order_despite_clocks,
    old_events_are_deleted_and_late_readers_get_an_error,
    a_cursor_of_another_database_is_refused,
    a_subscription_waits_for_what_comes,
    a_reader_waits_up_to_its_limit,
    secrets_are_not_in_the_feed,
);
on_both_engines!(4 threads: a_slow_reader_misses_nothing_of_sixty_four_writers);

async fn ids(site: &Site, after: i64, limit: u32) -> Vec<EventId> {
    let events = events_after(&site.database, after, limit).await.unwrap();
    events.into_iter().map(|placed| placed.event.id).collect()
}

async fn events_are_read_in_the_order_of_their_commits(site: Site) {
    assert!(ids(&site, 0, 10).await.is_empty());
    let first = site.happen("a", 1).await;
    let second = site.happen("b", 2).await;
    let events = events_after(&site.database, 0, 10).await.unwrap();
    assert_eq!(events.iter().map(|placed| placed.position).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(events[0].event.id, first);
    assert_eq!((events[1].event.id, events[1].event.data.clone()), (second, json!({ "number": 2 })));
    assert_eq!(ids(&site, 1, 10).await, [second]);
    assert!(ids(&site, 2, 10).await.is_empty());
    assert_eq!(assign_positions(&site.database).await.unwrap(), 0, "a position is given once");
}

async fn what_is_read_page_by_page_is_everything(site: Site) {
    let count = BATCH as usize + 7;
    let made: Result<(), Error> = async {
        transaction!(site.database, |transaction| {
            for number in 0..count {
                record(transaction, &site.environment, "thing.happened", "a", json!({ "number": number })).await?;
            }
            Ok(())
        })
    }
    .await;
    made.unwrap();
    let mut read = Vec::new();
    loop {
        let page = events_after(&site.database, read.len() as i64, 50).await.unwrap();
        if page.is_empty() {
            break;
        }
        read.extend(page.into_iter().map(|placed| placed.event.data["number"].as_u64().unwrap() as usize));
    }
    assert_eq!(read, (0..count).collect::<Vec<_>>());
}

/// On PostgreSQL an event with an older id can be committed after a newer one was read.
async fn what_is_not_committed_is_passed_over_until_it_is(site: Site) {
    let mut late = site.database.begin().await.unwrap();
    let old = record(&mut late, &site.environment, "thing.happened", "a", json!({})).await.unwrap();
    if site.database.engine() == vestibule_database::Engine::Postgres {
        let new = site.happen("b", 1).await;
        assert_eq!(ids(&site, 0, 10).await, [new]);
        late.commit().await.unwrap();
        assert_eq!(ids(&site, 1, 10).await, [old]);
        assert_eq!(ids(&site, 0, 10).await, [new, old], "and so for ever");
    } else {
        late.commit().await.unwrap();
        assert_eq!(ids(&site, 0, 10).await, [old]);
    }
}

async fn one_subjects_events_keep_their_order_despite_clocks(site: Site) {
    // Another machine, whose clock is an hour behind.
    let (clock, random) = (site.clock.clone(), SeededRandom::new(2));
    let behind = vestibule_testing::TestClock::default();
    let other = Environment::new(Arc::new(behind), Arc::new(random));
    clock.advance(Duration::from_secs(3_600));
    let first = site.happen("a", 1).await;
    let second = happen(&site.place.open().await, &other, "a", 2).await;
    assert!(second < first, "the order of the ids is another");
    assert_eq!(ids(&site, 0, 10).await, [first, second]);
}

async fn old_events_are_deleted_and_late_readers_get_an_error(site: Site) {
    for number in 0..3 {
        site.happen("a", number).await;
    }
    site.clock.advance(DAY * 2);
    let young = site.happen("a", 3).await;
    assert_eq!(ids(&site, 0, 10).await.len(), 4);
    let delete = async |up_to, limit| {
        let before = site.environment.now() - DAY;
        let deleted: Result<u64, Error> = async {
            transaction!(site.database, |transaction| delete_events_within(transaction, before, up_to, limit).await)
        }
        .await;
        deleted.unwrap()
    };
    assert_eq!(delete(1, 10).await, 1, "not beyond what every reader has seen");
    assert_eq!(delete(4, 1).await, 1, "not more at once than requested");
    assert_eq!(delete(4, 10).await, 1, "not what is young");
    assert_eq!(delete(4, 10).await, 0);
    assert_eq!(ids(&site, 0, 10).await, [young]);
    assert_eq!(ids(&site, 3, 10).await, [young]);
    let error = events_after(&site.database, 2, 10).await.unwrap_err();
    assert!(matches!(error, FeedError::TooOld { after: 2, deleted_to: 3 }), "{error}");
    assert_eq!(error.code(), Some("cursor_too_old"));
    site.happen("a", 4).await;
    let bounds = {
        ids(&site, 0, 10).await;
        bounds(&site.database).await.unwrap()
    };
    assert_eq!((bounds.last, bounds.deleted_to), (5, 3), "positions are never given twice");
}

async fn a_cursor_of_another_database_is_refused(site: Site) {
    site.happen("a", 1).await;
    let error = events_after(&site.database, 9, 10).await.unwrap_err();
    assert!(matches!(error, FeedError::Ahead { after: 9, last: 1 }), "{error}");
}

async fn a_subscription_waits_for_what_comes(site: Site) {
    let before = site.happen("a", 1).await;
    let mut subscription = Subscription::new(&site.database, 0);
    assert_eq!(subscription.next().await.unwrap().event.id, before);
    let (next, id) = tokio::join!(subscription.next(), site.happen("a", 2));
    let next = next.unwrap();
    assert_eq!((next.event.id, next.position), (id, 2));
}

async fn a_reader_waits_up_to_its_limit(site: Site) {
    let wait = |after, patience| wait_for_events_after(&site.database, after, 10, patience);
    assert!(wait(0, Duration::ZERO).await.unwrap().is_empty());
    assert!(wait(0, Duration::from_millis(30)).await.unwrap().is_empty());
    let (found, id) = tokio::join!(wait(0, DAY), site.happen("a", 1));
    assert_eq!(found.unwrap().into_iter().map(|placed| placed.event.id).collect::<Vec<_>>(), [id]);
    // It waits neither for an existing event nor for one that can never exist.
    assert_eq!(wait(0, DAY).await.unwrap().len(), 1);
    assert!(matches!(wait(2, DAY).await, Err(FeedError::Ahead { after: 2, last: 1 })));
}

/// security.md 35
async fn secrets_are_not_in_the_feed(site: Site) {
    let event = Event {
        data: json!({ "entity_id": "ada@example.com", "token": { "sealed": "…" } }),
        ..events_after(
            &site.database,
            {
                site.happen("a", 1).await;
                0
            },
            1,
        )
        .await
        .unwrap()
        .remove(0)
        .event
    };
    assert_eq!(event.public_data(), json!({ "entity_id": "ada@example.com" }));
}

async fn a_slow_reader_misses_nothing_of_sixty_four_writers(site: Site) {
    const EACH: usize = 12;
    let (one, other) = (site.database.clone(), site.place.open().await);
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..64 {
        let database = if writer % 2 == 0 { one.clone() } else { other.clone() };
        let environment = Environment::new(Arc::new(site.clock.clone()), Arc::new(SeededRandom::new(writer + 10)));
        writers.spawn(async move {
            for number in 0..EACH {
                happen(&database, &environment, &format!("subject {writer}"), number).await;
            }
        });
    }
    let read = async {
        let mut seen: BTreeMap<String, Vec<u64>> = BTreeMap::new();
        let (mut after, mut count) = (0, 0);
        while count < 64 * EACH {
            for placed in events_after(&site.database, after, 7).await.unwrap() {
                assert_eq!(placed.position, after + 1, "a gap");
                (after, count) = (placed.position, count + 1);
                let number = placed.event.data["number"].as_u64().unwrap();
                seen.entry(placed.event.subject).or_default().push(number);
            }
            tokio::task::yield_now().await;
        }
        seen
    };
    let (seen, ()) = tokio::time::timeout(Duration::from_secs(60), async {
        tokio::join!(read, async {
            writers.join_all().await;
        })
    })
    .await
    .expect("an event was missed");
    assert_eq!(seen.len(), 64);
    for (subject, numbers) in seen {
        assert_eq!(numbers, (0..EACH as u64).collect::<Vec<_>>(), "{subject}");
    }
    assert!(events_after(&site.database, 64 * EACH as i64, 7).await.unwrap().is_empty());
}
