//! The roles that every database begins with beside the super admin's: Viewer, Editor and Admin.
//!
//! They are ordinary roles: they can be changed, renamed and deleted. A database is given each of them once, and none where a
//! role has its name already.
//!
//! ```
//! use vestibule_rbac::RoleId;
//! use vestibule_rbac::ready_made::READY_MADE;
//!
//! let [viewer, editor, admin] = READY_MADE;
//! assert_eq!(viewer.id(), RoleId::viewer());
//! assert!(viewer.policies().iter().all(|key| key.ends_with(":read")));
//! assert!(editor.policies().contains(&"invite:create".to_owned()));
//! assert!(!admin.policies().contains(&"*:*".to_owned()), "only a super admin makes super admins");
//! ```

use vestibule_database::{Error, Transaction, values};

use crate::{RbacModule, RoleId, RolePolicyId, builtin};

/// A role that every database begins with.
#[derive(Debug, Clone, Copy)]
pub struct ReadyMadeRole {
    /// The name, which may have been changed since.
    pub name: &'static str,
    /// The description.
    pub description: &'static str,
    id: fn() -> RoleId,
    holds: fn(&str) -> bool,
}

/// The ready-made roles, from the one that allows the least.
pub const READY_MADE: [ReadyMadeRole; 3] = [
    ReadyMadeRole {
        name: "Viewer",
        description: "Sees everything and changes nothing",
        id: RoleId::viewer,
        holds: is_read,
    },
    ReadyMadeRole {
        name: "Editor",
        description: "Sees everything, and manages users and invites; deletes no users",
        id: RoleId::editor,
        holds: is_editors,
    },
    ReadyMadeRole {
        name: "Admin",
        description: "Manages everything that there is here, but not those who may do everything",
        id: RoleId::admin,
        holds: |_| true,
    },
];

fn is_read(key: &str) -> bool {
    key.ends_with(":read")
}

/// What an editor may do beside reading.
const OF_EDITORS: [&str; 7] = [
    "user:create",
    "user:update",
    "invite:create",
    "invite:update",
    "invite:delete",
    "session:delete",
    "delivery:update",
];

fn is_editors(key: &str) -> bool {
    is_read(key) || OF_EDITORS.contains(&key)
}

impl ReadyMadeRole {
    /// Returns the id.
    pub fn id(&self) -> RoleId {
        (self.id)()
    }

    /// Returns the policies that a new database gives the role, as `resource:operation`.
    pub fn policies(&self) -> Vec<String> {
        let mut keys = builtin::keys();
        keys.retain(|key| (self.holds)(key));
        keys.sort_unstable();
        keys
    }
}

impl RbacModule {
    /// Creates the ready-made roles that this database has not been given yet. The built-in policies are there.
    pub(crate) async fn ensure_ready_made_within(&self, transaction: &mut Transaction) -> Result<(), Error> {
        for role in &READY_MADE {
            let text = "INSERT INTO rbac_ready_made_roles (role_id) VALUES ($1) ON CONFLICT DO NOTHING";
            if transaction.execute(text, values![&role.id()]).await? > 0 {
                self.create_ready_made(transaction, role).await?;
            }
        }
        Ok(())
    }

    async fn create_ready_made(&self, transaction: &mut Transaction, role: &ReadyMadeRole) -> Result<(), Error> {
        let (id, now, keys) = (role.id(), self.environment.now(), role.policies());
        let search_text = vestibule_database::search::search_text([Some(role.name), Some(role.description)]);
        // A role that has the name stays as it is.
        let created = transaction
            .execute(
                "INSERT INTO rbac_roles (id, name, description, requires_mfa, grants, search_text, created_at, updated_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $7) ON CONFLICT DO NOTHING",
                values![&id, role.name, role.description, false, keys.join(" "), search_text, now],
            )
            .await?;
        if created == 0 {
            return Ok(());
        }
        for key in &keys {
            let own: RolePolicyId = self.environment.id();
            let text = "INSERT INTO rbac_role_policies (id, role_id, policy_id, created_at, updated_at)
                        SELECT $1, $2, id, $4, $4 FROM rbac_policies WHERE key = $3 AND deleted_at IS NULL";
            transaction.execute_pipelined(text, values![&own, &id, key.as_str(), now]).await?;
        }
        Ok(())
    }
}
