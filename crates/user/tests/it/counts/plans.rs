//! Counts are read without reading the rows that they count.

use vestibule_core::{Clock, Filter, FindConfig};
use vestibule_database::values;
use vestibule_testing::on_both_engines;
use vestibule_user::MIGRATIONS;

use super::{filters_of_invites, filters_of_users};
use crate::support::{DAY, Module};

on_both_engines!(no_count_reads_the_rows, a_count_that_is_not_filled_reads_the_rows);

async fn fill(module: &Module) {
    let user =
        "WITH RECURSIVE numbers (number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < 20000)
        INSERT INTO users (id, email, email_canonical, search_text, created_at, updated_at)
        SELECT 'user_' || number, 'u' || number, 'u' || number, ' u' || number, $1, $1 FROM numbers";
    let invite =
        "WITH RECURSIVE numbers (number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < 20000)
        INSERT INTO invites (id, email, email_canonical, state, nonce, expires_at, times_sent, sent_at, search_text,
                             created_at, updated_at)
        SELECT 'invite_' || number, 'u' || number, 'u' || number, 'pending', '1', $2, 1, $1, ' u' || number, $1, $1
        FROM numbers";
    let now = module.clock.now();
    let mut transaction = module.database.begin().await.unwrap();
    transaction.execute(user, values![now]).await.unwrap();
    transaction.execute(invite, values![now, now + DAY]).await.unwrap();
    transaction.execute("ANALYZE", &[]).await.unwrap();
    transaction.commit().await.unwrap();
}

async fn no_count_reads_the_rows(module: Module) {
    fill(&module).await;
    module.database.build_indexes(&[MIGRATIONS]).await.unwrap();
    for (name, filter) in filters_of_users() {
        let plan = module.service.explain_count_of_users(&filter, &FindConfig::default()).await.unwrap();
        check(name, &plan);
    }
    for (name, filter) in filters_of_invites(module.clock.now()) {
        let plan = module.service.explain_count_of_invites(&filter, &FindConfig::default()).await.unwrap();
        check(&name, &plan);
    }
    let other = vestibule_core::Field::eq(vestibule_user::UserField::FirstName, "Ada");
    let plan = module.service.explain_count_of_users(&other, &FindConfig::default()).await.unwrap();
    assert_eq!(plan, [""; 0], "its rows are counted");
}

fn check(name: &str, plan: &[String]) {
    assert!(plan.iter().any(|line| line.contains("user_counts")), "{name}: {plan:#?}");
    let is_read = |line: &&String| {
        [" users", " invites"].iter().any(|table| line.contains(table)) && !line.contains("_expires_at")
    };
    let read = plan.iter().find(is_read);
    // PostgreSQL's own words for the rows of the index.
    assert!(read.is_none_or(|line| line.contains("'invites") || line.contains("'users")), "{name}: {plan:#?}");
}

async fn a_count_that_is_not_filled_reads_the_rows(module: Module) {
    fill(&module).await;
    let count = async || {
        let find = FindConfig::default().page(0, 0);
        let page = module.service.list_page_of_users(&Filter::everything(), &find).await.unwrap();
        super::exactly(page.count)
    };
    let write = async |text: &'static str| {
        let mut transaction = module.database.begin().await.unwrap();
        transaction.execute(text, &[]).await.unwrap();
        transaction.commit().await.unwrap();
    };
    // One of the rows whose sum it is.
    write(
        "UPDATE user_counts SET number = number + 5 WHERE name = 'users active'
         AND slot = (SELECT max(slot) FROM user_counts WHERE name = 'users active')",
    )
    .await;
    assert_eq!(count().await, 20_005, "it is the count that is shown");
    write("DELETE FROM user_counts WHERE name = 'filled'").await;
    assert_eq!(count().await, 20_000);
    let wrong = module.database.wrong_counts(&[vestibule_user::COUNTS]).await.unwrap();
    let wrong: Vec<_> = wrong.iter().map(|wrong| (wrong.name.as_str(), wrong.kept, wrong.counted)).collect();
    assert_eq!(wrong, [("users active", 20_005, 20_000)]);
    module.database.fill_counts(&[vestibule_user::COUNTS]).await.unwrap();
    assert_eq!(module.database.wrong_counts(&[vestibule_user::COUNTS]).await.unwrap(), []);
    write(
        "UPDATE user_counts SET number = number - 7 WHERE name = 'users active'
         AND slot = (SELECT max(slot) FROM user_counts WHERE name = 'users active')",
    )
    .await;
    assert_eq!(count().await, 19_993);
    module.database.repair_counts(&[vestibule_user::COUNTS]).await.unwrap();
    assert_eq!(count().await, 20_000);
}
