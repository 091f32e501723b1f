//! What an actor has to verify before they are fully signed in.

use vestibule_database::{Connection, Error, Transaction, values};

use super::{Verification, columns};
use crate::{AuthIdentity, AuthModule, ProviderIdentity, Session};

/// One of the accepted verifications of a type of actor, as in the reference's `authVerificationsPerActor`. The entity
/// id of the sign-in is verified; if several are accepted, one of them suffices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequiredVerification {
    /// The kind of the verification: `email`.
    pub entity_type: String,
    /// The provider of the entity id: `emailpass`.
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

    /// Completes a session whose address has been verified since it began, within a transaction.
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
        transaction.execute_pipelined(text, values![session.id, false]).await
    }

    /// The kind, such as `email`, by which the entity id of an identity is verified as this type of actor; the first of
    /// several. `None` if none is required.
    pub fn required_verification(&self, actor_type: &str, provider: &str) -> Option<&str> {
        let required = self.options.verifications_per_actor.get(actor_type)?;
        required
            .iter()
            .find(|required| required.auth_provider == provider)
            .map(|required| required.entity_type.as_str())
    }

    /// The last requested, outstanding verification of the identity's own address.
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

    /// The verifications of the entity id of an identity, newest first.
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
