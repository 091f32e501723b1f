//! Second factors: what somebody proves after the password.

use vestibule_database::{Connection, Error, values};

use crate::{AuthIdentityId, AuthModule};

vestibule_core::id!(
    /// A second factor.
    MfaFactorId,
    "authmfa"
);

vestibule_core::id!(
    /// A challenge: the question that a half session has to answer.
    MfaChallengeId,
    "authmfachal"
);

/// The identities that count as one with `$1`: itself, and those of the same actors. Second factors count for the
/// actor, so that no other way in goes around them.
macro_rules! same_actor {
    () => {
        "SELECT id FROM auth_identities WHERE id = $1
         UNION SELECT other.auth_identity_id FROM auth_identity_actors mine
               JOIN auth_identity_actors other
                 ON other.actor_type = mine.actor_type AND other.actor_id = mine.actor_id
               WHERE mine.auth_identity_id = $1"
    };
}
pub(crate) use same_actor;

impl AuthModule {
    /// Whether whoever has this identity has a second factor.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn has_mfa(
        &self,
        connection: impl Into<Connection<'_>>,
        identity: AuthIdentityId,
    ) -> Result<bool, Error> {
        let text = concat!(
            "SELECT 1 AS one FROM auth_mfa_factors WHERE status = 'enabled' AND auth_identity_id IN (",
            same_actor!(),
            ") LIMIT 1"
        );
        Ok(connection.into().query_optional::<()>(text, values![identity]).await?.is_some())
    }
}
