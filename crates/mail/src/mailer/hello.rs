//! The name sent to a mail server with `EHLO`.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr};
use std::str::FromStr;

use lettre::transport::smtp::extension::ClientId;

/// The name sent to a mail server with `EHLO` (RFC 5321 4.1.1.1): a domain name, or an address literal.
///
/// Many servers refuse a client whose name is not fully qualified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hello(ClientId);

/// The text is neither a domain name nor an IP address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a mail server is greeted by a domain name such as mail.example.com, or by an IP address")]
pub struct InvalidHello;

impl Hello {
    /// Returns the first of these hosts that has a meaning beyond this machine: a name with a dot, or an address that
    /// is not loopback; else the literal `[127.0.0.1]`, which servers accept more often than a bare name.
    pub fn first_of<'a>(hosts: impl IntoIterator<Item = &'a str>) -> Self {
        let mut known = hosts.into_iter().filter_map(|host| host.parse().ok());
        known.find(Self::is_known_elsewhere).unwrap_or(Self(ClientId::Ipv4(Ipv4Addr::LOCALHOST)))
    }

    fn is_known_elsewhere(&self) -> bool {
        match &self.0 {
            ClientId::Domain(name) => {
                name.contains('.') && !name.ends_with(".localdomain") && !name.ends_with(".localhost")
            }
            ClientId::Ipv4(address) => !address.is_loopback() && !address.is_unspecified(),
            ClientId::Ipv6(address) => !address.is_loopback() && !address.is_unspecified(),
            _ => false,
        }
    }

    pub(super) fn client_id(&self) -> &ClientId {
        &self.0
    }
}

impl FromStr for Hello {
    type Err = InvalidHello;

    fn from_str(text: &str) -> Result<Self, InvalidHello> {
        let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
        let address = bare.strip_prefix("IPv6:").unwrap_or(bare).parse::<IpAddr>();
        match address.map(|address| address.to_canonical()) {
            Ok(IpAddr::V4(address)) => Ok(Self(ClientId::Ipv4(address))),
            Ok(IpAddr::V6(address)) => Ok(Self(ClientId::Ipv6(address))),
            Err(_) if is_name(text) => Ok(Self(ClientId::Domain(text.to_ascii_lowercase()))),
            Err(_) => Err(InvalidHello),
        }
    }
}

/// Returns whether this is a domain name (RFC 1123 2.1). Only digits and dots are a mistyped address.
fn is_name(text: &str) -> bool {
    let is_inner = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.chars().all(is_inner)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    text.len() <= 253 && text.split('.').all(is_label) && text.contains(|c: char| c.is_ascii_alphabetic())
}

impl fmt::Display for Hello {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_addresses_are_parsed() {
        for (text, said) in [
            ("Mail.Example.com", "mail.example.com"),
            ("relay1", "relay1"),
            ("192.0.2.7", "[192.0.2.7]"),
            ("[192.0.2.7]", "[192.0.2.7]"),
            ("2001:db8::1", "[IPv6:2001:db8::1]"),
            ("[2001:db8::1]", "[IPv6:2001:db8::1]"),
            ("[IPv6:2001:db8::1]", "[IPv6:2001:db8::1]"),
        ] {
            assert_eq!(text.parse::<Hello>().unwrap().to_string(), said);
        }
        let long = format!("{}.example", "a".repeat(64));
        for text in ["", "a b", "a\r\nMAIL FROM:<x@y>", "a..b", "-a.example", "a_b.example", "192.0.2", "a.", &long] {
            assert_eq!(text.parse::<Hello>(), Err(InvalidHello), "{text:?}");
        }
    }

    #[test]
    fn the_first_host_with_a_meaning_elsewhere_is_used() {
        for (hosts, said) in [
            (["people.example.com", "example.org"], "people.example.com"),
            (["localhost", "example.org"], "example.org"),
            (["vestibule", "localhost"], "[127.0.0.1]"),
            (["127.0.0.1", "localhost.localdomain"], "[127.0.0.1]"),
            (["[::1]", "example.org"], "example.org"),
            (["192.0.2.7", "example.org"], "[192.0.2.7]"),
            (["[2001:db8::1]", "example.org"], "[IPv6:2001:db8::1]"),
        ] {
            assert_eq!(Hello::first_of(hosts).to_string(), said, "{hosts:?}");
        }
    }
}
