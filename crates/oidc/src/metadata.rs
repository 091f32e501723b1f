//! A provider's configuration and its keys, read from the provider and kept for an hour.

use std::time::Duration;

use openidconnect::core::CoreJsonWebKeySet;
use serde::Deserialize;
use tokio::sync::Mutex;
use vestibule_auth::AuthenticateError;
use vestibule_core::Timestamp;

use crate::requests::Requests;

/// How long documents are kept.
const KEPT: Duration = Duration::from_secs(60 * 60);

/// How often keys may be read again for an unknown key id, in [`WINDOW`]: tokens with made-up ids cost the provider no more.
const REREADS: usize = 5;
const WINDOW: Duration = Duration::from_secs(60);

/// The part of the provider's configuration that is used (OpenID Connect Discovery 3, RFC 9207 3).
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Metadata {
    pub(crate) issuer: String,
    pub(crate) authorization_endpoint: String,
    pub(crate) token_endpoint: String,
    pub(crate) jwks_uri: String,
    pub(crate) userinfo_endpoint: Option<String>,
    #[serde(default)]
    pub(crate) token_endpoint_auth_methods_supported: Vec<String>,
    #[serde(default)]
    pub(crate) authorization_response_iss_parameter_supported: bool,
}

impl Metadata {
    /// Whether the provider takes the secret in the body only.
    pub(crate) fn takes_secret_in_body(&self) -> bool {
        let has = |method: &str| self.token_endpoint_auth_methods_supported.iter().any(|one| one == method);
        has("client_secret_post") && !has("client_secret_basic")
    }
}

/// The documents of one provider.
pub(crate) struct Documents {
    /// Where the configuration is read, and the issuer that it must name; nothing for a provider whose endpoints are fixed.
    discovered: Option<String>,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    metadata: Option<(Timestamp, Metadata)>,
    keys: Option<(Timestamp, CoreJsonWebKeySet)>,
    rereads: Vec<Timestamp>,
}

impl Documents {
    /// Those of the provider with this issuer.
    pub(crate) fn of_issuer(issuer: &str) -> Self {
        Self { discovered: Some(issuer.to_owned()), kept: Mutex::default() }
    }

    /// Those of a provider whose endpoints are known.
    pub(crate) fn of_endpoints(metadata: Metadata) -> Self {
        let metadata = Some((Timestamp::from_seconds(0), metadata));
        Self { discovered: None, kept: Mutex::new(Kept { metadata, ..Kept::default() }) }
    }

    /// Returns the configuration.
    pub(crate) async fn metadata(&self, requests: Requests<'_>, now: Timestamp) -> Result<Metadata, AuthenticateError> {
        let mut kept = self.kept.lock().await;
        if let Some((read_at, metadata)) = &kept.metadata
            && (self.discovered.is_none() || now.since(*read_at) < KEPT)
        {
            return Ok(metadata.clone());
        }
        let issuer = self.discovered.as_deref().unwrap_or_default();
        let url = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
        let document = requests.get(&url, None).await?;
        let metadata: Metadata =
            serde_json::from_value(document).map_err(|_| requests.unavailable("its configuration is not complete"))?;
        if metadata.issuer != issuer {
            return Err(requests.unavailable("its configuration names another issuer than the one that is set"));
        }
        kept.metadata = Some((now, metadata.clone()));
        Ok(metadata)
    }

    /// Returns the keys. With `again`, they are read again, unless that was done too often.
    pub(crate) async fn keys(
        &self,
        metadata: &Metadata,
        requests: Requests<'_>,
        now: Timestamp,
        again: bool,
    ) -> Result<CoreJsonWebKeySet, AuthenticateError> {
        let mut kept = self.kept.lock().await;
        kept.rereads.retain(|at| now.since(*at) < WINDOW);
        let is_reread = again && kept.rereads.len() < REREADS;
        if is_reread {
            kept.rereads.push(now);
        }
        // If they cannot be read again, the known keys continue to count.
        if let Some((read_at, keys)) = &kept.keys
            && !is_reread
            && now.since(*read_at) < KEPT
        {
            return Ok(keys.clone());
        }
        let document = requests.get(&metadata.jwks_uri, None).await?;
        let keys: CoreJsonWebKeySet =
            serde_json::from_value(document).map_err(|_| requests.unavailable("its keys cannot be read"))?;
        kept.keys = Some((now, keys.clone()));
        Ok(keys)
    }
}
