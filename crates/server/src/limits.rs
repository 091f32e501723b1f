//! What one client may cost the server.

use std::time::Duration;

/// Bounds on connections and on how long each may keep the server waiting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServerLimits {
    /// Connections open at once, at least 1. A further one closes the connection that has been idle the longest; where none
    /// is idle, it waits in the listener's queue.
    pub connections: usize,
    /// Connections open at once from one client: an IPv4 address or a /64 of IPv6; 0 for any number. A further one closes
    /// the client's own connection that has been idle the longest; where none is idle, it is closed itself.
    pub connections_per_address: usize,
    /// After this time with half a head, a connection counts as idle where the server is full. Heads fit into one packet
    /// or two.
    pub slow_head: Duration,
    /// From the first byte of a request (or from the connection's start) to the end of its head.
    pub header: Duration,
    /// How long a connection may stay open between two requests. Longer than reverse proxies reuse one (nginx
    /// 60 s, Traefik 90 s, Caddy 120 s), so that the proxy closes it: otherwise it may send a request into a closing
    /// connection.
    pub idle: Duration,
    /// Between two pieces of a request's body.
    pub body_stall: Duration,
    /// For the whole of a request's body.
    pub body_total: Duration,
    /// How long the client may take none of an answer that is ready for it.
    pub write_stall: Duration,
    /// How long a connection is kept, after an answer that came before the end of the request, for the client to read it.
    pub linger: Duration,
    /// How long running requests may go on after the server was told to stop.
    pub stop: Duration,
}

impl Default for ServerLimits {
    fn default() -> Self {
        Self {
            connections: 10_000,
            connections_per_address: 1_000,
            slow_head: Duration::from_secs(1),
            header: Duration::from_secs(15),
            idle: Duration::from_secs(150),
            body_stall: Duration::from_secs(15),
            body_total: Duration::from_secs(60),
            write_stall: Duration::from_secs(30),
            linger: Duration::from_secs(5),
            stop: Duration::from_secs(30),
        }
    }
}

impl ServerLimits {
    /// The shortest of the limits that a connection's watch enforces: looking that often misses none.
    pub(super) fn shortest(&self) -> Duration {
        self.header.min(self.idle).min(self.write_stall).min(self.linger)
    }
}
