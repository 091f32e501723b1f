//! The guard in front of every route, and the request as handlers get it.

use std::sync::Arc;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use http::{HeaderMap, Method, Request, StatusCode};
use serde_json::{Map, Value as Json};
use vestibule_flows::{ApiKeyCaller, Context, Flows};
use vestibule_rbac::Permissions;
use vestibule_web::caller::{bearer, client};

use crate::attributes::Chosen;
use crate::error::ScimError;
use crate::reply::Answer;
use crate::routes::dispatch;
use crate::scim::LARGEST_BODY;
use crate::{ROOT, Scim, body};

/// A request of a directory.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) scim: Arc<Scim>,
    /// Who acts, and from where.
    pub(crate) context: Context,
    /// What the directory may give, and on whom it may act.
    pub(crate) ceiling: Permissions,
    pub(crate) headers: HeaderMap,
    /// The parameters of the query.
    pub(crate) query: Vec<(String, String)>,
    pub(crate) bytes: Bytes,
}

impl Call {
    pub(crate) fn flows(&self) -> &Flows {
        &self.scim.web.flows
    }

    /// Reads the body.
    pub(crate) fn body(&self) -> Result<Map<String, Json>, ScimError> {
        body::read(&self.headers, &self.bytes)
    }

    /// A parameter of the query.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        let found = self.query.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// Which attributes the response is to have.
    pub(crate) fn chosen(&self) -> Result<Chosen, ScimError> {
        let list = |name: &str| -> Vec<String> {
            let names = self.parameter(name).unwrap_or_default().split(',').map(str::trim);
            names.filter(|name| !name.is_empty()).map(str::to_owned).collect()
        };
        Chosen::read(&list("attributes"), &list("excludedAttributes"))
    }

    /// The URL of a resource.
    pub(crate) fn location(&self, kind: &str, id: &str) -> String {
        format!("{}/{kind}/{id}", self.scim.base)
    }
}

/// Identifies the directory, and serves its request.
pub(crate) async fn handle(State(scim): State<Arc<Scim>>, request: Request<Body>) -> Response {
    let (parts, body) = request.into_parts();
    match serve(&scim, parts, body).await {
        Ok(reply) => reply.into_response(),
        Err(error) => error.into_response(),
    }
}

async fn serve(scim: &Arc<Scim>, parts: Parts, body: Body) -> Answer {
    let directory = identify(scim, &parts).await?;
    let Ok(bytes) = to_bytes(body, LARGEST_BODY).await else {
        return Err(ScimError::too_large(format!(
            "a body has at most {LARGEST_BODY} bytes, and is sent within 15 seconds"
        )));
    };
    let query = form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes());
    let call = Call {
        scim: Arc::clone(scim),
        context: directory.directory_context(client(&parts.headers, &parts.extensions, &scim.web.site)),
        ceiling: directory.permissions,
        query: query.into_owned().collect(),
        headers: parts.headers,
        bytes,
    };
    if call.query.iter().any(|(name, value)| name.contains('\0') || value.contains('\0')) {
        return Err(ScimError::value("a parameter has a NUL character"));
    }
    let path = parts.uri.path().strip_prefix(ROOT).unwrap_or_default().to_owned();
    let answer = dispatch(&call, &parts.method, &path).await;
    if let Err(error) = &answer {
        note_refusal(&call, &parts.method, &path, error).await;
    }
    answer
}

/// A wrong key is counted against the client address, as everywhere where a secret can be guessed.
async fn identify(scim: &Scim, parts: &Parts) -> Result<ApiKeyCaller, ScimError> {
    let found = match bearer(&parts.headers) {
        Some(key) => scim.web.flows.identify_directory(key).await?,
        None => None,
    };
    if let Some(directory) = found {
        return Ok(directory);
    }
    let address = vestibule_web::caller::address(&parts.extensions);
    scim.web.address_limit.check(address)?;
    let detail = "send the key of this directory: Authorization: Bearer scim_…";
    Err(ScimError::status(StatusCode::UNAUTHORIZED, detail))
}

/// What a directory may not do leaves a trace, as everywhere.
pub(crate) async fn note_refusal(call: &Call, method: &Method, path: &str, error: &ScimError) {
    if error.status == StatusCode::FORBIDDEN {
        let kind = path.split('/').nth(1).unwrap_or_default();
        let route = format!("{ROOT}/{kind}");
        let path = format!("{ROOT}{path}");
        call.flows().note_refusal(&call.context, method.as_str(), &route, &path, error.code).await;
    }
}
