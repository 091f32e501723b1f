//! Links to a page with a secret: an invite's token, the code of a verification.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Everything but the unreserved characters (RFC 3986 2.3): the rest has a meaning in URLs, or ends a link in mail
/// programs.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Returns the URL of a page with one parameter, whose value is encoded: `https://people.example.com`, `/app/invite`,
/// `token` and `a+b` give `https://people.example.com/app/invite?token=a%2Bb`.
///
/// The public URL may end with a slash. Path and name are not encoded.
pub fn link(public_url: &str, path: &str, name: &str, value: &str) -> String {
    format!("{}{path}?{name}={}", public_url.trim_end_matches('/'), utf8_percent_encode(value, ENCODED))
}

/// Returns the path of a public URL, without a slash at its end: `/accounts` for `https://example.com/accounts/`, and
/// nothing for `https://accounts.example.com`.
pub fn public_path(public_url: &str) -> &str {
    let rest = public_url.split_once("://").map_or("", |(_, rest)| rest);
    let path = rest.find('/').and_then(|at| rest.get(at..)).unwrap_or_default();
    path.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_of_a_public_url_has_no_slash_at_its_end() {
        for (url, path) in [
            ("https://accounts.example.com", ""),
            ("https://accounts.example.com/", ""),
            ("https://example.com/accounts", "/accounts"),
            ("https://example.com:8443/a/b//", "/a/b"),
            ("https://example.com/a?b=/c", "/a"),
            ("example.com/a", ""),
        ] {
            assert_eq!(public_path(url), path, "{url}");
        }
    }

    #[test]
    fn the_value_is_encoded() {
        for (value, encoded) in [
            ("eyJh.eyJp-_.c2ln", "eyJh.eyJp-_.c2ln"),
            ("a+b/c=", "a%2Bb%2Fc%3D"),
            ("a b&token=c#d?e%41", "a%20b%26token%3Dc%23d%3Fe%2541"),
            ("<\"é\u{1f511}\r\n", "%3C%22%C3%A9%F0%9F%94%91%0D%0A"),
            ("", ""),
        ] {
            for public_url in ["https://people.example.com", "https://people.example.com/"] {
                let expected = format!("https://people.example.com/app/verify?code={encoded}");
                assert_eq!(link(public_url, "/app/verify", "code", value), expected);
            }
        }
    }
}
