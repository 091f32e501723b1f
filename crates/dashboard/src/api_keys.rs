//! `/app/api-keys`: programs that come in by a key.

use std::time::Duration;

use askama::Template;
use http::StatusCode;
use vestibule_auth::{ApiKey, ApiKeyField, ApiKeyId, ApiKeyKind};
use vestibule_core::{Direction, Filter};
use vestibule_flows::{NewApiKey, WithRoles};
use vestibule_rbac::Role;

use crate::failure::Failure;
use crate::layout::Frame;
use crate::paging::{Pager, Paging};
use crate::request::{Answer, Asked, Visit};
use crate::users::list::{role_names, roles};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

#[derive(Template)]
#[template(path = "api_keys/list.html")]
struct KeysPage {
    frame: Frame,
    keys: Vec<WithRoles<ApiKey>>,
    roles: Vec<Role>,
    /// Those that whoever asks could give, and whether they were chosen.
    open: Vec<(Role, bool)>,
    pager: Pager,
    title: String,
    days: String,
    problem: Option<String>,
    /// A key that was made just now, which is shown this once.
    made: Option<String>,
}

impl KeysPage {
    fn role_names(&self, key: &WithRoles<ApiKey>) -> Vec<&str> {
        role_names(&self.roles, &key.roles)
    }

    fn is_publishable(key: &WithRoles<ApiKey>) -> bool {
        key.key.kind == ApiKeyKind::Publishable
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
            ApiKeyKind::Secret => self.frame.t.key_revoke_why,
            ApiKeyKind::Publishable => self.frame.t.key_publishable_revoke_why,
        }
    }
}

pub(crate) async fn list(visit: Asked) -> Answer {
    page(&visit, StatusCode::OK, None, None).await
}

async fn page(visit: &Visit, status: StatusCode, problem: Option<String>, made: Option<String>) -> Answer {
    let paging = Paging::asked(visit);
    let find = paging.find().order_by(ApiKeyField::CreatedAt, Direction::Descending);
    let (keys, count) = visit.flows().list_and_count_api_keys(&Filter::everything(), &find).await?;
    let (roles, permissions) = (roles(visit).await?, visit.permissions());
    let typed = |name: &str| if problem.is_some() { visit.form.get(name).to_owned() } else { String::new() };
    let chosen: Vec<&str> = if problem.is_some() { visit.form.all("role").collect() } else { Vec::new() };
    let choice = |role: Role| {
        let is_chosen = chosen.contains(&role.id.as_str());
        (role, is_chosen)
    };
    let page = KeysPage {
        frame: visit.frame(),
        pager: paging.pager(visit, keys.len(), count),
        keys,
        open: roles.iter().filter(|role| permissions.covers(&role.grants)).cloned().map(choice).collect(),
        roles,
        title: typed("title"),
        days: typed("days"),
        problem,
        made,
    };
    visit.page_with(status, &page)
}

pub(crate) async fn create(visit: Asked) -> Answer {
    visit.form.only(&["title", "days", "role"])?;
    match make(&visit).await {
        Ok(secret) => page(&visit, StatusCode::OK, None, Some(secret)).await,
        Err(failure) => {
            let (status, problem) = failure.problem(visit.language)?;
            page(&visit, status, Some(problem), None).await
        }
    }
}

async fn make(visit: &Visit) -> Result<String, Failure> {
    let chosen = visit.role_ids("role")?;
    let expires_at = match visit.form.get("days").trim() {
        "" => None,
        days => {
            let days: u32 = days.parse().map_err(|_| Failure::wrong(visit.texts().days_form))?;
            Some(visit.now + DAY.saturating_mul(days))
        }
    };
    let new = NewApiKey {
        title: visit.form.get("title").trim().to_owned(),
        roles: Some(chosen),
        expires_at,
        ..NewApiKey::default()
    };
    let made = visit.flows().create_api_key(&new, &visit.by()).await?;
    Ok(made.key.token.reveal().to_owned())
}

pub(crate) async fn ask(visit: Asked) -> Answer {
    let key = visit.flows().retrieve_api_key(visit.parameter(0)?).await?.key;
    visit.page(&RevokePage { frame: visit.frame(), key })
}

pub(crate) async fn revoke(visit: Asked) -> Answer {
    visit.form.only(&[])?;
    let id: ApiKeyId = visit.parameter(0)?;
    visit.flows().revoke_api_key(id, Duration::ZERO, &visit.by()).await?;
    visit.done("/app/api-keys", "key-revoked")
}
