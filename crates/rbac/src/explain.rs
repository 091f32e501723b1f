//! Why a subject may do something.
//!
//! ```
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let file = vestibule_testing::TestDatabase::sqlite();
//! # let database = file.open().await;
//! # database.migrate(&[vestibule_rbac::MIGRATIONS]).await?;
//! # let rbac = vestibule_rbac::RbacModule::new(database.clone(), vestibule_core::Environment::system());
//! use vestibule_rbac::{CreatePolicy, CreateRole};
//!
//! let lend = rbac.create_rbac_policies(CreatePolicy::new("book", "lend")).await?;
//! let librarian = CreateRole { policy_ids: vec![lend.id], ..CreateRole::new("Librarian") };
//! let librarian = rbac.create_rbac_roles(librarian).await?;
//! let head = CreateRole { parent_ids: vec![librarian.id], ..CreateRole::new("Head librarian") };
//! let head = rbac.create_rbac_roles(head).await?;
//! rbac.assign_roles("user_01J…", &[head.id]).await?;
//!
//! let reasons = rbac.explain(&database, "user_01J…", "book:lend").await?;
//! assert_eq!(reasons[0].role.name, "Head librarian");
//! assert_eq!(reasons[0].inherited_from.as_ref().map(|role| role.name.as_str()), Some("Librarian"));
//! # Ok(())
//! # }
//! ```

use serde::Serialize;
use vestibule_database::{Connection, Error, FromRow, Row, values};

use crate::permissions::covers;
use crate::{PolicyId, RbacModule, RoleId};

/// A role that grants a permission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Reason {
    /// The role that the user has.
    pub role: Named,
    /// The ancestor from which that role inherits the policy; null for its own.
    pub inherited_from: Option<Named>,
    /// The policy's id.
    pub policy_id: PolicyId,
    /// The policy, which may have wildcards.
    pub policy: String,
}

/// A role by id and name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = NamedRole))]
pub struct Named {
    /// The id.
    pub id: RoleId,
    /// The name.
    pub name: String,
}

impl FromRow for Reason {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        let role = Named { id: row.get("role_id")?, name: row.get("role_name")? };
        let holder = Named { id: row.get("holder_id")?, name: row.get("holder_name")? };
        Ok(Self {
            inherited_from: (holder != role).then_some(holder),
            role,
            policy_id: row.get("policy_id")?,
            policy: row.get("policy")?,
        })
    }
}

impl RbacModule {
    /// Finds the roles, and their ancestors, that give a subject a policy; empty if none does.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn explain(
        &self,
        connection: impl Into<Connection<'_>>,
        subject_id: &str,
        policy: &str,
    ) -> Result<Vec<Reason>, Error> {
        let reasons: Vec<Reason> = connection
            .into()
            .query(
                "WITH RECURSIVE above (role_id, id) AS (
                     SELECT role.id, role.id FROM rbac_assignments assignment
                     JOIN rbac_roles role ON role.id = assignment.role_id AND role.deleted_at IS NULL
                     WHERE assignment.subject_id = $1
                     UNION SELECT above.role_id, parents.parent_id FROM rbac_role_parents parents
                     JOIN above ON above.id = parents.role_id
                 )
                 SELECT role.id AS role_id, role.name AS role_name, holder.id AS holder_id,
                     holder.name AS holder_name, policy.id AS policy_id, policy.key AS policy
                 FROM above
                 JOIN rbac_roles role ON role.id = above.role_id
                 JOIN rbac_roles holder ON holder.id = above.id
                 JOIN rbac_role_policies held ON held.role_id = above.id
                 JOIN rbac_policies policy ON policy.id = held.policy_id AND policy.deleted_at IS NULL
                 ORDER BY role.created_at, role.id, holder.created_at, holder.id, policy.key",
                values![subject_id],
            )
            .await?;
        Ok(reasons.into_iter().filter(|reason| covers(&reason.policy, policy)).collect())
    }
}
