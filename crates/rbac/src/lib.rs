//! Roles and policies: who may do what.
//!
//! - [`RbacModule`]: the service
//! - [`permissions`]: what somebody may do, as a request asks it
//!
//! A policy is `resource:operation`; a role has policies, and what its parents have. Somebody has roles: a user, an
//! invite (for whoever accepts it), an API key; to this crate all of them are ids.
//!
//! Not here: which route needs which policy (http), and who may change what of whom (the flows).

mod interim;
mod module;
pub mod permissions;

pub use interim::RoleError;
pub use module::{MIGRATIONS, RbacModule};
pub use permissions::{Permissions, RoleId};
