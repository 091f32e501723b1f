//! Origins: scheme, host and port of a website, spelled as browsers send them.

use std::fmt;
use std::str::FromStr;

use http::uri::Authority;

/// The origin of a web page, such as `https://admin.example.com` or `http://localhost:9000`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    scheme: String,
    authority: String,
}

/// A configured text that is no origin.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{text:?} is not an origin: {reason}. Write scheme, host and port as in https://admin.example.com or \
     http://localhost:9000"
)]
pub struct InvalidOrigin {
    /// The text.
    pub text: String,
    /// What is wrong with it.
    pub reason: &'static str,
}

impl Origin {
    /// Returns the origin of a URL: what stands before its path.
    ///
    /// # Errors
    ///
    /// [`InvalidOrigin`] where the URL does not begin with a scheme and a host.
    pub fn of_url(url: &str) -> Result<Self, InvalidOrigin> {
        let scheme = url.find("://").map_or(0, |at| at + 3);
        let end = url.bytes().skip(scheme).position(|byte| matches!(byte, b'/' | b'?' | b'#'));
        end.and_then(|end| url.get(..scheme + end)).unwrap_or(url).parse()
    }

    /// Returns whether pages of this origin use TLS.
    pub fn is_https(&self) -> bool {
        self.scheme == "https"
    }

    /// Returns whether this is the `Origin` that a browser sent as `header`.
    pub(super) fn is(&self, header: &str) -> bool {
        header.split_once("://") == Some((&self.scheme, &self.authority))
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme, self.authority)
    }
}

/// Reads `scheme://host[:port]`. Case and default ports are normalized as browsers do.
impl FromStr for Origin {
    type Err = InvalidOrigin;
    fn from_str(text: &str) -> Result<Self, InvalidOrigin> {
        read(text.trim()).map_err(|reason| InvalidOrigin { text: text.to_owned(), reason })
    }
}

fn read(text: &str) -> Result<Origin, &'static str> {
    if text.contains('*') {
        return Err("wildcards are not possible, because these websites may use a user's session. Name each one");
    }
    if text.eq_ignore_ascii_case("null") {
        return Err("`null` is what every sandboxed page sends");
    }
    let (scheme, authority) = text.split_once("://").ok_or("the scheme (https://) is missing")?;
    let known = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
    if !scheme.starts_with(|first: char| first.is_ascii_alphabetic()) || !scheme.bytes().all(known) {
        return Err("the scheme is not valid");
    }
    if authority.contains(['/', '?', '#']) {
        return Err("an origin has no path and no trailing slash");
    }
    if authority.contains('@') {
        return Err("an origin has no user name");
    }
    if !authority.is_ascii() {
        return Err("browsers send international host names in ASCII (xn--…)");
    }
    let parsed = Authority::from_str(authority).map_err(|_| "the host is not valid")?;
    let host = parsed.host();
    let in_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    if host.is_empty() || !(host.starts_with('[') || host.bytes().all(in_name)) {
        return Err("the host is not valid");
    }
    if parsed.as_str().len() != host.len() && parsed.port_u16().is_none() {
        return Err("the port is not a number from 0 to 65535");
    }
    let (scheme, host) = (scheme.to_ascii_lowercase(), host.to_ascii_lowercase());
    let authority = match (scheme.as_str(), parsed.port_u16()) {
        (_, None) | ("http", Some(80)) | ("https", Some(443)) => host,
        (_, Some(port)) => format!("{host}:{port}"),
    };
    Ok(Origin { scheme, authority })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_spelled_as_browsers_send_it() {
        for (text, origin) in [
            ("https://admin.example.com", "https://admin.example.com"),
            ("HTTPS://Admin.Example.COM:443", "https://admin.example.com"),
            (" http://localhost:9000 ", "http://localhost:9000"),
            ("http://127.0.0.1:80", "http://127.0.0.1"),
            ("http://[::1]:7001", "http://[::1]:7001"),
            ("https://xn--mnchen-3ya.de", "https://xn--mnchen-3ya.de"),
            ("capacitor://localhost", "capacitor://localhost"),
        ] {
            let read: Origin = text.parse().unwrap();
            assert_eq!(read.to_string(), origin);
            assert!(read.is(origin), "{text}");
        }
    }

    #[test]
    fn anything_but_a_single_origin_is_refused() {
        for text in [
            "",
            "*",
            "null",
            "https://*.example.com",
            "admin.example.com",
            "localhost:9000",
            "//example.com",
            "://example.com",
            "https://",
            "https://:443",
            "https://example.com/",
            "https://example.com/admin",
            "https://example.com?x",
            "https://user@example.com",
            "https://example.com:",
            "https://example.com:port",
            "https://example.com:65536",
            "https://münchen.de",
            "https://exa mple.com",
            "https://a.example,https://b.example",
            "java script://example.com",
        ] {
            assert!(text.parse::<Origin>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_urls_origin_is_what_stands_before_its_path() {
        for url in ["https://a.example", "https://a.example/", "https://a.example/x?y#z", "https://a.example:443?x=/"] {
            assert_eq!(Origin::of_url(url).unwrap().to_string(), "https://a.example", "{url}");
        }
        assert!(Origin::of_url("a.example/x").is_err());
        assert!(Origin::of_url("/x").is_err());
    }

    #[test]
    fn the_error_explains_what_to_write() {
        let error = "https://a.example/".parse::<Origin>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "\"https://a.example/\" is not an origin: an origin has no path and no trailing slash. \
             Write scheme, host and port as in https://admin.example.com or http://localhost:9000"
        );
    }
}
