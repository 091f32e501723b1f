//! `vestibule user erase`

use serde_json::json;
use vestibule_database::{Database, Engine, Value};
use vestibule_testing::on_both_engines;

use crate::support::rows::{number, texts};
use crate::support::{PASSWORD, Place, link_token, until};

on_both_engines!(
    4 threads: nothing_names_a_user_who_was_erased,
);
on_both_engines!(
    deleted_users_are_erased_by_their_address,
    an_address_that_another_user_has_stays,
    nothing_is_erased_unasked_or_of_no_one,
);

/// Parts of everything that names the user of these tests.
const NAMES: [&str; 6] = ["ada.l", "lovelace", "7946", "grace-browser", "byron", "countess"];

/// Each column of each table in which one of these texts is, in any spelling, with the row.
async fn rows_with(database: &Database, names: &[&str]) -> Vec<String> {
    let columns = match database.engine() {
        Engine::Sqlite => {
            "SELECT tables.name || '.' || columns.name AS value FROM sqlite_master AS tables
             JOIN pragma_table_info(tables.name) AS columns
             WHERE tables.type = 'table' AND tables.sql NOT LIKE 'CREATE VIRTUAL%' AND tables.name NOT LIKE 'sqlite%'"
        }
        Engine::Postgres => {
            "SELECT CAST(columns.table_name || '.' || columns.column_name AS text) AS value
             FROM information_schema.columns AS columns
             JOIN information_schema.tables AS tables ON tables.table_name = columns.table_name
                 AND tables.table_schema = columns.table_schema AND tables.table_type = 'BASE TABLE'
             WHERE columns.table_schema NOT IN ('pg_catalog', 'information_schema')"
        }
    };
    let columns = texts(database, columns, &[]).await;
    assert!(columns.len() > 200, "{}", columns.len());
    let mut found = Vec::new();
    for column in columns {
        let (table, column) = column.split_once('.').unwrap();
        for name in names {
            let text = format!(
                "SELECT CAST(\"{column}\" AS text) AS value FROM \"{table}\" WHERE lower(CAST(\"{column}\" AS text)) LIKE $1"
            );
            let rows = texts(database, &text, &[Value::from(format!("%{name}%"))]).await;
            found.extend(rows.into_iter().map(|row| format!("{table}.{column}: {row}")));
        }
    }
    found
}

/// A user who has left traces everywhere, erased beside a running server.
async fn nothing_names_a_user_who_was_erased(place: Place) {
    let (server, mut admin) = place.serve_admin().await;
    let invited = admin.post("/admin/invites", json!({ "email": "ada.l@example.com" })).await.ok();
    let token = invited["invite"]["token"].as_str().unwrap().to_owned();
    let register = json!({ "email": "ada.l@example.com", "password": PASSWORD });
    let mut ada = server.client().with_header("user-agent", "grace-browser/1.0");
    let registered = ada.post("/auth/user/emailpass/register", register.clone()).await.ok();
    let mut ada = ada.with_token(registered["token"].as_str().unwrap());
    let names = json!({ "first_name": "Ada", "last_name": "Lovelace" });
    let accepted = ada.post(&format!("/admin/invites/accept?token={token}"), names).await.ok();
    let id = accepted["user"]["id"].as_str().unwrap().to_owned();
    let token = ada.post("/auth/user/emailpass", register.clone()).await.ok()["token"].as_str().unwrap().to_owned();
    let mut ada = ada.with_token(&token);
    let change = json!({ "phone": "+44 20 7946 0000", "metadata": { "title": "Countess" } });
    admin.post(&format!("/admin/users/{id}"), change).await.ok();
    let wrong = json!({ "email": "ada.l@example.com", "password": "not it" });
    assert_eq!(ada.post("/auth/user/emailpass", wrong).await.status, 401);
    let forgotten = json!({ "identifier": "ada.l@example.com" });
    ada.post("/auth/user/emailpass/reset-password", forgotten).await;
    let verification = json!({ "entity_id": "ada.l@example.com", "entity_type": "email", "code_provider": "email" });
    ada.post("/auth/verification/request", verification).await;
    let other = json!({ "email": "byron@example.com", "password": PASSWORD });
    ada.post("/auth/email", other).await;
    let waiting = "SELECT (SELECT count(*) FROM deliveries WHERE state = 'queued' AND destination = 'mail')
                        + (SELECT count(*) FROM outbox_events
                           WHERE position IS NULL OR position > (SELECT position FROM notify_head)) AS value";
    let database = place.open().await;
    until("the mails are sent", async || (number(&database, waiting, &[]).await == 0).then_some(())).await;
    assert!(rows_with(&database, &NAMES).await.len() > 20, "there is something to erase");
    let events = "SELECT count(*) AS value FROM outbox_events";
    let before = number(&database, events, &[]).await;

    let erased = place.run("user erase ada.l@example.com --yes --json").await.json();
    assert_eq!((&erased[0]["id"], &erased[0]["erased"]), (&json!(id), &json!(true)));
    assert_eq!(rows_with(&database, &NAMES).await, Vec::<String>::new());
    assert_eq!(ada.get("/admin/users/me").await.status, 401);
    assert_eq!(ada.post("/auth/user/emailpass", register.clone()).await.status, 401);
    // Who did what is still there, under the id, and the feed has no gap.
    let about = admin.get(&format!("/admin/audit?target_id={id}")).await.ok();
    let actions: Vec<_> =
        about["audit_entries"].as_array().unwrap().iter().map(|entry| entry["action"].clone()).collect();
    assert_eq!(
        actions[..3],
        [json!("user.erased"), json!("user.deleted"), json!("email.change_requested")],
        "{about:#}"
    );
    assert_eq!(about["audit_entries"][1]["before"], json!({ "roles": ["role_super_admin"] }));
    assert_eq!(number(&database, events, &[]).await, before + 1, "the deletion is one more");
    // The address is free, and nothing is inherited.
    admin.post("/admin/invites", json!({ "email": "ada.l@example.com" })).await.ok();
    let unknown = place.run(&format!("user erase {id} --yes")).await.failed(1);
    assert!(unknown.contains("they may have been erased already"), "{unknown}");
}

async fn deleted_users_are_erased_by_their_address(place: Place) {
    place.ok("user create --email admin@example.com --password correct-horse-1").await;
    for _ in 0..2 {
        place.ok("user create --email ada.l@example.com --last-name Lovelace --password correct-horse-1").await;
        place.ok("user delete ada.l@example.com").await;
    }
    let database = place.open().await;
    assert!(!rows_with(&database, &NAMES).await.is_empty());
    let erased = place.run("user erase ADA.L@example.com --yes --json").await.json();
    assert_eq!(erased.as_array().unwrap().len(), 2);
    assert_eq!(rows_with(&database, &NAMES).await, Vec::<String>::new());
    assert_eq!(number(&database, "SELECT count(*) AS value FROM users", &[]).await, 1);
}

async fn an_address_that_another_user_has_stays(place: Place) {
    place.ok("user create --email admin@example.com --password correct-horse-1").await;
    let shown =
        place.run("user create --email ada.l@example.com --last-name Lovelace --password correct-horse-1 --json");
    let id = shown.await.json()["user"]["id"].as_str().unwrap().to_owned();
    place.ok("user delete ada.l@example.com").await;
    let link = place.ok("invite create --email ada.l@example.com").await;
    let (server, mut namesake) = (place.serve().await, json!({ "email": "ada.l@example.com", "password": PASSWORD }));
    let mut client = server.client();
    let registered = client.post("/auth/user/emailpass/register", namesake.take()).await.ok();
    let mut client = client.with_token(registered["token"].as_str().unwrap());
    client.post(&format!("/admin/invites/accept?token={}", link_token(&link)), json!({})).await.ok();

    place.ok(&format!("user erase {id} --yes")).await;
    let database = place.open().await;
    assert_eq!(rows_with(&database, &["lovelace"]).await, Vec::<String>::new());
    let mut client = server.sign_in("ada.l@example.com").await;
    let me = client.get("/admin/users/me").await.ok();
    assert_eq!(me["user"]["email"], "ada.l@example.com");
    let created = "SELECT CAST(before AS text) || '' AS value FROM audit_entries WHERE action = 'user.deleted'";
    assert!(!texts(&database, created, &[]).await[0].contains("ada.l"), "of the erased user, the address is gone");
    let invited = "SELECT CAST(after AS text) || '' AS value FROM audit_entries WHERE action = 'invite.created'";
    assert!(texts(&database, invited, &[]).await[0].contains("ada.l"), "of the other one, it is not");
}

async fn nothing_is_erased_unasked_or_of_no_one(place: Place) {
    place.create_user("ada@example.com").await;
    let unasked = place.run("user erase ada@example.com").await.failed(2);
    assert_eq!(unasked, "nothing was erased: answer \"yes\", or add --yes");
    place.ok("user show ada@example.com").await;
    let last = place.run("user erase ada@example.com --yes").await.failed(1);
    assert!(last.contains("super admin"), "{last}");
    place.ok("user show ada@example.com").await;
    let unknown = place.run("user erase bob@example.com --yes").await.failed(1);
    assert_eq!(unknown, "there is no user with the e-mail address bob@example.com, also no deleted one");
    let neither = place.run("user erase bob --yes").await.failed(2);
    assert_eq!(neither, "\"bob\" is neither a user's id (user_…) nor an e-mail address");
}
