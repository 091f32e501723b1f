//! What always exists: the policies that routes need, and the super admin role.
//!
//! ```
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let file = vestibule_testing::TestDatabase::sqlite();
//! # let database = file.open().await;
//! # database.migrate(&[vestibule_rbac::MIGRATIONS]).await?;
//! # let rbac = vestibule_rbac::RbacModule::new(database.clone(), vestibule_core::Environment::system());
//! use vestibule_rbac::{RoleId, builtin};
//!
//! assert!(builtin::keys().contains(&"user:read".to_owned()));
//! assert!(rbac.ensure_builtin().await?, "the super admin role is new");
//! assert!(!rbac.ensure_builtin().await?, "it is there already");
//! rbac.assign_roles("user_01J…", &[RoleId::super_admin()]).await?;
//! assert!(rbac.permissions_of(&database, "user_01J…").await?.allows("user:delete"));
//! # Ok(())
//! # }
//! ```

use vestibule_database::{Error, Transaction, transaction, values};

use crate::permissions::EVERYTHING;
use crate::{PolicyId, RbacModule, RoleId, RolePolicyId};

/// The resources of routes, with their operations.
const BUILT_IN: [(&str, &[&str]); 11] = [
    ("user", EVERY_OPERATION),
    ("invite", EVERY_OPERATION),
    ("rbac_role", EVERY_OPERATION),
    ("rbac_policy", EVERY_OPERATION),
    ("api_key", EVERY_OPERATION),
    ("audit", &["read"]),
    ("session", &["read", "delete"]),
    ("mfa", &["delete"]),
    ("webhook", EVERY_OPERATION),
    ("delivery", &["read", "update"]),
    ("event", &["read"]),
];

/// The policies by which a caller changes what other users can do, or whether they can sign in. To grant one of them is
/// to create access: `vestibule_flows` asks for a fresh proof of identity first.
pub(crate) const ACCESS_CHANGING: &[&str] = &[
    "user:create",
    "user:update",
    "user:delete",
    "invite:create",
    "invite:update",
    "rbac_role:create",
    "rbac_role:update",
    "rbac_role:delete",
    "rbac_policy:create",
    "rbac_policy:update",
    "rbac_policy:delete",
    "api_key:create",
    "api_key:update",
    "api_key:delete",
    "session:delete",
    "mfa:delete",
];

const EVERY_OPERATION: &[&str] = &["create", "read", "update", "delete"];

/// Every policy that routes need, as `resource:operation`.
pub fn keys() -> Vec<String> {
    let of = |(resource, operations): (&str, &[&str])| -> Vec<String> {
        operations.iter().map(|operation| format!("{resource}:{operation}")).collect()
    };
    BUILT_IN.into_iter().flat_map(of).collect()
}

impl RbacModule {
    /// Creates what is missing of the built-in policies and of the super admin role, and gives a database its
    /// [ready-made roles](crate::ready_made) once. Returns whether that role was
    /// created just now: then the existing users have no role yet.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn ensure_builtin(&self) -> Result<bool, Error> {
        transaction!(self.database, |transaction| self.ensure_builtin_within(transaction).await)
    }

    /// The same within a transaction.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn ensure_builtin_within(&self, transaction: &mut Transaction) -> Result<bool, Error> {
        let present: Vec<String> =
            transaction.query_scalars("SELECT key FROM rbac_policies WHERE deleted_at IS NULL", &[]).await?;
        let is_missing = |key: &str| present.iter().all(|present| present != key);
        if is_missing(EVERYTHING) {
            let description = "Super admin policy with full access to all resources and operations";
            let everything = ("*", "*", "Super Admin", description);
            self.insert_built_in(transaction, &PolicyId::super_admin(), everything).await?;
        }
        for (resource, operations) in BUILT_IN {
            for operation in operations {
                if is_missing(&format!("{resource}:{operation}")) {
                    let (verb, thing) = (in_capitals(operation), in_capitals(resource));
                    let texts: (&str, &str) = (&format!("{verb}{thing}"), &format!("{verb} {thing}"));
                    let id = self.environment.id();
                    self.insert_built_in(transaction, &id, (resource, operation, texts.0, texts.1)).await?;
                }
            }
        }
        let is_new = self.ensure_super_admin(transaction).await?;
        self.ensure_ready_made_within(transaction).await?;
        Ok(is_new)
    }

    async fn insert_built_in(
        &self,
        transaction: &mut Transaction,
        id: &PolicyId,
        (resource, operation, name, description): (&str, &str, &str, &str),
    ) -> Result<(), Error> {
        let key = format!("{resource}:{operation}");
        let search_text = vestibule_database::search::search_text([Some(key.as_str()), Some(name), Some(description)]);
        // Several processes may start at once: the second finds it there.
        transaction
            .execute(
                "INSERT INTO rbac_policies (id, key, resource, operation, name, description, search_text, created_at,
                     updated_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8) ON CONFLICT DO NOTHING",
                values![id, key, resource, operation, name, description, search_text, self.environment.now()],
            )
            .await
            .map(drop)
    }

    async fn ensure_super_admin(&self, transaction: &mut Transaction) -> Result<bool, Error> {
        let (name, description) = ("Super Admin", "Super admin role with full access to all resources and operations");
        let (role, now) = (RoleId::super_admin(), self.environment.now());
        let search_text = vestibule_database::search::search_text([Some(name), Some(description)]);
        let made = transaction
            .execute(
                "INSERT INTO rbac_roles (id, name, description, requires_mfa, grants, search_text, created_at, updated_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $7) ON CONFLICT DO NOTHING",
                values![&role, name, description, false, EVERYTHING, search_text, now],
            )
            .await?;
        transaction
            .execute_pipelined(
                "INSERT INTO rbac_role_policies (id, role_id, policy_id, created_at, updated_at)
                 VALUES ($1, $2, $3, $4, $4) ON CONFLICT DO NOTHING",
                values![&RolePolicyId::super_admin(), &role, &PolicyId::super_admin(), now],
            )
            .await?;
        Ok(made > 0)
    }
}

/// `rbac_role` as `RbacRole`.
fn in_capitals(words: &str) -> String {
    let capital = |word: &str| {
        let (first, rest) = word.split_at(word.len().min(1));
        first.to_ascii_uppercase() + rest
    };
    words.split('_').map(capital).collect()
}
