//! The open connections: how many there may be, in total and per client, and which one is closed when there are too
//! many.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::timeout;

use super::activity::Activity;
use super::client_address::TrustedProxies;
use super::limits::ServerLimits;

/// How often a full server, whose connections are all busy, looks for one that has become idle.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// One open connection, as the others see it.
#[derive(Debug)]
pub(super) struct OpenConnection {
    pub(super) activity: Activity,
    leave: Notify,
}

impl OpenConnection {
    pub(super) fn new() -> Self {
        Self { activity: Activity::new(), leave: Notify::new() }
    }

    /// Waits until this connection has to make room for another one.
    pub(super) async fn superseded(&self) {
        self.leave.notified().await;
    }
}

/// The open connections of one server.
pub(super) struct OpenConnections {
    limits: ServerLimits,
    proxies: TrustedProxies,
    open: Mutex<Open>,
    closed: Notify,
}

#[derive(Default)]
struct Open {
    /// By client. Trusted proxies have no key, because each serves many clients.
    clients: HashMap<Option<IpAddr>, HashMap<u64, Arc<OpenConnection>>>,
    count: usize,
    opened: u64,
}

/// The slot of an open connection; dropping it frees the slot.
pub(super) struct Slot {
    connections: Arc<OpenConnections>,
    client: Option<IpAddr>,
    number: u64,
    pub(super) connection: Arc<OpenConnection>,
}

/// Why a new connection is refused.
enum Full {
    /// The client has reached its limit, and all its connections are in use.
    Client,
    /// The server has reached its limit, and all connections are in use.
    Server,
}

impl OpenConnections {
    pub(super) fn new(limits: ServerLimits, proxies: TrustedProxies) -> Arc<Self> {
        Arc::new(Self { limits, proxies, open: Mutex::default(), closed: Notify::new() })
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns a slot for a connection from `peer`; `None` if its client has too many in use. Waits while the server is
    /// full and all of its connections are in use. Cancel safe.
    pub(super) async fn slot(self: &Arc<Self>, peer: SocketAddr) -> Option<Slot> {
        let client = self.client(peer.ip());
        loop {
            let closed = self.closed.notified();
            match self.take_slot(client) {
                Ok(slot) => return Some(slot),
                Err(Full::Client) => return None,
                Err(Full::Server) => {}
            }
            // Tries again, whether or not one was closed.
            let _ = timeout(LOOK_AGAIN, closed).await;
        }
    }

    /// Returns what counts as one client: an IPv4 address, or a /64 of IPv6, which is what a provider gives one
    /// customer.
    fn client(&self, peer: IpAddr) -> Option<IpAddr> {
        let peer = peer.to_canonical();
        if self.proxies.include(peer) {
            return None;
        }
        Some(match peer {
            IpAddr::V4(_) => peer,
            IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
        })
    }

    fn take_slot(self: &Arc<Self>, client: Option<IpAddr>) -> Result<Slot, Full> {
        let mut open = self.lock();
        let most = self.limits.connections_per_address;
        let is_too_many = |own: &HashMap<_, _>| client.is_some() && most > 0 && own.len() >= most;
        if let Some(own) = open.clients.get(&client).filter(|own| is_too_many(own)) {
            let number = longest_idle(own.iter().map(|(number, connection)| (*number, connection)), &self.limits);
            open.supersede(client, number.ok_or(Full::Client)?);
        } else if open.count >= self.limits.connections.max(1) {
            let all = open
                .clients
                .iter()
                .flat_map(|(client, own)| own.iter().map(|(number, connection)| ((*client, *number), connection)));
            let (client, number) = longest_idle(all, &self.limits).ok_or(Full::Server)?;
            open.supersede(client, number);
        }
        open.opened += 1;
        open.count += 1;
        let (number, connection) = (open.opened, Arc::new(OpenConnection::new()));
        open.clients.entry(client).or_default().insert(number, Arc::clone(&connection));
        Ok(Slot { connections: Arc::clone(self), client, number, connection })
    }
}

impl Open {
    /// Frees the connection's slot. It closes as soon as its task runs, or after a request that has begun since.
    fn supersede(&mut self, client: Option<IpAddr>, number: u64) {
        if let Some(connection) = self.remove(client, number) {
            connection.leave.notify_one();
        }
    }

    fn remove(&mut self, client: Option<IpAddr>, number: u64) -> Option<Arc<OpenConnection>> {
        let own = self.clients.get_mut(&client)?;
        let connection = own.remove(&number)?;
        if own.is_empty() {
            self.clients.remove(&client);
        }
        self.count -= 1;
        Some(connection)
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.connections.lock().remove(self.client, self.number);
        self.connections.closed.notify_one();
    }
}

/// Returns the connection to close first: one that waits for a request before one whose client is slow to send its head
/// or to close; of these the one that waited longest. A connection with a request is never closed.
fn longest_idle<'a, K>(
    connections: impl Iterator<Item = (K, &'a Arc<OpenConnection>)>,
    limits: &ServerLimits,
) -> Option<K> {
    let may_leave = connections.filter_map(|(key, connection)| {
        connection.activity.dispensable_since(limits.slow_head).map(|since| (since, key))
    });
    may_leave.min_by_key(|(since, _)| *since).map(|(_, key)| key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ipv6_client_is_its_64_bits_and_a_proxy_is_none() {
        let proxies = TrustedProxies::new(["10.0.0.0/8"]).unwrap();
        let open = OpenConnections::new(ServerLimits::default(), proxies);
        let client = |text: &str| open.client(text.parse().unwrap());
        assert_eq!(client("2001:db8:0:1::1"), client("2001:db8:0:1:ffff::2"));
        assert_ne!(client("2001:db8:0:1::1"), client("2001:db8:0:2::1"));
        assert_eq!(client("::ffff:192.0.2.1"), client("192.0.2.1"));
        assert_ne!(client("192.0.2.1"), client("192.0.2.2"));
        assert_eq!((client("10.1.2.3"), client("::ffff:10.1.2.3")), (None, None));
    }
}
