//! Codes for users who have lost the factor. Each works for one sign-in.

use std::fmt;

use async_trait::async_trait;
use sha2::{Digest, Sha256};
use vestibule_core::{DomainError, SealingKey};
use vestibule_database::{Error, Transaction, transaction, values};

use super::typed::plain;
use super::{BegunChallenge, MfaAnswer, MfaMethod, MfaRejection, MfaUse, RECOVERY_CODE, lock_enabled, same_actor};
use crate::{AuthIdentityId, AuthModule, Passwords};

/// How many codes a set has by default, as in the reference.
pub const DEFAULT_RECOVERY_CODES: u32 = 10;

/// How many codes a set may have, as in the reference.
pub const MAX_RECOVERY_CODES: u32 = 50;

/// The method `recovery_code`: each code of a set is a factor that is used once.
pub(super) struct RecoveryCodeMethod {
    pub(super) key: SealingKey,
    pub(super) passwords: Passwords,
}

#[async_trait]
impl MfaMethod for RecoveryCodeMethod {
    fn identifier(&self) -> &str {
        RECOVERY_CODE
    }

    async fn finish_challenge(
        &self,
        challenge: &BegunChallenge<'_>,
        answer: MfaAnswer<'_>,
    ) -> Result<(usize, MfaUse), MfaRejection> {
        let code = answer.code().ok_or(MfaRejection::Wrong)?;
        let hash = hash(&self.key, code);
        let index = match challenge.factors.iter().position(|code| code.data.as_slice() == hash) {
            Some(index) => Some(index),
            None => self.find_imported(challenge, &normalised(code)).await,
        };
        Ok((index.ok_or(MfaRejection::Wrong)?, MfaUse { number: 1, data: None, details: None }))
    }
}

impl RecoveryCodeMethod {
    /// Finds a code among those of an import from the reference, which has slow hashes of them.
    async fn find_imported(&self, challenge: &BegunChallenge<'_>, code: &str) -> Option<usize> {
        for (index, stored) in challenge.factors.iter().enumerate().filter(|(_, stored)| stored.data.len() == IMPORTED)
        {
            match self.passwords.matches_reference(code, &stored.data).await {
                Ok(true) => return Some(index),
                Ok(false) => {}
                Err(error) => {
                    tracing::warn!(%error, "a recovery code could not be checked");
                    return None;
                }
            }
        }
        None
    }
}

/// How long the reference's hashes are, in bytes. Those made here have 32.
pub(crate) const IMPORTED: usize = 96;

/// Generated codes, which are returned only once. Printed without them.
#[derive(Clone, PartialEq, Eq)]
pub struct RecoveryCodes(Vec<String>);

impl RecoveryCodes {
    /// The codes.
    pub fn as_slice(&self) -> &[String] {
        &self.0
    }

    /// The codes, to be sent.
    pub fn into_vec(self) -> Vec<String> {
        self.0
    }
}

impl fmt::Debug for RecoveryCodes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RecoveryCodes({} codes)", self.0.len())
    }
}

/// How recovery codes are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum RecoveryCodeFormat {
    /// As the reference writes them, for programs: 32 hexadecimal digits in groups of four.
    #[default]
    Reference,
    /// For people, who type them: ten characters in two groups.
    Short,
}

/// Why no codes were generated.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum RecoveryCodesError {
    /// There is no factor that they could stand in for.
    #[error("Recovery codes require an enabled MFA factor")]
    #[kind(NotAllowed)]
    NoFactor,
    /// Not between 1 and 50.
    #[error("A set has 1 to 50 recovery codes")]
    #[kind(InvalidData)]
    Count,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl AuthModule {
    /// Generates a new set of recovery codes for the owner of this identity. The old set is dead from then on
    /// (security.md 19).
    ///
    /// # Errors
    ///
    /// [`RecoveryCodesError`].
    pub async fn generate_auth_mfa_recovery_codes(
        &self,
        identity: AuthIdentityId,
        count: u32,
    ) -> Result<RecoveryCodes, RecoveryCodesError> {
        transaction!(self.database, |transaction| {
            self.generate_auth_mfa_recovery_codes_within(transaction, identity, count).await
        })
    }

    /// Generates recovery codes within a transaction. Each has 128 random bits; the database holds their hashes
    /// (security.md 1).
    ///
    /// # Errors
    ///
    /// [`RecoveryCodesError`].
    pub async fn generate_auth_mfa_recovery_codes_within(
        &self,
        transaction: &mut Transaction,
        identity: AuthIdentityId,
        count: u32,
    ) -> Result<RecoveryCodes, RecoveryCodesError> {
        self.generate_codes(transaction, identity, count, RecoveryCodeFormat::Reference).await
    }

    /// Generates recovery codes of a format within a transaction.
    ///
    /// # Errors
    ///
    /// [`RecoveryCodesError`].
    pub async fn generate_codes(
        &self,
        transaction: &mut Transaction,
        identity: AuthIdentityId,
        count: u32,
        format: RecoveryCodeFormat,
    ) -> Result<RecoveryCodes, RecoveryCodesError> {
        if !(1..=MAX_RECOVERY_CODES).contains(&count) {
            return Err(RecoveryCodesError::Count);
        }
        if lock_enabled(transaction, identity).await? == 0 {
            return Err(RecoveryCodesError::NoFactor);
        }
        self.delete_recovery_codes(transaction, identity).await?;
        let now = self.environment.now();
        let mut codes = Vec::new();
        while codes.len() < count.try_into().unwrap_or(usize::MAX) {
            let code = match format {
                RecoveryCodeFormat::Reference => in_groups(u128::from_be_bytes(self.environment.random_bytes())),
                RecoveryCodeFormat::Short => short(self.environment.random_bytes()),
            };
            let text = "INSERT INTO auth_mfa_recovery_codes (hash, auth_identity_id, created_at) VALUES ($1, $2, $3)
                        ON CONFLICT DO NOTHING";
            let values = values![hash(&self.options.sealing_key, &code), identity, now];
            // Two short codes of a million may be the same.
            if transaction.execute(text, values).await? > 0 {
                codes.push(code);
            }
        }
        Ok(RecoveryCodes(codes))
    }

    pub(super) async fn delete_recovery_codes(
        &self,
        transaction: &mut Transaction,
        identity: AuthIdentityId,
    ) -> Result<(), Error> {
        let text = concat!("DELETE FROM auth_mfa_recovery_codes WHERE auth_identity_id IN (", same_actor!(), ")");
        transaction.execute_pipelined(text, values![identity]).await
    }
}

/// The characters of short codes: digits and small letters without those that look like others (Crockford's base 32).
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// How many characters a short code has, in two groups.
const SHORT: usize = 10;

/// `xxxxx-xxxxx`, from 50 random bits.
fn short(random: [u8; SHORT]) -> String {
    let character = |byte: &u8| char::from(ALPHABET.get(usize::from(byte % 32)).copied().unwrap_or(b'0'));
    let (first, second) = random.split_at(SHORT / 2);
    let group = |bytes: &[u8]| bytes.iter().map(character).collect::<String>();
    format!("{}-{}", group(first), group(second))
}

/// Returns a short code as it was written, without its dash: `o` is a zero, `i` and `l` are a one.
fn as_short(plain: &str) -> Option<String> {
    let read = plain.chars().map(|c| match c {
        'o' => '0',
        'i' | 'l' => '1',
        c => c,
    });
    let read: String = read.collect();
    let is_short = read.len() == SHORT && read.bytes().all(|byte| ALPHABET.contains(&byte));
    is_short.then_some(read)
}

/// The stored hash of a code. 128 random bits need no slow hash and no key. A shorter code could be guessed from its hash, so its
/// hash is keyed; attempts are counted (security.md 19). Capitals, spaces and missing dashes make no difference.
pub(crate) fn hash(key: &SealingKey, code: &str) -> [u8; 32] {
    let plain = plain(code).to_ascii_lowercase();
    if plain.len() < 32 {
        return key.derive("recovery code", &as_short(&plain).unwrap_or(plain));
    }
    Sha256::digest(normalised(code).as_bytes()).into()
}

/// A long code in the form in which it is hashed.
fn normalised(code: &str) -> String {
    let plain = plain(code).to_ascii_lowercase();
    match u128::from_str_radix(&plain, 16) {
        Ok(number) if plain.len() == 32 => in_groups(number),
        _ => plain,
    }
}

/// `xxxx-xxxx-…`: 32 hexadecimal digits in groups of four, as in the reference.
fn in_groups(number: u128) -> String {
    let groups = number.to_be_bytes();
    let groups: Vec<String> =
        groups.chunks(2).map(|pair| pair.iter().map(|byte| format!("{byte:02x}")).collect()).collect();
    groups.join("-")
}
