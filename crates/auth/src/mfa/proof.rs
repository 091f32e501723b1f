//! Examines answers, and ensures that each counts once.
//!
//! An answer is examined before a transaction begins, and used within the one of its effect, by one conditional
//! statement: of concurrent uses, on any number of processes, one has an effect (security.md 2 and 17).

use std::fmt;

use serde_json::Value as Json;
use vestibule_database::{Connection, Error, FromRow, Transaction, values};
use zeroize::Zeroizing;

use super::challenges::ChallengeStates;
use super::recovery_codes::RecoveryCodeMethod;
use super::{
    BegunChallenge, MfaAnswer, MfaFactorId, MfaMethod, MfaRejection, MfaUse, RECOVERY_CODE, StoredFactor, same_actor,
};
use crate::{Attempt, AttemptError, AuthIdentityId, AuthModule, Counter};

/// An answer that was right when examined, to be used once by [`AuthModule::use_mfa_proof_within`].
#[must_use = "a proof that is not used proves nothing"]
#[derive(Clone, PartialEq, Eq)]
pub struct MfaProof {
    identity: AuthIdentityId,
    method: String,
    kind: Kind,
}

#[derive(Clone, PartialEq, Eq)]
enum Kind {
    Factor(UsedFactor),
    RecoveryCode { hash: Vec<u8> },
}

/// The use of a factor, to be written.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct UsedFactor {
    pub(super) id: MfaFactorId,
    pub(super) number: i64,
    /// The factor's new data, if it changes.
    pub(super) sealed: Option<Vec<u8>>,
    /// What is shown of it, if that changes.
    pub(super) details: Option<Json>,
}

/// Why an answer was rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FactorRejected {
    /// It is wrong, too late, or was used already.
    Wrong,
    /// It names a credential that the owner does not have, or no longer.
    Unknown,
    /// The counter of this factor has gone back: there may be a copy of it.
    CounterWentBack(MfaFactorId),
}

impl MfaProof {
    /// The method: `totp`, `recovery_code`, ….
    pub fn method(&self) -> &str {
        &self.method
    }

    /// The factor that proved it; nothing for a recovery code.
    pub fn factor_id(&self) -> Option<MfaFactorId> {
        match &self.kind {
            Kind::Factor(used) => Some(used.id),
            Kind::RecoveryCode { .. } => None,
        }
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

/// A factor as it is in the database.
#[derive(FromRow)]
pub(super) struct FactorRow {
    pub(super) id: MfaFactorId,
    pub(super) provider: String,
    pub(super) status: String,
    secret: Option<Vec<u8>>,
    last_step: i64,
}

/// The columns of a [`FactorRow`], as a literal for `concat!`.
macro_rules! row_columns {
    () => {
        "id, provider, status, secret, last_step"
    };
}
pub(super) use row_columns;

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
        Ok(self.examine_mfa_answer(identity, method, code.into(), &ChallengeStates::default()).await?.ok())
    }

    /// Counts an attempt, and examines a code.
    pub(super) async fn try_mfa_code(
        &self,
        identity: AuthIdentityId,
        method: Option<&str>,
        code: &str,
    ) -> Result<Option<(MfaProof, Attempt)>, AttemptError> {
        let taken = self.count_attempt(Counter::strangers(self.account_of(identity).await?)).await?;
        Ok(self.examine_mfa_code(identity, method, code).await?.map(|proof| (proof, taken)))
    }

    /// The same for any answer, with what the methods remember of a challenge.
    pub(super) async fn examine_mfa_answer(
        &self,
        identity: AuthIdentityId,
        method: Option<&str>,
        answer: MfaAnswer<'_>,
        states: &ChallengeStates,
    ) -> Result<Result<MfaProof, FactorRejected>, Error> {
        let mut rejected = FactorRejected::Wrong;
        let is_meant = |identifier: &str| method.is_none_or(|method| method == identifier);
        let rows = self.stored_factors(&self.database, identity).await?;
        for provider in self.mfa_providers().filter(|provider| is_meant(provider.identifier())) {
            let (ids, factors) = self.opened(&rows, provider.identifier());
            match self.finish_challenge(provider, &factors, states, answer).await {
                Ok((index, used)) => {
                    if let Some(id) = ids.get(index) {
                        let method = provider.identifier().to_owned();
                        return Ok(Ok(MfaProof { identity, method, kind: Kind::Factor(self.used(*id, used)) }));
                    }
                }
                Err(MfaRejection::CounterWentBack(index)) => {
                    rejected = ids.get(index).map_or(rejected, |id| FactorRejected::CounterWentBack(*id));
                }
                // A factor that cannot be read may be the one.
                Err(MfaRejection::Unknown) if ids.len() == count_of(&rows, provider.identifier()) => {
                    rejected = FactorRejected::Unknown;
                }
                Err(MfaRejection::Unknown | MfaRejection::Wrong) => {}
            }
        }
        if !is_meant(RECOVERY_CODE) {
            return Ok(Err(rejected));
        }
        let text = concat!("SELECT hash FROM auth_mfa_recovery_codes WHERE auth_identity_id IN (", same_actor!(), ")");
        let hashes: Vec<Vec<u8>> = self.database.query_scalars(text, values![identity]).await?;
        let stored = |hash: &Vec<u8>| StoredFactor { data: Zeroizing::new(hash.clone()), last_use: 0 };
        let codes: Vec<_> = hashes.iter().map(stored).collect();
        let method = RecoveryCodeMethod { key: self.options.sealing_key.clone(), passwords: self.passwords.clone() };
        let used = self.finish_challenge(&method, &codes, states, answer).await;
        let hash = used.ok().and_then(|(index, _)| hashes.into_iter().nth(index));
        let method = RECOVERY_CODE.to_owned();
        Ok(hash.map(|hash| MfaProof { identity, method, kind: Kind::RecoveryCode { hash } }).ok_or(rejected))
    }

    async fn finish_challenge(
        &self,
        method: &(impl MfaMethod + ?Sized),
        factors: &[StoredFactor],
        states: &ChallengeStates,
        answer: MfaAnswer<'_>,
    ) -> Result<(usize, MfaUse), MfaRejection> {
        if factors.is_empty() {
            return Err(MfaRejection::Wrong);
        }
        let state = states.of(method.identifier());
        method.finish_challenge(&BegunChallenge { factors, state, now: self.environment.now() }, answer).await
    }

    /// Uses an answer within the transaction of its effect. Returns whether it counted: a use of a factor and a recovery
    /// code do so once, and only while their factor is enabled (security.md 17 and 19).
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn use_mfa_proof_within(&self, transaction: &mut Transaction, proof: &MfaProof) -> Result<bool, Error> {
        let used = match &proof.kind {
            Kind::Factor(used) => {
                let text = "UPDATE auth_mfa_factors
                            SET last_step = $2, last_used_at = $3, secret = COALESCE($4, secret),
                                details = COALESCE($5, details)
                            WHERE id = $1 AND status = 'enabled' AND last_step < $2";
                let (sealed, details) = (used.sealed.clone(), used.details.clone());
                let values = values![used.id, used.number, self.environment.now(), sealed, details];
                transaction.execute(text, values).await?
            }
            Kind::RecoveryCode { hash } => {
                let text = concat!(
                    "DELETE FROM auth_mfa_recovery_codes WHERE hash = $2 AND auth_identity_id IN (",
                    same_actor!(),
                    ")"
                );
                transaction.execute(text, values![proof.identity, hash.as_slice()]).await?
            }
        };
        Ok(used > 0)
    }

    /// The enabled factors of the owner of this identity, sealed, in the order in which they were started.
    pub(super) async fn stored_factors(
        &self,
        connection: impl Into<Connection<'_>>,
        identity: AuthIdentityId,
    ) -> Result<Vec<FactorRow>, Error> {
        let text = concat!(
            "SELECT ",
            row_columns!(),
            " FROM auth_mfa_factors WHERE status = 'enabled' AND auth_identity_id IN (",
            same_actor!(),
            ") ORDER BY id"
        );
        connection.into().query(text, values![identity]).await
    }

    /// The factors of one kind, with their ids. One that cannot be read is left out.
    pub(super) fn opened(&self, rows: &[FactorRow], kind: &str) -> (Vec<MfaFactorId>, Vec<StoredFactor>) {
        let meant = rows.iter().filter(|row| row.provider == kind);
        meant.filter_map(|row| self.open_factor(row).map(|factor| (row.id, factor))).unzip()
    }

    pub(super) fn open_factor(&self, row: &FactorRow) -> Option<StoredFactor> {
        match self.options.sealing_key.open(&row.id.to_string(), row.secret.as_deref()?) {
            Ok(data) => Some(StoredFactor { data: Zeroizing::new(data), last_use: row.last_step }),
            Err(error) => {
                tracing::error!(factor = %row.id, %error, "a second factor cannot be read: it has to be reset");
                None
            }
        }
    }

    pub(super) fn used(&self, id: MfaFactorId, used: MfaUse) -> UsedFactor {
        let seal = |data: Zeroizing<Vec<u8>>| self.options.sealing_key.seal(&self.environment, &id.to_string(), &data);
        UsedFactor { id, number: used.number, sealed: used.data.map(seal), details: used.details.map(Json::Object) }
    }
}

/// How many of the factors are of this kind.
fn count_of(rows: &[FactorRow], kind: &str) -> usize {
    rows.iter().filter(|row| row.provider == kind).count()
}
