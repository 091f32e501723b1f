//! Deletes expired rows. Nothing depends on it: expiry is checked whenever a row is used.

use std::time::Duration;

use vestibule_core::Timestamp;
use vestibule_database::{Error, FromRow, transaction, values};

use crate::{AuthModule, devices, known_devices};

/// Rows that expire at `$1`. The condition stands twice: rows claimed or used after the selection must stay.
const EXPIRED: [&str; 8] = [
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
    "DELETE FROM auth_email_changes WHERE expires_at <= $1
         AND token_hash IN (SELECT token_hash FROM auth_email_changes WHERE expires_at <= $1 LIMIT $2)",
    "DELETE FROM auth_handovers WHERE expires_at <= $1
         AND id IN (SELECT id FROM auth_handovers WHERE expires_at <= $1 LIMIT $2)",
];

/// Rows last used at `$1` or before.
const IDLE: &str = "DELETE FROM auth_sessions WHERE COALESCE(last_used_at, created_at) <= $1
         AND id IN (SELECT id FROM auth_sessions WHERE COALESCE(last_used_at, created_at) <= $1 LIMIT $2)";

/// Requested and unconfirmed verifications whose code expired at `$1` or before, from `$2` on. Those that were confirmed stay, and are
/// passed over: so they are found by a read, for which no writer waits, and each read begins where the one before has ended.
const UNVERIFIED: &str = "SELECT id, expires_at FROM auth_verifications
         WHERE expires_at <= $1 AND expires_at >= $2 AND verified_at IS NULL ORDER BY expires_at LIMIT $3";

/// A verification that is found so.
#[derive(FromRow)]
struct Unverified {
    id: String,
    expires_at: Timestamp,
}

/// Devices last seen at `$1` or before.
const UNSEEN: &str = "DELETE FROM auth_devices WHERE last_seen_at <= $1 AND (actor_type, actor_id, device) IN (
         SELECT actor_type, actor_id, device FROM auth_devices WHERE last_seen_at <= $1 LIMIT $2)";

/// Known devices last used at `$1` or before.
const UNUSED: &str = "DELETE FROM auth_known_devices WHERE last_used_at <= $1
         AND hash IN (SELECT hash FROM auth_known_devices WHERE last_used_at <= $1 LIMIT $2)";

/// How long a code is reported as expired, and not as unknown.
const REMEMBERED_CODE: Duration = Duration::from_secs(24 * 60 * 60);

impl AuthModule {
    /// Deletes unclaimed registrations, ended and unused sessions, finished challenges and tokens, expired counts of
    /// attempts, and devices that were not seen for 400 days; and returns how many rows there were.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database. What was deleted before stays deleted.
    pub async fn delete_expired(&self) -> Result<u64, Error> {
        let now = self.environment.now();
        let mut deleted = self.database.execute_in_batches(IDLE, values![self.idle_since(now)]).await?;
        deleted += self.delete_unverified(now - REMEMBERED_CODE).await?;
        deleted += self.database.execute_in_batches(UNSEEN, values![now - devices::REMEMBERED]).await?;
        deleted += self.database.execute_in_batches(UNUSED, values![now - known_devices::KNOWN_FOR]).await?;
        deleted += self.forget_recipients().await?;
        for text in EXPIRED {
            deleted += self.database.execute_in_batches(text, values![now]).await?;
        }
        Ok(deleted)
    }

    async fn delete_unverified(&self, time: Timestamp) -> Result<u64, Error> {
        let (mut from, mut deleted, batch) = (Timestamp::from_microseconds(i64::MIN), 0, self.database.batch());
        loop {
            let found: Vec<Unverified> = self.database.scan(UNVERIFIED, values![time, from, batch]).await?;
            let Some(last) = found.last() else { return Ok(deleted) };
            from = last.expires_at;
            let places: Vec<String> = (2..2 + found.len()).map(|place| format!("${place}")).collect();
            let text = format!(
                "DELETE FROM auth_verifications WHERE expires_at <= $1 AND verified_at IS NULL AND id IN ({})",
                places.join(", ")
            );
            let mut values = values![time].to_vec();
            values.extend(found.iter().map(|found| found.id.as_str().into()));
            let rows: Result<u64, Error> =
                transaction!(self.database, |transaction| transaction.execute(text.clone(), &values).await);
            let rows = rows?;
            deleted += rows;
            if rows == 0 || u64::try_from(found.len()).unwrap_or(u64::MAX) < u64::from(batch) {
                return Ok(deleted);
            }
        }
    }
}
