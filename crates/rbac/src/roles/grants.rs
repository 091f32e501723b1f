//! What a role allows, kept with the role so that a request need not walk the tree.

use vestibule_database::{Error, FromRow, Row, Transaction, values};

use super::IdOfRole;
use crate::{PolicyId, RbacModule, RoleId};

struct Key(String);

impl FromRow for Key {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        Ok(Self(row.get("key")?))
    }
}

impl RbacModule {
    /// The roles that hold a policy themselves.
    pub(crate) async fn holders_within(
        &self,
        transaction: &mut Transaction,
        policy: &PolicyId,
    ) -> Result<Vec<RoleId>, Error> {
        let text = "SELECT role_id AS id FROM rbac_role_policies WHERE policy_id = $1 ORDER BY role_id";
        let holders: Vec<IdOfRole> = transaction.query(text, values![policy]).await?;
        Ok(holders.into_iter().map(|role| role.0).collect())
    }

    /// Writes anew what these roles and all their descendants allow, and what those have who have them. Whoever calls this holds the turn.
    pub(crate) async fn grant_anew_within(&self, transaction: &mut Transaction, roles: &[RoleId]) -> Result<(), Error> {
        let mut affected = Vec::new();
        for role in roles {
            affected.extend(self.with_descendants_within(transaction, role).await?);
        }
        affected.sort_unstable();
        affected.dedup();
        for role in &affected {
            let keys: Vec<Key> = transaction
                .query(
                    "WITH RECURSIVE above (id) AS (
                         SELECT id FROM rbac_roles WHERE id = $1 AND deleted_at IS NULL
                         UNION SELECT parents.parent_id FROM rbac_role_parents parents
                         JOIN above ON above.id = parents.role_id
                     )
                     SELECT DISTINCT policies.key AS key FROM above
                     JOIN rbac_role_policies held ON held.role_id = above.id
                     JOIN rbac_policies policies ON policies.id = held.policy_id AND policies.deleted_at IS NULL
                     ORDER BY key",
                    values![role],
                )
                .await?;
            let grants = keys.into_iter().map(|key| key.0).collect::<Vec<_>>().join(" ");
            transaction
                .execute("UPDATE rbac_roles SET grants = $2 WHERE id = $1 AND grants <> $2", values![role, grants])
                .await?;
        }
        self.gather_holders_within(transaction, &affected).await
    }

    /// A role, its children, theirs, and so on.
    pub(super) async fn with_descendants_within(
        &self,
        transaction: &mut Transaction,
        role: &RoleId,
    ) -> Result<Vec<RoleId>, Error> {
        let below: Vec<IdOfRole> = transaction
            .query(
                "WITH RECURSIVE below (id) AS (
                     SELECT id FROM rbac_roles WHERE id = $1
                     UNION SELECT parents.role_id FROM rbac_role_parents parents
                     JOIN below ON below.id = parents.parent_id
                 )
                 SELECT id FROM below",
                values![role],
            )
            .await?;
        Ok(below.into_iter().map(|role| role.0).collect())
    }
}
