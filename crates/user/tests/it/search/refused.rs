//! PostgreSQL without the extension: every row is read, and what is missing is known.

use vestibule_testing::{SetUp, TestDatabase};
use vestibule_user::MIGRATIONS;

use super::users;
use crate::support::Module;

#[tokio::test]
async fn postgres_without_the_extension_is_searched_row_by_row() {
    let place = TestDatabase::postgres().await;
    let owner = place.open().await;
    let mut transaction = owner.begin().await.unwrap();
    // In a schema that is not searched, the extension is there and its operators are not.
    for text in ["CREATE SCHEMA elsewhere", "CREATE EXTENSION pg_trgm SCHEMA elsewhere"] {
        transaction.execute(text, &[]).await.unwrap();
    }
    transaction.commit().await.unwrap();
    let module = Module::set_up(place.into()).await;
    module.user("zoë@example.com").await;
    module.database.build_indexes(&[MIGRATIONS]).await.unwrap();
    assert_eq!(module.database.missing_indexes(&[MIGRATIONS]).await.unwrap(), ["users_trigrams", "invites_trigrams"]);
    assert_eq!(users(&module.service, "zoe").await, ["zoë@example.com"]);
    assert_eq!(users(&module.service, "zo").await, ["zoë@example.com"]);

    let mut transaction = owner.begin().await.unwrap();
    transaction.execute("ALTER EXTENSION pg_trgm SET SCHEMA public", &[]).await.unwrap();
    transaction.commit().await.unwrap();
    module.database.build_indexes(&[MIGRATIONS]).await.unwrap();
    assert_eq!(module.database.missing_indexes(&[MIGRATIONS]).await.unwrap(), [""; 0]);
    assert_eq!(users(&module.service, "zoe").await, ["zoë@example.com"]);
}
