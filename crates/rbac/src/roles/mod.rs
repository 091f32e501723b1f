//! Roles: named sets of policies, and what they inherit from their parents.
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
//! let read = rbac.create_rbac_policies(CreatePolicy::new("book", "read")).await?;
//! let reader = CreateRole { policy_ids: vec![read.id], ..CreateRole::new("Reader") };
//! let reader = rbac.create_rbac_roles(reader).await?;
//! let librarian = CreateRole { parent_ids: vec![reader.id], requires_mfa: true, ..CreateRole::new("Librarian") };
//! let librarian = rbac.create_rbac_roles(librarian).await?;
//! assert!(librarian.grants.allows("book:read") && librarian.needs_mfa && !reader.needs_mfa);
//! # Ok(())
//! # }
//! ```

mod create;
mod delete;
mod grants;
mod list;
mod parents;
mod policies;
mod retrieve;
mod update;

use serde::Serialize;
use vestibule_core::{Metadata, Timestamp};
use vestibule_database::list::Table;
use vestibule_database::search::Searched;
use vestibule_database::{Error, FromRow, Row};

pub use self::create::{CreateRole, CreateRolesError};
pub use self::delete::DeleteRolesError;
pub use self::parents::SetParentsError;
pub use self::policies::{HeldPolicy, RolePoliciesError, RolePolicy};
pub use self::retrieve::RetrieveRoleError;
pub use self::update::{UpdateRole, UpdateRolesError};
use crate::{Permissions, RoleId};

vestibule_core::fields!(
    /// The fields of a [`Role`].
    RoleField {
        Id: "id" as Text,
        Name: "name" as Text,
        Description: "description" as Text,
        Metadata: "metadata" as Json,
        RequiresMfa: "requires_mfa" as Bool,
        CreatedAt: "created_at" as Time,
        UpdatedAt: "updated_at" as Time,
        DeletedAt: "deleted_at" as Time,
    }
);

/// A named set of policies.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Role {
    /// The id.
    pub id: RoleId,
    /// The display name, unique among roles that are not deleted.
    pub name: String,
    /// The description.
    pub description: Option<String>,
    /// Data of the embedding programs.
    pub metadata: Option<Metadata>,
    /// Whether its users must have a second factor.
    pub requires_mfa: bool,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// When it was deleted.
    pub deleted_at: Option<Timestamp>,
    /// What it allows: its own policies, and those of all its ancestors.
    #[serde(skip)]
    pub grants: Permissions,
    /// Whether the role, or one of its ancestors, requires a second factor of its holders.
    #[serde(skip)]
    pub needs_mfa: bool,
}

/// The columns of a [`Role`], as a literal for `concat!`.
macro_rules! columns {
    () => {
        "id, name, description, metadata, requires_mfa, needs_mfa, grants, created_at, updated_at, deleted_at"
    };
}
pub(crate) use columns;

pub(crate) const TABLE: Table = Table { name: "rbac_roles", columns: columns!(), searched: Some(SEARCHED) };

/// What a search of roles covers.
pub const SEARCHED: Searched = Searched { table: "rbac_roles", columns: &["name", "description"], is_indexed: false };

impl FromRow for Role {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        let mut grants = Permissions::default();
        grants.add(&row.get::<String>("grants")?);
        Ok(Self {
            id: row.get("id")?,
            name: row.get("name")?,
            description: row.get_optional("description")?,
            metadata: row.get_optional("metadata")?,
            requires_mfa: row.get("requires_mfa")?,
            created_at: row.get("created_at")?,
            updated_at: row.get("updated_at")?,
            deleted_at: row.get_optional("deleted_at")?,
            grants,
            needs_mfa: row.get("needs_mfa")?,
        })
    }
}

/// The columns that a search covers.
fn search_text(name: &str, description: Option<&str>) -> String {
    vestibule_database::search::search_text([Some(name), description])
}
