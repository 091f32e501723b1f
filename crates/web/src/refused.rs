//! Refused requests: who requested what, for the audit log (OWASP ASVS 16.3.2).

use std::net::IpAddr;

use axum::extract::MatchedPath;
use http::header::USER_AGENT;
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use vestibule_flows::{Actor, Caller, Client, Context};
use vestibule_server::RequestId;

use crate::Web;
use crate::caller;

/// Codes of refusals that only require another step first.
const STEPS: [&str; 2] = ["fresh_proof_required", "mfa_enrolment_required"];

/// Returns whether the audit log records a response with this status and code: a 403, except one that only requires
/// another step first.
pub fn is_recorded_refusal(status: StatusCode, code: Option<&str>) -> bool {
    status == StatusCode::FORBIDDEN && !code.is_some_and(|code| STEPS.contains(&code))
}

/// What the audit log needs of a request, should it be refused. Cheap: most are not.
pub(crate) struct Refused {
    actor: Actor,
    address: Option<IpAddr>,
    user_agent: Option<HeaderValue>,
    request_id: Option<RequestId>,
    method: Method,
    route: Option<MatchedPath>,
    uri: Uri,
}

impl Refused {
    pub(crate) fn of(parts: &Parts, caller: &Caller) -> Self {
        Self {
            actor: caller.actor(),
            address: caller::address(&parts.extensions),
            user_agent: parts.headers.get(USER_AGENT).cloned(),
            request_id: parts.extensions.get::<RequestId>().cloned(),
            method: parts.method.clone(),
            route: parts.extensions.get::<MatchedPath>().cloned(),
            uri: parts.uri.clone(),
        }
    }

    /// Records the refusal.
    pub(crate) async fn record(self, web: &Web, code: Option<&'static str>) {
        let headers: HeaderMap = self.user_agent.map(|name| (USER_AGENT, name)).into_iter().collect();
        let client = Client {
            address: self.address,
            request_id: self.request_id.map(|id| id.to_string()),
            ..caller::client(&headers, &http::Extensions::new(), &web.site)
        };
        let context = Context { client, ..Context::actor(self.actor) };
        let route = self.route.as_ref().map_or("unknown", MatchedPath::as_str);
        web.flows.note_refusal(&context, self.method.as_str(), route, self.uri.path(), code).await;
    }
}
