//! By the index where a word is rare, and in the order of the list where it is common: the plans of both engines.

use vestibule_core::Clock;
use vestibule_database::search::Plan;
use vestibule_database::{Error, FromRow, Row, Value, transaction, values};
use vestibule_testing::on_both_engines;
use vestibule_user::MIGRATIONS;
use vestibule_user::users::SEARCHED;

use crate::support::Module;

on_both_engines!(rare_words_are_found_by_the_index_and_common_ones_in_the_order_of_the_list);

struct Step(String);

impl FromRow for Step {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        row.get("QUERY PLAN").or_else(|_| row.get("detail")).map(Self)
    }
}

/// Enough for a word of all of them to be common.
const USERS: i64 = 12_000;

async fn fill(module: &Module) {
    let text = "INSERT INTO users (id, email, email_canonical, search_text, created_at, updated_at)
                WITH RECURSIVE numbers (number) AS (
                    SELECT 100001 UNION ALL SELECT number + 1 FROM numbers WHERE number < 100000 + $1)
                SELECT 'user_' || number, number || '@common.example', number || '@common.example',
                       ' ' || number || '@common.example' || '  @c  .e  co  ex', $2, $2 FROM numbers";
    let filled: Result<(), Error> = async {
        transaction!(module.database, |transaction| {
            transaction.execute(text, values![USERS, module.clock.now()]).await?;
            transaction.execute("ANALYZE", &[]).await.map(drop)
        })
    }
    .await;
    filled.unwrap();
}

async fn steps(module: &Module, text: &str, tail: &str) -> Vec<String> {
    let plan = Plan::of_text(&module.database, SEARCHED, text).await.unwrap();
    let mut values: Vec<Value> = Vec::new();
    let condition = plan.condition(module.database.engine(), text, |value| {
        values.push(value);
        format!("${}", values.len())
    });
    let explain = match module.database.engine() {
        vestibule_database::Engine::Sqlite => "EXPLAIN QUERY PLAN",
        vestibule_database::Engine::Postgres => "EXPLAIN",
    };
    let text = format!("{explain} SELECT * FROM users WHERE users.deleted_at IS NULL AND {condition}{tail}");
    module.database.query::<Step>(text, &values).await.unwrap().into_iter().map(|step| step.0).collect()
}

async fn rare_words_are_found_by_the_index_and_common_ones_in_the_order_of_the_list(module: Module) {
    fill(&module).await;
    module.database.build_indexes(&[MIGRATIONS]).await.unwrap();
    let newest = " ORDER BY users.created_at DESC, users.id DESC LIMIT 50";
    let has = |steps: &[String], part: &str| steps.iter().any(|step| step.contains(part));
    for order in [newest, " ORDER BY users.id LIMIT 50", ""] {
        for rare in ["104711", "104711 common", "4711@", "user_104711"] {
            let steps = steps(&module, rare, order).await;
            assert!(has(&steps, "users_trigrams"), "{rare}{order}: {steps:#?}");
            let is_read_whole = has(&steps, "Seq Scan on users") || steps.iter().any(|step| step == "SCAN users");
            assert!(!is_read_whole, "{rare}{order}: {steps:#?}");
            assert!(!has(&steps, "users_created_at"), "{rare}{order}: {steps:#?}");
        }
    }
    for common in ["common", "co", "c", "common exam"] {
        let steps = steps(&module, common, newest).await;
        assert!(has(&steps, "users_created_at"), "{common}: {steps:#?}");
        assert!(!has(&steps, "users_trigrams") && !has(&steps, "TEMP B-TREE"), "{common}: {steps:#?}");
    }
}
