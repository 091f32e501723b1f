//! Roles and policies: callers give and take only what they have (security.md 5), and a super admin always remains
//! (security.md 27). Each change is an entry of the audit log.
//!
//! Permissions are read before the change: a role that the caller has may be the one that grows.
//!
//! ```
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let file = vestibule_testing::TestDatabase::sqlite();
//! # let database = file.open().await;
//! # let environment = vestibule_core::Environment::system();
//! # let key = vestibule_core::SigningKey::new(b"a secret of at least 32 random bytes");
//! # let options = vestibule_user::UserOptions::new(key.clone());
//! # let users = vestibule_user::UserModule::new(database.clone(), environment.clone(), options);
//! # let passwords = vestibule_auth::Passwords::start(vestibule_auth::PasswordConfig::fast_for_tests())?;
//! # let options = vestibule_auth::AuthOptions::new(key);
//! # let auth = vestibule_auth::AuthModule::new(database.clone(), environment.clone(), options, passwords);
//! # vestibule_flows::set_up(&database, &environment).await?;
//! # let flows = vestibule_flows::Flows::new(database, environment, users, auth);
//! # let user = vestibule_user::CreateUser::new("user@example.com".parse()?);
//! # let method = vestibule_flows::SignInMethod::None;
//! # let account = vestibule_flows::CreateUserAccount { roles: Some(Vec::new()), ..vestibule_flows::CreateUserAccount::new(user, method) };
//! # let user = flows.create_user_account(&account, &Context::operator()).await?.user;
//! use vestibule_core::{DomainError, ErrorKind};
//! use vestibule_flows::Context;
//! use vestibule_rbac::{CreateRole, PolicyId};
//!
//! // `user` is a user without roles.
//! let reader = flows.create_role(&CreateRole::new("Reader"), &Context::operator()).await?;
//! let roles = flows.assign_roles(user.id, &[reader.id], &Context::operator()).await?;
//! assert_eq!(roles[0].name, "Reader");
//!
//! // Users cannot create a role that allows more than they may do.
//! let everything = CreateRole { policy_ids: vec![PolicyId::super_admin()], ..CreateRole::new("Reader of everything") };
//! let refused = flows.create_role(&everything, &Context::user(user.id)).await;
//! assert_eq!(refused.err().map(|error| error.kind()), Some(ErrorKind::Forbidden));
//! # Ok(())
//! # }
//! ```

pub(crate) mod assign;
mod create;
mod delete;
mod explain;
mod holders;
mod own_policies;
mod policies;
mod remove;
mod super_admins;
mod update;

use serde_json::{Value as Json, json};
use vestibule_core::DomainError;
use vestibule_database::{Error, Transaction};
use vestibule_rbac::policies::{CreatePoliciesError, DeletePoliciesError, UpdatePoliciesError};
use vestibule_rbac::roles::{CreateRolesError, DeleteRolesError, RolePoliciesError, UpdateRolesError};
use vestibule_rbac::{AssignRolesError, Permissions, Role};

pub use self::assign::UserRolesError;
pub use self::explain::Explanation;
pub use self::holders::{FIRST_ASSIGNED_FIRST, HolderField};
pub use self::super_admins::LastSuperAdminError;
use crate::{Flows, GrantError};

/// A caller tried to give a role, or take from it, policies that they lack.
#[derive(Debug, thiserror::Error, DomainError)]
#[error("You do not have access to some of the policies you are trying to assign: you lack {}", .missing.join(", "))]
#[kind(Forbidden, code = "policies_missing", detail = missing)]
pub struct LackingPolicies {
    /// Their keys.
    pub missing: Vec<String>,
}

/// Refuses to give a role, or take from it, permissions that the caller lacks.
fn refuse_lacking_policies(held: &Permissions, changed: &Permissions) -> Result<(), LackingPolicies> {
    let missing: Vec<String> = held.missing(changed.keys()).into_iter().map(str::to_owned).collect();
    if missing.is_empty() { Ok(()) } else { Err(LackingPolicies { missing }) }
}

/// Why a role was not changed.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum ChangeRoleError {
    /// It cannot be created.
    #[error(transparent)]
    Create(#[from] CreateRolesError),
    /// It cannot be changed.
    #[error(transparent)]
    Update(#[from] UpdateRolesError),
    /// It cannot be deleted.
    #[error(transparent)]
    Delete(#[from] DeleteRolesError),
    /// Its policies cannot be changed.
    #[error(transparent)]
    Policies(#[from] RolePoliciesError),
    /// A parent does not exist.
    #[error(transparent)]
    Parents(#[from] AssignRolesError),
    /// The caller lacks what its policies, or its parents, allow.
    #[error(transparent)]
    Lacking(#[from] LackingPolicies),
    /// The caller wants to delete the role but lacks what it allows.
    #[error(transparent)]
    Grant(#[from] GrantError),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

/// Why a policy was not changed.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum ChangePolicyError {
    /// It cannot be created.
    #[error(transparent)]
    Create(#[from] CreatePoliciesError),
    /// It cannot be changed.
    #[error(transparent)]
    Update(#[from] UpdatePoliciesError),
    /// It cannot be deleted.
    #[error(transparent)]
    Delete(#[from] DeletePoliciesError),
    /// The caller lacks what would be given or taken.
    #[error(transparent)]
    Lacking(#[from] LackingPolicies),
    /// The caller no longer exists.
    #[error(transparent)]
    Grant(#[from] GrantError),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl Flows {
    /// A role as the audit log shows it.
    async fn audited_role_within(&self, transaction: &mut Transaction, role: &Role) -> Result<Json, Error> {
        let parents = self.rbac.parents_of_role(&mut *transaction, &role.id).await?;
        let parents: Vec<&str> = parents.iter().map(|parent| parent.id.as_str()).collect();
        Ok(json!({
            "name": role.name,
            "description": role.description,
            "requires_mfa": role.requires_mfa,
            "parents": parents,
            "policies": role.grants.keys(),
        }))
    }
}
