//! Passkeys: a sign-in method without a name and without a password, and a second factor (WebAuthn 3).
//!
//! ```
//! use vestibule_passkeys::{PasskeyProvider, RelyingParty};
//!
//! let site = RelyingParty::new("https://people.example.com", "People")?;
//! let passkeys = PasskeyProvider::new(site);
//! # use vestibule_auth::AuthProvider;
//! assert_eq!(AuthProvider::identifier(&passkeys), "passkey");
//! # Ok::<(), vestibule_passkeys::InvalidRelyingParty>(())
//! ```
//!
//! Add it twice: by `AuthModule::with_mfa_provider` as a kind of second factor, by `AuthModule::with_provider` as a sign-in
//! method. A passkey is one factor of its owner, and signs the owner in on its own: it is possession and, as user
//! verification is always required, knowledge or biometry.
//!
//! The ceremonies are those of `webauthn_rp`: no attestation, ES256, EdDSA and RS256, discoverable credentials. There is no
//! database here; the module stores states and passkeys, and ensures that each answer counts once.
//!
//! - [`RelyingParty`]: for which site
//! - [`PasskeyProvider`]: the provider

mod assertion;
mod credential;
mod enrolment;
mod provider;
mod relying_party;

pub use provider::{PASSKEY, PasskeyProvider};
pub use relying_party::{InvalidRelyingParty, RelyingParty};
