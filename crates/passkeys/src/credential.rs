//! A passkey as it is stored.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};
use webauthn_rp::bin::{Decode, Encode};
use webauthn_rp::request::PublicKeyCredentialDescriptor;
use webauthn_rp::request::register::UserHandle;
use webauthn_rp::response::register::{CompressedPubKey, DynamicState, StaticState};
use webauthn_rp::response::{AuthTransports, Backup, CredentialId};
use webauthn_rp::{AuthenticatedCredential, RegisteredCredential};
use zeroize::Zeroizing;

/// The bytes of a user handle. They are random, and the same for all passkeys of an account.
pub(crate) const HANDLE: usize = 32;

/// A user handle.
pub(crate) type Handle = UserHandle<HANDLE>;

/// The key of a passkey.
type Key = CompressedPubKey<[u8; 32], [u8; 32], [u8; 48], Vec<u8>>;

/// A passkey as it is stored, in the encodings of `webauthn_rp`.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct StoredPasskey {
    /// The credential's id.
    pub(crate) id: Vec<u8>,
    /// The user handle.
    pub(crate) user: [u8; HANDLE],
    /// The public key, with the extensions that later ceremonies check.
    key: Vec<u8>,
    /// Counter, backup, and whether the user was verified.
    state: [u8; 7],
    /// How the browser reaches the authenticator.
    transports: u8,
}

impl StoredPasskey {
    pub(crate) fn read(data: &[u8]) -> Option<Self> {
        serde_json::from_slice(data).ok()
    }

    pub(crate) fn write(&self) -> Option<Zeroizing<Vec<u8>>> {
        serde_json::to_vec(self).ok().map(Zeroizing::new)
    }

    /// A passkey that was just registered.
    pub(crate) fn registered(credential: &RegisteredCredential<'_, HANDLE>) -> Option<Self> {
        let id: &[u8] = credential.id().into_inner();
        Some(Self {
            id: id.to_vec(),
            user: credential.user_id().encode().ok()?,
            key: credential.static_state().encode().ok()?,
            state: credential.dynamic_state().encode().ok()?,
            transports: credential.transports().encode().ok()?,
        })
    }

    pub(crate) fn handle(&self) -> Option<Handle> {
        Handle::decode(self.user).ok()
    }

    /// The passkey as an answer is checked against it.
    pub(crate) fn authenticated<'a>(
        &'a self,
        handle: &'a Handle,
    ) -> Option<AuthenticatedCredential<'a, 'a, HANDLE, Key>> {
        let id = CredentialId::<&[u8]>::decode(&self.id).ok()?;
        let (key, state) = (StaticState::decode(&self.key).ok()?, DynamicState::decode(self.state).ok()?);
        AuthenticatedCredential::new(id, handle, key, state).ok()
    }

    /// The same passkey after a use.
    pub(crate) fn used(&self, state: DynamicState) -> Option<Self> {
        Some(Self { state: state.encode().ok()?, ..self.clone() })
    }

    /// What a browser is given of it.
    pub(crate) fn descriptor(&self) -> Option<PublicKeyCredentialDescriptor<Vec<u8>>> {
        let id = CredentialId::<Vec<u8>>::decode(self.id.clone()).ok()?;
        Some(PublicKeyCredentialDescriptor { id, transports: AuthTransports::decode(self.transports).ok()? })
    }

    /// What its owner and administrators see of it.
    pub(crate) fn details(&self) -> Map<String, Json> {
        let backup = DynamicState::decode(self.state).map_or(Backup::NotEligible, |state| state.backup);
        let details = json!({
            "credential_id": BASE64.encode(&self.id),
            "user_handle": self.entity_id(),
            "device_bound": matches!(backup, Backup::NotEligible),
            "backed_up": matches!(backup, Backup::Exists),
        });
        match details {
            Json::Object(details) => details,
            _ => Map::new(),
        }
    }

    /// The entity id of its owner.
    pub(crate) fn entity_id(&self) -> String {
        BASE64.encode(self.user)
    }
}
