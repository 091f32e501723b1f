//! Starting a factor: its secret is created and returned once.

use std::fmt;
use std::time::Duration;

use serde::Serialize;
use serde_json::{Map, Value as Json};
use vestibule_core::metadata::InvalidMetadata;
use vestibule_core::{DomainError, Metadata, Timestamp};
use vestibule_database::{Error, FromRow, Transaction, transaction, values};

use super::name::{self, InvalidFactorName};
use super::{MfaFactor, MfaFactorId, MfaRefused, MfaStart, MfaStatus, OwnerReference, lock_enabled, same_actor};
use crate::{AuthIdentityId, AuthModule};

/// How long a factor that was not proved blocks a new one.
const PENDING: Duration = Duration::from_secs(60 * 60);

/// How many disabled factors are remembered.
const REMEMBERED: u32 = 20;

/// How many factors an actor has at most that are not disabled: each is another one to guess.
const MAX_FACTORS: usize = 10;

/// The longest label and issuer, in characters.
const MAX_NAME: usize = 1_000;

/// A factor to be started.
#[derive(Debug, Clone, PartialEq)]
pub struct StartAuthMfa {
    /// The owner's identity.
    pub auth_identity_id: AuthIdentityId,
    /// Its provider: `totp`, `passkey`, ….
    pub provider: String,
    /// The owner's name for it, which tells it from others of its provider. With `None` it can be the only one of its
    /// provider, as in the reference, and the label names it, or else the provider.
    pub name: Option<String>,
    /// The account that an authenticator app displays; `None` for the identity's id.
    pub label: Option<String>,
    /// The owner's address, which a browser displays; `None` for the address that signs in, or else the identity's id.
    pub account: Option<String>,
    /// The issuer, if not [`AuthOptions::mfa_issuer`](crate::AuthOptions::mfa_issuer).
    pub issuer: Option<String>,
    /// Data of the embedding programs.
    pub metadata: Metadata,
}

impl StartAuthMfa {
    /// A factor of this provider.
    pub fn new(identity: AuthIdentityId, provider: &str) -> Self {
        Self {
            auth_identity_id: identity,
            provider: provider.to_owned(),
            name: None,
            label: None,
            account: None,
            issuer: None,
            metadata: Metadata::default(),
        }
    }
}

/// A factor that was started, with its secret, which is returned only here.
#[derive(Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StartedMfa {
    /// The factor.
    pub mfa_factor: MfaFactor,
    /// The provider's enrolment data: with `totp`, `secret` and `otpauth_url`; with `passkey`, `options`.
    #[serde(flatten)]
    #[cfg_attr(feature = "openapi", schema(value_type = EnrolmentFields))]
    pub enrolment: Map<String, Json>,
}

/// The fields of an enrolment, by provider.
#[cfg(feature = "openapi")]
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "the schema alone is used")]
struct EnrolmentFields {
    /// With `totp`: to type into an authenticator app.
    #[schema(nullable = false)]
    secret: Option<String>,
    /// With `totp`: to show as a QR code to an authenticator app.
    #[schema(nullable = false, example = "otpauth://totp/Medusa:phone?secret=…&issuer=Medusa")]
    otpauth_url: Option<String>,
    /// With `passkey`: the JSON form of the options for `navigator.credentials.create`.
    #[schema(nullable = false)]
    options: Option<Map<String, Json>>,
}

impl fmt::Debug for StartedMfa {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StartedMfa").field("mfa_factor", &self.mfa_factor).finish_non_exhaustive()
    }
}

/// Why no factor was started.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum StartMfaError {
    /// There is no such provider.
    #[error("There is no MFA provider {0:?}")]
    #[kind(InvalidData)]
    UnknownProvider(String),
    /// There is one already that is not disabled.
    #[error("An active {} factor already exists for this auth identity", .0.to_uppercase())]
    #[kind(NotAllowed)]
    Active(String),
    /// There is one of this name already that is not disabled.
    #[error("There is a second factor {0:?} already. Choose another name.")]
    #[kind(Duplicate, code = "factor_name_taken")]
    NameTaken(String),
    /// There are ten that are not disabled.
    #[error("There are {MAX_FACTORS} second factors already. Remove one first.")]
    #[kind(NotAllowed, code = "too_many_factors")]
    TooMany,
    /// The name is invalid.
    #[error(transparent)]
    Name(#[from] InvalidFactorName),
    /// The label or the issuer is too long.
    #[error("The {0} is too long: 1000 characters at most")]
    #[kind(InvalidData)]
    TooLong(&'static str),
    /// The label is invalid.
    #[error("The label is invalid: {0}")]
    #[kind(InvalidData)]
    Label(InvalidMetadata),
    /// The provider has refused.
    #[error(transparent)]
    #[kind(NotAllowed)]
    Refused(#[from] MfaRefused),
    /// There is no such identity.
    #[error("AuthIdentity with id: {0} was not found")]
    #[kind(NotFound)]
    NotFound(AuthIdentityId),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

/// A factor that was created and not written yet.
struct Prepared {
    factor: MfaFactor,
    /// Whether its owner has named it.
    is_named: bool,
    /// Whether it ends the pending ones of its kind.
    replaces_pending: bool,
    sealed: Vec<u8>,
    enrolment: Map<String, Json>,
}

impl AuthModule {
    /// Starts a factor. It counts once its secret is proved: [`AuthModule::verify_auth_mfa`].
    ///
    /// # Errors
    ///
    /// [`StartMfaError`].
    pub async fn start_auth_mfa(&self, start: &StartAuthMfa) -> Result<StartedMfa, StartMfaError> {
        let prepared = self.prepare_auth_mfa(start).await?;
        transaction!(self.database, |transaction| self.start_auth_mfa_within(transaction, &prepared).await)
    }

    /// Creates a factor's secret, before the transaction in which it is written: a provider may be slow.
    ///
    /// # Errors
    ///
    /// [`StartMfaError`].
    pub async fn prepare_auth_mfa(&self, start: &StartAuthMfa) -> Result<PreparedMfa, StartMfaError> {
        let provider = self.find_mfa_provider(&start.provider);
        let provider =
            provider.ok_or_else(|| StartMfaError::UnknownProvider(start.provider.chars().take(64).collect()))?;
        for (name, text) in [("label", &start.label), ("issuer", &start.issuer)] {
            if text.as_ref().is_some_and(|text| text.chars().nth(MAX_NAME).is_some()) {
                return Err(StartMfaError::TooLong(name));
            }
        }
        let metadata = match &start.label {
            Some(label) => {
                let mut metadata: Map<_, _> = start.metadata.clone().into();
                metadata.insert("label".to_owned(), label.as_str().into());
                Metadata::new(metadata).map_err(StartMfaError::Label)?
            }
            None => start.metadata.clone(),
        };
        let identity = start.auth_identity_id;
        let name = match &start.name {
            Some(name) => name::check(name)?,
            None => start.label.as_deref().and_then(|label| name::check(label).ok()).unwrap_or(provider.default_name()),
        };
        let account = match &start.account {
            Some(account) => account.clone(),
            None => self.account_of(identity).await?,
        };
        let stored = self.stored_factors(&self.database, identity).await?;
        let begun = provider
            .begin_enrolment(&MfaStart {
                auth_identity_id: identity,
                label: displayable(&start.label).unwrap_or(&identity.to_string()),
                account: &account,
                issuer: displayable(&start.issuer).unwrap_or(&self.options.mfa_issuer),
                factors: &self.opened(&stored, provider.identifier()).1,
                environment: &self.environment,
            })
            .await?;
        let now = self.environment.now();
        let factor = MfaFactor {
            id: self.environment.id(),
            auth_identity_id: identity,
            auth_identity: OwnerReference { id: identity },
            provider: provider.identifier().to_owned(),
            name: name.to_owned(),
            status: MfaStatus::Pending,
            metadata,
            details: Map::new(),
            last_used_at: None,
            created_at: now,
            updated_at: now,
            deleted_at: None,
        };
        let sealed = self.options.sealing_key.seal(&self.environment, &factor.id.to_string(), &begun.state);
        Ok(PreparedMfa(Prepared {
            factor,
            is_named: start.name.is_some(),
            replaces_pending: provider.replaces_pending(),
            sealed,
            enrolment: begun.browser,
        }))
    }

    /// Writes a factor within a transaction.
    ///
    /// # Errors
    ///
    /// [`StartMfaError`].
    pub async fn start_auth_mfa_within(
        &self,
        transaction: &mut Transaction,
        PreparedMfa(Prepared { factor, is_named, replaces_pending, sealed, enrolment }): &PreparedMfa,
    ) -> Result<StartedMfa, StartMfaError> {
        lock_enabled(transaction, factor.auth_identity_id).await?;
        self.forget_old(transaction, factor.auth_identity_id, factor.created_at).await?;
        if *replaces_pending {
            let text = concat!(
                "DELETE FROM auth_mfa_factors WHERE status = 'pending' AND provider = $2 AND auth_identity_id IN (",
                same_actor!(),
                ")"
            );
            transaction.execute_pipelined(text, values![factor.auth_identity_id, &factor.provider]).await?;
        }
        let active = active(transaction, factor.auth_identity_id).await?;
        if active.iter().any(|other| other.provider == factor.provider && (!is_named || other.name == factor.name)) {
            return Err(match is_named {
                true => StartMfaError::NameTaken(factor.name.clone()),
                false => StartMfaError::Active(factor.provider.clone()),
            });
        }
        if active.len() >= MAX_FACTORS {
            return Err(StartMfaError::TooMany);
        }
        let text = "INSERT INTO auth_mfa_factors (
                        id, auth_identity_id, provider, name, status, secret, last_step, metadata, created_at, updated_at)
                    VALUES ($1, $2, $3, $4, 'pending', $5, 0, $6, $7, $7)";
        let values = values![
            factor.id,
            factor.auth_identity_id,
            &factor.provider,
            &factor.name,
            sealed.as_slice(),
            factor.metadata.clone(),
            factor.created_at,
        ];
        transaction.execute(text, values).await.map_err(|error| match error {
            Error::ForeignKey(_) => StartMfaError::NotFound(factor.auth_identity_id),
            error => error.into(),
        })?;
        Ok(StartedMfa { mfa_factor: factor.clone(), enrolment: enrolment.clone() })
    }

    /// Disables factors that were started long ago and never proved, and deletes the oldest disabled ones: an identity
    /// has a handful of rows, however often factors are started.
    async fn forget_old(
        &self,
        transaction: &mut Transaction,
        identity: AuthIdentityId,
        now: Timestamp,
    ) -> Result<(), Error> {
        let text = concat!(
            "UPDATE auth_mfa_factors SET status = 'disabled', secret = NULL, updated_at = $2
             WHERE status = 'pending' AND created_at <= $3 AND auth_identity_id IN (",
            same_actor!(),
            ")"
        );
        transaction.execute_pipelined(text, values![identity, now, now - PENDING]).await?;
        let text = "DELETE FROM auth_mfa_factors WHERE auth_identity_id = $1 AND status = 'disabled' AND id NOT IN (
                        SELECT id FROM auth_mfa_factors WHERE auth_identity_id = $1 AND status = 'disabled'
                        ORDER BY id DESC LIMIT $2)";
        transaction.execute_pipelined(text, values![identity, REMEMBERED]).await
    }
}

/// A factor whose secret was created, to be written by [`AuthModule::start_auth_mfa_within`]. Printed without it.
pub struct PreparedMfa(Prepared);

impl fmt::Debug for PreparedMfa {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PreparedMfa").field(&self.0.factor).finish()
    }
}

/// A name that an authenticator app can display: not only spaces and colons.
fn displayable(name: &Option<String>) -> Option<&str> {
    name.as_deref().filter(|name| name.chars().any(|c| c != ':' && !c.is_whitespace() && !c.is_control()))
}

/// A factor that is not disabled.
#[derive(FromRow)]
pub(super) struct Active {
    pub(super) id: MfaFactorId,
    pub(super) provider: String,
    pub(super) name: String,
}

/// The factors of an actor, by any identity, that are not disabled. The caller holds the lock of the actor's factors
/// ([`lock_enabled`]), so that no other of the same name is started in the meantime.
pub(super) async fn active(transaction: &mut Transaction, identity: AuthIdentityId) -> Result<Vec<Active>, Error> {
    let text = concat!(
        "SELECT id, provider, name FROM auth_mfa_factors WHERE status <> 'disabled' AND auth_identity_id IN (",
        same_actor!(),
        ")"
    );
    transaction.query(text, values![identity]).await
}
