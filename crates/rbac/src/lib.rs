//! Roles and policies: who may do what.
//!
//! ```
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let file = vestibule_testing::TestDatabase::sqlite();
//! # let database = file.open().await;
//! use vestibule_core::Environment;
//! use vestibule_rbac::{CreatePolicy, CreateRole, MIGRATIONS, RbacModule};
//!
//! database.migrate(&[MIGRATIONS]).await?;
//! let rbac = RbacModule::new(database.clone(), Environment::system());
//!
//! let lend = rbac.create_rbac_policies(CreatePolicy::new("book", "lend")).await?;
//! let librarian = CreateRole { policy_ids: vec![lend.id], ..CreateRole::new("Librarian") };
//! let librarian = rbac.create_rbac_roles(librarian).await?;
//! rbac.assign_roles("user_01J…", &[librarian.id]).await?;
//!
//! let permissions = rbac.permissions_of(&database, "user_01J…").await?;
//! assert!(permissions.allows("book:lend") && !permissions.allows("book:delete"));
//! # Ok(())
//! # }
//! ```
//!
//! - [`RbacModule`]: the service
//! - [`Permissions`]: what a caller may do, as a request checks it
//! - [`policies`]: what may be done
//! - [`roles`]: named sets of policies, and what they inherit from their parents
//! - [`RbacModule::assign_roles`]: who has which role
//! - [`explain`]: why a subject may do something
//! - [`builtin`]: the policies and the role that always exist; [`ready_made`]: the roles that a database begins with
//!
//! A policy is `resource:operation`; a role has policies, and inherits those of its parents. A subject has roles: a
//! user, an invite (for the user who accepts it), an API key; to this crate all of them are ids.
//!
//! Not here: which route needs which policy (`api`), and who may change what of whom (`flows`).

mod assignments;
pub mod builtin;
mod dump;
pub mod explain;
mod ids;
mod lock;
mod module;
mod page;
mod permissions;
pub mod policies;
pub mod ready_made;
pub mod roles;
mod subjects;
mod text;

pub use assignments::{AssignRolesError, COUNTS, UnknownRoles, read_role_ids};
pub use dump::DUMPED;
pub use explain::Reason;
pub use ids::{InvalidNamedId, PolicyId, RoleId, RolePolicyId};
pub use module::{MIGRATIONS, RbacModule};
pub use permissions::Permissions;
pub use policies::{CreatePolicy, Policy, PolicyField, UnknownPolicies, UpdatePolicy, read_policy_ids};
pub use roles::{CreateRole, HeldPolicy, Role, RoleField, RolePolicy, UpdateRole};
