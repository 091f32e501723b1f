//! `vestibule doctor`

use serde_json::{Value as Json, json};
use vestibule::core::Timestamp;
use vestibule::database::values;
use vestibule_testing::on_both_engines;

use crate::support::Place;
use crate::support::rows::{execute, number, texts};

on_both_engines!(
    what_years_have_left_behind_is_found_and_repaired,
    what_needs_a_decision_is_left,
    secrets_of_another_key_and_a_mail_server_that_is_gone_are_found
);

/// Kind and number of each finding.
fn kinds(report: &Json, field: &str) -> Vec<(String, u64)> {
    let kind = |finding: &Json| (finding["kind"].as_str().unwrap().to_owned(), finding["number"].as_u64().unwrap());
    report[field].as_array().unwrap().iter().map(kind).collect()
}

async fn examined(place: &Place, arguments: &str, code: i32) -> Json {
    let ran = place.run(arguments).await;
    assert_eq!(ran.code, code, "{ran:?}");
    serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {ran:?}"))
}

/// Two super admins: nothing is to be found.
async fn healthy(place: &Place) {
    // On PostgreSQL it builds the indexes that are built beside writers, as a server does.
    place.ok("migrate").await;
    place.create_user("root@example.com").await;
    place.create_user("ada@example.com").await;
    place.run("doctor").await.prints("[exit 0]\nNothing was found.");
}

async fn what_years_have_left_behind_is_found_and_repaired(place: Place) {
    healthy(&place).await;
    place.create_user("gone@example.com").await;
    place.ok("invite create --email new@example.com").await;
    let database = place.open().await;
    let gone = texts(&database, "SELECT id AS value FROM users WHERE email = 'gone@example.com'", &[]).await.remove(0);
    let old = Timestamp::from_seconds(1_000_000_000);
    // A program that does not know of the other modules deletes the user, and one of other tables an owner.
    execute(&database, "DELETE FROM users WHERE id = $1", values![gone.as_str()]).await;
    for (statement, values) in [
        (
            "INSERT INTO auth_identities (id, app_metadata, created_at, updated_at) VALUES ($1, $2, $3, $3)",
            values!["authid_01ARZ3NDEKTSV4RRFFQ69G5FAV", json!({}), old].to_vec(),
        ),
        (
            "INSERT INTO auth_identities (id, app_metadata, expires_at, created_at, updated_at) VALUES ($1, $2, $3, $3, $3)",
            values!["authid_01ARZ3NDEKTSV4RRFFQ69G5FAW", json!({}), old].to_vec(),
        ),
        ("UPDATE users SET email_canonical = $1 WHERE email = 'ada@example.com'", values!["ADA@example.com"].to_vec()),
        (
            "UPDATE provider_identities SET entity_canonical = $1 WHERE entity_id = 'ada@example.com'",
            values!["ADA@example.com"].to_vec(),
        ),
        ("UPDATE invites SET invited_by = $1 WHERE email = 'new@example.com'", values![gone.as_str()].to_vec()),
        ("UPDATE deliveries SET next_try_at = $1", values![old].to_vec()),
        ("INSERT INTO user_counts (name, bucket, slot, number) VALUES ('users active', 0, 7, 5)", Vec::new()),
        ("UPDATE users SET has_second_factor = $1 WHERE email = 'ada@example.com'", values![true].to_vec()),
        ("DROP INDEX users_created_at", Vec::new()),
        ("DROP INDEX auth_identity_actors_actor", Vec::new()),
        ("DROP INDEX users_name", Vec::new()),
    ] {
        execute(&database, statement, &values).await;
    }
    // The mail of the invite was never planned, as no server ran: it is made a delivery that waits.
    execute(
        &database,
        "INSERT INTO deliveries (id, event_id, position, name, subject, destination, target, state, attempts, next_try_at,
             created_at, updated_at)
         VALUES ('dlv_01ARZ3NDEKTSV4RRFFQ69G5FAV', 'event_01ARZ3NDEKTSV4RRFFQ69G5FAV', 1, 'invite.created', 'invite_1', 'mail',
             '', 'queued', 3, $1, $1, $1)",
        values![old],
    )
    .await;
    drop(database);

    let found = examined(&place, "doctor --json", 1).await;
    let expected: Vec<(String, u64)> = [
        ("address_outdated", 2),
        ("invite_without_inviter", 1),
        ("identity_without_user", 1),
        ("identity_without_owner", 1),
        ("assignment_dangling", 1),
        ("delivery_stuck", 1),
        ("registration_overdue", 1),
        ("count_wrong", 1),
        ("second_factor_misnoted", 1),
        ("index_missing", 3),
    ]
    .map(|(kind, number)| (kind.to_owned(), number))
    .to_vec();
    assert_eq!(kinds(&found, "findings"), expected, "{found:#}");
    assert_eq!(found["findings"][2]["concerns"], json!([gone]));
    assert_eq!(found["findings"][2]["fix"], "Deletes these identities with their sessions and second factors.");
    assert_eq!(found["repaired"], json!([]));

    let repaired = examined(&place, "doctor --fix --json", 0).await;
    assert_eq!(kinds(&repaired, "repaired"), expected, "{repaired:#}");
    assert_eq!(repaired["findings"], json!([]));
    place.run("doctor").await.prints("[exit 0]\nNothing was found.");

    let database = place.open().await;
    let audited = "SELECT count(*) FROM audit_entries WHERE action = 'doctor.repaired' AND actor_type = 'operator'";
    assert_eq!(
        number(&database, audited, &[]).await,
        12,
        "each repair is in the audit log but deliveries, which have their own"
    );
    let retried = "SELECT count(*) FROM audit_entries WHERE action = 'delivery.retried'";
    assert_eq!(number(&database, retried, &[]).await, 1);
    drop(database);
    let server = place.serve().await;
    server.sign_in("ada@example.com").await.get("/admin/users/me").await.ok();
}

async fn what_needs_a_decision_is_left(place: Place) {
    place.ok("migrate").await;
    place.create_user("root@example.com").await;
    let ran = place.run("doctor").await;
    assert_eq!(ran.code, 1);
    assert!(ran.out.starts_with("The only super admin has no second factor (1)\n  user_"), "{ran:?}");
    assert!(ran.out.contains("\n  Have this user add a second factor, or make another user a super admin.\n"));
    assert_eq!(ran.err, "vestibule: 1 finding is left\n");

    place.create_user("ada@example.com").await;
    place.create_user("twin@example.com").await;
    place.create_user("bare@example.com").await;
    let database = place.open().await;
    for statement in [
        // Two spellings of one address.
        "UPDATE users SET email = 'Ada@example.com', email_canonical = 'Ada@example.com' WHERE email = 'twin@example.com'",
        "DELETE FROM auth_identities WHERE id IN (
             SELECT auth_identity_id FROM provider_identities WHERE entity_id = 'bare@example.com')",
        "UPDATE provider_identities SET provider_metadata = '{\"password\": \"c2NyeXB0\"}' WHERE entity_id = 'ada@example.com'",
    ] {
        execute(&database, statement, &[]).await;
    }
    drop(database);
    for arguments in ["doctor --json", "doctor --fix --json"] {
        let found = examined(&place, arguments, 1).await;
        let expected = [("address_colliding", 1), ("user_without_sign_in", 1), ("hash_weak", 1)];
        assert_eq!(kinds(&found, "findings"), expected.map(|(kind, number)| (kind.to_owned(), number)), "{found:#}");
        assert_eq!((&found["findings"][0]["fix"], &found["repaired"]), (&Json::Null, &json!([])));
    }
    place.ok("user delete bare@example.com").await;
}

/// security.md 20
async fn secrets_of_another_key_and_a_mail_server_that_is_gone_are_found(place: Place) {
    healthy(&place).await;
    let database = place.open().await;
    let identity = "SELECT id AS value FROM auth_identities LIMIT 1";
    let identity = texts(&database, identity, &[]).await.remove(0);
    let identity = identity.as_str();
    let now = Timestamp::from_seconds(1_700_000_000);
    execute(
        &database,
        "INSERT INTO auth_mfa_factors (id, auth_identity_id, provider, status, secret, last_step, created_at, updated_at)
         VALUES ('mfa_01ARZ3NDEKTSV4RRFFQ69G5FAV', $1, 'totp', 'enabled', $2, 0, $3, $3)",
        values![identity, [1_u8; 64], now],
    )
    .await;
    let noted = "UPDATE users SET has_second_factor = $2 WHERE id IN (
                     SELECT actor_id FROM auth_identity_actors WHERE auth_identity_id = $1)";
    execute(&database, noted, values![identity, true]).await;
    drop(database);
    // A port that no one listens at.
    let place = place.with("VESTIBULE_MAIL_SMTP_SERVER", "127.0.0.1:9");
    let found = examined(&place, "doctor --json", 1).await;
    let expected = [("secret_lost", 1), ("mail_server_silent", 1)];
    assert_eq!(kinds(&found, "findings"), expected.map(|(kind, number)| (kind.to_owned(), number)), "{found:#}");
    assert_eq!(found["findings"][0]["concerns"], json!(["mfa_01ARZ3NDEKTSV4RRFFQ69G5FAV"]));
}

/// The tables of Medusa 2.x, as far as they matter here.
const MEDUSA: [&str; 3] = [
    "CREATE TABLE \"user\" (id text PRIMARY KEY, email text NOT NULL, deleted_at timestamptz)",
    "CREATE TABLE auth_identity (id text PRIMARY KEY, app_metadata jsonb, deleted_at timestamptz)",
    "CREATE TABLE provider_identity (id text PRIMARY KEY, entity_id text, provider text, auth_identity_id text,
         provider_metadata jsonb, deleted_at timestamptz)",
];

#[tokio::test]
async fn a_postgres_database_of_medusa_is_examined_and_not_changed() {
    let medusa = Place::postgres().await;
    let database = medusa.open().await;
    for statement in MEDUSA {
        execute(&database, statement, &[]).await;
    }
    for statement in [
        "INSERT INTO \"user\" VALUES ('user_1', 'Twin@example.com', NULL), ('user_2', 'twin@example.com', NULL),
             ('user_3', 'no at sign', NULL), ('user_4', 'gone@example.com', now()), ('user_5', 'ada@example.com', NULL)",
        "INSERT INTO auth_identity VALUES ('authid_1', '{\"user_id\": \"user_1\"}', NULL),
             ('authid_2', '{\"user_id\": \"user_2\"}', NULL), ('authid_3', '{\"user_id\": \"user_3\"}', NULL),
             ('authid_4', '{\"user_id\": \"user_4\"}', NULL), ('authid_5', NULL, NULL),
             ('authid_6', '{\"customer_id\": \"cus_1\"}', NULL)",
        "INSERT INTO provider_identity VALUES ('p1', 'twin@example.com', 'emailpass', 'authid_2', '{\"password\": \"c2M=\"}', NULL)",
    ] {
        execute(&database, statement, &[]).await;
    }
    let elsewhere = Place::sqlite();
    let arguments = ["doctor", "--json", "--from", "medusa", medusa.database_url()];
    let ran = elsewhere.run_with(&arguments, None).await;
    assert_eq!((ran.code, ran.err.as_str()), (1, "vestibule: 6 findings are left\n"), "{ran:?}");
    let found: Json = serde_json::from_str(&ran.out).unwrap();
    let concerns: Vec<Json> =
        found["findings"].as_array().unwrap().iter().map(|one| json!([one["kind"], one["concerns"]])).collect();
    assert_eq!(
        concerns,
        [
            json!(["address_colliding", ["user_1", "user_2"]]),
            json!(["address_invalid", ["user_3"]]),
            json!(["user_without_sign_in", ["user_5"]]),
            json!(["identity_without_user", ["authid_4"]]),
            json!(["identity_without_owner", ["authid_5"]]),
            json!(["hash_weak", ["p1"]]),
        ]
    );
    assert_eq!(elsewhere.files("."), Vec::<String>::new(), "it needs no database of its own");

    // security.md 39
    for (url, message) in [
        ("sqlite://x.db", "--from medusa: the database of a Medusa 2.x is a PostgreSQL: postgres://…"),
        ("hunter2", "--from medusa: write sqlite://path/to/file.db or postgres://user:password@host/database"),
    ] {
        let refused = elsewhere.run_with(&["doctor", "--from", "medusa", url], None).await;
        assert_eq!((refused.code, refused.out.as_str()), (2, ""));
        assert!(!refused.err.contains("hunter2"), "{refused:?}");
        assert!(refused.err.starts_with("vestibule: --from medusa: "), "{refused:?} {message}");
    }
    assert_eq!(
        elsewhere.run("doctor --from keycloak x").await.failed(2),
        "--from: the product that can be examined is medusa"
    );
    assert!(elsewhere.run("doctor --fix --from medusa x").await.failed(2).contains("cannot be used with"));
}
