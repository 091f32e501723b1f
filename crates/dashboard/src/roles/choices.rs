//! The roles that a form offers, with what each allows.

use vestibule_core::{Filter, FindConfig};
use vestibule_rbac::{Role, RoleId};

use super::allows;
use crate::failure::Failure;
use crate::request::PageRequest;
use crate::texts::Texts;

/// A role that can be chosen.
pub(crate) struct Choice {
    pub(crate) role: Role,
    pub(crate) is_chosen: bool,
    pub(crate) description: Option<String>,
    /// What the role allows.
    pub(crate) allows: String,
}

/// Returns the choices of these roles.
pub(crate) fn choices(roles: Vec<Role>, chosen: &[RoleId], texts: &Texts) -> Vec<Choice> {
    let choice = |role: Role| Choice {
        is_chosen: chosen.contains(&role.id),
        allows: allows::in_words(&role.grants, texts),
        description: allows::description(&role, texts),
        role,
    };
    roles.into_iter().map(choice).collect()
}

/// Returns the roles that the caller can give, by name, also for callers who may not read roles.
pub(crate) async fn assignable(request: &PageRequest) -> Result<Vec<Role>, Failure> {
    let (find, permissions) = (FindConfig::default().page(0, 500), request.permissions());
    let all = Filter::everything();
    let (mut roles, _) = request.flows().rbac().list_and_count_assignable_rbac_roles(&all, &find, &permissions).await?;
    roles.sort_by_key(|role| role.name.to_lowercase());
    Ok(roles)
}

/// Returns the roles that are ticked at first: the default ones, unless they allow everything; then the one that allows the
/// least.
pub(crate) fn proposed(roles: &[Role], defaults: &[RoleId]) -> Vec<RoleId> {
    let allows_everything = |id: &RoleId| roles.iter().all(|role| role.id != *id || role.grants.allows("*:*"));
    if !defaults.iter().any(allows_everything) {
        return defaults.to_vec();
    }
    // A wildcard is more than any number of policies.
    let extent = |role: &&Role| {
        let keys = role.grants.keys();
        (keys.iter().filter(|key| key.contains('*')).count(), keys.len())
    };
    let least = roles.iter().filter(|role| !role.grants.is_empty()).min_by_key(extent);
    least.map(|role| role.id.clone()).into_iter().collect()
}
