//! The cookie of a session.

use cookie::time::OffsetDateTime;
use cookie::{Cookie, SameSite};
use http::header::COOKIE;
use http::{HeaderMap, HeaderValue};
use vestibule_auth::sessions::CookieSecret;
use vestibule_core::Timestamp;

/// The reference's name. By https it has the prefix by which browsers make sure that nobody else can set it.
fn name(https: bool) -> &'static str {
    if https { "__Host-connect.sid" } else { "connect.sid" }
}

/// The value of the session's cookie in a request.
pub fn read(headers: &HeaderMap, https: bool) -> Option<&str> {
    named(headers, name(https))
}

/// The value of a cookie in a request.
pub fn named<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut pairs =
        headers.get_all(COOKIE).iter().filter_map(|header| header.to_str().ok()).flat_map(|text| text.split(';'));
    pairs.find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('=')).filter(|value| !value.is_empty())
}

/// `Set-Cookie` that gives a session its cookie.
pub fn set(secret: &CookieSecret, https: bool) -> HeaderValue {
    header(&secret.value, secret.expires_at, https)
}

/// `Set-Cookie` that takes it away.
pub fn clear(https: bool) -> HeaderValue {
    header("", Timestamp::from_seconds(0), https)
}

fn header(value: &str, expires_at: Timestamp, https: bool) -> HeaderValue {
    let expires = OffsetDateTime::from_unix_timestamp(expires_at.as_seconds()).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let cookie = Cookie::build((name(https), value))
        .path("/")
        .http_only(true)
        .secure(https)
        .same_site(SameSite::Lax)
        .expires(expires)
        .build();
    HeaderValue::try_from(cookie.to_string()).unwrap_or(HeaderValue::from_static(""))
}
