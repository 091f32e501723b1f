//! Which addresses may be connected to (OWASP: server-side request forgery).
//!
//! Whoever may enter a URL could otherwise make Vestibule speak to what only its own machine or network reaches.

use std::net::IpAddr;

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use crate::Endpoint;
use crate::address::{AddressKind, special};

/// Which addresses may be connected to: those of the public internet, by `https`; and those of `allowed`, by `http`, too.
///
/// Refused are, unless allowed: loopback, private, unique local, link-local (a cloud's metadata among them), a
/// provider's own (100.64.0.0/10), unspecified, multicast, broadcast, reserved ones, those for documentation and
/// benchmarks, and IPv6 addresses that stand for one of them (IPv4-mapped, NAT64, 6to4; all of Teredo and of the
/// IPv4-compatible).
#[derive(Debug, Clone, Default)]
pub struct AddressGuard {
    /// Networks that may be connected to whatever they are.
    pub allowed: Vec<IpNet>,
}

/// Why an endpoint is not connected to. The message says what an operator can do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// The host is not on the public internet.
    #[error("{}: allow it with webhooks.allowed_networks or use a public one", what(.host, *.address, .kind))]
    Address {
        /// The host of the URL.
        host: String,
        /// What it is.
        address: IpAddr,
        /// What kind of address that is.
        kind: AddressKind,
    },
    /// The URL is `http` and the host is outside of the allowed networks.
    #[error(
        "{host} would be sent to without encryption: use https, or allow its network with webhooks.allowed_networks"
    )]
    Unencrypted {
        /// The host of the URL.
        host: String,
    },
}

impl AddressGuard {
    /// Whether this address may be connected to.
    pub fn permits(&self, address: IpAddr) -> bool {
        self.allows(address) || special(address).is_none()
    }

    /// Says early what can be said of an endpoint without asking for its addresses. When it is sent to, every address
    /// is looked at, whatever this has said.
    ///
    /// # Errors
    ///
    /// [`Refusal`] for an address that is not permitted, and for `http` where it cannot be inside an allowed network.
    pub fn check(&self, endpoint: &Endpoint) -> Result<(), Refusal> {
        let host = endpoint.host();
        match literal(host) {
            Some(address) => self.check_address(host, address, endpoint.is_encrypted()),
            None if endpoint.is_encrypted() || !self.allowed.is_empty() => Ok(()),
            None => Err(Refusal::Unencrypted { host: host.to_owned() }),
        }
    }

    pub(crate) fn check_address(&self, host: &str, address: IpAddr, encrypted: bool) -> Result<(), Refusal> {
        if self.allows(address) {
            return Ok(());
        }
        match special(address) {
            Some(kind) => Err(Refusal::Address { host: host.to_owned(), address, kind }),
            None if encrypted => Ok(()),
            None => Err(Refusal::Unencrypted { host: host.to_owned() }),
        }
    }

    /// An IPv4-mapped address is connected to as IPv4, so it is allowed where that is.
    fn allows(&self, address: IpAddr) -> bool {
        let canonical = address.to_canonical();
        self.allowed.iter().any(|network| network.contains(&address) || network.contains(&canonical))
    }
}

/// The address that a URL's host is, if it is one.
pub(crate) fn literal(host: &str) -> Option<IpAddr> {
    host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host).parse().ok()
}

fn what(host: &str, address: IpAddr, kind: &AddressKind) -> String {
    match literal(host) {
        Some(_) => format!("{host} is {kind}"),
        None => format!("{host} is {address}, {kind}"),
    }
}
