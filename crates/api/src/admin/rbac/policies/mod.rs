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

/// The parameters of lists of policies.
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

/// Parses the id in a path. Other text is reported as an unknown policy.
fn id(text: &str) -> Result<PolicyId, RetrievePolicyError> {
    text.parse().map_err(|_| RetrievePolicyError::NotFound { id: text.to_owned() })
}
