//! What needs several modules in one transaction.
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
//! use vestibule_auth::AuthInput;
//! use vestibule_flows::{Client, Context, CreateUserAccount, Flows, SignIn, SignInMethod, USER, set_up};
//! use vestibule_user::CreateUser;
//!
//! // `users` and `auth` are the modules on this database.
//! set_up(&database, &environment).await?;
//! let flows = Flows::new(database, environment, users, auth);
//!
//! let password = SignInMethod::Password("Lantern-trombone-42".to_owned());
//! let account = CreateUserAccount::new(CreateUser::new("user@example.com".parse()?), password);
//! let account = flows.create_user_account(&account, &Context::operator()).await?;
//!
//! let input = AuthInput::body([("email", "user@example.com"), ("password", "Lantern-trombone-42")]);
//! let signed_in = flows.sign_in(USER, "emailpass", &input, &Client::default()).await?;
//! assert!(matches!(signed_in, SignIn::Session(token) if token.actor_id == account.user.id.to_string()));
//! # Ok(())
//! # }
//! ```
//!
//! - [`Flows::accept_invite`]: an invite becomes a user who can sign in
//! - [`Flows::create_user_account`], [`Flows::update_user_account`], [`Flows::remove_user_account`]
//! - [`Flows::invite`], [`Flows::resend_invite`], [`Flows::revoke_invite`], [`Flows::preview_invite`]
//! - [`Flows::register`], [`Flows::sign_in`], [`Flows::sign_in_or_create_user`], [`Flows::refresh`]
//! - [`Flows::start_mfa`], [`Flows::verify_mfa`], [`Flows::rename_mfa`], [`Flows::disable_mfa`],
//!   [`Flows::generate_mfa_recovery_codes`], [`Flows::verify_mfa_challenge`], [`Flows::remove_mfa_of_user`], [`Flows::reset_mfa`]:
//!   second factors
//! - [`Flows::prove`], [`FreshProof`], [`AccessChangeError`]: what creates or widens access asks for a fresh proof of identity
//! - [`Flows::request_password_reset`], [`Flows::issue_password_reset`], [`Flows::send_password_reset`],
//!   [`Flows::reset_password`],
//!   [`Flows::change_password`]; [`Flows::request_verification`], [`Flows::confirm_verification`]
//! - [`Flows::request_email_change`], [`Flows::confirm_email_change`], [`Flows::revert_email_change`],
//!   [`Flows::change_email_of_user`]: another e-mail address
//! - [`Flows::identify`], [`Flows::identify_api_key`]: the caller of a request, in one query
//! - [`Flows::list_own_sessions`], [`Flows::end_own_session`], [`Flows::end_other_sessions`], and the same for a user
//! - [`Flows::lock_user`], [`Flows::unlock_user`], [`Flows::attempts_of_user`], [`Flows::clear_attempts_of_user`]
//! - [`Flows::create_api_key`], [`Flows::revoke_api_key`] and more: keys of programs, with their roles
//! - [`roles`]: roles and policies are changed, given and taken away; [`Flows::explain`] reports why a user may do something
//! - [`Flows::note_refusal`]: what the caller may not do leaves a trace, as failed sign-ins do
//! - [`UserExport`], [`InviteExport`], [`AuditExport`]: everything that matches, a batch at a time
//! - [`Context`]: who acts, and from where; [`set_up`]: the tables of all modules
//! - [`directory`]: users and groups of a company's directory (SCIM)
//! - [`doctor`]: what years have left behind, found and repaired
//! - [`Flows::fill_counts`], [`Flows::wrong_counts`], [`Flows::repair_counts`], [`Flows::fold_counts`]: the counts that lists show
//!
//! The JSON API, the command line and the pages are thin callers of these: no rule lives in a handler. The caller
//! decides which policy a route needs; the flows ensure that callers give only what they have, and that a super admin
//! remains. What one module can do alone is not here.

mod access_changes;
mod actor;
mod api_keys;
mod authority;
mod callers;
mod counts;
pub mod directory;
pub mod doctor;
mod email_change;
mod exports;
mod failures;
mod invites;
mod mfa;
mod own_data;
mod passwords;
mod queries;
pub mod roles;
mod sessions;
mod setup;
mod sign_in;
mod users;

use std::sync::Arc;

use vestibule_audit::AuditLog;
use vestibule_auth::AuthModule;
use vestibule_core::Environment;
use vestibule_database::Database;
use vestibule_rbac::{RbacModule, RoleId};
use vestibule_user::UserModule;

use self::failures::Tally;
pub use access_changes::AccessChangeError;
pub use actor::{Actor, Client, Context, GrantError};
pub use api_keys::{ChangeKeyError, CreateKeyError, NewApiKey, TheirKeys, WithRoles};
pub use authority::Target;
pub use callers::{ApiKeyCaller, Caller, Credential, SessionCaller, Stage};
pub use email_change::{ChangeEmailError, Confirmer, EmailChangePreview, RequestEmailChangeError};
pub use exports::{AuditExport, Batches, ExportedInvite, ExportedUser, InviteExport, UserExport};
pub use failures::FailureReason;
pub use invites::{
    AcceptInvite, AcceptInviteError, InviteError, InvitePasskeyError, InvitePreview, InviteUserError, Inviter,
    NewInvite, PreviewInviteError,
};
pub use mfa::{
    DisableMfaError, FactorOwnerError, GenerateRecoveryCodesError, MfaChallengeError, RemoveFactorError,
    RenameFactorError, ResetMfaError, StartFactorError, VerifyFactorError,
};
pub use own_data::{MOST_EXPORTED, OwnData, OwnDataError};
pub use passwords::{IssueResetError, RequestResetError};
pub use roles::{FIRST_ASSIGNED_FIRST, HolderField, LastSuperAdminError};
pub use sessions::EndSessionError;
pub use setup::{MIGRATIONS, set_up};
pub use sign_in::{
    BeginProofError, FreshProof, FreshProofError, LinkProviderError, ReturnedIdentity, ReturnedSignIn,
    SentVerification, SignIn, SignInError, SignUpError, SignUpRule, SignUpState, UnlinkProviderError,
    VerificationState,
};
pub use users::{
    ClearAttemptsError, CreateUserAccount, CreateUserAccountError, EraseUserError, Erased, FirstUserError, LastSeen,
    LockUserError, RemoveUserAccountError, SignInMethod, UpdateUserAccountError, UserAccount, UserOrder, UserQuery,
    UserState, UserSummary,
};

/// The actor type of users.
pub const USER: &str = "user";

/// The flows, on one database that [`set_up`] has prepared. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Flows {
    database: Database,
    environment: Environment,
    users: UserModule,
    auth: AuthModule,
    rbac: RbacModule,
    audit: AuditLog,
    default_roles: Vec<RoleId>,
    sign_up: SignUpRule,
    directory_sign_in: directory::DirectorySignIn,
    /// Failures and refusals in this process, counted apart so that neither hides the other.
    sign_in_failures: Arc<Tally>,
    refusals: Arc<Tally>,
}

impl Flows {
    /// Creates flows over these modules, all of which use `database`. A user without given roles becomes a super admin,
    /// as in the reference, which has no roles: [`Flows::with_default_roles`] changes that.
    pub fn new(database: Database, environment: Environment, users: UserModule, auth: AuthModule) -> Self {
        let rbac = RbacModule::new(database.clone(), environment.clone());
        let audit = AuditLog::new(database.clone(), environment.clone());
        Self {
            database,
            environment,
            users,
            auth,
            rbac,
            audit,
            default_roles: vec![RoleId::super_admin()],
            sign_up: SignUpRule::default(),
            directory_sign_in: directory::DirectorySignIn::default(),
            sign_in_failures: Arc::default(),
            refusals: Arc::default(),
        }
    }

    /// Sets the roles of users who are given none. Without any, such users may do nothing.
    #[must_use]
    pub fn with_default_roles(mut self, roles: Vec<RoleId>) -> Self {
        self.default_roles = roles;
        self
    }

    /// Replaces the Auth Module.
    #[must_use]
    pub fn with_auth(mut self, auth: AuthModule) -> Self {
        self.auth = auth;
        self
    }

    /// The User Module.
    pub fn users(&self) -> &UserModule {
        &self.users
    }

    /// The Auth Module.
    pub fn auth(&self) -> &AuthModule {
        &self.auth
    }

    /// Roles and policies.
    pub fn rbac(&self) -> &RbacModule {
        &self.rbac
    }

    /// The audit log.
    pub fn audit(&self) -> &AuditLog {
        &self.audit
    }

    /// The roles of users who are given none.
    pub fn default_roles(&self) -> &[RoleId] {
        &self.default_roles
    }

    /// The database.
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// The clock and the source of randomness.
    pub fn environment(&self) -> &Environment {
        &self.environment
    }
}
