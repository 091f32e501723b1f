//! Providers that sign users in elsewhere.

use http::uri::Scheme;
use vestibule::auth::EMAILPASS;

use super::address::parse_web;
use super::{Form, Kind, Problem, Raw, Shape, no, read_items};

/// The id of a provider: a part of addresses and of variables' names.
#[derive(Debug)]
pub(in super::super) struct ProviderId;

const LONGEST: usize = 32;

impl Form for ProviderId {
    fn form(&self) -> String {
        format!("1 to {LONGEST} of a-z, 0-9 and -")
    }
}

impl Kind for ProviderId {
    type Value = String;

    fn read(&self, raw: &Raw) -> Result<String, Problem> {
        let text = raw.text();
        let part = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
        if text == EMAILPASS {
            Err(no(&text, "the id of another provider than the built-in one, which signs in with a password"))
        } else if text.len() <= LONGEST && text.split('-').all(part) {
            Ok(text)
        } else {
            Err(no(
                &text,
                &format!("an id of 1 to {LONGEST} small letters, digits and hyphens between them, such as google"),
            ))
        }
    }
}

/// The issuer of ID tokens, character by character as its provider writes it (OpenID Connect Core 2, `iss`).
#[derive(Debug)]
pub(in super::super) struct Issuer;

impl Form for Issuer {
    fn form(&self) -> String {
        "https:// URL".to_owned()
    }
}

impl Kind for Issuer {
    type Value = String;

    fn read(&self, raw: &Raw) -> Result<String, Problem> {
        let text = raw.text();
        let protected = parse_web(&text).is_some_and(|uri| {
            let loopback = ["localhost", "127.0.0.1", "[::1]"].contains(&uri.host().unwrap_or_default());
            uri.scheme() == Some(&Scheme::HTTPS) || loopback
        });
        if protected {
            Ok(text)
        } else {
            Err(no(&text, "an https URL such as https://accounts.example.com, without user, query and fragment"))
        }
    }
}

/// Scopes of OAuth (RFC 6749 3.3).
#[derive(Debug)]
pub(in super::super) struct Scopes;

impl Form for Scopes {
    fn form(&self) -> String {
        "list of scopes".to_owned()
    }

    fn shape(&self) -> Shape {
        Shape::List
    }
}

impl Kind for Scopes {
    type Value = Vec<String>;

    fn read(&self, raw: &Raw) -> Result<Vec<String>, Problem> {
        // The at sign is allowed there; it is refused because a URL with a password has one.
        let scope = |c: char| c.is_ascii_graphic() && !"\"\\@".contains(c);
        read_items(raw, "a scope such as openid or email", |item| {
            (!item.is_empty() && item.chars().all(scope)).then(|| item.to_owned())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepts<K: Kind>(kind: &K, text: &str) -> bool {
        kind.read(&Raw::from_text(text, kind.shape())).is_ok()
    }

    #[test]
    fn ids_fit_into_addresses_and_variables() {
        for id in ["google", "a", "entra-2", "0", &"a".repeat(32)] {
            assert!(accepts(&ProviderId, id), "{id}");
        }
        for id in ["", "Google", "a_b", "-a", "a-", "a--b", "a.b", "a/b", "ä", &"a".repeat(33), EMAILPASS] {
            assert!(!accepts(&ProviderId, id), "{id}");
        }
    }

    #[test]
    fn issuers_are_https_except_on_this_machine() {
        for issuer in
            ["https://accounts.google.com", "https://login.example/a/v2.0/", "http://localhost:9", "http://[::1]:9"]
        {
            assert!(accepts(&Issuer, issuer), "{issuer}");
        }
        for issuer in
            ["", "accounts.google.com", "http://accounts.google.com", "https://a?b", "https://u:p@a", "ftp://a"]
        {
            assert!(!accepts(&Issuer, issuer), "{issuer}");
        }
    }

    #[test]
    fn scopes_are_tokens() {
        assert!(accepts(&Scopes, "openid,email,https://www.googleapis.com/auth/userinfo.email"));
        assert!(!accepts(&Scopes, "openid email") && !accepts(&Scopes, "openid,,email"));
    }
}
