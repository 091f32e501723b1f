//! `/admin/rbac/roles`.

pub(crate) mod assignable;
pub(crate) mod create;
pub(crate) mod delete;
pub(crate) mod list;
pub(crate) mod policies;
pub(crate) mod retrieve;
pub(crate) mod update;
pub(crate) mod users;

use vestibule_rbac::roles::RetrieveRoleError;
use vestibule_rbac::{RoleField, RoleId};

use crate::request::{InvalidRequest, Listing};

/// The parameters of lists of roles.
const LISTING: Listing<RoleField> = Listing {
    fields: &[
        RoleField::Id,
        RoleField::Name,
        RoleField::RequiresMfa,
        RoleField::CreatedAt,
        RoleField::UpdatedAt,
        RoleField::DeletedAt,
    ],
    search: true,
    limit: 50,
};

/// Parses the id in a path. Other text is reported as an unknown role.
pub(in crate::admin) fn id(text: &str) -> Result<RoleId, RetrieveRoleError> {
    text.parse().map_err(|_| RetrieveRoleError::NotFound { id: text.to_owned() })
}

/// Returns the parents that a body names, by `parent_id` or by `parent_ids`, not both.
fn parents(one: Option<Option<String>>, many: Option<Vec<String>>) -> Result<Option<Vec<String>>, InvalidRequest> {
    match (one, many) {
        (Some(_), Some(_)) => Err(InvalidRequest::new("Give either parent_id or parent_ids, not both")),
        (Some(one), None) => Ok(Some(one.into_iter().collect())),
        (None, many) => Ok(many),
    }
}
