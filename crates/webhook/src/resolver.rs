//! Name resolution.

use std::fmt::Debug;
use std::io;
use std::net::SocketAddr;

use async_trait::async_trait;
use tokio::net::lookup_host;

/// Resolves host names. The guard checks each address before it is connected to.
#[async_trait]
pub trait Resolver: Debug + Send + Sync {
    /// Returns the addresses of a host, each with this port, in the order to try them. Called once for each connection,
    /// within the connection's time limit.
    ///
    /// # Errors
    ///
    /// Why the name cannot be resolved, in words that follow the name.
    async fn find(&self, host: &str, port: u16) -> io::Result<Vec<SocketAddr>>;
}

/// The machine's resolver: its hosts file and DNS servers.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemResolver;

#[async_trait]
impl Resolver for SystemResolver {
    async fn find(&self, host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
        Ok(lookup_host((host, port)).await?.collect())
    }
}
