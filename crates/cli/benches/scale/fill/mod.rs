//! Fills a new database, not through the API: the program creates the tables, the first user and the roles; the rest are rows.

pub(crate) mod bulk;
mod dice;
pub(crate) mod history;
pub(crate) mod invites;
mod names;
pub(crate) mod people;
mod roles;

use tokio::time::Instant;
use vestibule::core::Environment;

use self::bulk::Bulk;
use self::roles::Roles;
use crate::support::site::{Site, token};

pub(crate) const DAY: i64 = 24 * 60 * 60 * 1_000_000;

const TABLES: [&str; 11] = [
    "users",
    "auth_identities",
    "auth_identity_actors",
    "provider_identities",
    "auth_sessions",
    "rbac_assignments",
    "rbac_subject_sets",
    "invites",
    "audit_entries",
    "outbox_events",
    "deliveries",
];

/// Microseconds since 1970.
pub(crate) fn now() -> i64 {
    Environment::system().now().as_microseconds()
}

/// Fills the database of a site, and returns how many seconds that took.
pub(crate) fn fill(site: &Site, bulk: &Bulk, people: u64) -> f64 {
    let began = Instant::now();
    site.create_user();
    site.migrate();
    let roles = {
        let server = site.serve();
        Roles::create(&server, &token(&server))
    };
    let now = now();
    let indexes = bulk.remove_indexes(&TABLES);
    roles.fill_sets(bulk);
    people::fill(bulk, people, &roles, now);
    invites::fill(bulk, people, now);
    history::entries(bulk, people, now);
    history::events(bulk, people, (now - 20 * DAY, now));
    bulk.restore_indexes(&indexes);
    began.elapsed().as_secs_f64()
}
