//! What a client is made of.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::{AddressGuard, Resolver, SystemResolver};

/// How webhooks are sent.
#[derive(Debug, Clone)]
pub struct ClientConfig {
    /// Which addresses may be connected to.
    pub guard: AddressGuard,
    /// Which addresses resolver have.
    pub resolver: Arc<dyn Resolver>,
    /// How long the whole exchange may take, from the name's resolution to the answer's last byte. At most an hour counts.
    pub timeout: Duration,
    /// How much of that the name's resolution and the connection may take, without TLS.
    pub connect_timeout: Duration,
    /// Certificates in PEM that are trusted beside the machine's own.
    pub ca_file: Option<PathBuf>,
    /// The header `user-agent`.
    pub user_agent: String,
}

/// 15 seconds in all, the lower end of what Standard Webhooks 1.0 recommends ("Timeouts"), 5 of them to connect.
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

/// Why no client can be made of a configuration.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The file of certificates cannot be read, or holds something else.
    #[error("webhooks.ca_file: {}: {reason}", .path.display())]
    Certificates {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The user agent cannot be a header.
    #[error("the user agent has characters that no HTTP header has: {0:?}")]
    UserAgent(String),
    /// TLS cannot be set up.
    #[error("TLS cannot be set up: {0}")]
    Tls(#[from] rustls::Error),
}
