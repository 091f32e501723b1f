//! Interim: what the flows need of this crate, until the slices `mfa`, `passwords` and `sessions` are merged: each takes
//! its part out, the last one deletes this file.

use std::time::Duration;

use serde::Serialize;
use vestibule_database::{Connection, Error};

use crate::{AuthIdentity, AuthModule, SessionId};

// slice sessions: moves into api_keys/
vestibule_core::id!(
    /// A program's key.
    ApiKeyId,
    "apk"
);

/// slice passwords: moves into verification/
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Verification {}

impl AuthModule {
    /// slice sessions. How long a session may rest.
    pub fn session_idle_lifetime(&self) -> Duration {
        self.options.session_idle_lifetime
    }

    /// slice sessions. Notes a use; failures are logged. The caller has seen that the last one was noted long ago.
    pub async fn touch_session(&self, _id: SessionId, _address: Option<&str>, _user_agent: Option<&str>) {}

    /// slice passwords. Whether an identity that signs in as this type of actor has yet to verify its address.
    pub async fn awaits_verification(
        &self,
        _connection: impl Into<Connection<'_>>,
        _identity: &AuthIdentity,
        _actor_type: &str,
        _provider: &str,
    ) -> Result<bool, Error> {
        Ok(false)
    }

    /// slice passwords. The verification of the identity's own address that was asked for last and is outstanding.
    pub async fn find_verification(
        &self,
        _connection: impl Into<Connection<'_>>,
        _identity: &AuthIdentity,
        _provider: &str,
    ) -> Result<Option<Verification>, Error> {
        Ok(None)
    }
}
