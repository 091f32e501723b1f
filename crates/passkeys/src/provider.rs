//! The provider: a kind of second factor, and a sign-in method.

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::Value as Json;
use vestibule_auth::mfa::{
    BegunChallenge, BrowserCeremony, FactorRejected, MfaAnswer, MfaCeremony, MfaMethod, MfaProvider, MfaRefused,
    MfaRejection, MfaStart, MfaUse, StoredFactor,
};
use vestibule_auth::providers::{CEREMONY_LIFETIME, InvalidInput, ProviderRefusal, RejectionReason};
use vestibule_auth::{
    AuthInput, AuthProvider, AuthenticateError, Authentication, Flow, ProviderContext, ProviderState,
};
use vestibule_core::{Environment, Timestamp};
use zeroize::Zeroizing;

use crate::credential::StoredPasskey;
use crate::{RelyingParty, assertion, enrolment};

/// The identifier of the provider.
pub const PASSKEY: &str = "passkey";

/// Passkeys of one site. Cheap to clone: the module receives it as a kind of second factor and as a sign-in method.
#[derive(Debug, Clone)]
pub struct PasskeyProvider {
    site: Arc<RelyingParty>,
}

impl PasskeyProvider {
    /// Passkeys of this site.
    pub fn new(site: RelyingParty) -> Self {
        Self { site: Arc::new(site) }
    }
}

#[async_trait]
impl MfaMethod for PasskeyProvider {
    fn identifier(&self) -> &str {
        PASSKEY
    }

    fn begin_challenge(&self, factors: &[StoredFactor], _environment: &Environment) -> Option<MfaCeremony> {
        let (state, browser) = assertion::begin_challenge(&self.site, &read(factors))?;
        Some(MfaCeremony { state: Zeroizing::new(state), browser })
    }

    async fn finish_challenge(
        &self,
        challenge: &BegunChallenge<'_>,
        answer: MfaAnswer<'_>,
    ) -> Result<(usize, MfaUse), MfaRejection> {
        let (Some(state), MfaAnswer::Json(answer)) = (challenge.state, answer) else { return Err(MfaRejection::Wrong) };
        assertion::finish(&self.site, challenge.factors, state, answer)
    }
}

#[async_trait]
impl MfaProvider for PasskeyProvider {
    fn default_name(&self) -> &str {
        "Passkey"
    }

    fn replaces_pending(&self) -> bool {
        true
    }

    fn sign_in_entity(&self, data: &[u8]) -> Option<String> {
        StoredPasskey::read(data).map(|passkey| passkey.entity_id())
    }

    async fn begin_enrolment(&self, start: &MfaStart<'_>) -> Result<MfaCeremony, MfaRefused> {
        enrolment::begin(&self.site, start, &read(start.factors))
    }

    async fn finish_enrolment(&self, state: &[u8], answer: MfaAnswer<'_>, now: Timestamp) -> Option<MfaUse> {
        match answer {
            MfaAnswer::Json(answer) => enrolment::finish(&self.site, state, answer, now),
            MfaAnswer::Code(_) => None,
        }
    }
}

#[async_trait]
impl AuthProvider for PasskeyProvider {
    fn identifier(&self) -> &str {
        PASSKEY
    }

    fn display_name(&self) -> &str {
        "Passkey"
    }

    fn flow(&self) -> Flow {
        Flow::Ceremony
    }

    fn fields(&self) -> Option<&'static [&'static str]> {
        Some(&["state", "answer"])
    }

    /// Begins a sign-in without a name.
    async fn authenticate(
        &self,
        _input: &AuthInput,
        context: &ProviderContext<'_>,
    ) -> Result<Authentication, AuthenticateError> {
        let failed = || RejectionReason::PasskeysUnavailable;
        let (state, options) = assertion::begin_sign_in(&self.site).ok_or_else(failed)?;
        let remembered = ProviderState { ceremony: Some(state), ..ProviderState::default() };
        let state = context.states().create_for(&remembered, CEREMONY_LIFETIME).await?;
        Ok(Authentication::Challenge(Box::new(BrowserCeremony { state, options })))
    }

    /// Verifies the browser's answer. Its challenge is used up, whatever comes of it (security.md 43).
    async fn validate_callback(
        &self,
        input: &AuthInput,
        context: &ProviderContext<'_>,
    ) -> Result<Authentication, AuthenticateError> {
        let state = input.text("state").ok_or_else(|| invalid("state"))?;
        let answer = input.body.get("answer").and_then(Json::as_object).ok_or_else(|| invalid("answer"))?;
        let begun = context.states().take(state).await?.and_then(|taken| taken.ceremony);
        let begun = begun.ok_or_else(|| refused("This sign-in has expired, or was used already. Start again."))?;
        let wrong = || refused("This passkey was not accepted. Try again, or sign in another way.");
        let entity_id = assertion::named_entity(answer).ok_or_else(wrong)?;
        let part = context.identities().find_claimed(&entity_id).await?.ok_or(ProviderRefusal::UnknownPasskey)?;
        match context.examine_factor(part.auth_identity_id, begun, answer).await? {
            Ok(proof) => {
                let identity = Box::new(context.identities().identity(&part).await?);
                Ok(Authentication::Proved { identity, proof: Box::new(proof) })
            }
            Err(FactorRejected::CounterWentBack(factor)) => {
                Err(ProviderRefusal::CounterWentBack { entity_id, factor }.into())
            }
            Err(FactorRejected::Unknown) => Err(ProviderRefusal::UnknownPasskey.into()),
            Err(FactorRejected::Wrong) => Err(wrong()),
        }
    }
}

/// The passkeys among these factors that can be read.
fn read(factors: &[StoredFactor]) -> Vec<StoredPasskey> {
    factors.iter().filter_map(|factor| StoredPasskey::read(&factor.data)).collect()
}

fn refused(message: &str) -> AuthenticateError {
    ProviderRefusal::Answer(message.to_owned()).into()
}

fn invalid(field: &'static str) -> AuthenticateError {
    let expected = if field == "state" { "a text" } else { "an object" };
    InvalidInput::Field { field, expected }.into()
}
