//! A response, and what must hold of every one.

use std::fmt;

use http::HeaderMap;
use serde_json::{Value as Json, json};

use super::documented;

/// A response.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
    /// The request: `GET /admin/users?limit=1`.
    pub(crate) asked: Asked,
}

/// Method, path and query, cut to a readable length.
#[derive(Debug, Clone)]
pub(crate) struct Asked(pub(super) String);

impl fmt::Display for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0.chars().take(300).collect::<String>())
    }
}

impl Answer {
    /// A header's text; none where it is missing.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// The body as text.
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    /// The body as JSON, whatever the status is.
    #[track_caller]
    pub(crate) fn json(&self) -> Json {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("{} answered no JSON: {self:?}", self.asked))
    }

    /// The JSON of an answer that must be 200.
    #[track_caller]
    pub(crate) fn ok(&self) -> Json {
        assert_eq!(self.status, 200, "{}: {}", self.asked, self.text());
        self.json()
    }

    /// Asserts exactly this status and this JSON.
    #[track_caller]
    pub(crate) fn is(&self, status: u16, body: &Json) {
        assert_eq!((self.status, &self.json()), (status, body), "{}", self.asked);
    }

    /// Asserts exactly 401 with the reference's message.
    #[track_caller]
    pub(crate) fn is_unauthorized(&self) {
        self.is(401, &json!({ "message": "Unauthorized" }));
    }

    /// Asserts exactly this error, without a code.
    #[track_caller]
    pub(crate) fn is_error(&self, status: u16, kind: &str, message: &str) {
        self.is(status, &json!({ "type": kind, "message": message }));
    }

    /// Asserts exactly this error, with a code.
    #[track_caller]
    pub(crate) fn is_coded(&self, status: u16, kind: &str, code: &str, message: &str) {
        self.is(status, &json!({ "type": kind, "code": code, "message": message }));
    }

    /// Asserts exactly 400 for an invalid request, with these reasons.
    #[track_caller]
    pub(crate) fn is_invalid(&self, reasons: &str) {
        self.is_error(400, "invalid_data", &format!("Invalid request: {reasons}"));
    }

    /// What holds of every response: its headers, and the form of every error (security.md 29, 31, 32).
    #[track_caller]
    pub(super) fn check(&self) {
        for (name, value) in
            [("x-content-type-options", "nosniff"), ("x-frame-options", "DENY"), ("referrer-policy", "no-referrer")]
        {
            assert_eq!(self.header(name), Some(value), "{}", self.asked);
        }
        assert!(self.header("x-request-id").is_some_and(|id| id.starts_with("req_")), "{}", self.asked);
        let policy = self.header("content-security-policy").unwrap_or_default();
        assert!(policy.starts_with("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{policy}");
        assert!(!policy.contains("script-src") || !policy.contains("script-src 'unsafe"), "{policy}");
        if self.status >= 400 && !self.body.is_empty() {
            self.check_error();
        }
        // A response that was compressed, because a test asked for it, is the same after decompression.
        if self.header("content-encoding").is_none() {
            documented::check(self);
        }
    }

    #[track_caller]
    fn check_error(&self) {
        assert_eq!(self.header("content-type"), Some("application/json; charset=utf-8"), "{}", self.asked);
        assert_eq!(self.header("cache-control"), Some("no-store"), "{}", self.asked);
        let json = self.json();
        let error = json.as_object().unwrap_or_else(|| panic!("{} answered {json}", self.asked));
        let message = error.get("message").and_then(Json::as_str).unwrap_or_default();
        assert!(!message.is_empty(), "{} answered {json}", self.asked);
        if message == "MFA verification is required to complete this request" {
            assert_eq!(error.len(), 1, "{} answered {json}", self.asked);
            return;
        }
        if message == "Unauthorized" {
            // The reference's message; where a reset lacks its password, with its type.
            let is_bare =
                error.len() == 1 || self.asked.0.split('?').next().is_some_and(|path| path.ends_with("/update"));
            assert!(is_bare, "{} answered {json}", self.asked);
            return;
        }
        let kinds: &[&str] = match self.status {
            400 => &["invalid_data", "not_allowed"],
            401 => &["unauthorized"],
            403 => &["forbidden"],
            404 => &["not_found"],
            405 => &["not_allowed"],
            409 => &["conflict"],
            413 => &["invalid_data"],
            // A weak password at registration is 422 as well: the Medusa Admin takes a 400 there for an invalid invite.
            422 => &["duplicate_error", "invalid_data"],
            429 => &["too_many_requests"],
            503 => &["unavailable"],
            _ => &[],
        };
        let kind = error.get("type").and_then(Json::as_str).unwrap_or_default();
        assert!(kinds.contains(&kind), "{} answered {} {json}", self.asked, self.status);
        assert_eq!(self.header("retry-after").is_some(), matches!(self.status, 429 | 503), "{}", self.asked);
        for (key, value) in error {
            assert!(["type", "code", "message", "hint"].contains(&key.as_str()), "{} answered {json}", self.asked);
            assert!(value.is_string(), "{} answered {json}", self.asked);
        }
    }
}
