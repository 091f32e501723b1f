//! The links of a change: created, checked, used once, and voided.

use std::fmt;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use sha2::{Digest, Sha256};
use vestibule_core::{DomainError, EmailAddress, Timestamp};
use vestibule_database::{Error, Transaction, values};

use super::{EmailChange, EmailChangePurpose, columns};
use crate::AuthModule;

/// A change for which a link is created.
#[derive(Debug, Clone, Copy)]
pub struct NewEmailChange<'a> {
    /// What the link does.
    pub purpose: EmailChangePurpose,
    /// The actor's type.
    pub actor_type: &'a str,
    /// The actor's id.
    pub actor_id: &'a str,
    /// The address before the change.
    pub old_email: &'a EmailAddress,
    /// The address after it.
    pub new_email: &'a EmailAddress,
    /// The user who requests the change for another one.
    pub issued_by: Option<&'a str>,
    /// From when on the link lives: when its mail may be sent.
    pub from: Timestamp,
}

/// A link that was created. Printed without its token.
#[derive(Clone, PartialEq, Eq)]
pub struct EmailChangeLink {
    /// 256 random bits.
    pub token: String,
    /// When it expires.
    pub expires_at: Timestamp,
}

impl fmt::Debug for EmailChangeLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EmailChangeLink").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

/// Why a link does nothing.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum EmailChangeLinkError {
    /// It was used, has expired, was replaced by a newer one, or never existed.
    #[error("This link does not work any more. Request the change of the address again.")]
    #[kind(NotAllowed, code = "email_change_link_invalid")]
    Invalid,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

/// The stored hash of a token. Prefixed with what it does, so that no other token is accepted as one (security.md 4).
fn hash(token: &str, purpose: EmailChangePurpose) -> [u8; 32] {
    Sha256::digest(format!("email change {} {token}", purpose.as_str())).into()
}

impl AuthModule {
    /// Creates a link, within a transaction that holds the actor's row. A link that confirms replaces the one before.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn create_email_change_link_within(
        &self,
        transaction: &mut Transaction,
        change: NewEmailChange<'_>,
    ) -> Result<EmailChangeLink, Error> {
        if change.purpose == EmailChangePurpose::Confirm {
            self.void_email_changes_within(transaction, change.actor_type, change.actor_id).await?;
        }
        let token = BASE64.encode(self.environment.random_bytes::<32>());
        let now = self.environment.now();
        let expires_at = now.max(change.from) + change.purpose.lifetime();
        let text = "INSERT INTO auth_email_changes
                        (token_hash, purpose, actor_type, actor_id, old_email, new_email, issued_by, expires_at, created_at)
                    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
        let values = values![
            hash(&token, change.purpose),
            change.purpose.as_str(),
            change.actor_type,
            change.actor_id,
            change.old_email.as_str(),
            change.new_email.as_str(),
            change.issued_by.map(str::to_owned),
            expires_at,
            now,
        ];
        transaction.execute_pipelined(text, values).await?;
        Ok(EmailChangeLink { token, expires_at })
    }

    /// Checks a link. Nothing changes.
    ///
    /// # Errors
    ///
    /// [`EmailChangeLinkError`].
    pub async fn find_email_change(
        &self,
        token: &str,
        purpose: EmailChangePurpose,
    ) -> Result<EmailChange, EmailChangeLinkError> {
        let text = concat!("SELECT ", columns!(), " FROM auth_email_changes WHERE token_hash = $1 AND expires_at > $2");
        let values = values![hash(token, purpose), self.environment.now()];
        let found = self.database.query_optional(text, values).await?;
        found.ok_or(EmailChangeLinkError::Invalid)
    }

    /// Uses a link up, within the transaction that has its effect. Of concurrent callers, one succeeds. A link that
    /// reverts also voids every later change of the actor, so that the reverted change is not made again by its link.
    ///
    /// # Errors
    ///
    /// [`EmailChangeLinkError`]; the transaction must then be rolled back.
    pub async fn use_email_change_within(
        &self,
        transaction: &mut Transaction,
        change: &EmailChange,
    ) -> Result<(), EmailChangeLinkError> {
        // Before the links, as in everything that ends sessions.
        let text = "UPDATE auth_identities SET updated_at = updated_at WHERE id IN (
                        SELECT auth_identity_id FROM auth_identity_actors WHERE actor_type = $1 AND actor_id = $2)";
        transaction.execute_pipelined(text, values![change.actor_type.as_str(), change.actor_id.as_str()]).await?;
        let text = "DELETE FROM auth_email_changes WHERE token_hash = $1 AND expires_at > $2";
        let values = values![change.token_hash.clone(), self.environment.now()];
        if transaction.execute(text, values).await? == 0 {
            return Err(EmailChangeLinkError::Invalid);
        }
        if change.purpose == EmailChangePurpose::Revert {
            let text = "DELETE FROM auth_email_changes
                        WHERE actor_type = $1 AND actor_id = $2 AND (purpose = 'confirm' OR created_at >= $3)";
            let values = values![change.actor_type.as_str(), change.actor_id.as_str(), change.created_at];
            transaction.execute_pipelined(text, values).await?;
        }
        Ok(())
    }

    /// The addresses to which a change of an actor can still be reverted.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn revertible_addresses_within(
        &self,
        transaction: &mut Transaction,
        (actor_type, actor_id): (&str, &str),
    ) -> Result<Vec<EmailAddress>, Error> {
        let text = "SELECT old_email FROM auth_email_changes
                    WHERE actor_type = $1 AND actor_id = $2 AND purpose = 'revert' AND expires_at > $3";
        transaction.query_scalars(text, values![actor_type, actor_id, self.environment.now()]).await
    }

    /// Voids the change of an actor that waits to be confirmed. What was changed can still be reverted.
    pub(crate) async fn void_email_changes_within(
        &self,
        transaction: &mut Transaction,
        actor_type: &str,
        actor_id: &str,
    ) -> Result<(), Error> {
        let text = "DELETE FROM auth_email_changes WHERE actor_type = $1 AND actor_id = $2 AND purpose = 'confirm'";
        transaction.execute_pipelined(text, values![actor_type, actor_id]).await
    }
}
