//! What years have left behind in the tables of this module: found a batch at a time, and repaired one row at a time.

use std::time::Duration;

use serde_json::Value as Json;
use vestibule_core::{EmailAddress, Timestamp};
use vestibule_database::{Error, FromRow, Transaction, WALK, Walked, values};

use crate::providers::{EMAILCODE, EMAILPASS};
use crate::{AuthIdentityId, AuthModule, ProviderIdentityId};

/// How late the hourly clean-up may be.
const GRACE: Duration = Duration::from_secs(2 * 60 * 60);

/// What is wrong with a sign-in method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartFault {
    /// The hash of its password is weaker than those made today, or foreign.
    WeakHash,
    /// Its address is stored in another canonical form than that of today.
    OutdatedAddress,
    /// The same, and another sign-in method has the form of today.
    CollidingAddress,
}

#[derive(FromRow)]
struct Part {
    id: String,
    provider: String,
    entity_id: String,
    entity_canonical: String,
    provider_metadata: Option<Json>,
}

#[derive(FromRow)]
struct Sealed {
    id: String,
    secret: Option<Vec<u8>>,
}

/// Identities that no one owns and that never expire.
const WITHOUT_OWNER: &str = "WITH page AS MATERIALIZED (
         SELECT id, expires_at FROM auth_identities WHERE id > $1 ORDER BY id LIMIT $2)
     SELECT id, 1 = 0 AS is_last FROM page
     WHERE expires_at IS NULL AND NOT EXISTS (SELECT 1 FROM auth_identity_actors WHERE auth_identity_id = page.id)
     UNION ALL SELECT max(id), 1 = 1 FROM page";

impl AuthModule {
    /// Examines the identities after this id for those that no one owns and that never expire.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn examine_owners(&self, after: &str) -> Result<Walked<String>, Error> {
        Walked::read(&self.database, WITHOUT_OWNER, values![after, WALK]).await
    }

    /// Lets an identity without an owner expire as any other registration. Returns whether it was changed.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn let_expire_within(&self, transaction: &mut Transaction, id: AuthIdentityId) -> Result<bool, Error> {
        let now = self.environment.now();
        let text = "UPDATE auth_identities SET expires_at = $2, updated_at = $3 WHERE id = $1 AND expires_at IS NULL
                    AND NOT EXISTS (SELECT 1 FROM auth_identity_actors WHERE auth_identity_id = $1)";
        if transaction.execute(text, values![id, now + self.options.unclaimed_lifetime, now]).await? == 0 {
            return Ok(false);
        }
        let text = "UPDATE provider_identities SET claimed = $2 WHERE auth_identity_id = $1";
        transaction.execute_pipelined(text, values![id, false]).await?;
        Ok(true)
    }

    /// Examines the sign-in methods after this id: their hashes, and the addresses by which they are found.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn examine_parts(&self, after: &str) -> Result<Walked<(String, PartFault)>, Error> {
        let text = "SELECT id, provider, entity_id, entity_canonical, provider_metadata FROM provider_identities
                    WHERE id > $1 ORDER BY id LIMIT $2";
        let parts: Vec<Part> = self.database.scan(text, values![after, WALK]).await?;
        let last = parts.last().map(|part| part.id.clone());
        let mut found = Vec::new();
        for part in parts {
            if self.has_weak_hash(&part) {
                found.push((part.id.clone(), PartFault::WeakHash));
            }
            if let Some(canonical) = outdated(&part) {
                let text = "SELECT 1 AS one FROM provider_identities
                            WHERE provider = $1 AND entity_canonical = $2 AND claimed AND id <> $3";
                let values = values![part.provider.as_str(), canonical, part.id.as_str()];
                let fault = match self.database.query_optional::<()>(text, values).await? {
                    Some(()) => PartFault::CollidingAddress,
                    None => PartFault::OutdatedAddress,
                };
                found.push((part.id, fault));
            }
        }
        Ok(Walked { last, found })
    }

    fn has_weak_hash(&self, part: &Part) -> bool {
        let hash = part.provider_metadata.as_ref().and_then(|metadata| metadata.get("password")?.as_str());
        part.provider == EMAILPASS && hash.is_some_and(|hash| !self.passwords.is_current(hash))
    }

    /// Stores the address of a sign-in method in the canonical form of today, unless another one has it. Returns whether it was
    /// changed.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn renew_canonical_entity_within(
        &self,
        transaction: &mut Transaction,
        id: ProviderIdentityId,
    ) -> Result<bool, Error> {
        let text = "SELECT id, provider, entity_id, entity_canonical, provider_metadata FROM provider_identities WHERE id = $1";
        let part: Option<Part> = transaction.query_optional(text, values![id]).await?;
        let Some((part, canonical)) = part.and_then(|part| outdated(&part).map(|canonical| (part, canonical))) else {
            return Ok(false);
        };
        let text = "UPDATE provider_identities SET entity_canonical = $2 WHERE id = $1 AND entity_id = $3 AND NOT EXISTS (
                        SELECT 1 FROM provider_identities other
                        WHERE other.provider = $4 AND other.entity_canonical = $2 AND other.claimed AND other.id <> $1)";
        let values = values![id, canonical, part.entity_id.as_str(), part.provider.as_str()];
        Ok(transaction.execute(text, values).await? > 0)
    }

    /// Examines the second factors after this id for those whose secret the key of today does not open.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn examine_sealed_factors(&self, after: &str) -> Result<Walked<String>, Error> {
        let text =
            "SELECT id, secret FROM auth_mfa_factors WHERE id > $1 AND status <> 'disabled' ORDER BY id LIMIT $2";
        let factors: Vec<Sealed> = self.database.scan(text, values![after, WALK]).await?;
        let last = factors.last().map(|factor| factor.id.clone());
        let is_lost = |factor: &Sealed| {
            factor.secret.as_deref().is_some_and(|secret| self.options.sealing_key.open(&factor.id, secret).is_err())
        };
        let found = factors.into_iter().filter(is_lost).map(|factor| factor.id).collect();
        Ok(Walked { last, found })
    }

    /// Until when registrations should have been deleted by now.
    fn overdue_since(&self) -> Timestamp {
        self.environment.now() - GRACE
    }

    /// Counts the registrations that expired so long ago that the clean-up should have deleted them, and names some.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn overdue_registrations(&self, names: u32) -> Result<(u64, Vec<String>), Error> {
        let since = self.overdue_since();
        let text = "SELECT count(*) FROM auth_identities WHERE expires_at <= $1";
        let number: u64 = self.database.query_scalar(text, values![since]).await?;
        let text = "SELECT id FROM auth_identities WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2";
        Ok((number, self.database.query_scalars(text, values![since, names]).await?))
    }

    /// Deletes some of the registrations that expired so long ago that the clean-up should have deleted them. Returns how many.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn delete_overdue_registrations_within(&self, transaction: &mut Transaction) -> Result<u64, Error> {
        let text = "DELETE FROM auth_identities WHERE expires_at <= $1
                    AND id IN (SELECT id FROM auth_identities WHERE expires_at <= $1 LIMIT $2)";
        transaction.execute(text, values![self.overdue_since(), WALK]).await
    }
}

/// The canonical form of today, if the stored one differs. Providers other than these have ids of their own.
fn outdated(part: &Part) -> Option<String> {
    let is_address = part.provider == EMAILPASS || part.provider == EMAILCODE;
    let canonical = EmailAddress::canonical_or_text(&part.entity_id);
    (is_address && canonical != part.entity_canonical).then_some(canonical)
}
