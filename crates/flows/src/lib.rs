//! What needs several modules in one transaction.
//!
//! - [`Flows::accept_invite`]: an invite becomes a user who can sign in
//! - [`Flows::create_user_account`], [`Flows::remove_user_account`]: a user with, or without, a way to sign in
//! - [`Flows::invite`], [`Flows::resend_invite`], [`Flows::revoke_invite`], [`Flows::preview_invite`]
//! - [`Flows::register`], [`Flows::sign_in`], [`Flows::sign_in_or_create_user`]
//! - [`Flows::identify`]: who is behind a request, in one query
//!
//! The JSON API, the command line and the pages are thin callers of these: no rule lives in a handler. What one module
//! can do by itself is not here.

mod accept_invite;
mod create_user_account;
mod identify;
mod invite;
mod preview_invite;
mod remove_user_account;
mod sign_in;

use vestibule_auth::AuthModule;
use vestibule_core::Environment;
use vestibule_database::{Database, Migrations};
use vestibule_user::UserModule;

pub use accept_invite::{AcceptInvite, AcceptInviteError};
pub use create_user_account::{CreateUserAccount, CreateUserAccountError, UserAccount, WayIn};
pub use identify::{Caller, Credential};
pub use preview_invite::{InvitePreview, Inviter};
pub use remove_user_account::RemoveUserAccountError;
pub use sign_in::{SignIn, SignInError};

/// The tables of every module that the flows need.
pub const MIGRATIONS: [Migrations; 3] =
    [vestibule_outbox::MIGRATIONS, vestibule_user::MIGRATIONS, vestibule_auth::MIGRATIONS];

/// The actor type of the people whom the User Module knows.
pub const USER: &str = "user";

/// The flows, on one database that has the tables of [`MIGRATIONS`]. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Flows {
    database: Database,
    environment: Environment,
    users: UserModule,
    auth: AuthModule,
}

impl Flows {
    /// Flows through these modules. All of them work on `database`.
    pub fn new(database: Database, environment: Environment, users: UserModule, auth: AuthModule) -> Self {
        Self { database, environment, users, auth }
    }

    /// The User Module.
    pub fn users(&self) -> &UserModule {
        &self.users
    }

    /// The Auth Module.
    pub fn auth(&self) -> &AuthModule {
        &self.auth
    }

    /// The database.
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// The clock and the dice.
    pub fn environment(&self) -> &Environment {
        &self.environment
    }
}
