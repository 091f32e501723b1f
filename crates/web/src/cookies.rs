//! The session cookie, and the device cookie that recognises a browser on which a user has signed in before.
//!
//! ```
//! use axum::http::{HeaderMap, HeaderValue, header};
//! use vestibule_web::{Site, cookies};
//!
//! let site = Site::at("https://people.example.com");
//! let mut headers = HeaderMap::new();
//! let cookie = HeaderValue::from_static("theme=dark; __Host-connect.sid=a-secret; connect.sid=of-another-host");
//! headers.insert(header::COOKIE, cookie);
//! assert!(cookies::read(&headers, &site).eq(["a-secret"]));
//! assert!(cookies::clear(&site).to_str().is_ok_and(|text| text.starts_with("__Host-connect.sid=;")));
//! ```

use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use cookie::time::{self, OffsetDateTime};
use cookie::{Cookie, SameSite};
use http::header::{COOKIE, ORIGIN};
use http::{HeaderMap, HeaderValue};
use vestibule_auth::known_devices::KNOWN_FOR;
use vestibule_auth::providers::PROVIDER_STATE_LIFETIME;
use vestibule_auth::sessions::CookieSecret;
use vestibule_auth::{Browser, DeviceSecrets};
use vestibule_core::{Environment, Timestamp};

use crate::Site;
use crate::site::CookieNames;

/// The session cookie: the reference's name, with a prefix by https.
const SESSION: CookieNames = ["connect.sid", "__Host-connect.sid", "__Secure-connect.sid"];

/// How many cookies of one name are read. A browser sends several where they were set for different paths or a parent
/// domain.
const SAME_NAME: usize = 4;

/// Returns the values of the session cookie in a request, as [`named`] does.
pub fn read<'a>(headers: &'a HeaderMap, site: &Site) -> impl Iterator<Item = &'a str> {
    named(headers, site.name(SESSION))
}

/// Returns the distinct values of the cookies of one name in a request. Any of them may be the valid one.
pub fn named<'a>(headers: &'a HeaderMap, name: &str) -> impl Iterator<Item = &'a str> {
    let pairs =
        headers.get_all(COOKIE).iter().filter_map(|header| header.to_str().ok()).flat_map(|text| text.split(';'));
    let mut values: Vec<&str> = Vec::new();
    for value in pairs.filter_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('=')) {
        if values.len() < SAME_NAME && !value.is_empty() && !values.contains(&value) {
            values.push(value);
        }
    }
    values.into_iter()
}

/// Returns the `Set-Cookie` header that sets the session cookie.
pub fn set(secret: &CookieSecret, site: &Site) -> HeaderValue {
    header(&secret.value, secret.expires_at, secret.max_age, site)
}

/// Returns the `Set-Cookie` header that removes the session cookie.
pub fn clear(site: &Site) -> HeaderValue {
    header("", Timestamp::from_seconds(0), Duration::ZERO, site)
}

/// The device cookie.
const DEVICE: CookieNames = ["vestibule-device", "__Host-vestibule-device", "__Secure-vestibule-device"];

/// Returns whether the client stores cookies, as far as its request shows: it sends some, or it is a browser.
pub fn are_stored_by_client(headers: &HeaderMap) -> bool {
    [COOKIE.as_str(), ORIGIN.as_str(), "sec-fetch-site"].iter().any(|name| headers.contains_key(*name))
}

/// Reads the device cookie of a request.
pub fn read_device(headers: &HeaderMap) -> DeviceSecrets {
    let value = DEVICE.iter().rev().find_map(|name| named(headers, name).next());
    value.map(DeviceSecrets::parse).unwrap_or_default()
}

/// Returns the `Set-Cookie` header that sets the device cookie.
pub fn set_device(secrets: &DeviceSecrets, now: Timestamp, site: &Site) -> HeaderValue {
    cookie(site.name(DEVICE), &secrets.value(), (now + KNOWN_FOR, None), site)
}

/// The cookie that binds a sign-in at a provider to its browser. By https only the one with a prefix counts: a page of another
/// subdomain could set the other, and end a sign-in of its own in the user's browser.
const SIGN_IN: CookieNames = ["vestibule-sign-in", "__Host-vestibule-sign-in", "__Secure-vestibule-sign-in"];

/// Returns which browser sends a request, for a provider that redirects.
pub fn read_browser(headers: &HeaderMap, site: &Site) -> Browser {
    let secret = named(headers, site.name(SIGN_IN)).find(|value| value.len() == SECRET);
    match secret {
        Some(secret) => Browser::Known(secret.to_owned()),
        None if are_stored_by_client(headers) => Browser::Unknown,
        None => Browser::None,
    }
}

/// How many characters 256 random bits have in base64.
const SECRET: usize = 43;

/// Returns the browser in which a sign-in at a provider begins, and the `Set-Cookie` header for its secret. A browser that has
/// a secret keeps it, because it may be at several providers at once. A client that stores no cookies gets none.
pub fn begin_sign_in(browser: &Browser, environment: &Environment, site: &Site) -> (Browser, Option<HeaderValue>) {
    let secret = match browser {
        Browser::None => return (Browser::None, None),
        Browser::Known(secret) => secret.clone(),
        Browser::Unknown => BASE64.encode(environment.random_bytes::<32>()),
    };
    let lifetime = (environment.now() + PROVIDER_STATE_LIFETIME, Some(PROVIDER_STATE_LIFETIME));
    let cookie = cookie(site.name(SIGN_IN), &secret, lifetime, site);
    (Browser::Known(secret), Some(cookie))
}

fn header(value: &str, expires_at: Timestamp, max_age: Duration, site: &Site) -> HeaderValue {
    cookie(site.name(SESSION), value, (expires_at, Some(max_age)), site)
}

fn cookie(name: &str, value: &str, (expires_at, max_age): (Timestamp, Option<Duration>), site: &Site) -> HeaderValue {
    let expires = OffsetDateTime::from_unix_timestamp(expires_at.as_seconds()).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let mut cookie = Cookie::build((name, value))
        .path(site.cookie_path())
        .http_only(true)
        .secure(site.is_https())
        .same_site(SameSite::Lax)
        .expires(expires);
    if let Some(max_age) = max_age.and_then(|max_age| time::Duration::try_from(max_age).ok()) {
        cookie = cookie.max_age(max_age);
    }
    HeaderValue::try_from(cookie.build().to_string()).unwrap_or(HeaderValue::from_static(""))
}
