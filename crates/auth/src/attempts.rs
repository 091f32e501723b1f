//! Limits failed attempts: they are counted per account, in the database, over all endpoints.
//!
//! An account has several counts, each with the same limit ([`Counter`]): one for all strangers, one for the codes of its
//! second factor, and one for each known device and each live session of its owner. So a stranger who guesses blocks other
//! strangers, and not the owner.
//!
//! An attempt is counted before it is evaluated, by one statement, so that of concurrent guesses, on any number of
//! processes, no more are evaluated than the limit (security.md 11). A successful one is refunded. One process
//! evaluates one attempt of an account at a time: otherwise many who know the password would block each other.
//!
//! ```
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let file = vestibule_testing::TestDatabase::sqlite();
//! # let database = file.open().await;
//! # database.migrate(&[vestibule_outbox::MIGRATIONS, vestibule_auth::MIGRATIONS]).await?;
//! # let options = vestibule_auth::AuthOptions::new(vestibule_core::SigningKey::new(b"a secret of at least 32 random bytes"));
//! # let passwords = vestibule_auth::Passwords::start(vestibule_auth::PasswordConfig::fast_for_tests())?;
//! # let environment = vestibule_core::Environment::system();
//! # let auth = vestibule_auth::AuthModule::new(database.clone(), environment, options, passwords);
//! use vestibule_auth::Counter;
//!
//! let account = "user@example.com";
//! let attempt = auth.count_attempt(Counter::strangers(account)).await?;
//! assert_eq!(auth.attempts(account).await?.failed, 1);
//! // The password was right.
//! auth.refund_attempt(attempt).await?;
//! assert_eq!(auth.attempts(account).await?.failed, 0);
//! # Ok(())
//! # }
//! ```

use std::sync::Arc;
use std::time::Duration;

use sha2::{Digest, Sha256};
use tokio::sync::{Mutex, OwnedMutexGuard};
use vestibule_core::{DomainError, Timestamp};
use vestibule_database::{Error, FromRow, Transaction, transaction, values};

use crate::identities::AuthIdentityId;
use crate::known_devices::KnownDevice;
use crate::{AuthModule, SessionId};

/// How many attempts of an account may fail before everyone has to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AttemptLimit {
    /// The number; 0 for no limit.
    pub most: u32,
    /// How long they count, from the first of them on.
    pub window: Duration,
}

impl Default for AttemptLimit {
    /// Ten in fifteen minutes.
    fn default() -> Self {
        Self { most: 10, window: Duration::from_secs(15 * 60) }
    }
}

/// Why nothing was evaluated.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum AttemptError {
    /// The limit is reached.
    #[error("Too many failed attempts for this account. Wait {}, or reset the password by mail.", in_words(*.retry_after))]
    #[kind(TooManyRequests, code = "too_many_attempts", detail = retry_after)]
    TooMany {
        /// When the next attempt is evaluated.
        retry_after: Duration,
    },
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

fn in_words(duration: Duration) -> String {
    let minutes = duration.as_secs().div_ceil(60);
    if minutes <= 1 { "a minute".to_owned() } else { format!("{minutes} minutes") }
}

/// One of an account's counts of failed attempts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counter {
    key: String,
    /// The account, if it is not the key itself.
    owner: Option<String>,
}

impl Counter {
    /// Passwords, guessed by anyone without a known device or a session.
    pub fn strangers(account: impl Into<String>) -> Self {
        Self { key: account.into(), owner: None }
    }

    /// Codes of the second factor, guessed after the right password.
    pub(crate) fn codes(account: &str, identity: AuthIdentityId) -> Self {
        Self { key: format!("codes {identity}"), owner: Some(account.to_owned()) }
    }

    /// Guesses in a live session.
    pub fn session(account: &str, session: SessionId) -> Self {
        Self { key: format!("session {session}"), owner: Some(account.to_owned()) }
    }

    /// Passwords, guessed on a device on which the owner has signed in before.
    pub(crate) fn device(account: &str, device: KnownDevice) -> Self {
        let hash: String = device.0.iter().map(|byte| format!("{byte:02x}")).collect();
        Self { key: format!("device {hash}"), owner: Some(account.to_owned()) }
    }
}

impl From<&str> for Counter {
    fn from(account: &str) -> Self {
        Self::strangers(account)
    }
}

impl From<&String> for Counter {
    fn from(account: &String) -> Self {
        Self::strangers(account.as_str())
    }
}

/// A counted attempt. Dropped, it stays counted: it failed, or its end is unknown.
#[must_use = "a dropped attempt stays counted"]
#[derive(Debug)]
pub struct Attempt {
    counter: Counter,
    _lock: Option<OwnedMutexGuard<()>>,
}

/// The failed tries to sign in to an account.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Attempts {
    /// The attempts that count now.
    pub failed: u32,
    /// How many are accepted before further ones must wait; 0 for no limit.
    pub most: u32,
    /// When they no longer count.
    pub forgotten_at: Option<Timestamp>,
    /// Whether the next one is refused.
    pub blocked: bool,
}

#[derive(FromRow)]
struct Taken {
    taken: i64,
    window_ends_at: Timestamp,
}

/// Locks within one process, one for each of some groups of accounts.
#[derive(Debug, Clone)]
pub(crate) struct AccountLocks(Arc<[Arc<Mutex<()>>]>);

impl AccountLocks {
    pub(crate) fn new() -> Self {
        Self((0..256).map(|_| Arc::default()).collect())
    }

    async fn take(&self, account: &str) -> Option<OwnedMutexGuard<()>> {
        let group = Sha256::digest(account.as_bytes()).first().copied().unwrap_or_default();
        match self.0.get(usize::from(group)) {
            Some(lock) => Some(Arc::clone(lock).lock_owned().await),
            None => None,
        }
    }
}

impl AuthModule {
    /// Counts an attempt in one of an account's counts. The account is named by [`AuthModule::account_of`], or before
    /// the owner is known by the canonical form of the address.
    ///
    /// # Errors
    ///
    /// [`AttemptError::TooMany`].
    pub async fn count_attempt(&self, counter: impl Into<Counter>) -> Result<Attempt, AttemptError> {
        let mut taken = Attempt { counter: counter.into(), _lock: None };
        if self.options.attempts.most == 0 {
            return Ok(taken);
        }
        taken._lock = self.locks.take(&taken.counter.key).await;
        let now = self.environment.now();
        let limit = self.options.attempts;
        let counted: Result<bool, Error> = transaction!(self.database, |transaction| {
            self.count_within(transaction, taken.counter.clone(), limit).await
        });
        if counted? {
            return Ok(taken);
        }
        let text = "SELECT taken, window_ends_at FROM auth_attempts WHERE account = $1";
        let row: Option<Taken> = self.database.query_optional(text, values![taken.counter.key.as_str()]).await?;
        let until = row.map_or(now, |row| row.window_ends_at);
        Err(AttemptError::TooMany { retry_after: until.since(now).max(Duration::from_secs(1)) })
    }

    /// Counts one more; returns `false` if the limit of the present window is reached.
    pub(crate) async fn count_within(
        &self,
        transaction: &mut Transaction,
        counter: impl Into<Counter>,
        limit: AttemptLimit,
    ) -> Result<bool, Error> {
        let Counter { key, owner } = counter.into();
        let now = self.environment.now();
        let text = "INSERT INTO auth_attempts (account, taken, window_ends_at, owner) VALUES ($1, 1, $2, $5)
                    ON CONFLICT (account) DO UPDATE SET
                        taken = CASE WHEN auth_attempts.window_ends_at <= $3 THEN 1 ELSE auth_attempts.taken + 1 END,
                        window_ends_at = CASE WHEN auth_attempts.window_ends_at <= $3 THEN $2
                                         ELSE auth_attempts.window_ends_at END
                    WHERE auth_attempts.window_ends_at <= $3 OR auth_attempts.taken < $4
                    RETURNING account";
        let values = values![key, now + limit.window, now, limit.most, owner];
        Ok(transaction.query_optional::<()>(text, values).await?.is_some())
    }

    /// Refunds an attempt that was not wrong, but does not prove either that the account is in its owner's hands: the
    /// password was right and the second factor is due, or nothing was evaluated.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn refund_attempt(&self, taken: Attempt) -> Result<(), Error> {
        if self.options.attempts.most == 0 {
            return Ok(());
        }
        transaction!(self.database, |transaction| {
            let text = "UPDATE auth_attempts SET taken = taken - 1 WHERE account = $1 AND taken > 0";
            transaction.execute_pipelined(text, values![taken.counter.key.as_str()]).await
        })
    }

    /// Clears one count: the caller of this attempt is the owner.
    pub(crate) async fn settle_attempt(&self, taken: Attempt) -> Result<(), Error> {
        transaction!(self.database, |transaction| self.settle_attempt_within(transaction, &taken).await)
    }

    /// The same within a transaction.
    pub(crate) async fn settle_attempt_within(
        &self,
        transaction: &mut Transaction,
        taken: &Attempt,
    ) -> Result<(), Error> {
        self.forget_count_within(transaction, &taken.counter.key).await
    }

    async fn forget_count_within(&self, transaction: &mut Transaction, key: &str) -> Result<(), Error> {
        transaction.execute_pipelined("DELETE FROM auth_attempts WHERE account = $1", values![key]).await
    }

    /// Clears the attempts of strangers: the owner has signed in by password and second factor.
    pub(crate) async fn clear_strangers_within(
        &self,
        transaction: &mut Transaction,
        account: &str,
    ) -> Result<(), Error> {
        self.forget_count_within(transaction, account).await
    }

    /// Clears every attempt of an account, in each of its counts, for an administrator.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn clear_attempts(&self, account: &str) -> Result<(), Error> {
        transaction!(self.database, |transaction| self.clear_attempts_within(transaction, account).await)
    }

    /// Clears attempts within a transaction.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn clear_attempts_within(&self, transaction: &mut Transaction, account: &str) -> Result<(), Error> {
        let text = "DELETE FROM auth_attempts WHERE account = $1 OR owner = $1";
        transaction.execute_pipelined(text, values![account]).await
    }

    /// Clears the guesses of an account's previous password. Those of codes stay: setting the password does not prove
    /// the second factor.
    pub(crate) async fn clear_guesses_of_password_within(
        &self,
        transaction: &mut Transaction,
        account: &str,
    ) -> Result<(), Error> {
        let text = "DELETE FROM auth_attempts WHERE account = $1 OR (owner = $1 AND account NOT LIKE 'codes %')";
        transaction.execute_pipelined(text, values![account]).await
    }

    /// The state of an account's attempts: the count with the most.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn attempts(&self, account: &str) -> Result<Attempts, Error> {
        let most = self.options.attempts.most;
        let text = "SELECT taken, window_ends_at FROM auth_attempts
                    WHERE (account = $1 OR owner = $1) AND window_ends_at > $2 AND taken > 0
                    ORDER BY taken DESC, window_ends_at DESC LIMIT 1";
        let values = values![account, self.environment.now()];
        let present: Option<Taken> = self.database.query_optional(text, values).await?;
        let failed = present.as_ref().map_or(0, |row| u32::try_from(row.taken).unwrap_or(u32::MAX));
        let forgotten_at = present.map(|row| row.window_ends_at);
        Ok(Attempts { failed, most, forgotten_at, blocked: most > 0 && failed >= most })
    }

    /// The key under which an identity's attempts are counted: its address if it signs in by one, otherwise its id.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn account_of(&self, identity: AuthIdentityId) -> Result<String, Error> {
        let text = "SELECT entity_canonical FROM provider_identities
                    WHERE auth_identity_id = $1 AND provider IN ('emailpass', 'emailcode') ORDER BY id LIMIT 1";
        let found = self.database.query_scalar_optional(text, values![identity]).await?;
        Ok(found.unwrap_or_else(|| identity.to_string()))
    }
}
