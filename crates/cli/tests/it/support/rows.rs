//! Looking at the rows behind the program's back.

use vestibule_database::{Database, FromRow, Value};

/// The one column `value` of a row, as text.
#[derive(FromRow)]
struct Text(#[row(column = "value")] Option<String>);

/// The texts in the column `value`.
pub(crate) async fn texts(database: &Database, statement: &str, values: &[Value]) -> Vec<String> {
    let rows = database.query::<Text>(statement.to_owned(), values).await;
    rows.unwrap_or_else(|error| panic!("{statement}: {}", error.causes())).into_iter().filter_map(|row| row.0).collect()
}

/// The number in the one row.
pub(crate) async fn number(database: &Database, statement: &str, values: &[Value]) -> i64 {
    let number = database.query_scalar(statement.to_owned(), values).await;
    number.unwrap_or_else(|error| panic!("{statement}: {}", error.causes()))
}

/// Changes rows.
pub(crate) async fn execute(database: &Database, statement: &str, values: &[Value]) {
    let mut transaction = database.begin().await.unwrap();
    let done = transaction.execute(statement.to_owned(), values).await;
    done.unwrap_or_else(|error| panic!("{statement}: {}", error.causes()));
    transaction.commit().await.unwrap();
}
