//! One log event for each request, without secrets.

use axum::extract::{MatchedPath, Request};
use http::{Method, StatusCode, Uri};
use tokio::time::Instant;

use super::request_id::RequestId;

/// What the log records of a request.
pub(super) struct RequestLog {
    began: Instant,
    method: Method,
    target: Target,
}

enum Target {
    Route(MatchedPath),
    Unknown(Uri),
}

impl RequestLog {
    pub(super) fn of(request: &Request) -> Self {
        let target = match request.extensions().get::<MatchedPath>() {
            Some(route) => Target::Route(route.clone()),
            None => Target::Unknown(request.uri().clone()),
        };
        Self { began: Instant::now(), method: request.method().clone(), target }
    }

    /// Returns the route, such as `/admin/users/{id}`, or the path if no route matches; never the query, which may hold
    /// a token.
    fn route(&self) -> &str {
        match &self.target {
            Target::Route(route) => route.as_str(),
            Target::Unknown(uri) => uri.path(),
        }
    }

    fn microseconds(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_micros()).unwrap_or(u64::MAX)
    }

    /// Logs a request that has its response.
    pub(super) fn completed(&self, status: StatusCode, id: &RequestId) {
        let (method, route, status) = (self.method.as_str(), self.route(), status.as_u16());
        if status >= 500 {
            let duration_us = self.microseconds();
            tracing::error!(method, route, status, duration_us, request_id = %id, "request failed");
        } else {
            tracing::debug!(method, route, status, duration_us = self.microseconds(), request_id = %id, "request");
        }
    }

    /// Logs a handler's panic, which becomes a 500.
    pub(super) fn panicked(&self, panic: &str, id: &RequestId) {
        let (method, route, duration_us) = (self.method.as_str(), self.route(), self.microseconds());
        tracing::error!(method, route, status = 500, duration_us, request_id = %id, panic, "request panicked");
    }
}
