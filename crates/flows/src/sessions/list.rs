//! Listing sessions.

use vestibule_auth::{SessionId, SessionView, SessionsOf};
use vestibule_core::Page;
use vestibule_database::Error;
use vestibule_user::UserId;
use vestibule_user::users::RetrieveUserError;

use crate::{Flows, SessionCaller, USER};

impl Flows {
    /// Lists the caller's sessions of all identities, last used first.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn list_own_sessions(
        &self,
        caller: &SessionCaller,
        skip: u32,
        take: u32,
    ) -> Result<Page<SessionView>, Error> {
        let of = match &caller.actor_id {
            Some(actor_id) => SessionsOf::Actor { actor_type: &caller.actor_type, actor_id },
            None => SessionsOf::Identity(caller.auth_identity_id),
        };
        self.session_views(of, Some(caller.session_id), skip, take).await
    }

    /// Lists the sessions of a user. `asking` is the caller's session, if there is one.
    ///
    /// # Errors
    ///
    /// [`RetrieveUserError`].
    pub async fn list_sessions_of_user(
        &self,
        id: UserId,
        asking: Option<SessionId>,
        skip: u32,
        take: u32,
    ) -> Result<Page<SessionView>, RetrieveUserError> {
        self.users.retrieve_user(id).await?;
        let of = SessionsOf::Actor { actor_type: USER, actor_id: &id.to_string() };
        Ok(self.session_views(of, asking, skip, take).await?)
    }

    async fn session_views(
        &self,
        of: SessionsOf<'_>,
        asking: Option<SessionId>,
        skip: u32,
        take: u32,
    ) -> Result<Page<SessionView>, Error> {
        let (sessions, count) = self.auth.list_and_count_sessions(of, skip, take).await?;
        Ok((sessions.into_iter().map(|session| session.view(asking)).collect(), count))
    }
}
