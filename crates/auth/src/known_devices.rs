//! Browsers on which an owner has signed in before (OWASP's device cookies): each has its own count of failed attempts, so
//! that strangers who guess cannot keep the owner out (`attempts.rs`, decision record 15).
//!
//! The cookie is a secret of 256 random bits, of which the database holds a hash. It grants no access and names neither
//! an account nor a session. It is replaced at each sign-in, outlives a sign-out, and ends with the password of the
//! time when it was issued.
//!
//! Not here: the notice of a sign-in from a new device (`devices`), which depends on the user agent.
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
//! # let input = vestibule_auth::AuthInput::body([("email", "user@example.com"), ("password", "Lantern-trombone-42")]);
//! # let identity = auth.register("emailpass", &input).await?.identity()?;
//! # let mut transaction = database.begin().await?;
//! # auth.claim_identity_within(&mut transaction, identity.id, "user", "user_01J…").await?;
//! # transaction.commit().await?;
//! use vestibule_auth::DeviceSecrets;
//!
//! // `identity` has signed in.
//! let mut transaction = database.begin().await?;
//! let secrets = auth.remember_device_within(&mut transaction, identity.id, &DeviceSecrets::default()).await?;
//! transaction.commit().await?;
//!
//! // The cookie of the next request.
//! let cookie = secrets.value();
//! assert_eq!(DeviceSecrets::parse(&cookie), secrets);
//! assert_eq!(DeviceSecrets::parse("something else"), DeviceSecrets::default());
//! # Ok(())
//! # }
//! ```

use std::fmt;
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use sha2::{Digest, Sha256};
use vestibule_core::Timestamp;
use vestibule_database::{Connection, Error, FromRow, Row, Transaction, values};

use crate::{AuthIdentityId, AuthModule};

/// How many devices an account has at most; a new one replaces the one unused for longest.
const MOST_DEVICES: u32 = 10;

/// How many accounts one browser is known to at most.
const MOST_ACCOUNTS: usize = 4;

/// How long an unused device is known.
pub const KNOWN_FOR: Duration = Duration::from_secs(400 * 24 * 60 * 60);

/// The secrets of one browser, an account each, the newest first. Printed without them.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct DeviceSecrets(Vec<String>);

/// A device that an account knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct KnownDevice(pub(crate) [u8; 32]);

impl DeviceSecrets {
    /// Parses a cookie's value. Text that cannot be a secret is ignored.
    pub fn parse(value: &str) -> Self {
        let length = BASE64.encode([0; 32]).len();
        let secrets = value.split('.').filter(|secret| secret.len() == length).take(MOST_ACCOUNTS);
        Self(secrets.map(str::to_owned).collect())
    }

    /// The cookie's value.
    pub fn value(&self) -> String {
        self.0.join(".")
    }

    fn hashes(&self) -> Option<[[u8; 32]; MOST_ACCOUNTS]> {
        let first = hash(self.0.first()?);
        let mut hashes = [first; MOST_ACCOUNTS];
        hashes.iter_mut().zip(&self.0).for_each(|(to, secret)| *to = hash(secret));
        Some(hashes)
    }
}

impl fmt::Debug for DeviceSecrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DeviceSecrets({} secrets)", self.0.len())
    }
}

impl FromRow for KnownDevice {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        let hash: Vec<u8> = row.get("hash")?;
        hash.try_into().map(Self).map_err(|_| Error::Other("a known device's hash has not 32 bytes".into()))
    }
}

fn hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

impl AuthModule {
    /// Finds which of these secrets an account knows. The account is the canonical form of an address.
    pub(crate) async fn find_known_device(
        &self,
        connection: impl Into<Connection<'_>>,
        account: &str,
        secrets: &DeviceSecrets,
    ) -> Result<Option<KnownDevice>, Error> {
        let Some([a, b, c, d]) = secrets.hashes() else { return Ok(None) };
        let text = "SELECT device.hash FROM auth_known_devices device
                    JOIN provider_identities part ON part.auth_identity_id = device.auth_identity_id
                    WHERE device.hash IN ($3, $4, $5, $6) AND device.last_used_at > $2
                      AND part.entity_canonical = $1 AND part.claimed";
        let values = values![account, self.device_known_since(), a, b, c, d];
        connection.into().query_optional(text, values).await
    }

    /// Makes the browser with these secrets known to the owner of an identity, within a transaction, replacing its
    /// previous secret. Returns the browser's new secrets.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database; [`Error::ForeignKey`] where the identity is gone.
    pub async fn remember_device_within(
        &self,
        transaction: &mut Transaction,
        identity: AuthIdentityId,
        secrets: &DeviceSecrets,
    ) -> Result<DeviceSecrets, Error> {
        let mut replaced = None;
        if let Some([a, b, c, d]) = secrets.hashes() {
            let text = "DELETE FROM auth_known_devices WHERE auth_identity_id = $1 AND hash IN ($2, $3, $4, $5)
                        RETURNING hash";
            replaced = transaction.query_optional::<KnownDevice>(text, values![identity, a, b, c, d]).await?;
        }
        let text = "DELETE FROM auth_known_devices WHERE auth_identity_id = $1 AND hash NOT IN (
                        SELECT hash FROM auth_known_devices WHERE auth_identity_id = $1
                        ORDER BY last_used_at DESC, hash LIMIT $2)";
        transaction.execute_pipelined(text, values![identity, MOST_DEVICES - 1]).await?;
        let secret = BASE64.encode(self.environment.random_bytes::<32>());
        let text = "INSERT INTO auth_known_devices (hash, auth_identity_id, last_used_at) VALUES ($1, $2, $3)";
        transaction.execute_pipelined(text, values![hash(&secret), identity, self.environment.now()]).await?;
        let others = secrets.0.iter().filter(|old| replaced != Some(KnownDevice(hash(old)))).cloned();
        Ok(DeviceSecrets(std::iter::once(secret).chain(others).take(MOST_ACCOUNTS).collect()))
    }

    fn device_known_since(&self) -> Timestamp {
        self.environment.now() - KNOWN_FOR
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_read_as_it_was_written_and_rubbish_is_passed_over() {
        let secrets = ["A", "B", "C", "D", "E"].map(|letter| letter.repeat(43));
        let read = DeviceSecrets::parse(&secrets.join("."));
        assert_eq!(read.value(), secrets[..4].join("."));
        assert_eq!(DeviceSecrets::parse(&read.value()), read);
        for rubbish in ["", ".", "short", &"x".repeat(10_000), "..."] {
            assert_eq!(DeviceSecrets::parse(rubbish), DeviceSecrets::default(), "{rubbish:.20}");
        }
        assert_eq!(format!("{read:?}"), "DeviceSecrets(4 secrets)");
    }
}
