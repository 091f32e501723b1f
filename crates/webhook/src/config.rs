//! The configuration of a client.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::{AddressGuard, Resolver, SystemResolver};

/// How webhooks are sent.
#[derive(Debug, Clone)]
pub struct ClientConfig {
    /// The addresses that may be connected to.
    pub guard: AddressGuard,
    /// Resolves host names.
    pub resolver: Arc<dyn Resolver>,
    /// The limit of the whole exchange, from name resolution to the response's last byte; at most an hour.
    pub timeout: Duration,
    /// The limit of name resolution and connection within it, without TLS.
    pub connect_timeout: Duration,
    /// Certificates in PEM that are trusted in addition to the machine's.
    pub ca_file: Option<PathBuf>,
    /// The header `user-agent`.
    pub user_agent: String,
}

/// 15 seconds in total, the lower end of what Standard Webhooks 1.0 recommends ("Timeouts"), 5 of them to connect.
impl Default for ClientConfig {
    fn default() -> Self {
        Self {
            guard: AddressGuard::default(),
            resolver: Arc::new(SystemResolver),
            timeout: Duration::from_secs(15),
            connect_timeout: Duration::from_secs(5),
            ca_file: None,
            user_agent: concat!("Vestibule/", env!("CARGO_PKG_VERSION")).to_owned(),
        }
    }
}

/// Why a configuration makes no client.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClientError {
    /// The certificate file cannot be read, or contains something else.
    #[error("webhooks.ca_file: {}: {reason}", .path.display())]
    Certificates {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The user agent cannot be a header.
    #[error("the user agent contains characters that are not allowed in HTTP headers: {0:?}")]
    UserAgent(String),
    /// TLS cannot be set up.
    #[error("TLS cannot be set up: {0}")]
    Tls(#[from] rustls::Error),
}
