//! Which addresses a name has.

use std::fmt::Debug;
use std::io;
use std::net::SocketAddr;

use async_trait::async_trait;
use tokio::net::lookup_host;

/// Knows which addresses a name has. Whatever it says, the guard looks at each address before it is connected to.
#[async_trait]
pub trait Resolver: Debug + Send + Sync {
    /// The addresses of a host, each with this port, in the order in which they are to be tried. It is asked once for
    /// each connection, within the time that a connection may take.
    ///
    /// # Errors
    ///
    /// Why they cannot be found, in words that stand behind the name.
    async fn find(&self, host: &str, port: u16) -> io::Result<Vec<SocketAddr>>;
}

/// The names that this machine knows: its file of hosts, and its servers of names.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemResolver;

#[async_trait]
impl Resolver for SystemResolver {
    async fn find(&self, host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
        Ok(lookup_host((host, port)).await?.collect())
    }
}
