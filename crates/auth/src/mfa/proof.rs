//! Examines codes, and ensures that each counts once.
//!
//! A code is examined before a transaction begins, and used within the one of its effect, by one conditional statement:
//! of concurrent uses, on any number of processes, one has an effect (security.md 2 and 17).

use std::fmt;

use sha2::{Digest, Sha256};
use vestibule_database::{Error, FromRow, Transaction, values};
use zeroize::Zeroizing;

use super::recovery_codes::in_groups;
use super::typed::plain;
use super::{MfaFactorId, RECOVERY_CODE, same_actor};
use crate::{AuthIdentityId, AuthModule};

/// A code that was right when examined, to be used once by [`AuthModule::use_mfa_proof_within`].
#[must_use = "a proof that is not used proves nothing"]
#[derive(Clone, PartialEq, Eq)]
pub struct MfaProof {
    identity: AuthIdentityId,
    method: String,
    kind: Kind,
}

#[derive(Clone, PartialEq, Eq)]
enum Kind {
    Step { factor: MfaFactorId, step: i64 },
    RecoveryCode { hash: [u8; 32] },
}

impl MfaProof {
    /// The method: `totp`, `recovery_code`, ….
    pub fn method(&self) -> &str {
        &self.method
    }

    /// Whether it is a recovery code.
    pub fn is_recovery_code(&self) -> bool {
        matches!(self.kind, Kind::RecoveryCode { .. })
    }
}

impl fmt::Debug for MfaProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MfaProof").field("method", &self.method).finish_non_exhaustive()
    }
}

/// The secret of a factor, as it is in the database.
#[derive(FromRow)]
pub(super) struct StoredSecret {
    pub(super) id: MfaFactorId,
    provider: String,
    secret: Option<Vec<u8>>,
    last_step: i64,
}

impl AuthModule {
    /// Whether a code proves a second factor of the owner of this identity, by this method or, without one, by any. The
    /// caller has counted an attempt of the account.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn examine_mfa_code(
        &self,
        identity: AuthIdentityId,
        method: Option<&str>,
        code: &str,
    ) -> Result<Option<MfaProof>, Error> {
        if method != Some(RECOVERY_CODE) {
            let text = concat!(
                "SELECT id, provider, secret, last_step FROM auth_mfa_factors
                 WHERE status = 'enabled' AND auth_identity_id IN (",
                same_actor!(),
                ") ORDER BY id"
            );
            for stored in self.database.query::<StoredSecret>(text, values![identity]).await? {
                if method.is_some_and(|method| method != stored.provider) {
                    continue;
                }
                if let Some(step) = self.examine_step(&stored, code).await {
                    let kind = Kind::Step { factor: stored.id, step };
                    return Ok(Some(MfaProof { identity, method: stored.provider, kind }));
                }
            }
        }
        if method.is_none_or(|method| method == RECOVERY_CODE) {
            let hash = recovery_code_hash(code);
            let text = concat!(
                "SELECT 1 AS one FROM auth_mfa_recovery_codes WHERE hash = $2 AND auth_identity_id IN (",
                same_actor!(),
                ")"
            );
            if self.database.query_optional::<()>(text, values![identity, hash]).await?.is_some() {
                let kind = Kind::RecoveryCode { hash };
                return Ok(Some(MfaProof { identity, method: RECOVERY_CODE.to_owned(), kind }));
            }
        }
        Ok(None)
    }

    /// Uses a code within the transaction of its effect. Returns whether it counted: a step of time and a recovery code
    /// do so once, and only while their factor is enabled (security.md 17 and 19).
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn use_mfa_proof_within(&self, transaction: &mut Transaction, proof: &MfaProof) -> Result<bool, Error> {
        let used = match &proof.kind {
            Kind::Step { factor, step } => {
                let text = "UPDATE auth_mfa_factors SET last_step = $2
                            WHERE id = $1 AND status = 'enabled' AND last_step < $2";
                transaction.execute(text, values![*factor, *step]).await?
            }
            Kind::RecoveryCode { hash } => {
                let text = concat!(
                    "DELETE FROM auth_mfa_recovery_codes WHERE hash = $2 AND auth_identity_id IN (",
                    same_actor!(),
                    ")"
                );
                transaction.execute(text, values![proof.identity, *hash]).await?
            }
        };
        Ok(used > 0)
    }

    /// The step for which a code is right.
    pub(super) async fn examine_step(&self, stored: &StoredSecret, code: &str) -> Option<i64> {
        let provider = self.find_mfa_provider(&stored.provider)?;
        let sealed = stored.secret.as_deref()?;
        match self.options.sealing_key.open(&stored.id.to_string(), sealed) {
            Ok(secret) => {
                let secret = Zeroizing::new(secret);
                provider.verify(&secret, code, self.environment.now(), stored.last_step).await
            }
            Err(error) => {
                tracing::error!(factor = %stored.id, %error, "a second factor cannot be read: it has to be reset");
                None
            }
        }
    }
}

/// The stored hash of a recovery code. Its 128 random bits need no slow hash. Capitals, spaces and missing dashes make
/// no difference.
pub(super) fn recovery_code_hash(code: &str) -> [u8; 32] {
    let plain = plain(code).to_ascii_lowercase();
    let normalised = match u128::from_str_radix(&plain, 16) {
        Ok(number) if plain.len() == 32 => in_groups(number),
        _ => plain,
    };
    Sha256::digest(normalised.as_bytes()).into()
}
