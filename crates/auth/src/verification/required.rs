//! What somebody has to verify before he comes in all the way.

use vestibule_database::{Connection, Error, Transaction, values};

use super::{Verification, columns};
use crate::{AuthIdentity, AuthModule, ProviderIdentity, Session};

/// One of the ways to be verified that a type of actor has, as in the reference's `authVerificationsPerActor`. What is
/// to be verified is the name by which he signs in; where there are several ways, one of them will do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequiredVerification {
    /// As what it is verified: `email`.
    pub entity_type: String,
    /// The provider by whose name he signs in: `emailpass`.
    pub auth_provider: String,
}

impl AuthModule {
    /// Whether an identity that signs in as this type of actor has yet to verify its address.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn awaits_verification(
        &self,
        connection: impl Into<Connection<'_>>,
        identity: &AuthIdentity,
        actor_type: &str,
        provider: &str,
    ) -> Result<bool, Error> {
        let required = self.options.verifications_per_actor.get(actor_type).map(Vec::as_slice).unwrap_or_default();
        let required: Vec<&str> = required
            .iter()
            .filter(|required| required.auth_provider == provider)
            .map(|required| required.entity_type.as_str())
            .collect();
        if required.is_empty() {
            return Ok(false);
        }
        let Some(part) = identity.provider_identity(provider) else { return Ok(true) };
        let known = self.verifications_of(connection, part).await?;
        let is_verified =
            |known: &Verification| known.verified_at.is_some() && required.contains(&known.entity_type.as_str());
        Ok(!known.iter().any(is_verified))
    }

    /// Lets a session go on whose address has been verified since it began, within a transaction.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn end_wait_for_verification_within(
        &self,
        transaction: &mut Transaction,
        session: &mut Session,
        identity: &AuthIdentity,
    ) -> Result<(), Error> {
        let (actor_type, provider) = (&session.actor_type, &session.provider);
        if !session.awaits_verification
            || self.awaits_verification(&mut *transaction, identity, actor_type, provider).await?
        {
            return Ok(());
        }
        session.awaits_verification = false;
        let text = "UPDATE auth_sessions SET awaits_verification = $2 WHERE id = $1";
        transaction.execute(text, values![session.id, false]).await.map(drop)
    }

    /// As what the name is verified by which an identity signs in as this type of actor, such as `email`; the first of
    /// several ways. Nothing where none is required.
    pub fn required_verification(&self, actor_type: &str, provider: &str) -> Option<&str> {
        let required = self.options.verifications_per_actor.get(actor_type)?;
        required
            .iter()
            .find(|required| required.auth_provider == provider)
            .map(|required| required.entity_type.as_str())
    }

    /// The verification of the identity's own address that was asked for last and is outstanding.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn find_verification(
        &self,
        connection: impl Into<Connection<'_>>,
        identity: &AuthIdentity,
        provider: &str,
    ) -> Result<Option<Verification>, Error> {
        let Some(part) = identity.provider_identity(provider) else { return Ok(None) };
        let known = self.verifications_of(connection, part).await?;
        Ok(known.into_iter().find(|known| known.verified_at.is_none()))
    }

    /// What is known of the name by which an identity signs in, the newest first.
    async fn verifications_of(
        &self,
        connection: impl Into<Connection<'_>>,
        part: &ProviderIdentity,
    ) -> Result<Vec<Verification>, Error> {
        let text = concat!(
            "SELECT ",
            columns!(),
            " FROM auth_verifications WHERE auth_identity_id = $1 AND canonical = $2 ORDER BY requested_at DESC, id DESC"
        );
        connection.into().query(text, values![part.auth_identity_id, part.entity_canonical.as_str()]).await
    }
}
