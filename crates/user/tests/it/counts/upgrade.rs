//! A database of the version before, with rows, while that version goes on writing.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};

use tokio::task::JoinSet;
use vestibule_core::Clock;
use vestibule_database::{Database, Error, Migrations, transaction, values};
use vestibule_testing::{SetUp, TestClock, TestDatabase, on_both_engines, test_environment};
use vestibule_user::{COUNTS, MIGRATIONS, UserModule};

use super::{kept, present};
use crate::support::{DAY, options};

on_both_engines!(4 threads: rows_of_the_version_before_are_counted_while_it_writes);

struct Empty(Arc<TestDatabase>);

impl SetUp for Empty {
    async fn set_up(place: Arc<TestDatabase>) -> Self {
        Self(place)
    }
}

/// What the version before writes: a user and an invite, in the one order or the other, and changes of those of a round before.
async fn write(database: &Database, clock: &TestClock, id: &str, before: &str, round: u64) -> Result<(), Error> {
    let now = clock.now();
    let user = "INSERT INTO users (id, email, email_canonical, search_text, created_at, updated_at)
                VALUES ($1, $2, $2, $2, $3, $3)";
    let address = format!("{id}@example.com");
    let invite = "INSERT INTO invites (id, email, email_canonical, state, nonce, expires_at, times_sent, sent_at,
                      search_text, created_at, updated_at)
                  VALUES ($1, $2, $2, 'pending', '1', $3, 1, $4, $2, $4, $4)";
    transaction!(database, |transaction| {
        if round.is_multiple_of(2) {
            transaction.execute(user, values![format!("user_{id}"), &address, now]).await?;
        }
        transaction.execute(invite, values![format!("invite_{id}"), &address, now + DAY, now]).await?;
        if round % 2 == 1 {
            transaction.execute(user, values![format!("user_{id}"), &address, now]).await?;
        }
        let text = match round % 3 {
            0 => "UPDATE users SET locked_at = $2 WHERE id = 'user_' || $1",
            1 => "UPDATE users SET deleted_at = $2 WHERE id = 'user_' || $1",
            _ => "UPDATE invites SET state = 'revoked', revoked_at = $2 WHERE id = 'invite_' || $1",
        };
        transaction.execute(text, values![before, now]).await.map(drop)
    })
}

async fn rows_of_the_version_before_are_counted_while_it_writes(Empty(place): Empty) {
    let database = place.open().await;
    let (environment, clock) = test_environment();
    let before = Migrations { module: "user", steps: &MIGRATIONS.steps[..8] };
    database.migrate(&[vestibule_outbox::MIGRATIONS, before]).await.unwrap();
    let written: Result<u64, Error> = async {
        transaction!(database, |transaction| {
            let text = "WITH RECURSIVE numbers (number) AS (
                            SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < 30000)
                        INSERT INTO users (id, email, email_canonical, search_text, created_at, updated_at)
                        SELECT 'user_7ZZZZZZZZZZZZZZZZZZZZ' || (10000 + number), 'u' || number || '@example.com',
                            'u' || number || '@example.com', ' u' || number, $1, $1
                        FROM numbers";
            transaction.execute(text, values![clock.now()]).await?;
            let text = "UPDATE users SET locked_at = $1 WHERE email LIKE '%0@example.com'";
            transaction.execute(text, values![clock.now()]).await
        })
    }
    .await;
    assert_eq!(written.unwrap(), 3_000);

    let (stop, rounds) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let mut writers = JoinSet::new();
    let another = place.open().await;
    for writer in 0..8 {
        let (database, clock, stop, rounds) = (another.clone(), clock.clone(), Arc::clone(&stop), Arc::clone(&rounds));
        writers.spawn(async move {
            for round in 0_u64.. {
                if stop.load(SeqCst) {
                    return;
                }
                let name = |round: u64| format!("7ZZZZZZZZZZZZZZZZZZ{writer}{round:06}");
                write(&database, &clock, &name(round), &name(round.saturating_sub(1)), round).await.unwrap();
                rounds.fetch_add(1, SeqCst);
            }
        });
    }
    let writes = async |more: u64| {
        let before = rounds.load(SeqCst);
        while rounds.load(SeqCst) < before + more {
            tokio::task::yield_now().await;
        }
    };
    writes(50).await;
    database.migrate(&[vestibule_outbox::MIGRATIONS, MIGRATIONS]).await.unwrap();
    writes(50).await;
    database.fill_counts(&[COUNTS]).await.unwrap();
    // Two processes that find counts missing at the same time.
    let counts = [COUNTS];
    let (one, other) = tokio::join!(database.repair_counts(&counts), another.repair_counts(&counts));
    one.unwrap();
    other.unwrap();
    writes(50).await;
    // In one snapshot, while others write.
    assert_eq!(database.wrong_counts(&[COUNTS]).await.unwrap(), []);
    stop.store(true, SeqCst);
    writers.join_all().await;
    let service = UserModule::new(database.clone(), environment, options());
    assert_eq!(kept(&service, clock.now()).await, present(&service, clock.now()).await);
    assert!(service.find_count_of_users(&vestibule_core::Filter::everything()).await.unwrap().is_some());
}
