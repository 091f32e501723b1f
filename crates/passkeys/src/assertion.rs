//! Signing in with a passkey, and answering a challenge with one (WebAuthn 3, 7.2).

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use serde_json::{Map, Value as Json};
use vestibule_auth::mfa::{MfaRejection, MfaUse, StoredFactor};
use webauthn_rp::bin::{Decode, Encode};
use webauthn_rp::request::auth::{
    AllowedCredentials, AuthenticationVerificationOptions, DiscoverableAuthenticationServerState,
    DiscoverableCredentialRequestOptions, NonDiscoverableAuthenticationServerState,
    NonDiscoverableCredentialRequestOptions,
};
use webauthn_rp::request::{Credentials, UserVerificationRequirement};
use webauthn_rp::response::auth::error::AuthCeremonyErr;
use webauthn_rp::response::auth::{DiscoverableAuthentication, NonDiscoverableAuthentication};

use crate::RelyingParty;
use crate::credential::{HANDLE, StoredPasskey};
use crate::enrolment::{as_object, log};

/// What a state begins with: one is not taken for the other.
const DISCOVERABLE: u8 = 1;
const OF_ACCOUNT: u8 = 2;

/// A begun ceremony: what is remembered, and what the browser receives.
pub(crate) type Begun = (Vec<u8>, Map<String, Json>);

/// Begins a sign-in without a name: any passkey of this site can answer.
pub(crate) fn begin_sign_in(site: &RelyingParty) -> Option<Begun> {
    let (server, client) = DiscoverableCredentialRequestOptions::passkey(&site.id).start_ceremony().ok()?;
    let mut state = vec![DISCOVERABLE];
    state.extend(server.encode().ok()?);
    Some((state, as_object(&client)?))
}

/// Begins a challenge, which any of these passkeys can answer.
pub(crate) fn begin_challenge(site: &RelyingParty, passkeys: &[StoredPasskey]) -> Option<Begun> {
    let mut allowed = AllowedCredentials::with_capacity(passkeys.len());
    for passkey in passkeys {
        allowed.push(passkey.descriptor()?.into());
    }
    let mut options = NonDiscoverableCredentialRequestOptions::second_factor(&site.id, allowed).ok()?;
    // A fresh proof stands for the password too, so the user is always verified.
    options.options().user_verification = UserVerificationRequirement::Required;
    let (server, client) = options.start_ceremony().ok()?;
    let mut state = vec![OF_ACCOUNT];
    state.extend(server.encode().ok()?);
    Some((state, as_object(&client)?))
}

/// The user handle in the answer to a sign-in without a name, as the entity id of an account.
pub(crate) fn named_entity(answer: &Map<String, Json>) -> Option<String> {
    let handle = answer.get("response")?.get("userHandle")?.as_str()?;
    // In one form alone: as it is stored.
    let bytes = BASE64.decode(handle).ok().filter(|bytes| bytes.len() == HANDLE)?;
    Some(BASE64.encode(bytes))
}

/// Finishes either. Returns which of the factors has answered, and its use.
///
/// # Errors
///
/// [`MfaRejection::Unknown`] where none of them is the passkey that has answered.
pub(crate) fn finish(
    site: &RelyingParty,
    factors: &[StoredFactor],
    state: &[u8],
    answer: &Map<String, Json>,
) -> Result<(usize, MfaUse), MfaRejection> {
    let id = answer.get("id").and_then(Json::as_str).and_then(|id| BASE64.decode(id).ok());
    let id = id.ok_or(MfaRejection::Wrong)?;
    let passkeys = factors.iter().enumerate().filter_map(|(index, factor)| {
        let passkey = StoredPasskey::read(&factor.data)?;
        (passkey.id == id).then_some((index, passkey, factor.last_use))
    });
    let mut rejection = MfaRejection::Unknown;
    for (index, passkey, last_use) in passkeys {
        rejection = MfaRejection::Wrong;
        let used = match verify(site, &passkey, state, answer) {
            Ok(used) => used,
            Err(AuthCeremonyErr::SignatureCounter) => return Err(MfaRejection::CounterWentBack(index)),
            Err(error) => {
                log(error);
                continue;
            }
        };
        if let Some(data) = used.as_ref().and_then(StoredPasskey::write) {
            let details = used.map(|passkey| passkey.details());
            return Ok((index, MfaUse { number: last_use.saturating_add(1), data: Some(data), details }));
        }
    }
    Err(rejection)
}

/// Verifies an answer of this passkey, and returns it as it is afterwards; nothing where what is stored cannot be read.
fn verify(
    site: &RelyingParty,
    passkey: &StoredPasskey,
    state: &[u8],
    answer: &Map<String, Json>,
) -> Result<Option<StoredPasskey>, AuthCeremonyErr> {
    let Some(handle) = passkey.handle() else { return Ok(None) };
    let Some(mut credential) = passkey.authenticated(&handle) else { return Ok(None) };
    let (Some((kind, state)), Ok(answer)) = (state.split_first(), serde_json::to_vec(answer)) else { return Ok(None) };
    let options = AuthenticationVerificationOptions::<'_, '_, _, &str> {
        allowed_origins: &[site.origin.as_str()],
        error_on_unsolicited_extensions: false,
        ..AuthenticationVerificationOptions::default()
    };
    match *kind {
        DISCOVERABLE => {
            let server = DiscoverableAuthenticationServerState::decode(state);
            let response = DiscoverableAuthentication::<HANDLE>::from_json_relaxed(&answer).map_err(log);
            let (Ok(server), Ok(response)) = (server, response) else { return Ok(None) };
            server.verify(&site.id, &response, &mut credential, &options)?;
        }
        OF_ACCOUNT => {
            let server = NonDiscoverableAuthenticationServerState::decode(state);
            let response = NonDiscoverableAuthentication::<HANDLE>::from_json_relaxed(&answer).map_err(log);
            let (Ok(server), Ok(response)) = (server, response) else { return Ok(None) };
            server.verify(&site.id, &response, &mut credential, &options)?;
        }
        _ => return Ok(None),
    }
    Ok(passkey.used(credential.dynamic_state()))
}
