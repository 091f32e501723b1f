//! Second factors, proved after the password.
//!
//! - [`MfaFactor`]: started (`pending`), proved once (`enabled`), disabled (`disabled`); a user has several, with names
//! - [`MfaMethod`]: a method that passes challenges, as a pair of ceremonies; recovery codes are one
//! - [`MfaProvider`]: a kind of second factor, which is a method that users enrol for; `totp` is built in
//!   ([`TotpProvider`])
//! - [`MfaChallenge`]: the challenge that a half session has to pass
//! - [`MfaProof`]: a code that was right, to be used once
//! - [`RecoveryCodes`]: for users who have lost the factor
//!
//! Factors and recovery codes count for the actor: identities of the same user share them, so that no other sign-in
//! method bypasses them (security.md 18). These methods do not check permissions: that is for the flows.
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
//! use vestibule_auth::{MfaStatus, StartAuthMfa};
//!
//! // `identity` has signed in.
//! let label = Some("user@example.com".to_owned());
//! let started = auth.start_auth_mfa(&StartAuthMfa { label, ..StartAuthMfa::new(identity.id, "totp") }).await?;
//! let url = started.enrolment["otpauth_url"].as_str().unwrap_or_default();
//! assert!(url.starts_with("otpauth://totp/"));
//!
//! // Only a code of the app enables the factor: `verify_auth_mfa`.
//! assert_eq!(started.mfa_factor.status, MfaStatus::Pending);
//! assert!(auth.verify_auth_mfa(identity.id, started.mfa_factor.id, "no code").await.is_err());
//! assert!(!auth.has_mfa(&database, identity.id).await?);
//! # Ok(())
//! # }
//! ```

mod challenges;
mod disable;
mod list;
mod name;
mod proof;
mod provider;
mod recovery_codes;
mod rename;
mod reset;
mod sign_in;
mod start;
mod totp;
mod typed;
mod use_recovery_code;
mod verify;

use serde::Serialize;
use serde_json::{Map, Value as Json};
use vestibule_core::{Metadata, Timestamp};
use vestibule_database::{Connection, Error, FromRow, Row, Transaction, values};

pub use self::challenges::{
    CreateChallengeError, CreateMfaChallenge, ExaminedChallenge, MfaChallenge, MfaChallengeId, RetrieveChallengeError,
    VerifiedChallenge, VerifyChallengeError,
};
pub use self::disable::{DisableAuthMfa, DisableAuthMfaError, MfaDisablePolicy};
pub use self::list::{MfaField, MfaSelector, RetrieveMfaError};
pub use self::name::InvalidFactorName;
pub use self::proof::{FactorRejected, MfaProof};
pub use self::provider::{
    BegunChallenge, MfaAnswer, MfaCeremony, MfaMethod, MfaProvider, MfaRefused, MfaRejection, MfaStart, MfaUse,
    StoredFactor,
};
pub use self::recovery_codes::{
    DEFAULT_RECOVERY_CODES, MAX_RECOVERY_CODES, RecoveryCodeFormat, RecoveryCodes, RecoveryCodesError,
};
pub(crate) use self::recovery_codes::{IMPORTED, hash as recovery_code_hash};
pub use self::rename::RenameMfaError;
pub use self::sign_in::{BrowserCeremony, NewFactor};
pub use self::start::{PreparedMfa, StartAuthMfa, StartMfaError, StartedMfa};
pub use self::totp::TotpProvider;
pub use self::use_recovery_code::UseRecoveryCodeError;
pub use self::verify::{ExaminedFactor, VerifyMfaError};
use crate::{AuthIdentityId, AuthModule};

vestibule_core::id!(
    /// A second factor.
    MfaFactorId,
    "authmfa"
);

/// The method of a challenge that is passed by a recovery code. Every other method is a provider's identifier.
pub const RECOVERY_CODE: &str = "recovery_code";

/// The state of a second factor: started, verified, or removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum MfaStatus {
    /// Its secret was issued, but not proved yet.
    Pending,
    /// Sign-ins require it.
    Enabled,
    /// It was disabled: its secret is gone.
    Disabled,
}

/// A second factor, without its secret.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MfaFactor {
    /// The id.
    pub id: MfaFactorId,
    /// The identity by which it was started.
    pub auth_identity_id: AuthIdentityId,
    /// The same, in the form in which the reference nests it.
    pub auth_identity: OwnerReference,
    /// Its provider: `totp`, `passkey`, ….
    pub provider: String,
    /// The owner's name for it.
    pub name: String,
    /// The state.
    pub status: MfaStatus,
    /// Its `label`, and data of the embedding programs.
    pub metadata: Metadata,
    /// What its provider states of it: of a passkey, `credential_id`, `user_handle`, `device_bound` and `backed_up`. Not
    /// there with `totp`.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub details: Map<String, Json>,
    /// When it was last proved; nothing before the first time, and where that was before this was stored.
    pub last_used_at: Option<Timestamp>,
    /// When it was started.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Always empty: the status of a factor that was removed is `disabled`.
    pub deleted_at: Option<Timestamp>,
}

/// An identity, by its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = IdentityReference))]
pub struct OwnerReference {
    /// The identity's id.
    pub id: AuthIdentityId,
}

/// A factor, and whether this call has changed its state.
#[derive(Debug, Clone, PartialEq)]
pub struct FactorChange {
    /// The factor as it is now.
    pub factor: MfaFactor,
    /// Whether it changed.
    pub changed: bool,
}

/// The columns of a [`MfaFactor`], as a literal for `concat!`.
macro_rules! factor_columns {
    () => {
        "id, auth_identity_id, provider, name, status, metadata, details, last_used_at, created_at, updated_at"
    };
}
use factor_columns;

impl FromRow for MfaFactor {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        let auth_identity_id = row.get("auth_identity_id")?;
        let status: String = row.get("status")?;
        let details: Option<Json> = row.get_optional("details")?;
        Ok(Self {
            id: row.get("id")?,
            auth_identity_id,
            auth_identity: OwnerReference { id: auth_identity_id },
            provider: row.get("provider")?,
            name: row.get("name")?,
            status: match status.as_str() {
                "pending" => MfaStatus::Pending,
                "enabled" => MfaStatus::Enabled,
                _ => MfaStatus::Disabled,
            },
            metadata: row.get_optional("metadata")?.unwrap_or_default(),
            details: details.as_ref().and_then(Json::as_object).cloned().unwrap_or_default(),
            last_used_at: row.get_optional("last_used_at")?,
            created_at: row.get("created_at")?,
            updated_at: row.get("updated_at")?,
            deleted_at: None,
        })
    }
}

/// The identities that count as one with `$1`: itself, and those of the same actors. Second factors count for the
/// actor, so that no other sign-in method bypasses them.
macro_rules! same_actor {
    () => {
        "SELECT id FROM auth_identities WHERE id = $1
         UNION SELECT other.auth_identity_id FROM auth_identity_actors mine
               JOIN auth_identity_actors other
                 ON other.actor_type = mine.actor_type AND other.actor_id = mine.actor_id
               WHERE mine.auth_identity_id = $1"
    };
}
pub(crate) use same_actor;

impl AuthModule {
    /// Whether the owner of this identity has a second factor.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn has_mfa(
        &self,
        connection: impl Into<Connection<'_>>,
        identity: AuthIdentityId,
    ) -> Result<bool, Error> {
        let text = concat!(
            "SELECT 1 AS one FROM auth_mfa_factors WHERE status = 'enabled' AND auth_identity_id IN (",
            same_actor!(),
            ") LIMIT 1"
        );
        Ok(connection.into().query_optional::<()>(text, values![identity]).await?.is_some())
    }

    /// The actor of a type who has this identity, and whether the actor has a second factor.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn find_mfa_of_actor(
        &self,
        connection: impl Into<Connection<'_>>,
        identity: AuthIdentityId,
        actor_type: &str,
    ) -> Result<Option<(String, bool)>, Error> {
        let text = concat!(
            "SELECT actor_id, EXISTS (SELECT 1 FROM auth_mfa_factors WHERE status = 'enabled' AND auth_identity_id IN (",
            same_actor!(),
            ")) AS has_mfa FROM auth_identity_actors WHERE auth_identity_id = $1 AND actor_type = $2"
        );
        let found: Option<MfaOfActor> = connection.into().query_optional(text, values![identity, actor_type]).await?;
        Ok(found.map(|found| (found.actor_id, found.has_mfa)))
    }
}

#[derive(FromRow)]
struct MfaOfActor {
    actor_id: String,
    has_mfa: bool,
}

/// Serializes changes of an actor's factors or recovery codes with one another and with sign-ins: what is enabled when
/// read stays so until the transaction ends. Returns how many factors are enabled.
async fn lock_enabled(transaction: &mut Transaction, identity: AuthIdentityId) -> Result<u64, Error> {
    let text = concat!("UPDATE auth_identities SET updated_at = updated_at WHERE id IN (", same_actor!(), ")");
    transaction.execute_pipelined(text, values![identity]).await?;
    let text = concat!(
        "UPDATE auth_mfa_factors SET updated_at = updated_at WHERE status = 'enabled' AND auth_identity_id IN (",
        same_actor!(),
        ")"
    );
    transaction.execute(text, values![identity]).await
}

/// Where no factor is left: deletes the recovery codes that could stand in for it, and no session has proved one.
async fn settle_after_last(transaction: &mut Transaction, identity: AuthIdentityId) -> Result<(), Error> {
    /// For an actor without enabled factors.
    macro_rules! without_factor {
        () => {
            concat!(
                "auth_identity_id IN (",
                same_actor!(),
                ") AND NOT EXISTS (SELECT 1 FROM auth_mfa_factors WHERE status = 'enabled' AND auth_identity_id IN (",
                same_actor!(),
                "))"
            )
        };
    }
    for text in [
        concat!("DELETE FROM auth_mfa_recovery_codes WHERE ", without_factor!()),
        concat!(
            "UPDATE auth_sessions SET mfa_completed_at = NULL WHERE mfa_completed_at IS NOT NULL AND ",
            without_factor!()
        ),
    ] {
        transaction.execute_pipelined(text, values![identity]).await?;
    }
    Ok(())
}
