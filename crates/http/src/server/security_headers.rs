//! What every answer tells browsers not to do with it.

use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};
use http::{HeaderMap, HeaderName, HeaderValue};

/// Right for JSON. Pages and their assets know better and say so themselves: a handler's own header wins.
const HEADERS: [(HeaderName, HeaderValue); 6] = [
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
    (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
];

/// A year, for this host alone: what its subdomains do is not ours to decide.
const HSTS: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// The headers that are added to every answer.
#[derive(Debug)]
pub(super) struct SecurityHeaders(HeaderMap);

impl SecurityHeaders {
    /// With `https` browsers are told never to use plain http with this host again.
    pub(super) fn new(https: bool) -> Self {
        let hsts = https.then_some((STRICT_TRANSPORT_SECURITY, HSTS));
        Self(HEADERS.into_iter().chain(hsts).collect())
    }

    /// Adds the headers that `headers` does not have.
    pub(super) fn add(&self, headers: &mut HeaderMap) {
        // Few are added to a copy of the many: the other way round each of the many is hashed for every answer.
        let own = std::mem::replace(headers, self.0.clone());
        headers.reserve(own.len() + 4);
        headers.extend(own);
    }
}
