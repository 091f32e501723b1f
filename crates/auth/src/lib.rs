//! The Auth Module: who a user is, and how that is verified.
//!
//! ```
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let file = vestibule_testing::TestDatabase::sqlite();
//! # let database = file.open().await;
//! use vestibule_auth::{AuthInput, AuthModule, AuthOptions, MIGRATIONS, PasswordConfig, Passwords};
//! use vestibule_core::{Environment, SigningKey};
//!
//! database.migrate(&[vestibule_outbox::MIGRATIONS, MIGRATIONS]).await?;
//! let options = AuthOptions::new(SigningKey::new(b"a secret of at least 32 random bytes"));
//! let passwords = Passwords::start(PasswordConfig::default())?;
//! let auth = AuthModule::new(database, Environment::system(), options, passwords);
//!
//! let input = AuthInput::body([("email", "user@example.com"), ("password", "Lantern-trombone-42")]);
//! auth.register("emailpass", &input).await?;
//! // An error if the second factor is due: it carries the challenge. To handle it, match on the response.
//! let identity = auth.authenticate("emailpass", &input).await?.identity()?;
//! assert_eq!(identity.entity_id(), "user@example.com");
//! # Ok(())
//! # }
//! ```
//!
//! - [`AuthModule`]: the service, with the reference's methods
//! - [`api_keys`]: how programs sign in
//! - [`attempts`]: limits of guessing
//! - [`known_devices`]: browsers whose failed attempts count apart from those of strangers
//! - [`email_change`]: another address, confirmed there, and reverted from the old one
//! - [`AuthModule::hand_over`]: what a request leaves for a later one of the same session
//! - [`identities`]: identities, and their provider identities
//! - [`mfa`]: second factors
//! - [`providers`]: the sign-in methods; `emailpass` is built in, `emailcode` can be added, [`AuthProvider`] is for others
//! - [`password_reset`]: a new password by a token that was sent to the owner
//! - [`passwords`]: which are strong enough, and hashing, on threads of its own
//! - [`sessions`]: sign-ins that can be ended, with their tokens and cookies
//! - [`verification`]: whether an address belongs to its claimant
//!
//! Whole sessions report, by the event `auth.new_device`, that they begin on a device new to their
//! owner: [`AuthModule::note_device_within`].
//!
//! Not here: users (the User Module), claims of identities (the flows), and HTTP.

pub mod api_keys;
pub mod attempts;
mod authenticate;
mod change_password;
mod cleanup;
mod devices;
mod doctor;
mod dump;
pub mod email_change;
mod events;
mod handovers;
pub mod identities;
pub mod imports;
pub mod known_devices;
pub mod mfa;
mod module;
mod new_password;
pub mod password_reset;
pub mod passwords;
pub mod providers;
pub mod sessions;
mod stranger_mails;
mod uses;
pub mod verification;

pub use api_keys::{ApiKey, ApiKeyField, ApiKeyId, ApiKeyKind, ApiKeyToken, CreateApiKey, CreatedApiKey};
pub use attempts::{Attempt, AttemptError, AttemptLimit, Counter};
pub use authenticate::{AuthenticateError, Authentication, AuthenticationResponse, ProviderMethod};
pub use change_password::ChangePasswordError;
pub use doctor::PartFault;
pub use dump::DUMPED;
pub use email_change::{EmailChange, EmailChangeLinkError, EmailChangePurpose, NewEmailChange};
pub use handovers::HandoverId;
pub use identities::{
    AuthIdentity, AuthIdentityId, CreateAuthIdentity, CreateProviderIdentity, ProviderIdentity, ProviderIdentityId,
};
pub use known_devices::DeviceSecrets;
pub use mfa::{
    CreateMfaChallenge, MfaChallenge, MfaChallengeId, MfaFactor, MfaFactorId, MfaProvider, MfaStatus, StartAuthMfa,
};
pub use module::{AuthModule, AuthOptions, MIGRATIONS};
pub use new_password::NewPassword;
pub use password_reset::{PasswordOwner, PasswordReset, PendingReset, RequestPasswordReset, ResetPasswordError};
pub use passwords::{
    ForbiddenFileError, ForbiddenListError, ForbiddenPasswords, PasswordAdvice, PasswordConfig, PasswordPolicy,
    PasswordSubject, PasswordWarning, Passwords, WeakPassword,
};
pub use providers::{
    AuthInput, AuthProvider, Browser, EMAILCODE, EMAILPASS, EmailCodeProvider, Flow, IdentityStore, ProviderContext,
    ProviderState, ProviderStates,
};
pub use sessions::{SecondFactor, Session, SessionId, SessionToken, SessionView, SessionsOf, StartSession};
pub use stranger_mails::{MailOrigin, RefusedMail};
pub use verification::{RequestVerification, RequiredVerification, Verification, VerificationId, VerificationProvider};
