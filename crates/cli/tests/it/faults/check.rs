//! Compares the rows with what was acknowledged, and with one another.

use std::collections::{BTreeMap, BTreeSet};

use vestibule::database::{Database, Engine};
use vestibule::user::User;

use super::ledger::Entries;
use crate::support::rows::texts;

/// Checks that nothing acknowledged is missing, and nothing is half done.
pub(super) async fn check(database: &Database, entries: &Entries) {
    if database.engine() == Engine::Sqlite {
        let found = texts(database, "SELECT integrity_check AS value FROM pragma_integrity_check", &[]).await;
        assert_eq!(found, ["ok"]);
        let found = texts(database, "SELECT \"table\" AS value FROM pragma_foreign_key_check", &[]).await;
        assert_eq!(found, [""; 0]);
    }
    acknowledged(database, entries).await;
    whole(database).await;
    let wrong = database.wrong_counts(&[vestibule::user::COUNTS, vestibule::rbac::COUNTS]).await.unwrap();
    assert_eq!(wrong, [], "counts are those of the rows");
}

async fn acknowledged(database: &Database, entries: &Entries) {
    let invites = pairs(database, "SELECT id || ' ' || email AS value FROM invites").await;
    for (id, email) in &entries.invites {
        assert_eq!(invites.get(id), Some(email), "an acknowledged invite is not there");
    }
    let accepted = "SELECT id || ' ' || accepted_by AS value FROM invites WHERE state = 'accepted'";
    let accepted = pairs(database, accepted).await;
    for (id, user) in &entries.accepted {
        assert_eq!(accepted.get(id), Some(user), "an acknowledged acceptance is not there");
    }
    let users = users(database).await;
    for id in entries.users.keys().chain(entries.accepted.values()) {
        assert!(users.contains_key(id), "an acknowledged user is not there: {id}");
    }
    for (id, (acknowledged, sent)) in &entries.users {
        let number = number(&users[id]);
        assert!((*acknowledged..=*sent).contains(&number), "{id} is at {number}, not {acknowledged} to {sent}");
    }
    let deleting: BTreeSet<_> = entries.deleting.iter().collect();
    for (id, user) in &users {
        assert!(user.deleted_at.is_none() || deleting.contains(id), "{id} was deleted without a request");
    }
    for id in &entries.deleted {
        assert!(users[id].deleted_at.is_some(), "an acknowledged deletion was not done: {id}");
    }
}

/// Checks that related rows are complete. Each statement finds violations.
async fn whole(database: &Database) {
    for (what, statement) in [
        (
            "an accepted invite without its user",
            "SELECT id AS value FROM invites WHERE state = 'accepted'
             AND (accepted_by IS NULL OR accepted_at IS NULL OR accepted_by NOT IN (SELECT id FROM users))",
        ),
        (
            "a user who accepted without exactly one sign-in method",
            "SELECT id AS value FROM users WHERE deleted_at IS NULL
             AND id IN (SELECT accepted_by FROM invites WHERE accepted_by IS NOT NULL)
             AND 1 <> (SELECT count(*) FROM auth_identity_actors actor
                       JOIN provider_identities part ON part.auth_identity_id = actor.auth_identity_id
                       WHERE actor.actor_id = users.id AND part.claimed AND part.provider = 'emailpass'
                         AND part.entity_canonical = users.email_canonical)",
        ),
        (
            "an identity of a missing user",
            "SELECT actor_id AS value FROM auth_identity_actors
             WHERE actor_id NOT IN (SELECT id FROM users WHERE deleted_at IS NULL)",
        ),
        (
            "an identity without a provider's part",
            "SELECT id AS value FROM auth_identities WHERE id NOT IN (SELECT auth_identity_id FROM provider_identities)",
        ),
        (
            "an unclaimed identity, though no one has registered",
            "SELECT id AS value FROM auth_identities WHERE expires_at IS NOT NULL
             OR id NOT IN (SELECT auth_identity_id FROM auth_identity_actors)",
        ),
    ] {
        assert_eq!(texts(database, statement, &[]).await, [""; 0], "{what}");
    }
    for (event, rows) in [
        ("user.created", "SELECT id FROM users"),
        ("user.deleted", "SELECT id FROM users WHERE deleted_at IS NOT NULL"),
        ("invite.created", "SELECT id FROM invites"),
        ("invite.accepted", "SELECT id FROM invites WHERE state = 'accepted'"),
    ] {
        let rows = texts(database, &rows.replacen("id", "id AS value", 1), &[]).await;
        let subjects = events(database, event).await;
        let once: BTreeMap<String, u64> = rows.into_iter().map(|id| (id, 1)).collect();
        assert_eq!(subjects, once, "each has its {event}, and each {event} its row");
    }
    let numbers: BTreeMap<String, u64> =
        users(database).await.iter().map(|(id, user)| (id.clone(), number(user))).filter(|(_, n)| *n > 0).collect();
    assert_eq!(events(database, "user.updated").await, numbers, "one event for each number");
}

/// Returns how many events of a name each subject has.
async fn events(database: &Database, name: &str) -> BTreeMap<String, u64> {
    let statement = format!("SELECT subject AS value FROM outbox_events WHERE name = '{name}'");
    let mut counts = BTreeMap::new();
    for subject in texts(database, &statement, &[]).await {
        *counts.entry(subject).or_default() += 1;
    }
    counts
}

async fn pairs(database: &Database, statement: &str) -> BTreeMap<String, String> {
    let pair = |text: String| text.split_once(' ').map(|(one, other)| (one.to_owned(), other.to_owned())).unwrap();
    texts(database, statement, &[]).await.into_iter().map(pair).collect()
}

async fn users(database: &Database) -> BTreeMap<String, User> {
    let statement =
        "SELECT id, email, first_name, last_name, avatar_url, phone, metadata, locked_at, last_seen_at, created_at, updated_at,
                         deleted_at
                     FROM users";
    let users: Vec<User> = database.query(statement, &[]).await.unwrap();
    users.into_iter().map(|user| (user.id.to_string(), user)).collect()
}

/// Returns the number in a user's metadata, which a writer counts up; 0 without one.
fn number(user: &User) -> u64 {
    let metadata = serde_json::to_value(&user.metadata).unwrap();
    metadata["n"].as_u64().unwrap_or(0)
}
