//! The service itself: what all its methods share.

use vestibule_core::Environment;
use vestibule_database::{Database, Migration, Migrations};

/// The tables of the module.
pub const MIGRATIONS: Migrations = Migrations {
    module: "rbac",
    steps: &[
        Migration { name: "V1__roles_and_policies", sql: include_str!("../migrations/V1__roles_and_policies.sql") },
        Migration { name: "V2__subjects", sql: include_str!("../migrations/V2__subjects.sql") },
        Migration {
            name: "V3__inherited_second_factors",
            sql: include_str!("../migrations/V3__inherited_second_factors.sql"),
        },
        Migration { name: "V4__sets_of_roles", sql: include_str!("../migrations/V4__sets_of_roles.sql") },
        Migration { name: "V5__order_of_holders", sql: include_str!("../migrations/V5__order_of_holders.sql") },
        Migration { name: "V6__counts", sql: include_str!("../migrations/V6__counts.sql") },
        Migration { name: "V7__ready_made_roles", sql: include_str!("../migrations/V7__ready_made_roles.sql") },
    ],
};

/// The module's service. Cheap to clone.
#[derive(Debug, Clone)]
pub struct RbacModule {
    pub(crate) database: Database,
    pub(crate) environment: Environment,
}

impl RbacModule {
    /// A service on a database that has [`MIGRATIONS`].
    pub fn new(database: Database, environment: Environment) -> Self {
        Self { database, environment }
    }
}
