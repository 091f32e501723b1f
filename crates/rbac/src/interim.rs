//! Interim: what the flows need of this crate, until the slice `roles` is merged (which deletes this file).

use std::time::Duration;

use vestibule_core::{DomainError, ErrorKind};
use vestibule_database::{Connection, Error, FromRow, Row, Transaction, values};

use crate::{Permissions, RbacModule, RoleId};

/// Why roles could not be given.
#[derive(Debug, thiserror::Error)]
pub enum RoleError {
    /// There are no such roles.
    #[error("The following role IDs do not exist: {}", .0.join(", "))]
    Unknown(Vec<String>),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl DomainError for RoleError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Unknown(_) => ErrorKind::InvalidData,
            Self::Database(error) => error.kind(),
        }
    }

    fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Database(error) => error.retry_after(),
            Self::Unknown(_) => None,
        }
    }
}

struct Held {
    id: RoleId,
    grants: String,
}

impl FromRow for Held {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        Ok(Self { id: row.get("id")?, grants: row.get("grants")? })
    }
}

impl RbacModule {
    /// Puts what is built in there. Tells whether the super admin role was made just now.
    pub async fn ensure_builtin_within(&self, transaction: &mut Transaction) -> Result<bool, Error> {
        let text =
            "INSERT INTO rbac_roles (id, name, description, requires_mfa, grants, search_text, created_at, updated_at)
                    VALUES ('role_super_admin', 'Super Admin', '', $2, '*:*', '', $1, $1) ON CONFLICT (id) DO NOTHING";
        Ok(transaction.execute(text, values![self.environment.now(), false]).await? > 0)
    }

    /// Waits for one's turn.
    pub async fn take_turn_within(&self, transaction: &mut Transaction) -> Result<(), Error> {
        transaction.execute("UPDATE rbac_turn SET taken = taken + 1 WHERE id = 1", &[]).await.map(drop)
    }

    async fn held(&self, connection: impl Into<Connection<'_>>, subject: &str) -> Result<Vec<Held>, Error> {
        let text = "SELECT role.id, role.grants FROM rbac_assignments assignment JOIN rbac_roles role
                    ON role.id = assignment.role_id WHERE assignment.subject_id = $1 AND role.deleted_at IS NULL ORDER BY role.id";
        connection.into().query(text, values![subject]).await
    }

    /// What a subject may do.
    pub async fn permissions_of(
        &self,
        connection: impl Into<Connection<'_>>,
        subject: &str,
    ) -> Result<Permissions, Error> {
        let mut permissions = Permissions::default();
        self.held(connection, subject).await?.iter().for_each(|held| permissions.add(&held.grants));
        Ok(permissions)
    }

    /// The roles of a subject.
    pub async fn role_ids_of(
        &self,
        connection: impl Into<Connection<'_>>,
        subject: &str,
    ) -> Result<Vec<RoleId>, Error> {
        Ok(self.held(connection, subject).await?.into_iter().map(|held| held.id).collect())
    }

    /// What roles give.
    pub async fn grants_of_roles(
        &self,
        connection: impl Into<Connection<'_>>,
        roles: &[RoleId],
    ) -> Result<Permissions, RoleError> {
        let mut connection = connection.into();
        let (mut permissions, mut unknown) = (Permissions::default(), Vec::new());
        for role in roles {
            let text = "SELECT id, grants FROM rbac_roles WHERE id = $1 AND deleted_at IS NULL";
            match connection.query_optional::<Held>(text, values![role]).await? {
                Some(held) => permissions.add(&held.grants),
                None => unknown.push(role.to_string()),
            }
        }
        if unknown.is_empty() { Ok(permissions) } else { Err(RoleError::Unknown(unknown)) }
    }

    /// Gives roles.
    pub async fn assign_roles_within(
        &self,
        transaction: &mut Transaction,
        subject: &str,
        roles: &[RoleId],
    ) -> Result<(), RoleError> {
        self.grants_of_roles(&mut *transaction, roles).await?;
        for role in roles {
            let text = "INSERT INTO rbac_assignments (subject_id, role_id, created_at) VALUES ($1, $2, $3)
                        ON CONFLICT (subject_id, role_id) DO NOTHING";
            transaction.execute(text, values![subject, role, self.environment.now()]).await?;
        }
        Ok(())
    }

    /// Hands roles on.
    pub async fn move_assignments_within(
        &self,
        transaction: &mut Transaction,
        from: &str,
        to: &str,
    ) -> Result<(), Error> {
        let text = "INSERT INTO rbac_assignments (subject_id, role_id, created_at)
                    SELECT $2, role_id, $3 FROM rbac_assignments WHERE subject_id = $1
                    ON CONFLICT (subject_id, role_id) DO NOTHING";
        transaction.execute(text, values![from, to, self.environment.now()]).await?;
        self.remove_subject_within(transaction, from).await
    }

    /// Takes every role from a subject.
    pub async fn remove_subject_within(&self, transaction: &mut Transaction, subject: &str) -> Result<(), Error> {
        transaction.execute("DELETE FROM rbac_assignments WHERE subject_id = $1", values![subject]).await.map(drop)
    }
}
