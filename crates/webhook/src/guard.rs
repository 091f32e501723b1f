//! Which addresses may be connected to (OWASP: server-side request forgery).
//!
//! Without it, users who may enter a URL could make Vestibule connect to what only its own machine or network reaches.

use std::net::IpAddr;

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use crate::Endpoint;
use crate::address::{AddressKind, special};

/// The addresses that may be connected to: those of the public internet by `https`; those of `allowed` also by `http`.
///
/// Refused unless allowed: loopback, private, unique local, link-local (including cloud metadata), shared
/// (100.64.0.0/10), unspecified, multicast, broadcast and reserved addresses, those for documentation and benchmarks,
/// and IPv6 addresses that embed one of them (IPv4-mapped, NAT64, 6to4; all of Teredo and IPv4-compatible).
#[derive(Debug, Clone, Default)]
pub struct AddressGuard {
    /// Networks that may be connected to, whatever kind they are.
    pub allowed: Vec<IpNet>,
}

/// Why an endpoint is not connected to. The message says what an operator can do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// The host is not on the public internet.
    #[error("{}: allow it with webhooks.allowed_networks or use a public one", what(.host, *.address, .kind))]
    Address {
        /// The URL's host.
        host: String,
        /// Its address.
        address: IpAddr,
        /// The address's kind.
        kind: AddressKind,
    },
    /// The URL is `http` and the host is outside the allowed networks.
    #[error(
        "{host} would be sent to without encryption: use https, or allow its network with webhooks.allowed_networks"
    )]
    Unencrypted {
        /// The URL's host.
        host: String,
    },
}

impl AddressGuard {
    /// Returns whether this address may be connected to.
    pub fn permits(&self, address: IpAddr) -> bool {
        self.allows(address) || special(address).is_none()
    }

    /// Checks an endpoint early, as far as possible without resolving its name. Each address is checked again when a
    /// message is sent.
    ///
    /// # Errors
    ///
    /// [`Refusal`] for a literal address that is not permitted, and for `http` outside the allowed networks.
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

    /// An IPv4-mapped address is connected to as IPv4, so its IPv4 form decides.
    fn allows(&self, address: IpAddr) -> bool {
        let canonical = address.to_canonical();
        self.allowed.iter().any(|network| network.contains(&address) || network.contains(&canonical))
    }
}

/// Returns the address, if a URL's host is one.
pub(crate) fn literal(host: &str) -> Option<IpAddr> {
    host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host).parse().ok()
}

fn what(host: &str, address: IpAddr, kind: &AddressKind) -> String {
    match literal(host) {
        Some(_) => format!("{host} is {kind}"),
        None => format!("{host} is {address}, {kind}"),
    }
}
