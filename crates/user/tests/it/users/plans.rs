//! Each order in which users are listed is that of an index, which is read from the place where the page begins.

use vestibule_core::{Before, Cursor, Direction, Filter, FindConfig, Value};
use vestibule_database::{Engine, values};
use vestibule_testing::clock::START;
use vestibule_testing::{assert_reads_index, on_both_engines};
use vestibule_user::{MIGRATIONS, UserField};

use crate::support::Module;

on_both_engines!(every_order_reads_an_index_from_the_place_of_the_page);

const ORDERS: [(UserField, &str); 6] = [
    (UserField::Id, "users_pkey"),
    (UserField::Email, "users_email_canonical"),
    (UserField::FirstName, "users_first_name"),
    (UserField::LastName, "users_last_name"),
    (UserField::CreatedAt, "users_created_at"),
    (UserField::UpdatedAt, "users_updated_at"),
];

/// Users of whom every third has no names, as many as make an index worth its while.
async fn fill(module: &Module) {
    let text =
        "WITH RECURSIVE numbers (number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < 20000)
        INSERT INTO users (id, email, email_canonical, first_name, last_name, search_text, created_at, updated_at)
        SELECT 'user_7ZZZZZZZZZZZZZZZZZZZZ' || (10000 + number), 'u' || number, 'u' || number,
            CASE WHEN number % 3 > 0 THEN 'First ' || (number % 997) END,
            CASE WHEN number % 3 > 0 THEN 'Last ' || (number % 991) END, 'u' || number, $1, $1
        FROM numbers";
    let mut transaction = module.database.begin().await.unwrap();
    transaction.execute(text, values![START]).await.unwrap();
    transaction.execute("ANALYZE users", &[]).await.unwrap();
    transaction.commit().await.unwrap();
}

async fn every_order_reads_an_index_from_the_place_of_the_page(module: Module) {
    fill(&module).await;
    module.database.build_indexes(&[MIGRATIONS]).await.unwrap();
    for (field, index) in ORDERS {
        for direction in [Direction::Ascending, Direction::Descending] {
            let find = FindConfig::default().order_by(field, direction).page(0, 50);
            let value = match field {
                UserField::CreatedAt | UserField::UpdatedAt => START.into(),
                _ => Value::from("First 5"),
            };
            let id = "user_7ZZZZZZZZZZZZZZZZZZZZ15000";
            let mut rows = vec![Cursor::new(vec![value], id)];
            if matches!(field, UserField::FirstName | UserField::LastName) {
                rows.push(Cursor::new(vec![Value::Null], id));
            }
            let mut finds = vec![find.clone(), FindConfig { before: Some(Before::End), ..find.clone() }];
            for row in rows {
                finds.push(FindConfig { after: Some(row.clone()), ..find.clone() });
                finds.push(FindConfig { before: Some(Before::Row(row)), ..find.clone() });
            }
            for find in finds {
                let plan = module.service.explain_list_of_users(&Filter::everything(), &find).await.unwrap();
                // SQLite's own name of the key.
                let is_key = field == UserField::Id && module.database.engine() == Engine::Sqlite;
                let index = if is_key { "sqlite_autoindex_users_1" } else { index };
                let about = format!("{find:?}");
                assert_reads_index(module.database.engine(), &plan, index, find.cursor().is_some(), &about);
            }
        }
    }
}
