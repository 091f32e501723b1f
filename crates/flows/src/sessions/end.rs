//! Ending sessions.

use serde_json::json;
use vestibule_audit::Action;
use vestibule_auth::SessionId;
use vestibule_core::DomainError;
use vestibule_database::{Error, Transaction, transaction};
use vestibule_user::UserId;
use vestibule_user::users::RetrieveUserError;

use crate::{Context, Flows, GrantError, SessionCaller, Stage, USER};

/// Why a session was not ended.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum EndSessionError {
    /// There is none of this id that belongs to the user in question.
    #[error("Session with id: {id} was not found")]
    #[kind(NotFound)]
    NotFound {
        /// The id that was given.
        id: String,
    },
    /// There is no such user.
    #[error(transparent)]
    User(#[from] RetrieveUserError),
    /// The user may do more than the caller.
    #[error(transparent)]
    Grant(#[from] GrantError),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl Flows {
    /// Ends a session of the caller, which may be the present one.
    ///
    /// # Errors
    ///
    /// [`EndSessionError`].
    pub async fn end_own_session(
        &self,
        caller: &SessionCaller,
        id: SessionId,
        context: &Context,
    ) -> Result<(), EndSessionError> {
        let actor_id = caller.actor_id.as_deref();
        let actor_id = actor_id.ok_or_else(|| EndSessionError::NotFound { id: id.to_string() })?;
        transaction!(self.database, |transaction| {
            self.end_session_of(transaction, (&caller.actor_type, actor_id), id, context).await
        })
    }

    /// Ends the caller's present session. The audit log records it if it recorded the start.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn sign_out(&self, caller: &SessionCaller, context: &Context) -> Result<(), Error> {
        transaction!(self.database, |transaction| {
            let ended = self.auth.end_session_within(transaction, caller.session_id).await?;
            if let Some(actor_id) = caller.actor_id.as_deref().filter(|_| ended && caller.stage != Stage::Half) {
                let (target, before) =
                    (caller.session_id.to_string(), json!({ "actor_type": caller.actor_type, "actor_id": actor_id }));
                self.record(transaction, context, Action::SessionEnded, ("session", &target), Some(before), None)
                    .await?;
            }
            Ok(())
        })
    }

    /// Ends every session of the caller but the present one, and returns how many.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn end_other_sessions(&self, caller: &SessionCaller, context: &Context) -> Result<u64, Error> {
        let Some(actor_id) = caller.actor_id.as_deref() else {
            return Ok(0);
        };
        transaction!(self.database, |transaction| {
            let actor = (caller.actor_type.as_str(), actor_id);
            self.end_sessions_of(transaction, actor, Some(caller.session_id), context).await
        })
    }

    /// Ends a session of a user.
    ///
    /// # Errors
    ///
    /// [`EndSessionError`].
    pub async fn end_session_of_user(
        &self,
        user: UserId,
        id: SessionId,
        context: &Context,
    ) -> Result<(), EndSessionError> {
        transaction!(self.database, |transaction| {
            self.users.retrieve_user_within(&mut *transaction, user).await?;
            self.check_may_act_on_within(transaction, context, user).await?;
            self.end_session_of(transaction, (USER, &user.to_string()), id, context).await
        })
    }

    /// Ends every session of a user, and returns how many.
    ///
    /// # Errors
    ///
    /// [`EndSessionError`].
    pub async fn end_sessions_of_user(&self, user: UserId, context: &Context) -> Result<u64, EndSessionError> {
        transaction!(self.database, |transaction| {
            self.users.retrieve_user_within(&mut *transaction, user).await?;
            self.check_may_act_on_within(transaction, context, user).await?;
            Ok(self.end_sessions_of(transaction, (USER, &user.to_string()), None, context).await?)
        })
    }

    async fn end_session_of(
        &self,
        transaction: &mut Transaction,
        (actor_type, actor_id): (&str, &str),
        id: SessionId,
        context: &Context,
    ) -> Result<(), EndSessionError> {
        let target = id.to_string();
        if !self.auth.end_session_of_within(transaction, actor_type, actor_id, id).await? {
            return Err(EndSessionError::NotFound { id: target });
        }
        let before = json!({ "actor_type": actor_type, "actor_id": actor_id });
        self.record(transaction, context, Action::SessionEnded, ("session", &target), Some(before), None).await?;
        Ok(())
    }

    /// Ends every session of an actor but the excepted one. One entry of the audit log covers all of them.
    async fn end_sessions_of(
        &self,
        transaction: &mut Transaction,
        (actor_type, actor_id): (&str, &str),
        except: Option<SessionId>,
        context: &Context,
    ) -> Result<u64, Error> {
        let ended = self.auth.end_sessions_of_actor_within(transaction, actor_type, actor_id, except).await?;
        if ended > 0 {
            let target = if actor_type == USER { "user" } else { "actor" };
            let before = json!({ "actor_type": actor_type, "sessions": ended });
            self.record(transaction, context, Action::SessionEnded, (target, actor_id), Some(before), None).await?;
        }
        Ok(ended)
    }
}
