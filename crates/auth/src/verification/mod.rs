//! Verifies that an address, or another recipient, belongs to its claimant: a code is sent there, and confirmed once.
//!
//! - [`AuthModule::request_auth_verification`](crate::AuthModule::request_auth_verification): a code is sent by an event
//! - [`AuthModule::confirm_auth_verification`](crate::AuthModule::confirm_auth_verification): it is confirmed
//! - [`RequiredVerification`]: what an actor has to verify before they are fully signed in
//! - [`VerificationProvider`]: how codes are generated; `token` is built in
//!
//! ```
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let file = vestibule_testing::TestDatabase::sqlite();
//! # let database = file.open().await;
//! # database.migrate(&[vestibule_outbox::MIGRATIONS, vestibule_auth::MIGRATIONS]).await?;
//! # let options = vestibule_auth::AuthOptions::new(vestibule_core::SigningKey::new(b"a secret of at least 32 random bytes"));
//! # let passwords = vestibule_auth::Passwords::start(vestibule_auth::PasswordConfig::fast_for_tests())?;
//! # let environment = vestibule_core::Environment::system();
//! # let auth = vestibule_auth::AuthModule::new(database.clone(), environment, options, passwords);
//! # let input = vestibule_auth::AuthInput::body([("email", "user@example.com"), ("password", "Lantern-trombone-42")]);
//! # let identity = auth.register("emailpass", &input).await?.identity()?;
//! use vestibule_auth::RequestVerification;
//!
//! // `identity` is a registration.
//! let request = RequestVerification {
//!     auth_identity_id: identity.id,
//!     entity_type: "email",
//!     entity_id: "user@example.com",
//!     code_provider: None,
//!     metadata: None,
//! };
//! auth.request_auth_verification(&request).await?;
//!
//! // The event has the code, sealed. Who receives the mail confirms it.
//! let event = vestibule_outbox::newest(&database, 1).await?.remove(0);
//! let data = auth.reveal_event(&event)?;
//! auth.confirm_auth_verification(data["code"].as_str().unwrap_or_default(), None).await?;
//! assert!(auth.is_verified(&database, identity.id, "email", "user@example.com").await?);
//! # Ok(())
//! # }
//! ```

mod confirm;
mod list;
mod proved;
mod provider;
mod request;
mod required;

use std::fmt::Write;

use serde::Serialize;
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};
use vestibule_core::{Metadata, Timestamp};
use vestibule_database::{Error, FromRow, Row};

pub use self::confirm::ConfirmVerificationError;
pub use self::list::{RetrieveVerificationError, VerificationField};
pub use self::provider::{TokenProvider, VerificationProvider};
pub use self::request::{RequestVerification, RequestVerificationError, RequestedVerification};
pub use self::required::RequiredVerification;
use crate::AuthIdentityId;
use crate::mfa::OwnerReference;

vestibule_core::id!(
    /// A verification.
    VerificationId,
    "authver"
);

/// The default provider of codes.
const DEFAULT_PROVIDER: &str = "token";

/// An address, and whether it was verified.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Verification {
    /// The id.
    pub id: VerificationId,
    /// The claimant's identity.
    pub auth_identity_id: AuthIdentityId,
    /// The same, in the form in which the reference nests it.
    pub auth_identity: OwnerReference,
    /// The address, as it was first written.
    pub entity_id: String,
    /// The kind: `email`, `phone`, ….
    pub entity_type: String,
    /// The provider of the code.
    pub code_provider: String,
    /// When it was verified.
    pub verified_at: Option<Timestamp>,
    /// When the newest code was requested.
    pub requested_at: Timestamp,
    /// The SHA-256 of the newest code, as `token_hash`: it cannot confirm anything.
    #[cfg_attr(feature = "openapi", schema(value_type = serde_json::Map<String, Json>))]
    pub provider_metadata: Json,
    /// Data of the embedding programs.
    pub metadata: Metadata,
    /// When it was first requested.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Always empty.
    pub deleted_at: Option<Timestamp>,
    /// When the newest code expires.
    #[serde(skip)]
    pub expires_at: Timestamp,
}

/// The columns of a [`Verification`], as a literal for `concat!`.
macro_rules! columns {
    () => {
        "id, auth_identity_id, entity_type, entity_id, code_provider, code_hash, requested_at, expires_at, verified_at,
         metadata, created_at, updated_at"
    };
}
use columns;

impl FromRow for Verification {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        let auth_identity_id = row.get("auth_identity_id")?;
        Ok(Self {
            id: row.get("id")?,
            auth_identity_id,
            auth_identity: OwnerReference { id: auth_identity_id },
            entity_id: row.get("entity_id")?,
            entity_type: row.get("entity_type")?,
            code_provider: row.get("code_provider")?,
            verified_at: row.get_optional("verified_at")?,
            requested_at: row.get("requested_at")?,
            provider_metadata: token_hash(&row.get::<Vec<u8>>("code_hash")?),
            metadata: row.get_optional("metadata")?.unwrap_or_default(),
            created_at: row.get("created_at")?,
            updated_at: row.get("updated_at")?,
            deleted_at: None,
            expires_at: row.get("expires_at")?,
        })
    }
}

/// The stored hash of a code.
fn hash(code: &str) -> [u8; 32] {
    Sha256::digest(code.as_bytes()).into()
}

/// The same for the API.
fn token_hash(hash: &[u8]) -> Json {
    json!({ "token_hash": hexadecimal(hash) })
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a text cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
