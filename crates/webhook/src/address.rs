//! Classifies addresses that are not on the public internet.
//!
//! Source: IANA's registries of special-purpose addresses (RFC 6890), of multicast and of IPv6 space.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{Ipv4Net, Ipv6Net};
use serde::{Deserialize, Serialize};

use self::AddressKind::{
    Benchmarking, Broadcast, Documentation, LinkLocal, Loopback, Metadata, Multicast, Private, Reserved, Shared,
    UniqueLocal, Unspecified,
};

/// What an address is that the public internet does not lead to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum AddressKind {
    /// Where a cloud's machines ask for their keys.
    #[error("the address of a cloud's metadata")]
    Metadata,
    /// The machine itself.
    #[error("a loopback address")]
    Loopback,
    /// RFC 1918.
    #[error("a private address")]
    Private,
    /// RFC 3927, RFC 4291 2.5.6.
    #[error("a link-local address")]
    LinkLocal,
    /// Many hosts at once.
    #[error("a multicast address")]
    Multicast,
    /// No host.
    #[error("the unspecified address")]
    Unspecified,
    /// RFC 5737, RFC 3849, RFC 9637.
    #[error("an address for documentation")]
    Documentation,
    /// RFC 2544, RFC 5180.
    #[error("an address for benchmarks")]
    Benchmarking,
    /// Not given to hosts.
    #[error("a reserved address")]
    Reserved,
    /// 100.64.0.0/10 (RFC 6598).
    #[error("an address inside a provider's network")]
    Shared,
    /// All hosts of a network.
    #[error("the broadcast address")]
    Broadcast,
    /// RFC 4193.
    #[error("a unique local address")]
    UniqueLocal,
}

/// The first network that contains an address names it, so narrow networks precede wide ones.
const SPECIAL_V4: &[(Ipv4Net, AddressKind)] = &[
    (v4(0, 0, 0, 0, 32), Unspecified),
    (v4(0, 0, 0, 0, 8), Reserved),
    (v4(10, 0, 0, 0, 8), Private),
    (v4(100, 64, 0, 0, 10), Shared),
    (v4(127, 0, 0, 0, 8), Loopback),
    (v4(169, 254, 169, 254, 32), Metadata),
    (v4(169, 254, 0, 0, 16), LinkLocal),
    (v4(172, 16, 0, 0, 12), Private),
    (v4(192, 0, 0, 0, 24), Reserved),
    (v4(192, 0, 2, 0, 24), Documentation),
    // Relays of 6to4, withdrawn by RFC 7526.
    (v4(192, 88, 99, 0, 24), Reserved),
    (v4(192, 168, 0, 0, 16), Private),
    (v4(198, 18, 0, 0, 15), Benchmarking),
    (v4(198, 51, 100, 0, 24), Documentation),
    (v4(203, 0, 113, 0, 24), Documentation),
    (v4(224, 0, 0, 0, 4), Multicast),
    (v4(255, 255, 255, 255, 32), Broadcast),
    (v4(240, 0, 0, 0, 4), Reserved),
];

const SPECIAL_V6: &[(Ipv6Net, AddressKind)] = &[
    (v6([0, 0, 0, 0, 0, 0, 0, 0], 128), Unspecified),
    (v6([0, 0, 0, 0, 0, 0, 0, 1], 128), Loopback),
    (v6([0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254], 128), Metadata),
    (v6([0xfc00, 0, 0, 0, 0, 0, 0, 0], 7), UniqueLocal),
    (v6([0xfe80, 0, 0, 0, 0, 0, 0, 0], 10), LinkLocal),
    (v6([0xff00, 0, 0, 0, 0, 0, 0, 0], 8), Multicast),
    (v6([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0], 32), Documentation),
    (v6([0x3fff, 0, 0, 0, 0, 0, 0, 0], 20), Documentation),
    (v6([0x2001, 2, 0, 0, 0, 0, 0, 0], 48), Benchmarking),
    // Teredo, and other networks that serve protocols instead of hosts.
    (v6([0x2001, 0, 0, 0, 0, 0, 0, 0], 23), Reserved),
];

/// Addresses of hosts come from this network only (RFC 4291 2.4, IANA).
const GLOBAL_UNICAST: Ipv6Net = v6([0x2000, 0, 0, 0, 0, 0, 0, 0], 3);
/// The rest is the IPv4 address that a translator forwards to (RFC 6052).
const NAT64: Ipv6Net = v6([0x64, 0xff9b, 0, 0, 0, 0, 0, 0], 96);
/// The next 32 bits are the IPv4 address of a router (RFC 3056).
const SIX_TO_FOUR: Ipv6Net = v6([0x2002, 0, 0, 0, 0, 0, 0, 0], 16);

/// Returns what kind of special address this is; `None` for a public one.
///
/// An IPv6 address that embeds an IPv4 address has that one's kind.
pub(crate) fn special(address: IpAddr) -> Option<AddressKind> {
    match address.to_canonical() {
        IpAddr::V4(address) => special_v4(address),
        IpAddr::V6(address) => special_v6(address),
    }
}

fn special_v4(address: Ipv4Addr) -> Option<AddressKind> {
    SPECIAL_V4.iter().find(|(network, _)| network.contains(&address)).map(|(_, kind)| *kind)
}

fn special_v6(address: Ipv6Addr) -> Option<AddressKind> {
    let bits = address.to_bits();
    if NAT64.contains(&address) {
        return special_v4(Ipv4Addr::from_bits(bits as u32));
    }
    if SIX_TO_FOUR.contains(&address) {
        return special_v4(Ipv4Addr::from_bits((bits >> 80) as u32));
    }
    match SPECIAL_V6.iter().find(|(network, _)| network.contains(&address)) {
        Some((_, kind)) => Some(*kind),
        None => (!GLOBAL_UNICAST.contains(&address)).then_some(Reserved),
    }
}

const fn v4(a: u8, b: u8, c: u8, d: u8, length: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), length)
}

const fn v6(segments: [u16; 8], length: u8) -> Ipv6Net {
    let [a, b, c, d, e, f, g, h] = segments;
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, d, e, f, g, h), length)
}
