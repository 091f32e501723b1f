//! Policies: permissions of the form `resource:operation`.
//!
//! ```
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let file = vestibule_testing::TestDatabase::sqlite();
//! # let database = file.open().await;
//! # database.migrate(&[vestibule_rbac::MIGRATIONS]).await?;
//! # let rbac = vestibule_rbac::RbacModule::new(database.clone(), vestibule_core::Environment::system());
//! use vestibule_rbac::CreatePolicy;
//! use vestibule_rbac::policies::CreatePoliciesError;
//!
//! let policy = rbac.create_rbac_policies(CreatePolicy::new("book", "lend")).await?;
//! assert_eq!((policy.key.as_str(), policy.operation.as_str()), ("book:lend", "lend"));
//! let again = rbac.create_rbac_policies(CreatePolicy::new("book", "lend")).await;
//! assert!(matches!(again, Err(CreatePoliciesError::KeyTaken { .. })));
//! # Ok(())
//! # }
//! ```

mod create;
mod delete;
mod key;
mod list;
mod retrieve;
mod update;

use serde::Serialize;
use vestibule_core::{DomainError, Metadata, Timestamp};
use vestibule_database::FromRow;
use vestibule_database::list::Table;
use vestibule_database::search::Searched;

pub use self::create::{CreatePoliciesError, CreatePolicy};
pub use self::delete::DeletePoliciesError;
pub use self::key::InvalidKey;
pub(crate) use self::retrieve::FindAllError;
pub use self::retrieve::RetrievePolicyError;
pub use self::update::{UpdatePoliciesError, UpdatePolicy};
use crate::PolicyId;

vestibule_core::fields!(
    /// The fields of a [`Policy`].
    PolicyField {
        Id: "id" as Text,
        Key: "key" as Text,
        Resource: "resource" as Text,
        Operation: "operation" as Text,
        Name: "name" as Text,
        Description: "description" as Text,
        Metadata: "metadata" as Json,
        CreatedAt: "created_at" as Time,
        UpdatedAt: "updated_at" as Time,
        DeletedAt: "deleted_at" as Time,
    }
);

/// A permission for an operation on a resource.
#[derive(Debug, Clone, PartialEq, Serialize, FromRow)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[row(columns = columns)]
pub struct Policy {
    /// The id.
    pub id: PolicyId,
    /// Resource and operation, joined by a colon: unique among policies that are not deleted.
    #[cfg_attr(feature = "openapi", schema(example = "user:read"))]
    pub key: String,
    /// The resource; `*` is all.
    pub resource: String,
    /// The operation; `*` is all.
    pub operation: String,
    /// The display name.
    pub name: Option<String>,
    /// The description.
    pub description: Option<String>,
    /// Data of the embedding programs.
    pub metadata: Option<Metadata>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// When it was deleted.
    pub deleted_at: Option<Timestamp>,
}

pub(crate) const TABLE: Table = Table { name: "rbac_policies", columns: columns!(), searched: Some(SEARCHED) };

/// What a search of policies covers.
pub const SEARCHED: Searched =
    Searched { table: "rbac_policies", columns: &["key", "name", "description"], is_indexed: false };

/// The columns that a search covers.
fn search_text(key: &str, name: Option<&str>, description: Option<&str>) -> String {
    vestibule_database::search::search_text([Some(key), name, description])
}

/// Given policies that do not exist.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, DomainError)]
#[error("The following policies do not exist: {}", .ids.join(", "))]
#[kind(NotFound)]
pub struct UnknownPolicies {
    /// The ids that were given.
    pub ids: Vec<String>,
}

/// Parses ids of policies. Text that is no id is treated as the id of no policy.
///
/// # Errors
///
/// [`UnknownPolicies`].
pub fn read_policy_ids(texts: &[String]) -> Result<Vec<PolicyId>, UnknownPolicies> {
    let unknown: Vec<String> = texts.iter().filter(|text| text.parse::<PolicyId>().is_err()).cloned().collect();
    match unknown.is_empty() {
        true => Ok(texts.iter().filter_map(|text| text.parse().ok()).collect()),
        false => Err(UnknownPolicies { ids: unknown }),
    }
}
