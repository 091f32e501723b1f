//! Every type of value comes back as it went, on both engines.

use serde_json::json;
use vestibule_core::{DomainError, ErrorKind, Timestamp, Value};
use vestibule_database::{Error, FromRow, Row, values};
use vestibule_testing::on_both_engines;

use crate::support::{Tables, attempt};

on_both_engines!(
    texts_come_back,
    numbers_and_booleans_come_back,
    times_come_back,
    bytes_come_back,
    documents_come_back,
    nothing_comes_back_as_nothing,
    a_scalar_is_the_first_column,
    what_is_not_in_a_row_is_an_error,
    values_are_bound_by_number,
);

struct Column<T>(T);

macro_rules! columns {
    ($($type:ty: $column:literal),*) => {
        $(impl FromRow for Column<$type> {
            fn from_row(row: &Row<'_>) -> Result<Self, Error> {
                row.get($column).map(Self)
            }
        })*
    };
}
columns!(String: "name", i64: "number", bool: "flag", Timestamp: "at", Vec<u8>: "bytes", serde_json::Value: "document");

/// Writes each value, and reads it in the statement that writes it, in its transaction, and after it.
async fn come_back<T>(tables: &Tables, column: &str, all: impl IntoIterator<Item = T>)
where
    T: Clone + Into<Value> + PartialEq + std::fmt::Debug,
    Column<T>: FromRow,
{
    for (number, value) in all.into_iter().enumerate() {
        let id = format!("{number}");
        let read = format!("SELECT {column} FROM things WHERE id = $1");
        let seen = attempt!(tables.database, |transaction| {
            transaction.execute("DELETE FROM things WHERE id = $1", values![&id]).await?;
            let write = format!("INSERT INTO things (id, {column}) VALUES ($1, $2) RETURNING {column}");
            let mut seen = transaction.query(write, &[(&id).into(), value.clone().into()]).await?;
            seen.extend(transaction.query(read.clone(), values![&id]).await?);
            Ok(seen)
        });
        let mut seen = seen.unwrap();
        seen.extend(tables.database.query(read, values![&id]).await.unwrap());
        let same = seen.iter().all(|Column(seen)| *seen == value);
        assert!(same && seen.len() == 3, "{:.200} became {:.200}", format!("{value:?}"), format!("{:?}", seen[0].0));
    }
}

async fn texts_come_back(tables: Tables) {
    let texts = [
        "",
        " ",
        "ada",
        "a\tb\r\nc\u{1}",
        "'; DROP TABLE things; --",
        "$1 ?1 :name %_\\",
        "ÿ漢字🦀",
        "\u{10ffff}\u{fffe}",
    ];
    come_back(&tables, "name", texts.map(str::to_owned)).await;
    come_back(&tables, "name", ["🦀".repeat(300_000)]).await;
}

async fn numbers_and_booleans_come_back(tables: Tables) {
    come_back(&tables, "number", [0, 1, -1, i64::from(i32::MIN) - 1, i64::MIN, i64::MAX]).await;
    come_back(&tables, "flag", [true, false]).await;
}

async fn times_come_back(tables: Tables) {
    // Before and after 1970 and 2000, from which the machine and PostgreSQL count, and the ends of time.
    let moments = [0, 1, -1, 946_684_799_999_999, 946_684_800_000_001, 1_795_339_800_123_456, i64::MIN, i64::MAX];
    come_back(&tables, "at", moments.map(Timestamp::from_microseconds)).await;
}

async fn bytes_come_back(tables: Tables) {
    come_back(&tables, "bytes", [vec![], vec![0], (0..=255).collect(), vec![0xff; 1_000_000]]).await;
}

async fn documents_come_back(tables: Tables) {
    let mut deep = json!("bottom");
    for _ in 0..32 {
        deep = json!([{ "in": deep }]);
    }
    let documents = [
        json!(null),
        json!(true),
        json!(""),
        json!("a\"b\\c\u{1}\n🦀"),
        json!([]),
        json!({}),
        json!([null, 1, "a", [[]], {}]),
        json!({"": 1, "b": {"a": null}, "a'b": "x", "ключ": "значение"}),
        json!({"numbers": [0, -1, i64::MIN, i64::MAX, u64::MAX]}),
        deep,
    ];
    come_back(&tables, "document", documents).await;
    // Each digit of a fraction: an amount or a rate in metadata stays the same.
    let fractions = [0.1, -2.5e-7, 1.0, 1e15, 123_456_789.123_456_79, 5e-324, 1e300, f64::MAX, f64::MIN_POSITIVE];
    come_back(&tables, "document", fractions.map(|fraction| json!(fraction))).await;
}

async fn nothing_comes_back_as_nothing(tables: Tables) {
    struct Nothing;
    impl FromRow for Nothing {
        fn from_row(row: &Row<'_>) -> Result<Self, Error> {
            assert_eq!(row.get_optional::<String>("name")?, None);
            assert_eq!(row.get_optional::<i64>("number")?, None);
            assert_eq!(row.get_optional::<bool>("flag")?, None);
            assert_eq!(row.get_optional::<Timestamp>("at")?, None);
            assert_eq!(row.get_optional::<Vec<u8>>("bytes")?, None);
            assert_eq!(row.get_optional::<serde_json::Value>("document")?, None);
            assert!(row.get::<String>("name").is_err());
            Ok(Self)
        }
    }
    let written: Result<Vec<Nothing>, Error> = attempt!(tables.database, |transaction| {
        let text = "INSERT INTO things (id, name, number, flag, at, bytes, document)
                    VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING name, number, flag, at, bytes, document";
        let nothing = Value::Null;
        let all = [
            Value::from("id"),
            nothing.clone(),
            nothing.clone(),
            nothing.clone(),
            nothing.clone(),
            nothing.clone(),
            nothing,
        ];
        transaction.query(text, &all).await
    });
    assert_eq!(written.unwrap().len(), 1);
}

async fn what_is_not_in_a_row_is_an_error(tables: Tables) {
    #[derive(Debug, FromRow)]
    struct Number {
        #[expect(dead_code, reason = "it cannot be read")]
        number: i64,
    }
    for text in ["SELECT 1 AS other", "SELECT 'text' AS number"] {
        let error = tables.database.query::<Number>(text, &[]).await.unwrap_err();
        assert!(matches!(error, Error::Other(_)), "{error:?}");
        assert_eq!(error.kind(), ErrorKind::Internal);
    }
}

async fn a_scalar_is_the_first_column(tables: Tables) {
    let database = &tables.database;
    let seven = "SELECT CAST(7 AS bigint) AS a, 'b' AS b";
    let none = "SELECT id FROM marks WHERE id = 0";
    let null = "SELECT max(id) FROM marks WHERE id = 0";
    assert_eq!(database.query_scalar::<i64>(seven, &[]).await.unwrap(), 7);
    assert_eq!(database.query_scalars::<u64>(seven, &[]).await.unwrap(), [7]);
    for text in [none, null] {
        assert_eq!(database.query_scalar_optional::<i64>(text, &[]).await.unwrap(), None);
        let error = database.query_scalar::<i64>(text, &[]).await.unwrap_err();
        assert!(matches!(error, Error::Other(_)), "{error:?}");
    }
    assert!(database.query_scalars::<i64>(none, &[]).await.unwrap().is_empty());
    for error in [
        database.query_scalars::<i64>(null, &[]).await.unwrap_err(),
        database.query_scalar::<String>(seven, &[]).await.map(|_| ()).unwrap_err(),
        database.query_one::<()>(none, &[]).await.unwrap_err(),
    ] {
        assert!(matches!(error, Error::Other(_)), "{error:?}");
    }
}

async fn values_are_bound_by_number(tables: Tables) {
    let seen = attempt!(tables.database, |transaction| {
        let text = "INSERT INTO marks (name, number, id) VALUES ($3, $2, $1), ($3 || '$2', $2 + $2, $1 + 1)";
        transaction.execute(text, values![7, 20, "name"]).await?;
        let text = "UPDATE marks SET number = number + $2 WHERE id = $1 AND name = $3 || '$2' RETURNING number";
        transaction.query_scalars::<i64>(text, values![8, 2, "name"]).await
    });
    assert_eq!(seen.unwrap(), [42]);
    // Two digits, and a value that is bound before each of the others.
    let numbers = (1..=12).rev().map(|number| format!("CAST(${number} AS bigint) * {number}"));
    let text = format!("SELECT {} AS number", numbers.collect::<Vec<_>>().join(" + "));
    let values: Vec<Value> = (1_i64..=12).map(Value::from).collect();
    let sum: i64 = tables.database.query_scalar(text, &values).await.unwrap();
    assert_eq!(sum, (1..=12).map(|number| number * number).sum::<i64>());
}
