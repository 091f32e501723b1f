//! Errors are of the same kind, and constraints of the same name, on both engines.

use vestibule_core::{DomainError, ErrorKind, Value};
use vestibule_database::{Error, values};
use vestibule_testing::on_both_engines;

use crate::support::{Tables, attempt, mark};

on_both_engines!(
    a_violated_unique_constraint_is_named_after_table_and_columns,
    a_violated_foreign_key_is_named_as_such,
    every_other_refusal_is_a_fault_of_ours,
);

async fn run(tables: &Tables, text: &'static str, values: &[Value]) -> Result<u64, Error> {
    attempt!(tables.database, |transaction| transaction.execute(text, values).await)
}

async fn a_violated_unique_constraint_is_named_after_table_and_columns(tables: Tables) {
    let named = "INSERT INTO marks (id, name, number) VALUES ($1, $2, 0)";
    run(&tables, named, values![1, "one"]).await.unwrap();
    let placed = "INSERT INTO children (id, place, name) VALUES ($1, $2, $3)";
    run(&tables, placed, values![1, 7, "child"]).await.unwrap();
    run(&tables, placed, values![2, 7, "free"]).await.unwrap();
    run(&tables, placed, values![3, 7, "free"]).await.unwrap();

    let refused: [(&'static str, &[Value], &str); 5] = [
        (named, values![2, "one"], "marks_name"),
        (named, values![1, "two"], "marks_id"),
        (placed, values![4, 7, "child"], "children_place_name"),
        ("UPDATE children SET name = $1 WHERE id = $2", values!["child", 2], "children_place_name"),
        ("UPDATE children SET id = $1 WHERE id = $2", values![1, 2], "children_id"),
    ];
    for (text, values, constraint) in refused {
        let error = run(&tables, text, values).await.unwrap_err();
        assert!(error.is_unique(constraint), "{constraint}: {error:?}");
        assert!(!error.is_unique("marks"));
        assert_eq!(error.kind(), ErrorKind::Conflict);
    }
}

async fn a_violated_foreign_key_is_named_as_such(tables: Tables) {
    let child = "INSERT INTO children (id, parent) VALUES ($1, $2)";
    let error = run(&tables, child, values![1, 1]).await.unwrap_err();
    assert!(matches!(error, Error::ForeignKey(_)), "no such parent: {error:?}");
    mark(&tables.database, 1).await.unwrap();
    run(&tables, child, values![1, 1]).await.unwrap();
    let error = run(&tables, "DELETE FROM marks WHERE id = $1", values![1]).await.unwrap_err();
    assert!(matches!(error, Error::ForeignKey(_)), "still referred to: {error:?}");
}

async fn every_other_refusal_is_a_fault_of_ours(tables: Tables) {
    for text in [
        "SELEKT",
        "SELECT nosuch FROM marks",
        "INSERT INTO nosuch (id) VALUES (1)",
        "INSERT INTO marks (id, number) VALUES (1, NULL)",
    ] {
        let error = run(&tables, text, &[]).await.unwrap_err();
        assert!(matches!(error, Error::Other(_)), "{text}: {error:?}");
        assert_eq!((error.kind(), error.retry_after()), (ErrorKind::Internal, None));
        // The cause is for the log: the message itself is fit to be seen.
        assert_eq!(error.to_string(), "the database failed");
        assert!(error.causes().len() > error.to_string().len());
    }
    let too_few = run(&tables, "UPDATE marks SET number = $2 WHERE id = $1", values![1]).await;
    assert!(matches!(too_few, Err(Error::Other(_))), "{too_few:?}");
}
