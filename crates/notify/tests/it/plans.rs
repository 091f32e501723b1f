//! Deliveries are read from an index that has their order, from the place where the page begins or ends.

use vestibule_core::{Before, Cursor, FindConfig};
use vestibule_database::{Engine, values};
use vestibule_notify::{DeliveryQuery, DeliveryState, MIGRATIONS};
use vestibule_testing::clock::START;
use vestibule_testing::{assert_reads_index, on_both_engines};

use crate::support::Site;

on_both_engines!(each_list_of_the_pages_reads_an_index);

/// Deliveries, of which many were not sent.
async fn fill(site: &Site) {
    let text =
        "WITH RECURSIVE numbers (number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < 20000)
        INSERT INTO deliveries (id, event_id, position, name, subject, destination, target, state, attempts, next_try_at, created_at, updated_at)
        SELECT 'dlv_7ZZZZZZZZZZZZZZZZZZZZ' || (10000 + number), 'evt_' || number, number, 'user.created', 's' || (number % 2000), 'webhook',
            't' || (number % 10),
            CASE number % 5 WHEN 0 THEN 'failed' WHEN 1 THEN 'queued' WHEN 2 THEN 'superseded' ELSE 'sent' END, 1, $1, $1, $1
        FROM numbers";
    let mut transaction = site.database.begin().await.unwrap();
    transaction.execute(text, values![START]).await.unwrap();
    transaction.execute("ANALYZE deliveries", &[]).await.unwrap();
    transaction.commit().await.unwrap();
    site.database.build_indexes(&[MIGRATIONS]).await.unwrap();
}

async fn each_list_of_the_pages_reads_an_index(site: Site) {
    fill(&site).await;
    let row = Cursor::new(vec![10_000_i64.into()], "dlv_7ZZZZZZZZZZZZZZZZZZZZ20000");
    let page = FindConfig::default().page(0, 50);
    // PostgreSQL knows how many there are, and may read the list in its order instead.
    let one_of = |index| if site.database.engine() == Engine::Postgres { "deliveries_" } else { index };
    for find in [
        page.clone(),
        FindConfig { before: Some(Before::End), ..page.clone() },
        FindConfig { after: Some(row.clone()), ..page.clone() },
        FindConfig { before: Some(Before::Row(row)), ..page },
    ] {
        for (states, index) in [
            (vec![], "deliveries_event"),
            (vec![DeliveryState::Sent], "deliveries_event"),
            (vec![DeliveryState::Failed], "deliveries_not_sent"),
            (vec![DeliveryState::Queued], "deliveries_not_sent"),
            (vec![DeliveryState::Superseded], "deliveries_not_sent"),
        ] {
            let about = format!("{states:?} {find:?}");
            let query = DeliveryQuery { states, ..DeliveryQuery::default() }.page(&find);
            let plan = site.relay().deliveries().explain(&query).await.unwrap();
            let has_place = find.cursor().is_some();
            assert_reads_index(site.database.engine(), &plan, one_of(index), has_place, &about);
        }
        let query = DeliveryQuery {
            destinations: vec!["webhook".to_owned()],
            target: Some("t3".to_owned()),
            ..DeliveryQuery::default()
        };
        let plan = site.relay().deliveries().explain(&query.page(&find)).await.unwrap();
        assert_reads_index(
            site.database.engine(),
            &plan,
            one_of("deliveries_place"),
            find.cursor().is_some(),
            &format!("{find:?}"),
        );
    }
}
