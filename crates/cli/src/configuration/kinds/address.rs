//! Where the server listens, and where users reach it.

use std::fmt;
use std::net::SocketAddr;

use http::Uri;
use http::uri::Scheme;

use super::{Form, Kind, Problem, Raw, no, path_prefix};

/// An IP address and a port.
#[derive(Debug)]
pub(in super::super) struct ListenAddress;

impl Form for ListenAddress {
    fn form(&self) -> String {
        "IP address and port".to_owned()
    }
}

impl Kind for ListenAddress {
    type Value = SocketAddr;

    fn read(&self, raw: &Raw) -> Result<SocketAddr, Problem> {
        let text = raw.text();
        let expected = "an IP address and port such as 127.0.0.1:9000, or 0.0.0.0:9000 for all of this machine's";
        text.parse().map_err(|_| no(&text, expected))
    }
}

/// The URL at which users reach the server: scheme, host, a port other than the default, and possibly a path, without a
/// trailing slash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl {
    origin: String,
    path: String,
}

impl PublicUrl {
    /// Returns `http://localhost` with this port.
    pub fn localhost(port: u16) -> Self {
        let port = if port == 80 { String::new() } else { format!(":{port}") };
        Self { origin: format!("http://localhost{port}"), path: String::new() }
    }

    /// Returns scheme, host and port, as browsers send them in `Origin`.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Returns the host, an IPv6 address in brackets.
    pub fn host(&self) -> &str {
        let host = self.origin.split_once("://").map_or(self.origin.as_str(), |(_, host)| host);
        match host.rsplit_once(':') {
            Some((name, port)) if !port.contains(']') => name,
            _ => host,
        }
    }

    /// Returns the path under which the server is published, such as `/accounts`; empty for the root.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Returns whether the scheme is https: then cookies are Secure and HSTS is sent.
    pub fn is_https(&self) -> bool {
        self.origin.starts_with("https:")
    }
}

/// Formats the URL as the start of a link.
impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.origin, self.path)
    }
}

/// A [`PublicUrl`].
#[derive(Debug)]
pub(in super::super) struct PublicAddress;

impl Form for PublicAddress {
    fn form(&self) -> String {
        "http:// or https:// URL".to_owned()
    }
}

impl Kind for PublicAddress {
    type Value = PublicUrl;

    fn read(&self, raw: &Raw) -> Result<PublicUrl, Problem> {
        let text = raw.text();
        let url = parse_web(&text).and_then(|uri| {
            let path = uri.path().trim_end_matches('/').to_owned();
            (path.is_empty() || path_prefix::is_free(&path)).then_some(PublicUrl { origin: origin_of(&uri)?, path })
        });
        let expected = "a URL such as https://accounts.example.com, without user, query and fragment; a path in it has only \
                        letters, digits, -, _ and ., and does not begin like one of the API";
        url.ok_or_else(|| no(&text, expected))
    }
}

/// Parses an http or https URL with a host, without user, query and fragment.
pub(super) fn parse_web(text: &str) -> Option<Uri> {
    let uri: Uri = text.parse().ok()?;
    let web = [Some(&Scheme::HTTP), Some(&Scheme::HTTPS)].contains(&uri.scheme());
    let host = uri.host().is_some_and(|host| !host.is_empty());
    (web && host && !text.contains(['@', '?', '#'])).then_some(uri)
}

/// Returns scheme, host and port in lower case, as browsers write them, without a default port.
fn origin_of(uri: &Uri) -> Option<String> {
    let (scheme, host) = (uri.scheme_str()?.to_lowercase(), uri.host()?.to_lowercase());
    // `http` accepts "host:" and "host:99999" as a host without a port.
    let written = uri.authority()?.as_str().get(host.len()..)?.strip_prefix(':');
    let port = match (scheme.as_str(), written) {
        (_, None) | ("http", Some("80")) | ("https", Some("443")) => String::new(),
        (_, Some(port)) => format!(":{}", port.parse::<u16>().ok()?),
    };
    Some(format!("{scheme}://{host}{port}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<PublicUrl> {
        PublicAddress.read(&Raw::Text(text.to_owned())).ok()
    }

    #[test]
    fn each_url_has_one_form() {
        for (text, shown, origin) in [
            ("https://Accounts.Example.com/", "https://accounts.example.com", "https://accounts.example.com"),
            ("HTTPS://example.com:443", "https://example.com", "https://example.com"),
            ("http://example.com:80/a/b/", "http://example.com/a/b", "http://example.com"),
            ("https://example.com:8443/Auth", "https://example.com:8443/Auth", "https://example.com:8443"),
            ("http://[::1]:9000", "http://[::1]:9000", "http://[::1]:9000"),
        ] {
            let url = read(text).unwrap();
            assert_eq!((url.to_string().as_str(), url.origin()), (shown, origin));
            assert_eq!(url.host(), if text.contains('[') { "[::1]" } else { shown.split(['/', ':']).nth(3).unwrap() });
            assert_eq!(url.is_https(), shown.starts_with("https"));
        }
        assert_eq!(read("http://localhost:9000"), Some(PublicUrl::localhost(9000)));
        assert_eq!(read("http://localhost:80"), Some(PublicUrl::localhost(80)));
    }

    #[test]
    fn urls_that_cannot_start_a_link_are_refused() {
        for text in [
            "",
            "example.com",
            "localhost:9000",
            "/path",
            "ftp://example.com",
            "https://",
            "https:///x",
            "https://:9000",
            "https://a b",
            "https://ada@example.com",
            "https://example.com?x=1",
            "https://example.com/#x",
            "https://example.com:",
            "https://example.com:99999",
            "https://example.com:x",
            "javascript:alert(1)",
            "https://example.com/a;b",
            "https://example.com/a/../b",
            "https://example.com/a//b",
            "https://example.com/auth",
            "https://example.com/admin/x",
        ] {
            assert_eq!(read(text), None, "{text:?}");
        }
    }
}
