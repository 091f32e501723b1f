//! Interim: what the flows need of this crate, until the slices `mfa`, `passwords` and `sessions` are merged: each takes
//! its part out, the last one deletes this file.

use serde::Serialize;
use vestibule_database::{Connection, Error};

use crate::{AuthIdentity, AuthModule};

/// slice passwords: moves into verification/
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Verification {}

impl AuthModule {
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
