//! The address that a request comes from, also behind trusted proxies.

use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use axum::extract::ConnectInfo;
use http::header::FORWARDED;
use http::{Extensions, HeaderMap, HeaderName};
use ipnet::{IpNet, Ipv4Net};

use super::forwarded;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The client's address; handlers find it among the request's extensions.
///
/// It is the peer's address, or the one that a trusted proxy reports for its own peer. An IPv4 address is IPv4 here
/// also if it arrives mapped to IPv6.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ClientAddress(pub IpAddr);

/// The addresses of trusted proxies: their forwarding headers are used.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustedProxies(Vec<IpNet>);

/// A configured text that names no proxies.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not an address or a network: {reason}. Write it as in 10.0.0.7, 10.0.0.0/8 or fd00::/8")]
pub struct InvalidNetwork {
    /// The text.
    pub text: String,
    /// What is wrong with it.
    pub reason: &'static str,
}

impl TrustedProxies {
    /// Reads addresses (`10.0.0.7`) and networks (`10.0.0.0/8`).
    ///
    /// # Errors
    ///
    /// [`InvalidNetwork`] for the first text that is neither, or that covers the whole internet: then every client
    /// could claim any address.
    pub fn new<T: AsRef<str>>(networks: impl IntoIterator<Item = T>) -> Result<Self, InvalidNetwork> {
        networks.into_iter().map(|text| read(text.as_ref())).collect::<Result<_, _>>().map(Self)
    }

    pub(super) fn include(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }

    /// Returns the client's address; `None` if the server does not know its peer.
    pub(super) fn client(&self, extensions: &Extensions, headers: &HeaderMap) -> Option<ClientAddress> {
        let ConnectInfo(peer) = extensions.get::<ConnectInfo<SocketAddr>>()?;
        Some(ClientAddress(self.behind(peer.ip().to_canonical(), headers)))
    }

    /// Each proxy appends the address of its peer. So the list is read from its end, for as long as a trusted proxy
    /// wrote the entry: the first address that is no proxy is the client's. Anything before it may be forged.
    ///
    /// A proxy writes one of the two headers and may pass the other through unchanged. If both are present they must
    /// agree; else only the proxy's own address is known.
    fn behind(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        if !self.include(peer) {
            return peer;
        }
        let usual = self.walk(peer, headers, &X_FORWARDED_FOR, forwarded::usual);
        let standard = self.walk(peer, headers, &FORWARDED, forwarded::standard);
        match (usual, standard) {
            (Some(one), Some(other)) if one == other => one,
            (Some(_), Some(_)) => peer,
            (Some(only), None) | (None, Some(only)) => only,
            (None, None) => peer,
        }
    }

    /// Returns the address that this header leads to; `None` without the header.
    fn walk(
        &self,
        peer: IpAddr,
        headers: &HeaderMap,
        name: &HeaderName,
        read: fn(&str) -> Vec<Option<IpAddr>>,
    ) -> Option<IpAddr> {
        if !headers.contains_key(name) {
            return None;
        }
        let mut last = peer;
        for line in headers.get_all(name).iter().rev() {
            let Ok(line) = line.to_str() else { return Some(last) };
            for address in read(line) {
                match address {
                    // The proxy did not name its peer, so the proxy itself is the last known address.
                    None => return Some(last),
                    Some(address) if self.include(address) => last = address,
                    Some(address) => return Some(address),
                }
            }
        }
        Some(last)
    }
}

/// Logs, once, that an untrusted proxy seems to be in front of the server. Then all clients seem to have one address,
/// and share its limits.
#[derive(Debug, Default)]
pub(super) struct UntrustedProxy(AtomicBool);

impl UntrustedProxy {
    pub(super) fn report_once(&self, proxies: &TrustedProxies, extensions: &Extensions, headers: &HeaderMap) {
        if self.0.load(Relaxed) {
            return;
        }
        let Some(header) = [X_FORWARDED_FOR, FORWARDED].into_iter().find(|name| headers.contains_key(name)) else {
            return;
        };
        let Some(ConnectInfo(peer)) = extensions.get::<ConnectInfo<SocketAddr>>() else { return };
        let address = peer.ip().to_canonical();
        if !proxies.include(address) && !self.0.swap(true, Relaxed) {
            tracing::warn!(
                %address,
                %header,
                "this header is ignored, because it comes from an address that is not in server.trusted_proxies: \
                 if that is your proxy, add its address, else all of its clients share one limit (reported once)"
            );
        }
    }
}

fn read(text: &str) -> Result<IpNet, InvalidNetwork> {
    let no = |reason| InvalidNetwork { text: text.to_owned(), reason };
    let network = match text.trim().parse::<IpAddr>() {
        Ok(address) => IpNet::from(address),
        Err(_) => IpNet::from_str(text.trim()).map_err(|_| no("it is neither"))?,
    };
    if network.prefix_len() == 0 {
        return Err(no("it covers every address, so every client could claim any address"));
    }
    // Mapped IPv4 networks become IPv4, as addresses do.
    let IpNet::V6(six) = network else { return Ok(network) };
    let mapped = six.network().to_ipv4_mapped().zip(six.prefix_len().checked_sub(96));
    let mapped = mapped.and_then(|(address, prefix)| Ipv4Net::new(address, prefix).ok());
    Ok(mapped.map_or(network, IpNet::V4))
}

#[cfg(test)]
mod tests {
    use super::*;

    const X: &str = "x-forwarded-for";
    const F: &str = "forwarded";

    /// The client behind a peer when 10.0.0.0/8, 2001:db8:ffff::/48 and 192.0.2.1 are proxies.
    fn client(peer: &str, headers: &[(&'static str, &str)]) -> String {
        let proxies = TrustedProxies::new(["10.0.0.0/8", "2001:db8:ffff::/48", "192.0.2.1"]).unwrap();
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(HeaderName::from_static(name), value.parse().unwrap());
        }
        let mut extensions = Extensions::new();
        extensions.insert(ConnectInfo(SocketAddr::new(peer.parse().unwrap(), 5_000)));
        proxies.client(&extensions, &map).unwrap().0.to_string()
    }

    #[test]
    fn headers_from_an_untrusted_peer_are_ignored() {
        for header in ["1.2.3.4", "10.0.0.1", "1.2.3.4, 10.0.0.1", ""] {
            assert_eq!(client("203.0.113.9", &[(X, header)]), "203.0.113.9");
            assert_eq!(client("203.0.113.9", &[(F, &format!("for={header}"))]), "203.0.113.9");
            assert_eq!(client("203.0.113.9", &[("x-real-ip", header)]), "203.0.113.9");
        }
    }

    #[test]
    fn a_trusted_proxy_is_believed_about_its_own_peer_only() {
        for (header, expected) in [
            ("203.0.113.9", "203.0.113.9"),
            // What the client sent stands before what the proxy wrote.
            ("1.2.3.4, 203.0.113.9", "203.0.113.9"),
            ("10.0.0.5, 203.0.113.9", "203.0.113.9"),
            ("rubbish, \u{1}unknown,, 203.0.113.9", "203.0.113.9"),
            // Through several trusted proxies.
            ("1.2.3.4, 203.0.113.9, 10.9.9.9, 192.0.2.1", "203.0.113.9"),
            // From within: all are trusted, and the first is the client.
            ("10.3.3.3, 10.2.2.2", "10.3.3.3"),
            // A proxy that does not name its peer is the last known address.
            ("203.0.113.9, unknown", "10.0.0.1"),
            ("203.0.113.9, _hidden, 10.2.2.2", "10.2.2.2"),
            ("203.0.113.9, 999.1.1.1", "10.0.0.1"),
            ("", "10.0.0.1"),
            (", ,", "10.0.0.1"),
            // Ports and brackets, as some proxies write them.
            ("203.0.113.9:4711", "203.0.113.9"),
            ("[2001:db8::7]:4711", "2001:db8::7"),
            ("[2001:db8::7]", "2001:db8::7"),
            ("2001:DB8::7", "2001:db8::7"),
            ("::ffff:203.0.113.9", "203.0.113.9"),
            ("203.0.113.9, ::ffff:10.2.2.2, 2001:db8:ffff:1::1", "203.0.113.9"),
        ] {
            let header = header.replace('\u{1}', "");
            assert_eq!(client("10.0.0.1", &[(X, &header)]), expected, "{header}");
        }
        assert_eq!(client("::ffff:10.0.0.1", &[(X, "203.0.113.9")]), "203.0.113.9");
        assert_eq!(client("10.0.0.1", &[]), "10.0.0.1");
    }

    #[test]
    fn several_lines_are_one_list() {
        assert_eq!(client("10.0.0.1", &[(X, "1.2.3.4"), (X, "203.0.113.9, 10.2.2.2")]), "203.0.113.9");
        assert_eq!(client("10.0.0.1", &[(X, "203.0.113.9"), (X, "10.2.2.2")]), "203.0.113.9");
        assert_eq!(client("10.0.0.1", &[(X, "203.0.113.9"), (X, "caf\u{e9}")]), "10.0.0.1");
    }

    #[test]
    fn the_forwarded_header_is_read_likewise() {
        for (header, expected) in [
            ("for=203.0.113.9", "203.0.113.9"),
            ("For=\"203.0.113.9:4711\";proto=https;by=10.0.0.1", "203.0.113.9"),
            ("proto=http; for=\"[2001:db8::7]:4711\"", "2001:db8::7"),
            ("for=1.2.3.4, for=203.0.113.9;host=\"a,b;for=1.2.3.4\", for=10.2.2.2", "203.0.113.9"),
            // A quote that the client left open does not hide what the proxy wrote.
            ("for=\"1.2.3.4, for=203.0.113.9", "203.0.113.9"),
            ("for=\"1.2.3.4\\\", for=203.0.113.9", "203.0.113.9"),
            ("for=203.0.113.9, for=unknown", "10.0.0.1"),
            ("for=203.0.113.9, for=_gateway;proto=https", "10.0.0.1"),
            ("for=203.0.113.9, proto=https", "10.0.0.1"),
            ("for=203.0.113.9;for=1.2.3.4", "10.0.0.1"),
            ("for=\"203.0.113.9\\\"\"", "10.0.0.1"),
            ("203.0.113.9", "10.0.0.1"),
        ] {
            assert_eq!(client("10.0.0.1", &[(F, header)]), expected, "{header}");
        }
    }

    #[test]
    fn two_headers_that_disagree_are_ignored() {
        assert_eq!(client("10.0.0.1", &[(X, "203.0.113.9"), (F, "for=1.2.3.4")]), "10.0.0.1");
        assert_eq!(client("10.0.0.1", &[(X, "1.2.3.4"), (F, "for=203.0.113.9")]), "10.0.0.1");
        assert_eq!(client("10.0.0.1", &[(X, "203.0.113.9"), (F, "for=203.0.113.9")]), "203.0.113.9");
    }

    #[test]
    fn networks_are_read_in_every_usual_form() {
        for (text, inside, outside) in [
            ("10.0.0.7", "10.0.0.7", "10.0.0.8"),
            (" 10.1.2.3/8 ", "10.255.0.1", "11.0.0.1"),
            ("fd00::/8", "fd12::1", "fe00::1"),
            ("::1", "::1", "::2"),
            ("::ffff:10.0.0.0/104", "10.4.4.4", "11.0.0.1"),
            ("::ffff:10.0.0.1", "10.0.0.1", "10.0.0.2"),
        ] {
            let proxies = TrustedProxies::new([text]).unwrap();
            assert!(proxies.include(inside.parse().unwrap()), "{text}");
            assert!(!proxies.include(outside.parse().unwrap()), "{text}");
        }
        for text in ["", "proxy", "10.0.0.0/33", "10.0.0.0/", "10.0.0", "10.0.0.1:80", "0.0.0.0/0", "::/0", "*"] {
            assert!(TrustedProxies::new(["10.0.0.1", text]).is_err(), "{text:?}");
        }
    }
}
