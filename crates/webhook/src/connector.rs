//! Connects only to addresses that the guard has checked.
//!
//! A name is resolved here, once, and the connection goes to the very address that was checked: a name that resolves
//! differently the second time (DNS rebinding) gains nothing.

use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::Uri;
use http::uri::Scheme;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tower::Service;

use crate::guard::literal;
use crate::stream::Stream;
use crate::{AddressGuard, ClientConfig, Reason, Resolver};

#[derive(Clone)]
pub(crate) struct Connector {
    guard: Arc<AddressGuard>,
    resolver: Arc<dyn Resolver>,
    timeout: Duration,
}

impl Connector {
    pub(crate) fn new(config: &ClientConfig) -> Self {
        let (guard, resolver) = (Arc::new(config.guard.clone()), Arc::clone(&config.resolver));
        Self { guard, resolver, timeout: config.connect_timeout }
    }

    async fn connect(self, uri: Uri) -> Result<Stream, Reason> {
        let host = uri.host().unwrap_or_default();
        match timeout(self.timeout, self.connect_host(host, &uri)).await {
            Ok(result) => result,
            Err(_) => Err(Reason::ConnectTimedOut { host: host.to_owned(), within: self.timeout }),
        }
    }

    async fn connect_host(&self, host: &str, uri: &Uri) -> Result<Stream, Reason> {
        let encrypted = uri.scheme() == Some(&Scheme::HTTPS);
        let port = uri.port_u16().unwrap_or(if encrypted { 443 } else { 80 });
        let addresses = self.resolve(host, port).await?;
        // An unresponsive address must not use up the time of the next.
        let share = self.timeout / u32::try_from(addresses.len()).unwrap_or(u32::MAX).max(1);
        let mut failure = None;
        for address in addresses {
            if let Err(refusal) = self.guard.check_address(host, address.ip(), encrypted) {
                failure.get_or_insert(refusal.into());
                continue;
            }
            match timeout(share, TcpStream::connect(address)).await {
                Ok(Ok(stream)) => {
                    // Requests are written at once; delaying their end would gain nothing.
                    let _ = stream.set_nodelay(true);
                    return Ok(stream.into());
                }
                Ok(Err(error)) => {
                    failure = Some(Reason::NotConnected { host: host.to_owned(), address, error: error.to_string() });
                }
                Err(_) => {
                    failure = Some(Reason::ConnectTimedOut { host: host.to_owned(), within: share });
                }
            }
        }
        Err(failure.unwrap_or_else(|| Reason::NoAddress { host: host.to_owned() }))
    }

    async fn resolve(&self, host: &str, port: u16) -> Result<Vec<SocketAddr>, Reason> {
        match literal(host) {
            Some(address) => Ok(vec![SocketAddr::new(address, port)]),
            None => {
                let found = self.resolver.find(host, port).await;
                found.map_err(|error| Reason::Unresolved { host: host.to_owned(), error: error.to_string() })
            }
        }
    }
}

impl Service<Uri> for Connector {
    type Response = Stream;
    type Error = Reason;
    type Future = Pin<Box<dyn Future<Output = Result<Stream, Reason>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        Box::pin(self.clone().connect(uri))
    }
}
