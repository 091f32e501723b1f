//! Requests that the caller may not make: who asked for what, for the audit log (OWASP ASVS 16.3.2).

use std::net::IpAddr;

use axum::extract::MatchedPath;
use axum::response::Response;
use http::header::USER_AGENT;
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use vestibule_flows::{Actor, By, Client};
use vestibule_server::RequestId;

use crate::Api;
use crate::caller::{self, Asker};

/// The code of a refusal, beside its response.
#[derive(Debug, Clone, Copy)]
pub struct RefusalCode(pub Option<&'static str>);

/// Refusals that only say what is to be done first.
const STEPS: [&str; 2] = ["fresh_proof_required", "mfa_enrolment_required"];

impl RefusalCode {
    /// The code of a response that refuses a request; nothing where it does not, or only says what is to be done first.
    pub fn of(response: &Response) -> Option<Self> {
        if response.status() != StatusCode::FORBIDDEN {
            return None;
        }
        let code = response.extensions().get::<Self>().copied().unwrap_or(Self(None));
        (!code.0.is_some_and(|code| STEPS.contains(&code))).then_some(code)
    }
}

/// What is kept of a request in case it is refused. Cheap: most are not.
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
    pub(crate) fn of(parts: &Parts, asker: &Asker) -> Self {
        Self {
            actor: asker.actor(),
            address: caller::address(&parts.extensions),
            user_agent: parts.headers.get(USER_AGENT).cloned(),
            request_id: parts.extensions.get::<RequestId>().cloned(),
            method: parts.method.clone(),
            route: parts.extensions.get::<MatchedPath>().cloned(),
            uri: parts.uri.clone(),
        }
    }

    /// Has a refusal recorded.
    pub(crate) async fn note(self, api: &Api, RefusalCode(code): RefusalCode) {
        let headers: HeaderMap = self.user_agent.map(|name| (USER_AGENT, name)).into_iter().collect();
        let client = Client {
            address: self.address,
            request_id: self.request_id.map(|id| id.to_string()),
            ..caller::client(&headers, &http::Extensions::new())
        };
        let by = By { client, ..By::actor(self.actor) };
        let route = self.route.as_ref().map_or("unknown", MatchedPath::as_str);
        api.flows.note_refusal(&by, self.method.as_str(), route, self.uri.path(), code).await;
    }
}
