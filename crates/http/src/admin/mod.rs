//! Users and invites, for those who are in.

pub(crate) mod invites;
pub(crate) mod users;

use vestibule_rbac::{RoleError, RoleId};

/// Reads the ids of roles. What is no role's id is the id of none.
fn role_ids(texts: Vec<String>) -> Result<Vec<RoleId>, RoleError> {
    let (mut ids, mut unknown) = (Vec::with_capacity(texts.len()), Vec::new());
    for text in texts {
        match text.parse() {
            Ok(id) => ids.push(id),
            Err(_) => unknown.push(text),
        }
    }
    if unknown.is_empty() { Ok(ids) } else { Err(RoleError::Unknown(unknown)) }
}
