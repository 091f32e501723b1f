//! Limits on what one client may cost the server.

use std::time::Duration;

/// Limits on connections, and on how long each may keep the server waiting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServerLimits {
    /// Connections open at once, at least 1. A further one closes the connection that has been idle the longest; if
    /// none is idle, it waits in the listener's queue.
    pub connections: usize,
    /// Connections open at once from one client (an IPv4 address or a /64 of IPv6); 0 for no limit. A further one
    /// closes the client's connection that has been idle the longest; if none is idle, it is closed itself.
    pub connections_per_address: usize,
    /// A connection with half a head counts as idle after this time if the server is full. Heads fit into one or two
    /// packets.
    pub slow_head: Duration,
    /// From the first byte of a request (or the connection's start) to the end of its head.
    pub header: Duration,
    /// How long a connection may stay open between two requests. Longer than reverse proxies reuse one (nginx 60 s,
    /// Traefik 90 s, Caddy 120 s), so that the proxy closes it: otherwise it may send a request into a closing
    /// connection.
    pub idle: Duration,
    /// Between two pieces of a request's body.
    pub body_stall: Duration,
    /// For the whole of a request's body.
    pub body_total: Duration,
    /// How long the client may read nothing of a response that is ready.
    pub write_stall: Duration,
    /// How long a connection stays open, after a response sent before the end of the request, for the client to read
    /// it.
    pub linger: Duration,
    /// How long running requests may continue after the server begins to stop.
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
    /// Returns the shortest limit that a connection's timer enforces. A timer with this interval misses none.
    pub(super) fn shortest(&self) -> Duration {
        self.header.min(self.idle).min(self.write_stall).min(self.linger)
    }
}
