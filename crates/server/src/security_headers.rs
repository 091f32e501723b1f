//! The security headers of every response.

use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};
use http::{HeaderMap, HeaderName, HeaderValue};

/// The defaults suit JSON. Pages and their assets set their own: a handler's header takes precedence.
const HEADERS: [(HeaderName, HeaderValue); 7] = [
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
    (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
];

/// A year, for this host only: its subdomains may belong to other services.
const HSTS: HeaderValue = HeaderValue::from_static("max-age=31536000");
/// The same with subdomains, if the operator configures it.
const HSTS_SUBDOMAINS: HeaderValue = HeaderValue::from_static("max-age=31536000; includeSubDomains");

/// The headers that every response gets.
#[derive(Debug)]
pub(super) struct SecurityHeaders(HeaderMap);

impl SecurityHeaders {
    /// With `https`, browsers never use plain http with this host again; with `subdomains`, nor with its subdomains.
    pub(super) fn new(https: bool, subdomains: bool) -> Self {
        let value = if subdomains { HSTS_SUBDOMAINS } else { HSTS };
        let hsts = https.then_some((STRICT_TRANSPORT_SECURITY, value));
        Self(HEADERS.into_iter().chain(hsts).collect())
    }

    /// Adds the headers that `headers` does not have.
    pub(super) fn add(&self, headers: &mut HeaderMap) {
        // Adds the few to a copy of the many: the other way round would hash each of the many for every response.
        let own = std::mem::replace(headers, self.0.clone());
        headers.reserve(own.len() + 4);
        headers.extend(own);
    }
}
