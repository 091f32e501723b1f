//! Roles and policies: who may do what.
//!
//! - [`RbacModule`]: the service
//! - [`permissions`]: what somebody may do, as a request asks it
//! - [`policies`]: what may be done
//! - [`roles`]: policies under one name, and what they have from their parents
//! - [`assignments`]: who has which role
//! - [`explain`]: why somebody may do something
//! - [`builtin`]: the policies and the role that are always there
//!
//! A policy is `resource:operation`; a role has policies, and what its parents have. Somebody has roles: a user, an
//! invite (for whoever accepts it), an API key; to this crate all of them are ids.
//!
//! Not here: which route needs which policy (http), and who may change what of whom (the flows).

pub mod assignments;
pub mod builtin;
pub mod explain;
mod ids;
mod lock;
mod module;
mod page;
pub mod permissions;
pub mod policies;
pub mod roles;
mod subjects;
mod text;

pub use assignments::{AssignRolesError, UnknownRoles, read_role_ids};
pub use explain::Reason;
pub use ids::{InvalidNamedId, PolicyId, RoleId, RolePolicyId};
pub use module::{MIGRATIONS, RbacModule};
pub use permissions::Permissions;
pub use policies::{CreatePolicy, Policy, PolicyField, UnknownPolicies, UpdatePolicy, read_policy_ids};
pub use roles::{CreateRole, HeldPolicy, Role, RoleField, RolePolicy, UpdateRole};
