//! Providers that sign users in elsewhere.

use std::collections::BTreeMap;

use http::uri::Scheme;
use vestibule::auth::EMAILPASS;
use vestibule::oidc::{ResponseMode, StandIn, TrustEmail};

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

/// A URL to which a provider may send the browser back, of the web or of an app.
#[derive(Debug)]
pub(in super::super) struct CallbackUrl;

const CALLBACK: &str =
    "a callback URL such as https://shop.example.com/app/login?auth_provider=google, without user and fragment";

fn read_callback_url(text: &str) -> Option<String> {
    let uri: http::Uri = text.parse().ok()?;
    let is_whole = uri.scheme().is_some() && uri.host().is_some_and(|host| !host.is_empty());
    (is_whole && !text.contains(['@', '#'])).then(|| text.to_owned())
}

impl Form for CallbackUrl {
    fn form(&self) -> String {
        "URL".to_owned()
    }
}

impl Kind for CallbackUrl {
    type Value = String;

    fn read(&self, raw: &Raw) -> Result<String, Problem> {
        let text = raw.text();
        read_callback_url(&text).ok_or_else(|| no(&text, CALLBACK))
    }
}

/// A list of them.
#[derive(Debug)]
pub(in super::super) struct CallbackUrls;

impl Form for CallbackUrls {
    fn form(&self) -> String {
        "list of URLs".to_owned()
    }

    fn shape(&self) -> Shape {
        Shape::List
    }
}

impl Kind for CallbackUrls {
    type Value = Vec<String>;

    fn read(&self, raw: &Raw) -> Result<Vec<String>, Problem> {
        read_items(raw, CALLBACK, read_callback_url)
    }
}

/// A [`TrustEmail`].
#[derive(Debug)]
pub(in super::super) struct EmailTrust;

impl Form for EmailTrust {
    fn form(&self) -> String {
        "verified, always or never".to_owned()
    }
}

impl Kind for EmailTrust {
    type Value = TrustEmail;

    fn read(&self, raw: &Raw) -> Result<TrustEmail, Problem> {
        match raw.text().as_str() {
            "verified" => Ok(TrustEmail::Verified),
            "always" => Ok(TrustEmail::Always),
            "never" => Ok(TrustEmail::Never),
            other => Err(no(other, "verified, always or never")),
        }
    }
}

/// A [`ResponseMode`].
#[derive(Debug)]
pub(in super::super) struct Response;

impl Form for Response {
    fn form(&self) -> String {
        "query or form_post".to_owned()
    }
}

impl Kind for Response {
    type Value = ResponseMode;

    fn read(&self, raw: &Raw) -> Result<ResponseMode, Problem> {
        match raw.text().as_str() {
            "query" => Ok(ResponseMode::Query),
            "form_post" => Ok(ResponseMode::FormPost),
            other => Err(no(other, "query or form_post")),
        }
    }
}

/// Which claim holds which field: `id=oid`.
#[derive(Debug)]
pub(in super::super) struct Claims;

impl Form for Claims {
    fn form(&self) -> String {
        "list of field=claim".to_owned()
    }

    fn shape(&self) -> Shape {
        Shape::List
    }
}

impl Kind for Claims {
    type Value = BTreeMap<String, String>;

    fn read(&self, raw: &Raw) -> Result<Self::Value, Problem> {
        let items = read_items(raw, "a field and its claim, such as id=oid or given_name=first_name", |item| {
            let (field, claim) = item.split_once('=')?;
            let (field, claim) = (field.trim().to_owned(), claim.trim().to_owned());
            (!field.is_empty() && !claim.is_empty()).then_some((field, claim))
        })?;
        Ok(items.into_iter().collect())
    }
}

/// A [`StandIn`].
#[derive(Debug)]
pub(in super::super) struct LocalStandIn;

impl Form for LocalStandIn {
    fn form(&self) -> String {
        "http:// URL of this machine".to_owned()
    }
}

impl Kind for LocalStandIn {
    type Value = StandIn;

    fn read(&self, raw: &Raw) -> Result<StandIn, Problem> {
        let text = raw.text();
        StandIn::parse(&text).map_err(|_| no(&text, "a URL of this machine, such as http://127.0.0.1:7000"))
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
    fn callback_urls_are_whole_urls() {
        for url in
            ["https://a.example/app/login?auth_provider=google", "http://127.0.0.1:7001/x", "com.example.app://back"]
        {
            assert!(accepts(&CallbackUrl, url) && accepts(&CallbackUrls, url), "{url}");
        }
        for url in ["", "/app/login", "https://", "https://a.example/#x", "https://u:p@a.example/"] {
            assert!(!accepts(&CallbackUrl, url), "{url}");
        }
    }

    #[test]
    fn stand_ins_are_on_this_machine() {
        assert!(accepts(&LocalStandIn, "http://127.0.0.1:7000") && accepts(&LocalStandIn, "http://localhost:7000/"));
        for url in ["", "https://127.0.0.1", "http://accounts.example", "http://127.0.0.1/x", "http://10.0.0.1"] {
            assert!(!accepts(&LocalStandIn, url), "{url}");
        }
    }

    #[test]
    fn claims_are_pairs() {
        assert!(accepts(&Claims, "id=oid,given_name = first") && accepts(&Claims, ""));
        assert!(!accepts(&Claims, "id") && !accepts(&Claims, "=oid") && !accepts(&Claims, "id="));
    }

    #[test]
    fn scopes_are_tokens() {
        assert!(accepts(&Scopes, "openid,email,https://www.googleapis.com/auth/userinfo.email"));
        assert!(!accepts(&Scopes, "openid email") && !accepts(&Scopes, "openid,,email"));
    }
}
