//! What a role allows, stored with the role so that a request need not walk the tree.

use vestibule_database::{Error, Transaction, values};

use crate::{Permissions, PolicyId, RbacModule, RoleId};

impl RbacModule {
    /// The roles that have a policy directly.
    pub(crate) async fn holders_within(
        &self,
        transaction: &mut Transaction,
        policy: &PolicyId,
    ) -> Result<Vec<RoleId>, Error> {
        let text = "SELECT role_id FROM rbac_role_policies WHERE policy_id = $1 ORDER BY role_id";
        transaction.query_scalars(text, values![policy]).await
    }

    /// Updates what these roles and all their descendants allow, whether they need a second factor, and what their
    /// holders have. The caller holds the lock.
    pub(crate) async fn update_grants_within(
        &self,
        transaction: &mut Transaction,
        roles: &[RoleId],
    ) -> Result<(), Error> {
        let mut affected = Vec::new();
        for role in roles {
            affected.extend(self.with_descendants_within(transaction, role).await?);
        }
        affected.sort_unstable();
        affected.dedup();
        for role in &affected {
            let keys: Vec<String> = transaction
                .query_scalars(
                    "WITH RECURSIVE above (id) AS (
                         SELECT id FROM rbac_roles WHERE id = $1 AND deleted_at IS NULL
                         UNION SELECT parents.parent_id FROM rbac_role_parents parents
                         JOIN above ON above.id = parents.role_id
                     )
                     SELECT DISTINCT policies.key FROM above
                     JOIN rbac_role_policies held ON held.role_id = above.id
                     JOIN rbac_policies policies ON policies.id = held.policy_id AND policies.deleted_at IS NULL
                     ORDER BY policies.key",
                    values![role],
                )
                .await?;
            let grants = keys.join(" ");
            let needs_mfa: bool = transaction
                .query_scalar(
                    "WITH RECURSIVE above (id) AS (
                         SELECT id FROM rbac_roles WHERE id = $1 AND deleted_at IS NULL
                         UNION SELECT parents.parent_id FROM rbac_role_parents parents
                         JOIN above ON above.id = parents.role_id
                     )
                     SELECT count(*) FILTER (WHERE role.requires_mfa) > 0 FROM above
                     JOIN rbac_roles role ON role.id = above.id AND role.deleted_at IS NULL",
                    values![role],
                )
                .await?;
            let text = "UPDATE rbac_roles SET grants = $2, needs_mfa = $3
                        WHERE id = $1 AND (grants <> $2 OR needs_mfa <> $3)";
            transaction.execute_pipelined(text, values![role, grants, needs_mfa]).await?;
        }
        self.gather_holders_within(transaction, &affected).await
    }

    /// What a role and all its descendants allow together, which a change of the role affects.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn grants_below_within(
        &self,
        transaction: &mut Transaction,
        role: &RoleId,
    ) -> Result<Permissions, Error> {
        let text = "WITH RECURSIVE below (id) AS (
                        SELECT id FROM rbac_roles WHERE id = $1
                        UNION SELECT parents.role_id FROM rbac_role_parents parents
                        JOIN below ON below.id = parents.parent_id
                    )
                    SELECT role.grants FROM below JOIN rbac_roles role ON role.id = below.id
                    WHERE role.deleted_at IS NULL";
        let mut permissions = Permissions::default();
        for grants in transaction.query_scalars::<String>(text, values![role]).await? {
            permissions.add(&grants);
        }
        Ok(permissions)
    }

    /// A role and all its descendants.
    pub(super) async fn with_descendants_within(
        &self,
        transaction: &mut Transaction,
        role: &RoleId,
    ) -> Result<Vec<RoleId>, Error> {
        transaction
            .query_scalars(
                "WITH RECURSIVE below (id) AS (
                     SELECT id FROM rbac_roles WHERE id = $1
                     UNION SELECT parents.role_id FROM rbac_role_parents parents
                     JOIN below ON below.id = parents.parent_id
                 )
                 SELECT id FROM below",
                values![role],
            )
            .await
    }
}
