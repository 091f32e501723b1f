//! What the methods remember of a challenge. It is stored sealed: the browser must not choose it.

use std::collections::BTreeMap;

use vestibule_database::{Error, values};
use zeroize::Zeroizing;

use super::{MfaChallenge, MfaChallengeId};
use crate::AuthModule;

/// The states of a challenge, by method.
#[derive(Default)]
pub(in crate::mfa) struct ChallengeStates(BTreeMap<String, Zeroizing<Vec<u8>>>);

impl ChallengeStates {
    pub(in crate::mfa) fn insert(&mut self, method: &str, state: Zeroizing<Vec<u8>>) {
        self.0.insert(method.to_owned(), state);
    }

    pub(in crate::mfa) fn of(&self, method: &str) -> Option<&[u8]> {
        self.0.get(method).map(|state| state.as_slice())
    }

    /// The column of a challenge's row.
    pub(super) fn sealed(&self, module: &AuthModule, id: MfaChallengeId) -> Result<Option<Vec<u8>>, Error> {
        if self.0.is_empty() {
            return Ok(None);
        }
        let states: BTreeMap<&str, &[u8]> =
            self.0.iter().map(|(method, state)| (method.as_str(), state.as_slice())).collect();
        let plain = Zeroizing::new(serde_json::to_vec(&states).map_err(|error| Error::Other(error.into()))?);
        Ok(Some(module.options.sealing_key.seal(&module.environment, &place(id), &plain)))
    }
}

impl AuthModule {
    /// The states of a challenge; none if they were sealed with another key, so that nothing answers it.
    pub(super) async fn states_of_challenge(&self, challenge: &MfaChallenge) -> Result<ChallengeStates, Error> {
        if challenge.ceremonies.is_empty() {
            return Ok(ChallengeStates::default());
        }
        let text = "SELECT state FROM auth_mfa_challenges WHERE id = $1 AND state IS NOT NULL";
        let sealed: Option<Vec<u8>> = self.database.query_scalar_optional(text, values![challenge.id]).await?;
        let opened = sealed.and_then(|sealed| self.options.sealing_key.open(&place(challenge.id), &sealed).ok());
        let states: Option<BTreeMap<String, Vec<u8>>> = opened.and_then(|plain| serde_json::from_slice(&plain).ok());
        let states = states.unwrap_or_default().into_iter().map(|(method, state)| (method, Zeroizing::new(state)));
        Ok(ChallengeStates(states.collect()))
    }
}

/// A sealed value is opened in its own row alone.
fn place(id: MfaChallengeId) -> String {
    format!("mfa challenge {id}")
}
