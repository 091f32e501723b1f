//! Hashing and checking passwords, on threads of their own.
//!
//! A check costs some 15 ms of processor time and 19 MiB by design. So a few threads of lower priority do it, fed by a
//! queue of limited length: a storm of logins fills the queue and is asked to retry, and the other routes continue.
//!
//! - `config`: the work of a hash, and how many at once
//! - `error`: the errors
//! - `stored`: the forms of stored hashes: `argon2id`, used here, `scrypt_kdf`, used by the reference, and `foreign`, those of
//!   other programs, which imports bring
//! - `form`: the form in which a password is hashed
//! - `policy`: how long and how strong a new password is; `check`: whether it is, and `weak`: why not; `strength`: how many
//!   guesses it withstands; `words`: what an attacker tries; `forbidden`: the operator's list
//! - `pool`, `queue`, `memory`: the threads, what waits for them, and the memory they work in
//!
//! Not here: limits of guessing, and the database.
//!
//! ```
//! use vestibule_auth::{PasswordConfig, Passwords};
//! use vestibule_core::Environment;
//!
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let passwords = Passwords::start(PasswordConfig::default())?;
//! let stored = passwords.hash("Lantern-trombone-42", Environment::system().random_bytes()).await?;
//! assert!(stored.starts_with("$argon2id$"));
//! assert!(passwords.verify("Lantern-trombone-42", Some(&stored)).await?.matches);
//! assert!(!passwords.verify("Lantern-trombone-43", Some(&stored)).await?.matches);
//! # Ok(())
//! # }
//! ```

mod argon2id;
mod check;
mod config;
mod error;
mod forbidden;
mod foreign;
mod form;
mod memory;
mod policy;
mod pool;
mod queue;
mod scrypt_kdf;
mod stored;
mod strength;
#[cfg(test)]
mod tests;
mod weak;
mod words;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use zeroize::Zeroizing;

use argon2id::Recipe;
use form::{composed, forms};
use memory::Memory;
use pool::{Pool, Refused};
use scrypt_kdf::ScryptKdf;
use stored::StoredHash;

pub(crate) use check::PasswordRules;
pub use config::{PasswordConfig, StartError};
pub use error::HashingError;
pub use forbidden::{ForbiddenFileError, ForbiddenListError, ForbiddenPasswords};
pub(crate) use form::count_forms;
pub use policy::{PasswordPolicy, PasswordSubject, PolicyOutOfRange};
pub use weak::{PasswordAdvice, PasswordWarning, WeakPassword};

/// The longest accepted password, in characters. A login refuses a longer one before it costs anything.
pub const MAX_CHARACTERS: usize = 1_024;

/// Hashes and checks passwords. Cheap to clone; its threads end when the last clone is dropped.
#[derive(Clone)]
pub struct Passwords(Arc<Inner>);

/// How many passwords may wait to be checked. Each usually takes a millisecond, and some 30 at most.
const STRENGTH_QUEUE: usize = 128;

struct Inner {
    pool: Pool,
    /// Estimates the strength of new passwords: apart from `pool`, on which sign-ins wait.
    strength_pool: Pool,
    recipe: Recipe,
    retry_after: Duration,
    done: AtomicU64,
}

/// The result of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// Whether it is the password.
    pub matches: bool,
    /// It is, but the stored hash is outdated: hash the password again while it is at hand.
    pub outdated: bool,
}

impl Passwords {
    /// Starts the threads.
    ///
    /// # Errors
    ///
    /// [`StartError`], with the setting that is wrong, or if the system refuses a thread.
    pub fn start(config: PasswordConfig) -> Result<Self, StartError> {
        let recipe = config.recipe()?;
        let pool = Pool::start("passwords", config.threads, config.queue, 10).map_err(StartError::Thread)?;
        let strength_pool = Pool::start("strength", 1, STRENGTH_QUEUE, 19).map_err(StartError::Thread)?;
        let retry_after = config.retry_after();
        Ok(Self(Arc::new(Inner { pool, strength_pool, recipe, retry_after, done: AtomicU64::new(0) })))
    }

    /// How many hashes have been computed since the start, including those of checks: a measure of the cost of
    /// sign-ins.
    pub fn done(&self) -> u64 {
        self.0.done.load(Ordering::Relaxed)
    }

    /// The Argon2id hash of `password` in NFC, as a PHC string. The salt is random, or if equal passwords of one owner must
    /// have equal hashes, derived from a secret and that owner's name.
    ///
    /// # Errors
    ///
    /// [`HashingError`], but never `Unreadable`.
    pub async fn hash(&self, password: &str, salt: [u8; 16]) -> Result<String, HashingError> {
        self.hash_form(composed(&accept(password)?), salt).await
    }

    /// The hashes that a password may have been stored by, with this salt: that of its composed form, and if it was typed
    /// in another one, that of the text as it is.
    ///
    /// # Errors
    ///
    /// [`HashingError`], but never `Unreadable`.
    pub(crate) async fn hashes(&self, password: &str, salt: [u8; 16]) -> Result<Vec<String>, HashingError> {
        let mut hashes = Vec::new();
        for form in forms(&accept(password)?) {
            hashes.push(self.hash_form(form, salt).await?);
        }
        Ok(hashes)
    }

    async fn hash_form(&self, form: Zeroizing<String>, salt: [u8; 16]) -> Result<String, HashingError> {
        let recipe = self.0.recipe.clone();
        self.count(self.run(move |memory| recipe.hash(form.as_bytes(), salt, memory)).await)
            .map(|hash| hash.to_string())
    }

    /// Whether `password` is the one that `stored` is the hash of, in NFC or as it is typed: so it costs one hash, or two
    /// if the two differ.
    ///
    /// `None` is for an unknown address: it costs the work of a real check and never matches, so that the time does not
    /// reveal who has an account (OWASP ASVS 6.3.8).
    ///
    /// # Errors
    ///
    /// [`HashingError`]; `Unreadable` also only after the work of a real check.
    pub async fn verify(&self, password: &str, stored: Option<&str>) -> Result<Verdict, HashingError> {
        let forms = forms(&accept(password)?);
        let found = stored.and_then(StoredHash::parse);
        let hash = found.clone().unwrap_or_else(|| StoredHash::Argon2(self.0.recipe.decoy()));
        for (number, form) in forms.into_iter().enumerate() {
            if self.compare(form, hash.clone()).await? && found.is_some() {
                return Ok(Verdict { matches: true, outdated: number > 0 || !hash.is_made_by(&self.0.recipe) });
            }
        }
        match stored {
            Some(_) if found.is_none() => Err(HashingError::Unreadable),
            _ => Ok(Verdict { matches: false, outdated: false }),
        }
    }

    /// Whether `text`, of an import, is the hash of a secret in the reference's form that is checked here.
    pub(crate) async fn matches_reference(&self, secret: &str, hash: &[u8]) -> Result<bool, HashingError> {
        use base64::Engine;
        let Some(hash) = ScryptKdf::parse(&base64::prelude::BASE64_STANDARD.encode(hash)) else { return Ok(false) };
        let secret = Zeroizing::new(secret.to_owned());
        self.count(self.run(move |_| hash.matches(secret.as_bytes())).await)
    }

    /// Whether a hash has the form and the parameters of today's. A foreign or weaker one is replaced when its owner signs in.
    pub fn is_current(&self, stored: &str) -> bool {
        StoredHash::parse(stored).is_some_and(|hash| hash.is_made_by(&self.0.recipe))
    }

    async fn compare(&self, password: Zeroizing<String>, hash: StoredHash) -> Result<bool, HashingError> {
        self.count(self.run(move |memory| hash.matches(&password, memory)).await)
    }

    /// Has one of the threads do `work`, which returns nothing if it could not be done.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Memory) -> Option<T> + Send + 'static,
    ) -> Result<T, HashingError> {
        match self.0.pool.run(work).await {
            Ok(Some(done)) => Ok(done),
            Ok(None) => {
                tracing::error!("a password could not be processed: there was no memory to hash it in");
                Err(HashingError::Stopped)
            }
            Err(Refused::Full) => Err(HashingError::Busy { retry_after: self.0.retry_after }),
            Err(Refused::Lost) => Err(HashingError::Stopped),
        }
    }

    /// Counts a computed hash.
    fn count<T>(&self, result: Result<T, HashingError>) -> Result<T, HashingError> {
        if result.is_ok() {
            self.0.done.fetch_add(1, Ordering::Relaxed);
        }
        result
    }
}

/// Whether a stored hash, from an import, is one that [`Passwords::verify`] can check: of a known kind, undamaged, and within the
/// ceilings of what a check may cost.
pub fn is_readable_hash(text: &str) -> bool {
    StoredHash::parse(text).is_some()
}

/// Whether a password has more than [`MAX_CHARACTERS`].
pub(crate) fn is_too_long(password: &str) -> bool {
    let most_bytes = MAX_CHARACTERS * char::MAX.len_utf8();
    password.len() > most_bytes || password.chars().count() > MAX_CHARACTERS
}

/// A copy for the thread, which is wiped when it is dropped. The bytes are counted first, so that a long text is not
/// even read.
fn accept(password: &str) -> Result<Zeroizing<String>, HashingError> {
    if is_too_long(password) {
        return Err(HashingError::TooLong);
    }
    Ok(Zeroizing::new(password.to_owned()))
}

impl fmt::Debug for Passwords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Passwords").finish_non_exhaustive()
    }
}
