//! The policies as a grid of resources and operations.

use vestibule_core::{Filter, FindConfig};
use vestibule_rbac::{Permissions, Policy, PolicyId};

use crate::failure::Failure;
use crate::request::PageRequest;

/// The operations that have a column of their own; others stand in the last one.
pub(crate) const OPERATIONS: [&str; 4] = ["create", "read", "update", "delete"];

/// What is known of one policy in the grid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cell {
    pub(crate) id: PolicyId,
    pub(crate) key: String,
    pub(crate) operation: String,
    /// Whether the role has it itself.
    pub(crate) is_own: bool,
    /// Whether it has it from a parent.
    pub(crate) is_inherited: bool,
    /// Whether whoever asks could give or take it.
    pub(crate) can_be_changed: bool,
}

/// One resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) resource: String,
    /// One cell for each of [`OPERATIONS`], where there is such a policy.
    pub(crate) cells: [Option<Cell>; 4],
    pub(crate) others: Vec<Cell>,
}

/// What a role has of a policy: itself, or from a parent.
pub(crate) type Held = (PolicyId, bool);

/// All policies, and what a role has of them, for somebody with these permissions.
pub(crate) async fn grid(
    request: &PageRequest,
    held: &[Held],
    permissions: &Permissions,
) -> Result<Vec<Line>, Failure> {
    let find = FindConfig::default();
    let mut policies = request.flows().rbac().list_rbac_policies(&Filter::everything(), &find).await?;
    // What is wild comes first.
    policies.sort_by(|one, other| (one.resource != "*", &one.key).cmp(&(other.resource != "*", &other.key)));
    let mut lines: Vec<Line> = Vec::new();
    for policy in policies {
        if lines.last().is_none_or(|line| line.resource != policy.resource) {
            let resource = policy.resource.clone();
            lines.push(Line { resource, cells: [const { None }; 4], others: Vec::new() });
        }
        let cell = cell(policy, held, permissions);
        let Some(line) = lines.last_mut() else { continue };
        let place = OPERATIONS.iter().position(|operation| *operation == cell.operation);
        match place.and_then(|place| line.cells.get_mut(place)) {
            Some(place) => *place = Some(cell),
            None => line.others.push(cell),
        }
    }
    Ok(lines)
}

fn cell(policy: Policy, held: &[Held], permissions: &Permissions) -> Cell {
    let has = |inherited: bool| held.iter().any(|(id, is_inherited)| *id == policy.id && *is_inherited == inherited);
    Cell {
        is_own: has(false),
        is_inherited: has(true),
        can_be_changed: permissions.allows(&policy.key),
        id: policy.id,
        key: policy.key,
        operation: policy.operation,
    }
}
