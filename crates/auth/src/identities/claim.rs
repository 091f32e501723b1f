//! Claiming an identity for an actor, and deleting its rivals.

use vestibule_core::DomainError;
use vestibule_database::{Connection, Error, FromRow, Sql, Transaction, values};

use super::{AuthIdentityId, ProviderIdentity, provider_columns};
use crate::AuthModule;

/// Why an identity could not be claimed.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum ClaimError {
    /// It no longer exists: it expired, or another claim was first.
    #[error("This registration is not valid any more. Register again.")]
    #[kind(Unauthorized, code = "registration_expired")]
    Gone,
    /// It already belongs to another actor of this type.
    #[error("This sign-in already belongs to another account.")]
    #[kind(InvalidData, code = "identity_claimed")]
    Taken,
    /// Another identity of the same name is claimed.
    #[error("Identity with email already exists")]
    #[kind(InvalidData, code = "identity_exists")]
    EntityTaken,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

/// The identities of the actor `$1` `$2`, as a literal for `concat!`.
macro_rules! identities_of {
    () => {
        "(SELECT auth_identity_id FROM auth_identity_actors WHERE actor_type = $1 AND actor_id = $2)"
    };
}

/// Waits for concurrent starts of sessions of an identity, and blocks others, so that no session is left whose owner is
/// not the one it names. SQLite has one writer anyway.
pub(super) const LOCK: Sql = Sql::per_engine(
    "SELECT id FROM auth_identities WHERE id = $1",
    "SELECT id FROM auth_identities WHERE id = $1 FOR UPDATE",
);

/// The same for all identities of an actor.
const LOCK_ALL: Sql = Sql::per_engine(
    concat!("SELECT id FROM auth_identities WHERE id IN ", identities_of!()),
    concat!("SELECT id FROM auth_identities WHERE id IN ", identities_of!(), " ORDER BY id FOR UPDATE"),
);

/// The actor to whom an account belongs.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct AccountOwner {
    /// The actor type: `user`, ….
    pub actor_type: String,
    /// The actor's id.
    pub actor_id: String,
}

impl AuthModule {
    /// Assigns an identity to an actor, within a transaction. Of concurrent callers, one succeeds. Other registrations
    /// of the same names are deleted: they were not the owner's.
    ///
    /// # Errors
    ///
    /// [`ClaimError`]; the transaction must then be rolled back.
    pub async fn claim_identity_within(
        &self,
        transaction: &mut Transaction,
        id: AuthIdentityId,
        actor_type: &str,
        actor_id: &str,
    ) -> Result<(), ClaimError> {
        let text = concat!("SELECT ", provider_columns!(), " FROM provider_identities WHERE auth_identity_id = $1");
        let parts: Vec<ProviderIdentity> = transaction.query(text, values![id]).await?;
        let names = parts.into_iter().map(|part| (part.provider, part.entity_canonical));
        self.lock_names_within(transaction, names.collect()).await?;
        transaction.query_optional::<()>(&LOCK, values![id]).await?;
        let now = self.environment.now();
        let text = "UPDATE auth_identities SET expires_at = NULL, updated_at = $2
                    WHERE id = $1 AND (expires_at IS NULL OR expires_at > $2)";
        if transaction.execute(text, values![id, now]).await? == 0 {
            return Err(ClaimError::Gone);
        }
        let text = "INSERT INTO auth_identity_actors (auth_identity_id, actor_type, actor_id) VALUES ($1, $2, $3)
                    ON CONFLICT (auth_identity_id, actor_type) DO NOTHING";
        if transaction.execute(text, values![id, actor_type, actor_id]).await? == 0 {
            return Err(ClaimError::Taken);
        }
        transaction
            .execute("UPDATE provider_identities SET claimed = $2 WHERE auth_identity_id = $1", values![id, true])
            .await
            .map_err(|error| match error {
                error if error.is_unique("provider_identities_provider_entity_canonical") => ClaimError::EntityTaken,
                error => error.into(),
            })?;
        let text = "UPDATE auth_sessions SET actor_id = $3 WHERE auth_identity_id = $1 AND actor_type = $2";
        transaction.execute_pipelined(text, values![id, actor_type, actor_id]).await?;
        self.drop_rivals_within(transaction, id).await?;
        Ok(())
    }

    /// Whether an identity belongs to an actor, of any type.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn is_claimed(&self, connection: impl Into<Connection<'_>>, id: AuthIdentityId) -> Result<bool, Error> {
        let text = "SELECT 1 AS one FROM auth_identity_actors WHERE auth_identity_id = $1 LIMIT 1";
        Ok(connection.into().query_optional::<()>(text, values![id]).await?.is_some())
    }

    /// Type and id of the actor to whom an account belongs, named as its attempts are counted; a user before other actors.
    /// The query is the same whether there is one or not.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn find_owner_of_account(
        &self,
        connection: impl Into<Connection<'_>>,
        account: &str,
    ) -> Result<Option<AccountOwner>, Error> {
        let text = "SELECT owner.actor_type, owner.actor_id FROM provider_identities part
                    JOIN auth_identity_actors owner ON owner.auth_identity_id = part.auth_identity_id
                    WHERE part.entity_canonical = $1 AND part.claimed
                    ORDER BY CASE WHEN owner.actor_type = 'user' THEN 0 ELSE 1 END, owner.actor_type LIMIT 1";
        connection.into().query_optional(text, values![account]).await
    }

    /// Blocks claims of an identity until this transaction ends, and waits for running ones.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn lock_identity_within(&self, transaction: &mut Transaction, id: AuthIdentityId) -> Result<(), Error> {
        transaction.query_optional::<()>(&LOCK, values![id]).await.map(drop)
    }

    /// Makes claims of the same names wait for one another: here, at the first of the registrations that wait for a
    /// name, and not later, each for rows that the other is about to delete.
    pub(super) async fn lock_names_within(
        &self,
        transaction: &mut Transaction,
        mut names: Vec<(String, String)>,
    ) -> Result<(), Error> {
        names.sort();
        for (provider, entity_canonical) in names {
            let text = "UPDATE auth_identities SET updated_at = updated_at WHERE id = (
                            SELECT auth_identity_id FROM provider_identities
                            WHERE provider = $1 AND entity_canonical = $2 AND NOT claimed
                            ORDER BY registration_key LIMIT 1)";
            transaction.execute_pipelined(text, values![provider, entity_canonical]).await?;
        }
        Ok(())
    }

    /// Deletes rival registrations under the names of a claimed identity, a thousand of them at most: otherwise a
    /// stranger who registers an address a million times would lock its owner out for the time of the deletion. The
    /// remaining ones are found by no sign-in, cannot be claimed, and expire.
    pub(super) async fn drop_rivals_within(
        &self,
        transaction: &mut Transaction,
        id: AuthIdentityId,
    ) -> Result<(), Error> {
        let text = "DELETE FROM auth_identities WHERE expires_at IS NOT NULL AND id IN (
                        SELECT rival.auth_identity_id FROM provider_identities rival
                        JOIN provider_identities mine
                          ON mine.provider = rival.provider AND mine.entity_canonical = rival.entity_canonical
                        WHERE mine.auth_identity_id = $1 AND rival.auth_identity_id <> $1 AND NOT rival.claimed
                        LIMIT 1000)";
        transaction.execute_pipelined(text, values![id]).await
    }

    /// Deletes an actor's identities, with their sessions and devices, within a transaction. An identity that another
    /// actor has as well stays theirs.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn remove_actor_within(
        &self,
        transaction: &mut Transaction,
        actor_type: &str,
        actor_id: &str,
    ) -> Result<(), Error> {
        // Locked first, so that the statements below see a concurrent claim by another actor.
        transaction.query::<()>(&LOCK_ALL, values![actor_type, actor_id]).await?;
        let text = concat!("UPDATE auth_identities SET updated_at = $3 WHERE id IN ", identities_of!());
        transaction.execute_pipelined(text, values![actor_type, actor_id, self.environment.now()]).await?;
        for text in [
            concat!("DELETE FROM auth_sessions WHERE actor_type = $1 AND auth_identity_id IN ", identities_of!()),
            concat!(
                "DELETE FROM auth_identities WHERE id IN ",
                identities_of!(),
                " AND NOT EXISTS (SELECT 1 FROM auth_identity_actors
                                  WHERE auth_identity_id = auth_identities.id AND actor_type <> $1)"
            ),
            "DELETE FROM auth_identity_actors WHERE actor_type = $1 AND actor_id = $2",
            "DELETE FROM auth_devices WHERE actor_type = $1 AND actor_id = $2",
            "DELETE FROM auth_email_changes WHERE actor_type = $1 AND actor_id = $2",
        ] {
            transaction.execute_pipelined(text, values![actor_type, actor_id]).await?;
        }
        Ok(())
    }
}
