//! `#[derive(FromRow)]`.

use vestibule_database::{Database, FromRow, values};
use vestibule_testing::on_both_engines;

on_both_engines!(a_derived_struct_reads_the_columns_of_its_fields);

#[derive(Debug, PartialEq, FromRow)]
#[row(columns = columns)]
struct Greeting {
    name: String,
    #[row(column = "times")]
    count: i64,
    nickname: Option<String>,
    #[row(default)]
    title: String,
    #[row(with = length)]
    greeting: usize,
    #[row(skip)]
    seen: bool,
}

fn length(text: String) -> usize {
    text.len()
}

#[derive(Debug, PartialEq, FromRow)]
struct Numbered {
    number: i64,
    #[row(flatten)]
    greeting: Greeting,
}

async fn a_derived_struct_reads_the_columns_of_its_fields(database: Database) {
    assert_eq!(self::columns!(), "name, times, nickname, title, greeting");
    let row = "SELECT 'Ada' AS name, CAST(3 AS BIGINT) AS times, CAST(NULL AS TEXT) AS nickname, CAST(NULL AS TEXT) AS title, \
               'hello' AS greeting, CAST(7 AS BIGINT) AS number";
    let greeting =
        || Greeting { name: "Ada".into(), count: 3, nickname: None, title: String::new(), greeting: 5, seen: false };
    let found: Vec<Greeting> = database.query(row, values![]).await.unwrap();
    assert_eq!(found, [greeting()]);
    let found: Vec<Numbered> = database.query(row, values![]).await.unwrap();
    assert_eq!(found, [Numbered { number: 7, greeting: greeting() }]);
    let missing = database.query::<Greeting>("SELECT 'Ada' AS name", values![]).await.unwrap_err();
    assert!(format!("{missing:?}").contains("times"), "{missing:?}");
}
