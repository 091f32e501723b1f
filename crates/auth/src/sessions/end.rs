//! Ending sessions.

use vestibule_database::{Error, Transaction, transaction, values};

use super::SessionId;
use crate::mfa::same_actor;
use crate::{AuthIdentityId, AuthModule};

impl AuthModule {
    /// Ends a session: its tokens and its cookie are dead from then on. Returns whether there was one.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn end_session(&self, id: SessionId) -> Result<bool, Error> {
        transaction!(self.database, |transaction| self.end_session_within(transaction, id).await)
    }

    /// Ends a session within a transaction.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn end_session_within(&self, transaction: &mut Transaction, id: SessionId) -> Result<bool, Error> {
        Ok(transaction.execute("DELETE FROM auth_sessions WHERE id = $1", values![id]).await? > 0)
    }

    /// Ends a session within a transaction if it is one of this actor's. Returns whether it was: a session of another
    /// actor is none.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn end_session_of_within(
        &self,
        transaction: &mut Transaction,
        actor_type: &str,
        actor_id: &str,
        id: SessionId,
    ) -> Result<bool, Error> {
        let text = "DELETE FROM auth_sessions WHERE id = $3 AND actor_type = $1 AND auth_identity_id IN (
                        SELECT auth_identity_id FROM auth_identity_actors WHERE actor_type = $1 AND actor_id = $2)";
        Ok(transaction.execute(text, values![actor_type, actor_id, id]).await? > 0)
    }

    /// Ends every session of an identity.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn end_sessions_of(&self, identity: AuthIdentityId) -> Result<u64, Error> {
        transaction!(self.database, |transaction| {
            transaction.execute("DELETE FROM auth_sessions WHERE auth_identity_id = $1", values![identity]).await
        })
    }

    /// Ends every session of an actor, also half ones, but the excepted one, within a transaction. Returns how many. A
    /// change of address that waits to be confirmed is void: one of the sessions may have requested it. A concurrent sign-in of the actor comes before, and is ended, or after the transaction's effects.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn end_sessions_of_actor_within(
        &self,
        transaction: &mut Transaction,
        actor_type: &str,
        actor_id: &str,
        except: Option<SessionId>,
    ) -> Result<u64, Error> {
        // Written first, as a sign-in does: its session is then seen by the statement below, or not started yet.
        let text = "UPDATE auth_identities SET updated_at = updated_at WHERE id IN (
                        SELECT auth_identity_id FROM auth_identity_actors WHERE actor_type = $1 AND actor_id = $2)";
        transaction.execute_pipelined(text, values![actor_type, actor_id]).await?;
        self.void_email_changes_within(transaction, actor_type, actor_id).await?;
        let except = except.map_or_else(String::new, |id| id.to_string());
        let text = "DELETE FROM auth_sessions WHERE id <> $3 AND actor_type = $1 AND auth_identity_id IN (
                        SELECT auth_identity_id FROM auth_identity_actors WHERE actor_type = $1 AND actor_id = $2)";
        transaction.execute(text, values![actor_type, actor_id, except]).await
    }

    /// Ends every session of the owner of this identity, of any type and also half ones, but the excepted one, within a
    /// transaction, and voids a change of address that waits to be confirmed. Returns how many.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn end_other_sessions_within(
        &self,
        transaction: &mut Transaction,
        identity: AuthIdentityId,
        except: SessionId,
    ) -> Result<u64, Error> {
        self.void_email_changes_of_identity_within(transaction, identity).await?;
        let text = concat!("DELETE FROM auth_sessions WHERE id <> $2 AND auth_identity_id IN (", same_actor!(), ")");
        transaction.execute(text, values![identity, except]).await
    }
}
