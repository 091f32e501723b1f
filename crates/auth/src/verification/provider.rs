//! The interface of providers of codes.

use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use vestibule_core::Environment;

/// Generates the codes that verify addresses. The receiver of the event `auth.verification_requested` sends them.
pub trait VerificationProvider: Send + Sync + 'static {
    /// Its name in requests and rows: `token`. It never changes.
    fn identifier(&self) -> &str;

    /// How long a code is good.
    fn lifetime(&self) -> Duration;

    /// Generates a code. It alone confirms, without authentication: it must have at least 128 random bits.
    fn code(&self, environment: &Environment) -> String;
}

/// `token`: 32 random bytes as base64url, valid for a quarter of an hour, as the reference's.
#[derive(Debug, Clone, Copy, Default)]
pub struct TokenProvider;

impl VerificationProvider for TokenProvider {
    fn identifier(&self) -> &'static str {
        "token"
    }

    fn lifetime(&self) -> Duration {
        Duration::from_secs(15 * 60)
    }

    fn code(&self, environment: &Environment) -> String {
        BASE64.encode(environment.random_bytes::<32>())
    }
}
