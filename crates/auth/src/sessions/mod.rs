//! Sign-ins that can be ended.
//!
//! Every token names its session. A session is a row, looked up at each request: delete the row, and every token and
//! cookie of it is dead at once, on every process.
//!
//! A session ends at its `expires_at`, however often it is used, and sooner if it is unused for too long. It is half
//! while its second factor is due, and then opens only the challenge.
//!
//! ```
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let file = vestibule_testing::TestDatabase::sqlite();
//! # let database = file.open().await;
//! # database.migrate(&[vestibule_outbox::MIGRATIONS, vestibule_auth::MIGRATIONS]).await?;
//! # let options = vestibule_auth::AuthOptions::new(vestibule_core::SigningKey::new(b"a secret of at least 32 random bytes"));
//! # let passwords = vestibule_auth::Passwords::start(vestibule_auth::PasswordConfig::fast_for_tests())?;
//! # let environment = vestibule_core::Environment::system();
//! # let auth = vestibule_auth::AuthModule::new(database.clone(), environment, options, passwords);
//! # let input = vestibule_auth::AuthInput::body([("email", "user@example.com"), ("password", "Lantern-trombone-42")]);
//! # let identity = auth.register("emailpass", &input).await?.identity()?;
//! # let mut transaction = database.begin().await?;
//! # auth.claim_identity_within(&mut transaction, identity.id, "user", "user_01J…").await?;
//! # transaction.commit().await?;
//! // `identity` has signed in.
//! let token = auth.start_session(&identity, "user", "emailpass").await?;
//! let session = auth.read_token(&token.token)?.sid.parse()?;
//! assert!(auth.find_session(&database, session).await?.is_some());
//!
//! auth.end_session(session).await?;
//! assert!(auth.find_session(&database, session).await?.is_none());
//! # Ok(())
//! # }
//! ```

mod cookie;
pub(crate) mod device;
mod end;
mod list;
mod prove;
mod start;
mod token;
mod touch;
mod view;

use vestibule_core::Timestamp;
use vestibule_database::{Error, FromRow, Row};

pub use self::cookie::CookieSecret;
pub use self::list::SessionsOf;
pub use self::start::{SecondFactor, StartSession};
pub use self::token::{AccessClaims, SessionToken};
pub(crate) use self::touch::EXACTNESS;
pub use self::view::SessionView;
use crate::{AuthIdentityId, MfaFactorId};

vestibule_core::id!(
    /// A session.
    SessionId,
    "sess"
);

/// A sign-in.
#[derive(Debug, Clone, PartialEq)]
pub struct Session {
    /// The id: the `sid` of its tokens.
    pub id: SessionId,
    /// The identity that signed in.
    pub auth_identity_id: AuthIdentityId,
    /// The actor type: `user`, ….
    pub actor_type: String,
    /// The provider.
    pub provider: String,
    /// When it began.
    pub created_at: Timestamp,
    /// When it ends at the latest.
    pub expires_at: Timestamp,
    /// When it was last used, to the minute or so.
    pub last_used_at: Timestamp,
    /// When its owner last proved their identity, by password or by second factor.
    pub proved_at: Timestamp,
    /// Whether the second factor is due: then it opens only the challenge.
    pub awaits_mfa: bool,
    /// When the second factor was proved.
    pub mfa_completed_at: Option<Timestamp>,
    /// The second factor that began it or completed its sign-in; nothing where none did, or it is not known.
    pub mfa_factor_id: Option<MfaFactorId>,
    /// Whether its owner has yet to verify an address: until then it has no account.
    pub awaits_verification: bool,
    /// The address of its last use.
    pub address: Option<String>,
    /// The user agent of its last use.
    pub user_agent: Option<String>,
}

/// The condition that a session is live, as a literal for `concat!`: `is_on!("$2", "$3")` at `$2`, where it must have
/// been used after `$3`. In sessions from before `last_used_at` existed, that is null.
macro_rules! is_on {
    ($now:literal, $idle:literal) => {
        concat!("(expires_at > ", $now, " AND COALESCE(last_used_at, created_at) > ", $idle, ")")
    };
}
pub(crate) use is_on;

/// The columns of a [`Session`], as a literal for `concat!`.
macro_rules! columns {
    () => {
        "id, auth_identity_id, actor_type, provider, created_at, expires_at, last_used_at, proved_at, awaits_mfa,
         mfa_completed_at, mfa_factor_id, awaits_verification, address, user_agent"
    };
}
pub(crate) use columns;

impl FromRow for Session {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        let created_at = row.get("created_at")?;
        // In sessions from before these columns they are null.
        Ok(Self {
            id: row.get("id")?,
            auth_identity_id: row.get("auth_identity_id")?,
            actor_type: row.get("actor_type")?,
            provider: row.get("provider")?,
            created_at,
            expires_at: row.get("expires_at")?,
            last_used_at: row.get_optional("last_used_at")?.unwrap_or(created_at),
            proved_at: row.get_optional("proved_at")?.unwrap_or(created_at),
            awaits_mfa: row.get_optional("awaits_mfa")?.unwrap_or(false),
            mfa_completed_at: row.get_optional("mfa_completed_at")?,
            mfa_factor_id: row.get_optional("mfa_factor_id")?,
            awaits_verification: row.get_optional("awaits_verification")?.unwrap_or(false),
            address: row.get_optional("address")?,
            user_agent: row.get_optional("user_agent")?,
        })
    }
}
