//! The invites of a state are read from an index that has their order, from the place where the page begins or ends.

use std::time::Duration;

use vestibule_core::{Before, Cursor, Direction, Field, Filter, FindConfig, Value};
use vestibule_database::{Engine, values};
use vestibule_testing::clock::START;
use vestibule_testing::{assert_reads_index, on_both_engines};
use vestibule_user::{InviteField, InviteState, MIGRATIONS};

use crate::support::Module;

on_both_engines!(
    the_order_of_each_state_is_that_of_an_index,
    every_order_of_the_invites_of_a_state_is_that_of_an_index
);

/// Invites of each state.
async fn fill(module: &Module) {
    let text =
        "WITH RECURSIVE numbers (number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < 20000)
        INSERT INTO invites (id, email, email_canonical, state, nonce, expires_at, times_sent, sent_at, search_text, created_at, updated_at)
        SELECT 'invite_7ZZZZZZZZZZZZZZZZZZZZ' || (10000 + number), 'u' || number, 'u' || number,
            CASE number % 3 WHEN 0 THEN 'pending' WHEN 1 THEN 'accepted' ELSE 'revoked' END, 'n',
            CASE WHEN number % 2 = 0 THEN CAST($2 AS timestamptz) ELSE CAST($1 AS timestamptz) END, 1, $1, ' u' || number, $1, $1
        FROM numbers";
    let mut transaction = module.database.begin().await.unwrap();
    // Of those that are pending, every second one has expired.
    transaction.execute(text, values![START, START + Duration::from_secs(60)]).await.unwrap();
    transaction.execute("ANALYZE invites", &[]).await.unwrap();
    transaction.commit().await.unwrap();
    module.database.build_indexes(&[MIGRATIONS]).await.unwrap();
}

async fn the_order_of_each_state_is_that_of_an_index(module: Module) {
    fill(&module).await;
    for state in InviteState::ALL {
        let index = match state.sorted_by() {
            InviteField::ExpiresAt => "invites_state_expires_at",
            _ => "invites_state_sent_at",
        };
        for direction in [Direction::Ascending, Direction::Descending] {
            let find = FindConfig::default().order_by(state.sorted_by(), direction).page(0, 50);
            let row = Cursor::new(vec![Value::from(START)], "invite_7ZZZZZZZZZZZZZZZZZZZZ15000");
            for find in [
                find.clone(),
                FindConfig { before: Some(Before::End), ..find.clone() },
                FindConfig { after: Some(row.clone()), ..find.clone() },
                FindConfig { before: Some(Before::Row(row)), ..find },
            ] {
                let filter = state.filter(START).and(Filter::everything());
                let plan = module.service.explain_list_of_invites(&filter, &find).await.unwrap();
                let about = format!("{state} {find:?}");
                assert_reads_index(module.database.engine(), &plan, index, find.cursor().is_some(), &about);
                assert!(InviteField::ALL.contains(&find.order[0].0));
            }
        }
    }
}

async fn every_order_of_the_invites_of_a_state_is_that_of_an_index(module: Module) {
    fill(&module).await;
    // Few of them, which PostgreSQL would otherwise find soon enough among all.
    let text = "UPDATE invites SET state = 'accepted' WHERE state = 'pending' AND id NOT LIKE '%00'";
    let mut transaction = module.database.begin().await.unwrap();
    transaction.execute(text, &[]).await.unwrap();
    transaction.execute("ANALYZE invites", &[]).await.unwrap();
    transaction.commit().await.unwrap();
    let orders = [
        (InviteField::Id, vec![], "invites_state"),
        (InviteField::CreatedAt, vec![Value::from(START)], "invites_state_created_at"),
        (InviteField::UpdatedAt, vec![Value::from(START)], "invites_state_updated_at"),
        (InviteField::Email, vec![Value::from("u15000")], "invites_state_email"),
    ];
    for (field, values, index) in orders {
        for direction in [Direction::Ascending, Direction::Descending] {
            let find = FindConfig::default().order_by(field, direction).page(0, 50);
            let row = Cursor::new(values.clone(), "invite_7ZZZZZZZZZZZZZZZZZZZZ15000");
            for find in [find.clone(), FindConfig { after: Some(row), ..find }] {
                // What the API lists unless states are given.
                let filter = InviteField::State.eq("pending");
                let plan = module.service.explain_list_of_invites(&filter, &find).await.unwrap();
                let about = format!("{find:?}");
                match module.database.engine() {
                    // By its statistics it chooses among the indexes of the state and of the order.
                    Engine::Postgres => assert!(!plan.join("\n").contains("Seq Scan"), "{about}: {plan:?}"),
                    engine => assert_reads_index(engine, &plan, index, find.cursor().is_some(), &about),
                }
            }
        }
    }
}
