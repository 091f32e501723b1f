//! Listing sessions of an owner.

use vestibule_core::Page;
use vestibule_database::{Error, Value, values};

use super::{Session, columns, is_on};
use crate::{AuthIdentityId, AuthModule};

/// The owner of sessions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionsOf<'a> {
    /// An actor, by any identity.
    Actor {
        /// `user`, ….
        actor_type: &'a str,
        /// The actor's id.
        actor_id: &'a str,
    },
    /// An identity, as any actor type.
    Identity(AuthIdentityId),
}

/// A statement on the live, whole sessions of an actor (`$3`, `$4`) and of an identity (`$3`).
macro_rules! texts {
    ($what:expr, $actor_tail:literal, $identity_tail:literal) => {
        (
            concat!(
                "SELECT ",
                $what,
                " FROM auth_sessions WHERE actor_type = $3 AND auth_identity_id IN (
                     SELECT auth_identity_id FROM auth_identity_actors WHERE actor_type = $3 AND actor_id = $4)
                   AND awaits_mfa IS NOT TRUE AND awaits_verification IS NOT TRUE AND ",
                is_on!("$1", "$2"),
                $actor_tail
            ),
            concat!(
                "SELECT ",
                $what,
                " FROM auth_sessions WHERE auth_identity_id = $3
                   AND awaits_mfa IS NOT TRUE AND awaits_verification IS NOT TRUE AND ",
                is_on!("$1", "$2"),
                $identity_tail
            ),
        )
    };
}

const COUNT: (&str, &str) = texts!("count(*) AS count", "", "");
const LIST: (&str, &str) = texts!(
    columns!(),
    " ORDER BY COALESCE(last_used_at, created_at) DESC, id DESC LIMIT $5 OFFSET $6",
    " ORDER BY COALESCE(last_used_at, created_at) DESC, id DESC LIMIT $4 OFFSET $5"
);

impl AuthModule {
    /// Lists an owner's sessions, last used first, and counts all of them. Ended sessions are not included, nor are
    /// those whose second factor, or address, is yet to be proved.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn list_and_count_sessions(
        &self,
        of: SessionsOf<'_>,
        skip: u32,
        take: u32,
    ) -> Result<Page<Session>, Error> {
        let now = self.environment.now();
        let mut values = values![now, self.idle_since(now)].to_vec();
        match of {
            SessionsOf::Actor { actor_type, actor_id } => {
                values.extend([Value::from(actor_type), Value::from(actor_id)]);
            }
            SessionsOf::Identity(id) => values.push(id.into()),
        }
        let text = |(of_actor, of_identity)| match of {
            SessionsOf::Actor { .. } => of_actor,
            SessionsOf::Identity(_) => of_identity,
        };
        let count = self.database.query_scalar(text(COUNT), &values).await?;
        values.extend([Value::from(take), Value::from(skip)]);
        let sessions = self.database.query(text(LIST), &values).await?;
        Ok((sessions, count))
    }
}
