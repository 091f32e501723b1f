//! The header `Host`, as RFC 9112 3.2 requires it.

use std::net::Ipv6Addr;

use http::header::HOST;
use http::{HeaderMap, HeaderValue, Version};

/// Returns whether a request names its host once and in a valid form. HTTP/1.0 may omit it, as load balancers do in
/// health checks; HTTP/2 names it elsewhere.
pub(super) fn is_valid(version: Version, headers: &HeaderMap) -> bool {
    let mut hosts = headers.get_all(HOST).iter();
    match (hosts.next(), hosts.next()) {
        (Some(host), None) => is_host(host),
        (None, _) => version != Version::HTTP_11,
        (Some(_), Some(_)) => false,
    }
}

/// Returns whether this is a DNS name (underscores allowed), an IPv4 address or an IPv6 address in brackets, possibly
/// with a port.
fn is_host(host: &HeaderValue) -> bool {
    let Ok(text) = host.to_str() else { return false };
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, port),
        _ => (text, ""),
    };
    let is_port = port.is_empty() || (port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok());
    let is_name = |name: &str| {
        let known = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
        !name.is_empty() && name.bytes().all(known)
    };
    let address = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    is_port && address.map_or_else(|| is_name(host), |address| address.parse::<Ipv6Addr>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn valid(version: Version, hosts: &[&str]) -> bool {
        let mut headers = HeaderMap::new();
        for host in hosts {
            headers.append(HOST, HeaderValue::from_bytes(host.as_bytes()).unwrap());
        }
        is_valid(version, &headers)
    }

    /// RFC 9112 3.2, RFC 3986 3.2.2
    #[test]
    fn one_valid_host_is_required() {
        for host in ["a", "A.Example", "shop.example:9000", "127.0.0.1", "[::1]", "[2001:db8::7]:80", "a_b", "x:"] {
            assert!(valid(Version::HTTP_11, &[host]), "{host}");
            assert!(!valid(Version::HTTP_11, &[host, host]), "{host} twice");
        }
        for host in [
            "",
            " ",
            "a b",
            "a/b",
            "u@a",
            "a:b",
            "a:65536",
            "http://a",
            "a,b.example",
            ":80",
            "\u{e9}",
            "a?b",
            "[::1",
            "[x]",
            "::1",
        ] {
            assert!(!valid(Version::HTTP_11, &[host]), "{host:?}");
        }
        assert!(!valid(Version::HTTP_11, &[]));
        assert!(valid(Version::HTTP_10, &[]));
        assert!(!valid(Version::HTTP_10, &["a", "b"]));
        assert!(valid(Version::HTTP_2, &[]));
    }
}
