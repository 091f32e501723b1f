//! Users and groups of a company's directory, which creates, changes and removes them by SCIM (security.md 47).
//!
//! A directory acts by a key of its own kind, which has a ceiling of roles: it gives no role that allows more, and acts on no
//! user who may do more. Groups are roles; a directory sees those below its ceiling.
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
//! use vestibule_auth::ApiKeyKind;
//! use vestibule_flows::directory::UserChange;
//! use vestibule_flows::{Client, Context, NewApiKey};
//!
//! let key = NewApiKey { title: "Directory".to_owned(), kind: ApiKeyKind::Scim, ..NewApiKey::default() };
//! let key = flows.create_api_key(&key, &Context::operator()).await?;
//! let directory = flows.identify_directory(key.key.token.reveal()).await?.ok_or("no such key")?;
//! let context = directory.directory_context(Client::default());
//!
//! let ada = flows.provision_user(&"ada@example.com".parse()?, &UserChange::default(), &context).await?;
//! let locked = UserChange { active: Some(false), ..UserChange::default() };
//! let ada = flows.change_provisioned_user(ada.user.id, &locked, None, &context).await?;
//! assert!(ada.user.locked_at.is_some());
//! # Ok(())
//! # }
//! ```

mod groups;
mod users;

use vestibule_core::DomainError;
use vestibule_database::Error;
use vestibule_rbac::Permissions;
use vestibule_user::directory::DirectoryProfileError;
use vestibule_user::users::{RetrieveUserError, UpdateUsersError};

pub use self::groups::{Group, GroupChange, IsCurrent, MOST_MEMBERS, MemberChange};
pub use self::users::UserChange;
use crate::roles::{ChangeRoleError, UserRolesError};
use crate::{
    ChangeEmailError, CreateUserAccountError, Flows, GrantError, LockUserError, RemoveUserAccountError,
    UpdateUserAccountError,
};

/// How users sign in whom a directory creates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DirectorySignIn {
    /// Through a provider that proves the address, such as the directory's own: the first sign-in links it.
    #[default]
    Provider,
    /// By an invite, which is mailed.
    Invite,
}

/// What a directory does: the maker of its key must be able to do as much.
const POLICIES: [&str; 8] = [
    "user:create",
    "user:read",
    "user:update",
    "user:delete",
    "rbac_role:create",
    "rbac_role:read",
    "rbac_role:update",
    "rbac_role:delete",
];

/// What the maker of a directory's key must be able to do.
pub(crate) fn directory_policies() -> Permissions {
    POLICIES.into_iter().map(str::to_owned).collect()
}

/// Why a directory's change was refused. Nothing was changed.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum DirectoryError {
    /// It has been changed since the directory read it.
    #[error("It has been changed since you read it. Read it again.")]
    #[kind(Conflict, code = "version_mismatch")]
    Changed,
    /// There is no such group, or it is above the ceiling of the key.
    #[error("Group with id: {id} was not found")]
    #[kind(NotFound)]
    Group {
        /// The id that was given.
        id: String,
    },
    /// A group with more members is not replaced as a whole.
    #[error("This group has more than {most} members: change them by PATCH, which adds and removes some.")]
    #[kind(InvalidData, code = "too_many_members")]
    TooManyMembers {
        /// How many can be replaced.
        most: u32,
    },
    /// The user cannot be created.
    #[error(transparent)]
    Create(#[from] CreateUserAccountError),
    /// The user cannot be retrieved.
    #[error(transparent)]
    Retrieve(#[from] RetrieveUserError),
    /// The user cannot be changed.
    #[error(transparent)]
    Update(#[from] UpdateUserAccountError),
    /// The user cannot be changed.
    #[error(transparent)]
    Users(#[from] UpdateUsersError),
    /// What the directory keeps cannot be changed.
    #[error(transparent)]
    Profile(#[from] DirectoryProfileError),
    /// The address cannot be changed.
    #[error(transparent)]
    Email(#[from] ChangeEmailError),
    /// The user cannot be locked or unlocked.
    #[error(transparent)]
    Lock(#[from] LockUserError),
    /// The user cannot be removed.
    #[error(transparent)]
    Remove(#[from] RemoveUserAccountError),
    /// The invite cannot be created.
    #[error(transparent)]
    Invite(#[from] vestibule_user::invites::CreateInvitesError),
    /// The role cannot be changed.
    #[error(transparent)]
    Role(#[from] ChangeRoleError),
    /// The members cannot be changed.
    #[error(transparent)]
    Members(#[from] UserRolesError),
    /// The user or the group is above the ceiling of the key.
    #[error(transparent)]
    Grant(#[from] GrantError),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl Flows {
    /// Sets how users sign in whom a directory creates.
    #[must_use]
    pub fn with_directory_sign_in(mut self, sign_in: DirectorySignIn) -> Self {
        self.directory_sign_in = sign_in;
        self
    }

    /// How users sign in whom a directory creates.
    pub fn directory_sign_in(&self) -> DirectorySignIn {
        self.directory_sign_in
    }
}
