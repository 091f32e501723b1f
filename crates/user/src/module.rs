//! The service itself: what all its methods share.

use std::collections::BTreeMap;
use std::time::Duration;

use vestibule_core::{Environment, SigningKey};
use vestibule_database::{Database, Migration, Migrations};

/// The tables of the User Module.
pub const MIGRATIONS: Migrations = Migrations {
    module: "user",
    steps: &[
        Migration { name: "V1__users_and_invites", sql: include_str!("../migrations/V1__users_and_invites.sql") },
        Migration { name: "V2__locks", sql: include_str!("../migrations/V2__locks.sql") },
        Migration { name: "V3__first_user_and_order", sql: include_str!("../migrations/V3__first_user_and_order.sql") },
        Migration { name: "V4__authority", sql: include_str!("../migrations/V4__authority.sql") },
        Migration { name: "V5__phone", sql: include_str!("../migrations/V5__phone.sql") },
        Migration { name: "V6__search", sql: include_str!("../migrations/V6__search.sql") },
        Migration { name: "V7__reserved_addresses", sql: include_str!("../migrations/V7__reserved_addresses.sql") },
        Migration { name: "V8__orders", sql: include_str!("../migrations/V8__orders.sql") },
        Migration { name: "V9__counts", sql: include_str!("../migrations/V9__counts.sql") },
        Migration { name: "V10__orders_of_pages", sql: include_str!("../migrations/V10__orders_of_pages.sql") },
        Migration { name: "V11__last_seen", sql: include_str!("../migrations/V11__last_seen.sql") },
        Migration { name: "V12__orders_of_states", sql: include_str!("../migrations/V12__orders_of_states.sql") },
        Migration { name: "V13__directories", sql: include_str!("../migrations/V13__directories.sql") },
        Migration {
            name: "V14__users_without_second_factor",
            sql: include_str!("../migrations/V14__users_without_second_factor.sql"),
        },
        Migration { name: "V15__users_never_seen", sql: include_str!("../migrations/V15__users_never_seen.sql") },
    ],
};

/// The ids that a soft deletion or a restoration has changed, under the reference's name for them: `user_id` or
/// `invite_id`. Empty if nothing was changed.
pub type ChangedIds<T> = BTreeMap<&'static str, Vec<T>>;

/// Puts the ids under their name.
pub(crate) fn changed_ids<T>(name: &'static str, ids: Vec<T>) -> ChangedIds<T> {
    if ids.is_empty() { ChangedIds::new() } else { [(name, ids)].into_iter().collect() }
}

/// The configuration of the User Module.
#[derive(Debug, Clone)]
pub struct UserOptions {
    /// Signs the invites' tokens.
    pub signing_key: SigningKey,
    /// How long an invite can be accepted. The reference's is one day.
    pub invite_lifetime: Duration,
}

impl UserOptions {
    /// Invites for one day, signed with this key.
    pub fn new(signing_key: SigningKey) -> Self {
        Self { signing_key, invite_lifetime: Duration::from_secs(24 * 60 * 60) }
    }
}

/// The User Module's service. Cheap to clone.
#[derive(Debug, Clone)]
pub struct UserModule {
    pub(crate) database: Database,
    pub(crate) environment: Environment,
    pub(crate) options: UserOptions,
}

impl UserModule {
    /// A service on a database that has [`MIGRATIONS`] and the outbox's.
    pub fn new(database: Database, environment: Environment, options: UserOptions) -> Self {
        Self { database, environment, options }
    }
}
