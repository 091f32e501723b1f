//! Taking an identity away from its actor. The identity stays, as one that no one has claimed.

use vestibule_database::{Error, Transaction, values};

use super::AuthIdentityId;
use crate::AuthModule;

/// The other identities of the actor of type `$2` who has the identity `$1`, as a literal for `concat!`.
macro_rules! others {
    () => {
        "SELECT other.auth_identity_id FROM auth_identity_actors mine
         JOIN auth_identity_actors other
           ON other.actor_type = mine.actor_type AND other.actor_id = mine.actor_id
          AND other.auth_identity_id <> mine.auth_identity_id
         WHERE mine.auth_identity_id = $1 AND mine.actor_type = $2"
    };
}

/// What is deleted when the actor of type `$2` loses the identity `$1`, in this order. A second factor is the actor's:
/// if the actor has another identity, it stays with that one, or the actor could sign in without it (security.md 18).
const RELEASE: [&str; 5] = [
    concat!(
        "UPDATE auth_mfa_factors SET auth_identity_id = (",
        others!(),
        " ORDER BY 1 LIMIT 1) WHERE auth_identity_id = $1 AND EXISTS (",
        others!(),
        ")"
    ),
    concat!(
        "UPDATE auth_mfa_recovery_codes SET auth_identity_id = (",
        others!(),
        " ORDER BY 1 LIMIT 1) WHERE auth_identity_id = $1 AND EXISTS (",
        others!(),
        ")"
    ),
    concat!(
        "DELETE FROM auth_devices WHERE (actor_type, actor_id) IN (
             SELECT actor_type, actor_id FROM auth_identity_actors WHERE auth_identity_id = $1 AND actor_type = $2)
         AND NOT EXISTS (",
        others!(),
        ")"
    ),
    "DELETE FROM auth_sessions WHERE auth_identity_id = $1 AND actor_type = $2",
    "DELETE FROM auth_identity_actors WHERE auth_identity_id = $1 AND actor_type = $2",
];

impl AuthModule {
    /// Takes an identity away from its actor of this type, and ends the actor's sessions by it. An identity that is left
    /// without an actor is unclaimed from then on: it blocks no one, can be claimed again, and expires.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub(super) async fn release_identity_within(
        &self,
        transaction: &mut Transaction,
        id: AuthIdentityId,
        actor_type: &str,
    ) -> Result<(), Error> {
        for text in RELEASE {
            transaction.execute_pipelined(text, values![id, actor_type]).await?;
        }
        let now = self.environment.now();
        let text = "UPDATE auth_identities SET expires_at = $2, updated_at = $3 WHERE id = $1
                    AND NOT EXISTS (SELECT 1 FROM auth_identity_actors WHERE auth_identity_id = $1)";
        if transaction.execute(text, values![id, now + self.options.unclaimed_lifetime, now]).await? > 0 {
            let text = "UPDATE provider_identities SET claimed = $2 WHERE auth_identity_id = $1";
            transaction.execute_pipelined(text, values![id, false]).await?;
        }
        Ok(())
    }
}
