//! The cookie of a browser's session.

use serde_json::json;
use vestibule_audit::Action;
use vestibule_auth::SessionId;
use vestibule_auth::sessions::CookieSecret;
use vestibule_database::{Error, transaction};

use crate::{Client, Flows, SessionCaller, Stage};

impl Flows {
    /// Gives a session a cookie. The session whose cookie the browser has had until now, `older`, ends in the same
    /// transaction: a browser that signs in again leaves no session behind (OWASP ASVS 7.2.4).
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database. `None` where the session is over.
    pub async fn give_cookie(
        &self,
        session: SessionId,
        older: Option<&SessionCaller>,
        client: &Client,
    ) -> Result<Option<CookieSecret>, Error> {
        let older = older.filter(|older| older.session_id != session);
        let given: Result<_, Error> = transaction!(self.database, |transaction| {
            let Some(secret) = self.auth.give_cookie_within(transaction, session).await? else { return Ok(None) };
            let Some(older) = older else { return Ok(Some(secret)) };
            let ended = self.auth.end_session_within(transaction, older.session_id).await?;
            if let Some(actor_id) = older.actor_id.as_deref().filter(|_| ended && older.stage != Stage::Half) {
                let target = older.session_id.to_string();
                let before = json!({ "actor_type": older.actor_type, "actor_id": actor_id });
                let (context, after) = (older.context(client.clone()), json!({ "replaced_by": session }));
                self.record(
                    transaction,
                    &context,
                    Action::SessionEnded,
                    ("session", &target),
                    Some(before),
                    Some(after),
                )
                .await?;
            }
            Ok(Some(secret))
        });
        match given {
            // The session ended in the meantime.
            Err(Error::ForeignKey(_)) => Ok(None),
            given => given,
        }
    }
}
