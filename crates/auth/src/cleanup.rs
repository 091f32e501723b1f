//! Taking away what has had its time. Nothing depends on it: expiry is checked whenever a row is used.

use std::time::Duration;

use vestibule_core::Timestamp;
use vestibule_database::{Error, transaction, values};

use crate::{AuthModule, devices, known_devices};

/// How many rows one transaction deletes at most: other writers wait for it, and PostgreSQL's patience has an end.
const PORTION: u32 = 1_000;

/// What goes at `$1`. The condition stands twice: what has been claimed or used after it was selected must not be deleted.
const EXPIRED: [&str; 6] = [
    "DELETE FROM auth_identities WHERE expires_at <= $1
         AND id IN (SELECT id FROM auth_identities WHERE expires_at <= $1 LIMIT $2)",
    "DELETE FROM auth_sessions WHERE expires_at <= $1
         AND id IN (SELECT id FROM auth_sessions WHERE expires_at <= $1 LIMIT $2)",
    "DELETE FROM auth_mfa_challenges WHERE expires_at <= $1
         AND id IN (SELECT id FROM auth_mfa_challenges WHERE expires_at <= $1 LIMIT $2)",
    "DELETE FROM auth_attempts WHERE window_ends_at <= $1
         AND account IN (SELECT account FROM auth_attempts WHERE window_ends_at <= $1 LIMIT $2)",
    "DELETE FROM auth_password_resets WHERE expires_at <= $1 AND provider_identity_id IN (
         SELECT provider_identity_id FROM auth_password_resets WHERE expires_at <= $1 LIMIT $2)",
    "DELETE FROM auth_provider_states WHERE expires_at <= $1
         AND hash IN (SELECT hash FROM auth_provider_states WHERE expires_at <= $1 LIMIT $2)",
];

/// What goes where it was last used at `$1` or before.
const IDLE: &str = "DELETE FROM auth_sessions WHERE COALESCE(last_used_at, created_at) <= $1
         AND id IN (SELECT id FROM auth_sessions WHERE COALESCE(last_used_at, created_at) <= $1 LIMIT $2)";

/// What was asked for and never confirmed goes where its code was good until `$1` or before.
const UNVERIFIED: &str = "DELETE FROM auth_verifications WHERE expires_at <= $1 AND verified_at IS NULL
         AND id IN (SELECT id FROM auth_verifications WHERE expires_at <= $1 AND verified_at IS NULL LIMIT $2)";

/// Devices that were last seen at `$1` or before are forgotten.
const UNSEEN: &str = "DELETE FROM auth_devices WHERE last_seen_at <= $1 AND (actor_type, actor_id, device) IN (
         SELECT actor_type, actor_id, device FROM auth_devices WHERE last_seen_at <= $1 LIMIT $2)";

/// Known devices that were last used at `$1` or before are forgotten.
const UNUSED: &str = "DELETE FROM auth_known_devices WHERE last_used_at <= $1
         AND hash IN (SELECT hash FROM auth_known_devices WHERE last_used_at <= $1 LIMIT $2)";

/// For how long somebody is told that his code is too old, and not that there is none.
const REMEMBERED_CODE: Duration = Duration::from_secs(24 * 60 * 60);

impl AuthModule {
    /// Deletes registrations that nobody claimed in time, sessions that are over or have rested for too long, challenges
    /// and tokens that are over, counts of tries that count no more, and devices that were not seen for 400 days; and
    /// tells how many rows went.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database. What was deleted before stays deleted.
    pub async fn delete_expired(&self) -> Result<u64, Error> {
        let now = self.environment.now();
        let mut deleted = self.delete_portions(IDLE, self.idle_since(now)).await?;
        deleted += self.delete_portions(UNVERIFIED, now - REMEMBERED_CODE).await?;
        deleted += self.delete_portions(UNSEEN, now - devices::REMEMBERED).await?;
        deleted += self.delete_portions(UNUSED, now - known_devices::KNOWN_FOR).await?;
        loop {
            let rows = self.forget_recipients(PORTION).await?;
            deleted += rows;
            if rows < u64::from(PORTION) {
                break;
            }
        }
        for text in EXPIRED {
            deleted += self.delete_portions(text, now).await?;
        }
        Ok(deleted)
    }

    async fn delete_portions(&self, text: &'static str, time: Timestamp) -> Result<u64, Error> {
        let mut deleted = 0;
        loop {
            let rows = self.delete_portion(text, time).await?;
            deleted += rows;
            if rows < u64::from(PORTION) {
                return Ok(deleted);
            }
        }
    }

    async fn delete_portion(&self, text: &'static str, time: Timestamp) -> Result<u64, Error> {
        transaction!(self.database, |transaction| transaction.execute(text, values![time, PORTION]).await)
    }
}
