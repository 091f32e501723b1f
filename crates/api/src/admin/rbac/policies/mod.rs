//! `/admin/rbac/policies`.

pub(crate) mod assignable;
pub(crate) mod create;
pub(crate) mod delete;
pub(crate) mod list;
pub(crate) mod retrieve;
pub(crate) mod roles;
pub(crate) mod update;

use vestibule_rbac::policies::RetrievePolicyError;
use vestibule_rbac::{PolicyField, PolicyId};

use crate::request::Listing;

/// What lists of policies take.
const LISTING: Listing<PolicyField> = Listing {
    fields: &[
        PolicyField::Id,
        PolicyField::Key,
        PolicyField::Resource,
        PolicyField::Operation,
        PolicyField::CreatedAt,
        PolicyField::UpdatedAt,
        PolicyField::DeletedAt,
    ],
    search: true,
    limit: 20,
};

/// Reads the id of a path. What is no policy's id is the id of none.
fn id(text: &str) -> Result<PolicyId, RetrievePolicyError> {
    text.parse().map_err(|_| RetrievePolicyError::NotFound { id: text.to_owned() })
}
