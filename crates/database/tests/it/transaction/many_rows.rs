//! Many rows by few statements.

use vestibule_database::{Error, Transaction, Value};
use vestibule_testing::on_both_engines;

use crate::support::{Tables, attempt, mark, marks};

on_both_engines!(as_many_rows_as_there_are_are_inserted, one_row_that_cannot_be_inserted_stops_all);

async fn insert(transaction: &mut Transaction, ids: impl Iterator<Item = i64>) -> Result<(), Error> {
    let rows: Vec<[Value; 2]> = ids.map(|id| [id.into(), (id * 2).into()]).collect();
    transaction.insert_rows("INSERT INTO marks (id, number)", rows).await
}

/// None, one, what one statement takes, and what several do.
async fn as_many_rows_as_there_are_are_inserted(Tables { database, .. }: Tables) {
    let mut from = 0;
    for count in [0, 1, 999, 1_000, 1_001, 3_500] {
        let done: Result<(), Error> = attempt!(database, |transaction| insert(transaction, from..from + count).await);
        done.unwrap();
        from += count;
    }
    assert_eq!(marks(&database).await, (0..from).collect::<Vec<_>>());
    let wrong = "SELECT count(*) FROM marks WHERE number <> id * 2";
    assert_eq!(database.query_scalar::<i64>(wrong, &[]).await.unwrap(), 0);
}

async fn one_row_that_cannot_be_inserted_stops_all(Tables { database, .. }: Tables) {
    mark(&database, 1_500).await.unwrap();
    let failed: Result<(), Error> = attempt!(database, |transaction| insert(transaction, 0..2_500).await);
    assert!(matches!(&failed, Err(error) if error.is_unique("marks_id")), "{failed:?}");
    assert_eq!(marks(&database).await, [1_500]);
}
