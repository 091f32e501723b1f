//! Rows that a build from before folding has written, before the migration and after it.

use std::sync::Arc;

use vestibule_core::Environment;
use vestibule_database::search::fold_rows;
use vestibule_database::{Database, Error, Migrations, transaction, values};
use vestibule_testing::{SetUp, TestDatabase, on_both_engines, test_environment};
use vestibule_user::users::SEARCHED;
use vestibule_user::{MIGRATIONS, UserModule};

use super::{invites, users};
use crate::support::options;

on_both_engines!(rows_of_older_builds_are_found, a_transaction_finds_them_as_well);

struct Empty(Arc<TestDatabase>);

impl SetUp for Empty {
    async fn set_up(place: Arc<TestDatabase>) -> Self {
        Self(place)
    }
}

/// The statements of the build before.
async fn write(database: &Database, environment: &Environment, id: &str, address: &str, name: &str) {
    let text = format!("{address}\n{name}").to_lowercase();
    let written: Result<(), Error> = async {
        transaction!(database, |transaction| {
            let user = "INSERT INTO users (id, email, email_canonical, first_name, search_text, created_at, updated_at)
                        VALUES ($1, $2, $2, $3, $4, $5, $5)";
            let values = values![format!("user_{id}"), address, name, text.as_str(), environment.now()];
            transaction.execute(user, values).await?;
            let invite =
                "INSERT INTO invites (id, email, email_canonical, state, nonce, expires_at, times_sent, sent_at,
                              search_text, created_at, updated_at)
                          VALUES ($1, $2, $2, 'pending', '1', $3, 1, $3, $4, $3, $3)";
            let values = values![format!("invite_{id}"), address, environment.now(), address.to_lowercase()];
            transaction.execute(invite, values).await.map(drop)
        })
    }
    .await;
    written.unwrap();
}

async fn rename(database: &Database, id: &str, name: &str) {
    let renamed: Result<u64, Error> = async {
        transaction!(database, |transaction| {
            let text = "UPDATE users SET first_name = $2, search_text = $3 WHERE id = $1";
            let values = values![format!("user_{id}"), name, format!("x@y.example\n{name}").to_lowercase()];
            transaction.execute(text, values).await
        })
    }
    .await;
    assert_eq!(renamed.unwrap(), 1);
}

async fn unfolded(database: &Database) -> i64 {
    let text = "SELECT count(*) FROM users WHERE substr(search_text, 1, 1) <> ' '";
    database.query_scalar(text, &[]).await.unwrap()
}

const A: &str = "01KB7XZ0000000000000000001";
const B: &str = "01KB7XZ0000000000000000002";

async fn rows_of_older_builds_are_found(Empty(place): Empty) {
    let database = place.open().await;
    let (environment, _) = test_environment();
    let before = Migrations { module: "user", steps: &MIGRATIONS.steps[..5] };
    database.migrate(&[vestibule_outbox::MIGRATIONS, before]).await.unwrap();
    write(&database, &environment, A, "zoë@x.example", "Zoë O’Brien").await;

    database.migrate(&[vestibule_outbox::MIGRATIONS, MIGRATIONS]).await.unwrap();
    assert_eq!(fold_rows(&database, SEARCHED).await.unwrap(), 1);
    database.build_indexes(&[MIGRATIONS]).await.unwrap();
    assert_eq!(database.missing_indexes(&[MIGRATIONS]).await.unwrap(), [""; 0]);
    let service = UserModule::new(database.clone(), environment.clone(), options());
    assert_eq!(users(&service, "obrien ZOE").await, ["zoë@x.example"]);
    assert_eq!(invites(&service, "zoe").await, ["zoë@x.example"], "folded by the search");

    // The build before goes on for a while.
    write(&database, &environment, B, "søren@x.example", "Søren").await;
    assert_eq!(unfolded(&database).await, 1);
    assert_eq!(users(&service, "soren").await, ["søren@x.example"]);
    assert_eq!(users(&service, "so").await, ["søren@x.example"]);
    assert_eq!(unfolded(&database).await, 0);
    rename(&database, A, "Łukasz").await;
    assert_eq!(users(&service, "lukasz").await, ["zoë@x.example"]);
    assert_eq!(users(&service, "obrien").await, [""; 0]);
    assert_eq!(fold_rows(&database, SEARCHED).await.unwrap(), 0);
}

async fn a_transaction_finds_them_as_well(Empty(place): Empty) {
    let database = place.open().await;
    let (environment, _) = test_environment();
    database.migrate(&[vestibule_outbox::MIGRATIONS, MIGRATIONS]).await.unwrap();
    write(&database, &environment, A, "zoë@x.example", "Zoë").await;
    let service = UserModule::new(database.clone(), environment, options());
    let mut transaction = database.begin().await.unwrap();
    let filter = vestibule_core::Filter::Search("zoe".into());
    let (found, count) =
        service.list_and_count_users_within(&mut transaction, &filter, &Default::default()).await.unwrap();
    assert_eq!((found.len(), count), (1, 1));
    transaction.rollback().await.unwrap();
    assert_eq!(unfolded(&database).await, 1);
}
