//! Asking for a code.

use std::time::Duration;

use serde_json::json;
use vestibule_core::{DomainError, EmailAddress, ErrorKind, Metadata};
use vestibule_database::{Error, Transaction, transaction, values};
use vestibule_outbox as outbox;

use super::{DEFAULT_PROVIDER, Verification, VerificationId, columns, hash};
use crate::attempts::AttemptLimit;
use crate::{AuthIdentityId, AuthModule};

/// The event by which a code leaves.
const REQUESTED: &str = "auth.verification_requested";

/// The kind of what has the form of an e-mail address.
const EMAIL: &str = "email";

/// The longest kind, in bytes.
const MAX_TYPE: usize = 64;

/// The longest name of what is verified, in bytes: that of an e-mail address.
const MAX_ENTITY: usize = 254;

/// How many codes are sent in [`WINDOW`] to one address, and how many somebody has sent to any: others' mailboxes must
/// not be filled by strangers.
const MOST_TO_ONE: u32 = 5;
const MOST_BY_ONE: u32 = 10;
const WINDOW: Duration = Duration::from_secs(15 * 60);

/// What is to be verified, and for whom.
#[derive(Debug, Clone, PartialEq)]
pub struct RequestVerification<'a> {
    /// Who says that it is his.
    pub auth_identity_id: AuthIdentityId,
    /// Of which kind it is: `email`, `phone`, ….
    pub entity_type: &'a str,
    /// The address.
    pub entity_id: &'a str,
    /// Who makes the code; `token` where nobody is named.
    pub code_provider: Option<&'a str>,
    /// Kept with the verification and told with the code. Where there is none, what was kept stays.
    pub metadata: Option<Metadata>,
}

/// What came of asking.
#[derive(Debug, Clone, PartialEq)]
pub struct RequestedVerification {
    /// As it is now.
    pub verification: Verification,
    /// Whether a code was sent: not where it was verified before.
    pub is_sent: bool,
}

/// Why no code was sent.
#[derive(Debug, thiserror::Error)]
pub enum RequestVerificationError {
    /// There is no such provider.
    #[error("There is no verification provider {0}")]
    UnknownProvider(String),
    /// What is to be verified cannot be written to.
    #[error("{0}")]
    Invalid(String),
    /// Too many codes were asked for.
    #[error("Too many codes were asked for. Use the newest, or wait a quarter of an hour.")]
    TooMany,
    /// The identity is not there any more.
    #[error("This sign-in is not valid any more")]
    Gone,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl DomainError for RequestVerificationError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::UnknownProvider(_) | Self::Invalid(_) => ErrorKind::InvalidData,
            Self::TooMany => ErrorKind::TooManyRequests,
            Self::Gone => ErrorKind::Unauthorized,
            Self::Database(error) => error.kind(),
        }
    }

    fn code(&self) -> Option<&'static str> {
        match self {
            Self::TooMany => Some("too_many_verifications"),
            Self::Database(error) => error.code(),
            _ => None,
        }
    }

    fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::TooMany => Some(WINDOW),
            Self::Database(error) => error.retry_after(),
            _ => None,
        }
    }
}

impl AuthModule {
    /// Has a code sent to an address, by an event. It takes the place of the one before. What was verified already is
    /// not verified again.
    ///
    /// # Errors
    ///
    /// [`RequestVerificationError`].
    pub async fn request_verification(
        &self,
        request: &RequestVerification<'_>,
    ) -> Result<RequestedVerification, RequestVerificationError> {
        transaction!(self.database, |transaction| self.request_verification_within(transaction, request).await)
    }

    /// The same within a transaction.
    ///
    /// # Errors
    ///
    /// [`RequestVerificationError`]; the transaction must then be rolled back.
    pub async fn request_verification_within(
        &self,
        transaction: &mut Transaction,
        request: &RequestVerification<'_>,
    ) -> Result<RequestedVerification, RequestVerificationError> {
        let name = request.code_provider.unwrap_or(DEFAULT_PROVIDER);
        let provider = self.find_verification_provider(name);
        let provider = provider.ok_or_else(|| RequestVerificationError::UnknownProvider(name.to_owned()))?;
        check(request)?;
        let canonical = EmailAddress::canonical_or_text(request.entity_id);
        if let Some(verification) = self.find_verified_within(transaction, request, &canonical).await? {
            return Ok(RequestedVerification { verification, is_sent: false });
        }
        for (account, most) in [
            (format!("verification by {}", request.auth_identity_id), MOST_BY_ONE),
            (format!("verification of {canonical}"), MOST_TO_ONE),
        ] {
            if !self.count_within(transaction, &account, AttemptLimit { most, window: WINDOW }).await? {
                return Err(RequestVerificationError::TooMany);
            }
        }
        let (code, now) = (provider.code(&self.environment), self.environment.now());
        let text = concat!(
            "INSERT INTO auth_verifications (id, auth_identity_id, entity_type, entity_id, canonical, code_provider,
                 code_hash, requested_at, expires_at, metadata, created_at, updated_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $8, $8)
             ON CONFLICT (auth_identity_id, entity_type, canonical) DO UPDATE SET
                 code_provider = excluded.code_provider, code_hash = excluded.code_hash,
                 requested_at = excluded.requested_at, expires_at = excluded.expires_at,
                 metadata = COALESCE(excluded.metadata, auth_verifications.metadata),
                 updated_at = excluded.updated_at
             WHERE auth_verifications.verified_at IS NULL RETURNING ",
            columns!()
        );
        let values = values![
            self.environment.id::<VerificationId>(),
            request.auth_identity_id,
            request.entity_type,
            request.entity_id,
            canonical.as_str(),
            name,
            hash(&code),
            now,
            now + provider.lifetime(),
            &request.metadata,
        ];
        let written: Result<Option<Verification>, Error> = transaction.query_optional(text, values).await;
        let written = written.map_err(|error| match error {
            Error::ForeignKey(_) => RequestVerificationError::Gone,
            error => error.into(),
        })?;
        let Some(verification) = written else {
            // Verified at this moment.
            let found = self.find_verified_within(transaction, request, &canonical).await?;
            let verification = found.ok_or(RequestVerificationError::Gone)?;
            return Ok(RequestedVerification { verification, is_sent: false });
        };
        self.announce_within(transaction, &verification, &code).await?;
        Ok(RequestedVerification { verification, is_sent: true })
    }

    async fn announce_within(
        &self,
        transaction: &mut Transaction,
        verification: &Verification,
        code: &str,
    ) -> Result<(), Error> {
        let subject = verification.id.to_string();
        let data = json!({
            "entity_id": verification.entity_id,
            "entity_type": verification.entity_type,
            "code_provider": verification.code_provider,
            "auth_identity_id": verification.auth_identity_id,
            "code": self.seal_for_event(REQUESTED, &subject, code),
            "expires_at": verification.expires_at,
            "metadata": verification.metadata,
        });
        outbox::record(transaction, &self.environment, REQUESTED, &subject, data).await.map(drop)
    }

    async fn find_verified_within(
        &self,
        transaction: &mut Transaction,
        request: &RequestVerification<'_>,
        canonical: &str,
    ) -> Result<Option<Verification>, Error> {
        let text = concat!(
            "SELECT ",
            columns!(),
            " FROM auth_verifications
              WHERE auth_identity_id = $1 AND entity_type = $2 AND canonical = $3 AND verified_at IS NOT NULL"
        );
        let values = values![request.auth_identity_id, request.entity_type, canonical];
        transaction.query_optional(text, values).await
    }
}

/// Whether a code can be sent there: to one address, and nothing that could break out of a header (security.md 16).
fn check(request: &RequestVerification<'_>) -> Result<(), RequestVerificationError> {
    let invalid = |message: String| Err(RequestVerificationError::Invalid(message));
    let is_plain = |text: &str, most| !text.is_empty() && text.len() <= most && !text.contains(char::is_control);
    if !is_plain(request.entity_type, MAX_TYPE) {
        return invalid(format!("entity_type is a short name like 'email', of {MAX_TYPE} bytes at most"));
    }
    if !is_plain(request.entity_id, MAX_ENTITY) {
        return invalid(format!("entity_id is an address of {MAX_ENTITY} bytes at most"));
    }
    match EmailAddress::parse(request.entity_id) {
        Err(error) if request.entity_type == EMAIL => invalid(error.to_string()),
        _ => Ok(()),
    }
}
