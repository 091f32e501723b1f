//! Adding a passkey (WebAuthn 3, 7.1).

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};
use vestibule_auth::mfa::{MfaCeremony, MfaRefused, MfaStart, MfaUse};
use vestibule_auth::providers::CEREMONY_LIFETIME;
use vestibule_core::Timestamp;
use webauthn_rp::bin::{Decode, Encode};
use webauthn_rp::request::register::{
    CoseAlgorithmIdentifier, CredProtect, PublicKeyCredentialCreationOptions, PublicKeyCredentialUserEntity,
    RegistrationServerState, RegistrationVerificationOptions,
};
use webauthn_rp::response::register::Registration;
use zeroize::Zeroizing;

use crate::RelyingParty;
use crate::credential::{HANDLE, Handle, StoredPasskey};

/// What the end of an enrolment needs.
#[derive(Serialize, Deserialize)]
struct Begun {
    began_at: i64,
    state: Vec<u8>,
    /// The passkeys that the account has already.
    present: Vec<Vec<u8>>,
}

/// Begins a passkey. `present` are those of its owner.
pub(crate) fn begin(
    site: &RelyingParty,
    start: &MfaStart<'_>,
    present: &[StoredPasskey],
) -> Result<MfaCeremony, MfaRefused> {
    let failed = || MfaRefused("A passkey cannot be added at the moment. Try again later.".to_owned());
    let user = present.first().map_or_else(|| start.environment.random_bytes(), |passkey| passkey.user);
    let handle = Handle::decode(user).map_err(|_| failed())?;
    let exclude = present.iter().filter_map(StoredPasskey::descriptor).collect();
    let user = PublicKeyCredentialUserEntity::from(&handle);
    let mut options = PublicKeyCredentialCreationOptions::passkey(&site.id, user, exclude);
    options.pub_key_cred_params = options.pub_key_cred_params.remove(CoseAlgorithmIdentifier::Es384);
    options.extensions.cred_protect = CredProtect::None;
    let (server, client) = options.start_ceremony().map_err(|_| failed())?;
    let state = server.encode().map_err(|_| failed())?;
    let mut options = as_object(&client).ok_or_else(failed)?;
    options.insert("rp".to_owned(), json!({ "id": site.id(), "name": site.name }));
    let names = [("name", start.account), ("displayName", start.account)];
    if let Some(user) = options.get_mut("user").and_then(Json::as_object_mut) {
        user.extend(names.map(|(field, name)| (field.to_owned(), name.into())));
    }
    let present = present.iter().map(|passkey| passkey.id.clone()).collect();
    let begun = Begun { began_at: start.environment.now().as_seconds(), state, present };
    let state = serde_json::to_vec(&begun).map_err(|_| failed())?;
    let browser = [("options".to_owned(), Json::Object(options))].into_iter().collect();
    Ok(MfaCeremony { state: Zeroizing::new(state), browser })
}

/// Finishes a passkey. Returns nothing if the answer is not accepted.
pub(crate) fn finish(site: &RelyingParty, state: &[u8], answer: &Map<String, Json>, now: Timestamp) -> Option<MfaUse> {
    let begun: Begun = serde_json::from_slice(state).ok()?;
    let lifetime = i64::try_from(CEREMONY_LIFETIME.as_secs()).ok()?;
    if now.as_seconds() >= begun.began_at.saturating_add(lifetime) {
        return None;
    }
    let server = RegistrationServerState::<HANDLE>::decode(&begun.state).ok()?;
    let answer = serde_json::to_vec(answer).ok()?;
    let registration = Registration::from_json_relaxed(&answer).map_err(log).ok()?;
    let options = RegistrationVerificationOptions::<'_, '_, _, &str> {
        allowed_origins: &[site.origin.as_str()],
        error_on_unsolicited_extensions: false,
        ..RegistrationVerificationOptions::default()
    };
    let credential = server.verify(&site.id, &registration, &options).map_err(log).ok()?;
    let passkey = StoredPasskey::registered(&credential)?;
    if begun.present.contains(&passkey.id) {
        return None;
    }
    Some(MfaUse { number: 1, data: Some(passkey.write()?), details: Some(passkey.details()) })
}

/// The JSON form of options, as `PublicKeyCredential.parseCreationOptionsFromJSON` reads it.
pub(crate) fn as_object(client: &impl Serialize) -> Option<Map<String, Json>> {
    match serde_json::to_value(client).ok()? {
        Json::Object(options) => Some(options),
        _ => None,
    }
}

/// The reason goes to the log alone: it helps neither the owner nor an attacker.
pub(crate) fn log(error: impl std::fmt::Display) {
    tracing::info!(%error, "a passkey's answer is refused");
}
