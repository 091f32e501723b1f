//! What the sources have in common: hashes, second factors and other providers.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use vestibule_auth::MfaStatus;
use vestibule_auth::imports::{ImportFactor, ImportRecoveryCode};
use vestibule_auth::passwords::is_readable_hash;
use vestibule_core::Metadata;

use crate::item::{Account, password_identity};
use crate::reason::Reason;

/// Adds a password by the hash that another program made. One that cannot be checked is left out.
pub(super) fn add_password(account: &mut Account, email: &str, hash: &str) {
    let hash = unwrapped(hash.trim());
    if is_readable_hash(hash) {
        account.identities.push(password_identity(email, hash.to_owned()));
    } else {
        account.notes.push(Reason::Password);
    }
}

/// A hash without what Django writes before it.
fn unwrapped(hash: &str) -> &str {
    match hash.split_once('$') {
        Some(("argon2" | "bcrypt", rest)) if rest.starts_with("argon2") => hash.strip_prefix("argon2").unwrap_or(hash),
        Some(("bcrypt", rest)) => rest,
        _ => hash,
    }
}

/// Bytes in base64, as the stored forms of hashes have it.
pub(super) fn encoded(bytes: &[u8]) -> String {
    STANDARD_NO_PAD.encode(bytes)
}

/// A second factor that counts.
pub(super) fn factor(name: &str, secret: Vec<u8>) -> ImportFactor {
    let name: String = name.chars().filter(|c| !c.is_control()).take(200).collect();
    let name = if name.trim().is_empty() { "Authenticator app".to_owned() } else { name.trim().to_owned() };
    ImportFactor {
        id: None,
        name,
        status: MfaStatus::Enabled,
        secret,
        metadata: Metadata::default(),
        created_at: None,
        updated_at: None,
    }
}

/// Adds a second factor to the first identity. An account without an identity cannot sign in, and needs none.
pub(super) fn add_factor(account: &mut Account, factor: ImportFactor) {
    if let Some(identity) = account.identities.first_mut() {
        identity.factors.push(factor);
    }
}

/// Adds recovery codes likewise.
pub(super) fn add_codes(account: &mut Account, codes: impl IntoIterator<Item = String>) {
    if let Some(identity) = account.identities.first_mut() {
        identity.recovery_codes.extend(codes.into_iter().map(ImportRecoveryCode::Plain));
    }
}

/// Our name of a provider.
pub(super) fn provider_name(name: &str) -> String {
    match name {
        "google.com" | "google-oauth2" => "google".to_owned(),
        "github.com" => "github".to_owned(),
        name => name.to_owned(),
    }
}
