//! The policies as a grid of resources and operations.

use vestibule_core::{Filter, FindConfig};
use vestibule_rbac::{Permissions, Policy, PolicyId};

use crate::failure::Failure;
use crate::request::PageRequest;

/// The operations with a column of their own; the last column has the others.
pub(crate) const OPERATIONS: [&str; 4] = ["create", "read", "update", "delete"];

/// A policy in the grid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cell {
    pub(crate) id: PolicyId,
    pub(crate) key: String,
    pub(crate) operation: String,
    /// Whether it is the role's own.
    pub(crate) is_own: bool,
    /// Whether the role inherits it from a parent.
    pub(crate) is_inherited: bool,
    /// Whether the caller can grant or remove it.
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

/// How a role has a policy: as its own, or inherited.
pub(crate) type Held = (PolicyId, bool);

/// Returns all policies, and which of them a role has, for a caller with these permissions.
pub(crate) async fn grid(
    request: &PageRequest,
    held: &[Held],
    permissions: &Permissions,
) -> Result<Vec<Line>, Failure> {
    let find = FindConfig::default();
    let mut policies = request.flows().rbac().list_rbac_policies(&Filter::everything(), &find).await?;
    // Wildcards come first.
    policies.sort_by(|one, other| (one.resource != "*", &one.key).cmp(&(other.resource != "*", &other.key)));
    let mut lines: Vec<Line> = Vec::new();
    for policy in policies {
        if lines.last().is_none_or(|line| line.resource != policy.resource) {
            let resource = policy.resource.clone();
            lines.push(Line { resource, cells: [const { None }; 4], others: Vec::new() });
        }
        let cell = cell(policy, held, permissions);
        let Some(line) = lines.last_mut() else { continue };
        let column = OPERATIONS.iter().position(|operation| *operation == cell.operation);
        match column.and_then(|column| line.cells.get_mut(column)) {
            Some(empty) => *empty = Some(cell),
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
