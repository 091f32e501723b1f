//! Where the server listens, and where people reach it.

use std::fmt;
use std::net::SocketAddr;

use http::Uri;
use http::uri::Scheme;

use super::{Form, Kind, Problem, Raw, no};

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

/// Where people reach the server: scheme, host, port unless it is the scheme's own, and perhaps a path; never with a
/// slash at the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl {
    origin: String,
    path: String,
}

impl PublicUrl {
    /// `http://localhost` with this port.
    pub fn localhost(port: u16) -> Self {
        let port = if port == 80 { String::new() } else { format!(":{port}") };
        Self { origin: format!("http://localhost{port}"), path: String::new() }
    }

    /// Scheme, host and port, as browsers write them in `Origin`.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The host, an IPv6 address in brackets.
    pub fn host(&self) -> &str {
        let host = self.origin.split_once("://").map_or(self.origin.as_str(), |(_, host)| host);
        match host.rsplit_once(':') {
            Some((name, port)) if !port.contains(']') => name,
            _ => host,
        }
    }

    /// The path under which the server is published, such as `/accounts`; empty for the root.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Whether cookies are Secure and HSTS is sent.
    pub fn is_https(&self) -> bool {
        self.origin.starts_with("https:")
    }
}

/// As it begins a link.
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
            Some(PublicUrl { origin: origin_of(&uri)?, path })
        });
        url.ok_or_else(|| no(&text, "a URL such as https://accounts.example.com, without user, query and fragment"))
    }
}

/// An http or https URL with a host, and without user, query and fragment.
pub(super) fn parse_web(text: &str) -> Option<Uri> {
    let uri: Uri = text.parse().ok()?;
    let web = [Some(&Scheme::HTTP), Some(&Scheme::HTTPS)].contains(&uri.scheme());
    let host = uri.host().is_some_and(|host| !host.is_empty());
    (web && host && !text.contains(['@', '?', '#'])).then_some(uri)
}

/// Scheme, host and port in lower case, as browsers write them: without the port that the scheme has anyway.
fn origin_of(uri: &Uri) -> Option<String> {
    let (scheme, host) = (uri.scheme_str()?.to_lowercase(), uri.host()?.to_lowercase());
    // `http` takes "host:" and "host:99999" for a host without a port.
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
    fn one_form_for_each_url() {
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
    fn what_begins_no_link_is_refused() {
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
        ] {
            assert_eq!(read(text), None, "{text:?}");
        }
    }
}
