//! `/app/api-keys`: the API keys of programs.

use std::time::Duration;

use askama::Template;
use http::StatusCode;
use serde_json::json;
use vestibule_auth::{ApiKey, ApiKeyField, ApiKeyId, ApiKeyKind};
use vestibule_core::{Counting, Direction, Filter};
use vestibule_flows::{NewApiKey, WithRoles};
use vestibule_rbac::Role;

use crate::failure::Failure;
use crate::form_problem::FormProblem;
use crate::layout::Frame;
use crate::paging::{Pager, Paging};
use crate::request::{Answer, PageRequest, SharedRequest};
use crate::users::list::{role_names, roles};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

#[derive(Template)]
#[template(path = "api_keys/list.html")]
struct KeysPage {
    frame: Frame,
    keys: Vec<WithRoles<ApiKey>>,
    roles: Vec<Role>,
    /// The roles that the caller can grant, and whether they are chosen.
    open: Vec<(Role, bool)>,
    pager: Pager,
    title: String,
    /// Whether the key is to be that of a directory.
    is_scim: bool,
    days: String,
    problem: FormProblem,
    /// A key that was just created, with its token, which is shown once.
    made: Option<String>,
}

impl KeysPage {
    fn role_names(&self, key: &WithRoles<ApiKey>) -> Vec<&str> {
        role_names(&self.roles, &key.roles)
    }

    fn is_publishable(key: &WithRoles<ApiKey>) -> bool {
        key.key.kind == ApiKeyKind::Publishable
    }

    fn is_of_directory(key: &WithRoles<ApiKey>) -> bool {
        key.key.kind == ApiKeyKind::Scim
    }

    fn is_over(&self, key: &WithRoles<ApiKey>) -> bool {
        [key.key.revoked_at, key.key.expires_at].into_iter().flatten().any(|end| end <= self.frame.now)
    }
}

#[derive(Template)]
#[template(path = "api_keys/revoke.html")]
struct RevokePage {
    frame: Frame,
    key: ApiKey,
}

impl RevokePage {
    fn why(&self) -> &'static str {
        match self.key.kind {
            ApiKeyKind::Secret | ApiKeyKind::Scim => self.frame.t.key_revoke_why,
            ApiKeyKind::Publishable => self.frame.t.key_publishable_revoke_why,
        }
    }
}

pub(crate) async fn list(request: SharedRequest) -> Answer {
    let made = request.text_shown_once("token").await?;
    page(&request, StatusCode::OK, FormProblem::default(), made).await
}

async fn page(request: &PageRequest, status: StatusCode, problem: FormProblem, made: Option<String>) -> Answer {
    let paging = Paging::read(request, (ApiKeyField::Id, Direction::Descending));
    let find = paging.find(Counting::Estimated);
    let listed = request.flows().list_page_of_api_keys(&Filter::everything(), &find).await?;
    if let Some(elsewhere) = paging.beyond(request, &listed).filter(|_| status == StatusCode::OK && made.is_none()) {
        return elsewhere;
    }
    let (roles, permissions) = (roles(request).await?, request.permissions());
    let typed = |name: &str| if problem.is_some() { request.form.get(name).to_owned() } else { String::new() };
    let chosen: Vec<&str> = if problem.is_some() { request.form.all("role").collect() } else { Vec::new() };
    let choice = |role: Role| {
        let is_chosen = chosen.contains(&role.id.as_str());
        (role, is_chosen)
    };
    let page = KeysPage {
        frame: request.frame(),
        pager: paging.pager(request, &listed),
        keys: listed.rows,
        open: roles.iter().filter(|role| permissions.covers(&role.grants)).cloned().map(choice).collect(),
        roles,
        title: typed("title"),
        is_scim: typed("kind") == "scim",
        days: typed("days"),
        problem,
        made,
    };
    request.page_with(status, &page)
}

pub(crate) async fn create(request: SharedRequest) -> Answer {
    request.form.only(&["title", "kind", "days", "role"])?;
    match make(&request).await {
        Ok(token) => request.show_once("/app/api-keys", json!({ "token": token })).await,
        Err(failure) => {
            let (status, problem) = FormProblem::of(failure, &request)?;
            page(&request, status, problem, None).await
        }
    }
}

async fn make(request: &PageRequest) -> Result<String, Failure> {
    let chosen = request.role_ids("role")?;
    let expires_at = match request.form.get("days").trim() {
        "" => None,
        days => {
            let days: u32 = days.parse().map_err(|_| Failure::wrong_field("days", request.texts().days_form))?;
            Some(request.now + DAY.saturating_mul(days))
        }
    };
    let new = NewApiKey {
        title: request.form.get("title").trim().to_owned(),
        kind: match request.form.get("kind") {
            "scim" => ApiKeyKind::Scim,
            _ => ApiKeyKind::Secret,
        },
        roles: Some(chosen),
        expires_at,
    };
    let made = request.flows().create_api_key(&new, &request.context()).await?;
    Ok(made.key.token.reveal().to_owned())
}

pub(crate) async fn ask(request: SharedRequest) -> Answer {
    let key = request.flows().retrieve_api_key(request.parameter(0)?).await?.key;
    request.page(&RevokePage { frame: request.frame(), key })
}

pub(crate) async fn revoke(request: SharedRequest) -> Answer {
    request.form.only(&[])?;
    let id: ApiKeyId = request.parameter(0)?;
    request.flows().revoke_api_key(id, Duration::ZERO, &request.context()).await?;
    request.done("/app/api-keys", "key-revoked")
}
