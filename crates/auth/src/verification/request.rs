//! Requesting a code.

use std::time::Duration;

use serde_json::json;
use vestibule_core::{DomainError, EmailAddress, Metadata};
use vestibule_database::{Error, Transaction, transaction, values};
use vestibule_outbox::{self as outbox, EventName};

use super::{DEFAULT_PROVIDER, Verification, VerificationId, columns, hash, token_hash};
use crate::attempts::AttemptLimit;
use crate::providers::emailpass::EMAILPASS;
use crate::stranger_mails::{MailOrigin, RefusedMail};
use crate::{AuthIdentityId, AuthModule};

/// The default kind for an e-mail address.
const EMAIL: &str = "email";

/// The longest kind, in bytes.
const MAX_TYPE: usize = 64;

/// The longest entity to verify, in bytes: that of an e-mail address.
const MAX_ENTITY: usize = 254;

/// How many codes one identity can request in [`WINDOW`]. What strangers can have sent to an address is limited by
/// [`crate::stranger_mails`], and never uses this up.
const MOST_BY_ONE: u32 = 10;
const WINDOW: Duration = Duration::from_secs(15 * 60);

/// A request to verify an address.
#[derive(Debug, Clone, PartialEq)]
pub struct RequestVerification<'a> {
    /// The claimant's identity.
    pub auth_identity_id: AuthIdentityId,
    /// The kind: `email`, `phone`, ….
    pub entity_type: &'a str,
    /// The address.
    pub entity_id: &'a str,
    /// The provider of the code; `None` for `token`.
    pub code_provider: Option<&'a str>,
    /// Stored with the verification and sent with the code. `None` leaves the stored data.
    pub metadata: Option<Metadata>,
}

/// The result of a request.
#[derive(Debug, Clone, PartialEq)]
pub struct RequestedVerification {
    /// The verification as it is now.
    pub verification: Verification,
    /// Whether a code was sent: not if it was verified before, and not if strangers have caused too many mails to the
    /// address. Callers must not be able to detect the latter.
    pub is_sent: bool,
}

/// Why no code was sent.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum RequestVerificationError {
    /// There is no such provider.
    #[error("There is no verification provider {0}")]
    #[kind(InvalidData)]
    UnknownProvider(String),
    /// The entity cannot receive a message.
    #[error("{0}")]
    #[kind(InvalidData)]
    Invalid(String),
    /// Too many codes were requested.
    #[error("Too many codes were requested. Use the newest, or wait a quarter of an hour.")]
    #[kind(TooManyRequests, code = "too_many_verifications", retry_after = WINDOW)]
    TooMany,
    /// The request cannot be taken from this caller.
    #[error(transparent)]
    Refused(#[from] RefusedMail),
    /// The identity no longer exists.
    #[error("This sign-in is not valid any more")]
    #[kind(Unauthorized)]
    Gone,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl AuthModule {
    /// Has a code sent to an address, by an event. It replaces the one before. A verified address is not verified
    /// again.
    ///
    /// # Errors
    ///
    /// [`RequestVerificationError`].
    pub async fn request_auth_verification(
        &self,
        request: &RequestVerification<'_>,
    ) -> Result<RequestedVerification, RequestVerificationError> {
        transaction!(self.database, |transaction| self.request_auth_verification_within(transaction, request).await)
    }

    /// The same within a transaction.
    ///
    /// # Errors
    ///
    /// [`RequestVerificationError`]; the transaction must then be rolled back.
    pub async fn request_auth_verification_within(
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
        let account = format!("verification by {}", request.auth_identity_id);
        let limit = AttemptLimit { most: MOST_BY_ONE, window: WINDOW };
        if !self.count_within(transaction, &account, limit).await? {
            return Err(RequestVerificationError::TooMany);
        }
        let origin = self.origin_within(transaction, request, &canonical, provider.lifetime()).await?;
        let (code, now) = (provider.code(&self.environment), self.environment.now());
        let from = match origin {
            Some(MailOrigin::Stranger { from }) => from,
            _ => now,
        };
        let text = concat!(
            "INSERT INTO auth_verifications (id, auth_identity_id, entity_type, entity_id, canonical, code_provider,
                 code_hash, requested_at, expires_at, metadata, created_at, updated_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $8, $8)
             ON CONFLICT (auth_identity_id, entity_type, canonical) DO UPDATE SET
                 code_provider = excluded.code_provider, requested_at = excluded.requested_at,
                 code_hash = CASE WHEN $11 THEN excluded.code_hash ELSE auth_verifications.code_hash END,
                 expires_at = CASE WHEN $11 THEN excluded.expires_at ELSE auth_verifications.expires_at END,
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
            from + provider.lifetime(),
            &request.metadata,
            // An earlier code stays valid if no other one is sent.
            origin.is_some(),
        ];
        let written: Result<Option<Verification>, Error> = transaction.query_optional(text, values).await;
        let written = written.map_err(|error| match error {
            Error::ForeignKey(_) => RequestVerificationError::Gone,
            error => error.into(),
        })?;
        let Some(mut verification) = written else {
            // Verified in the meantime.
            let found = self.find_verified_within(transaction, request, &canonical).await?;
            let verification = found.ok_or(RequestVerificationError::Gone)?;
            return Ok(RequestedVerification { verification, is_sent: false });
        };
        match origin {
            Some(origin) => self.announce_within(transaction, &verification, &code, origin).await?,
            None => verification.provider_metadata = token_hash(&hash(&code)),
        }
        Ok(RequestedVerification { verification, is_sent: origin.is_some() })
    }

    /// Whether an identity requests its own address, by a session of its owner.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn is_own_address_within(
        &self,
        transaction: &mut Transaction,
        identity: AuthIdentityId,
        address: &str,
    ) -> Result<bool, Error> {
        let text = "SELECT 1 AS one FROM provider_identities part
                    JOIN auth_identity_actors owner ON owner.auth_identity_id = part.auth_identity_id
                    WHERE part.auth_identity_id = $1 AND part.entity_canonical = $2 LIMIT 1";
        let values = values![identity, EmailAddress::canonical_or_text(address)];
        Ok(transaction.query_optional::<()>(text, values).await?.is_some())
    }

    /// Who causes the mail, and when it may be sent; `None` if it is not: a stranger has caused too many to the
    /// address, or it is the address of another account.
    async fn origin_within(
        &self,
        transaction: &mut Transaction,
        request: &RequestVerification<'_>,
        canonical: &str,
        lifetime: Duration,
    ) -> Result<Option<MailOrigin>, Error> {
        if self.is_own_address_within(transaction, request.auth_identity_id, request.entity_id).await? {
            return Ok(Some(MailOrigin::Authenticated));
        }
        let text = "SELECT 1 AS one FROM provider_identities WHERE provider = $1 AND entity_canonical = $2 AND claimed";
        if transaction.query_optional::<()>(text, values![EMAILPASS, canonical]).await?.is_some() {
            return Ok(None);
        }
        let latest = self.environment.now() + lifetime;
        let from = self.reserve_mail_within(transaction, canonical, latest).await?;
        Ok(from.map(|from| MailOrigin::Stranger { from }))
    }

    async fn announce_within(
        &self,
        transaction: &mut Transaction,
        verification: &Verification,
        code: &str,
        origin: MailOrigin,
    ) -> Result<(), Error> {
        let subject = verification.id.to_string();
        let mut data = json!({
            "entity_id": verification.entity_id,
            "entity_type": verification.entity_type,
            "code_provider": verification.code_provider,
            "auth_identity_id": verification.auth_identity_id,
            "code": self.seal_for_event(&EventName::VerificationRequested, &subject, code),
            "expires_at": verification.expires_at,
            "metadata": verification.metadata,
        });
        origin.note(&mut data, self.environment.now());
        outbox::record(transaction, &self.environment, EventName::VerificationRequested, &subject, data).await.map(drop)
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
    AuthModule::check_mail_metadata(request.metadata.as_ref())?;
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
