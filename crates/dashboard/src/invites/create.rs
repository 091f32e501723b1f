//! Invites one user, or many at once.

use askama::Template;
use http::StatusCode;
use serde_json::{Value as Json, json};
use vestibule_core::{EmailAddress, Field as _, FindConfig, split_addresses};
use vestibule_flows::NewInvite;
use vestibule_rbac::{Role, RoleId};
use vestibule_user::{UserField, UserId};

use crate::failure::Failure;
use crate::form_problem::FormProblem;
use crate::layout::Frame;
use crate::request::{Answer, PageRequest, SharedRequest};
use crate::roles::choices::{Choice, assignable, choices, proposed};

/// The most addresses of one form.
const MOST: usize = 200;

/// The result for one address.
struct Outcome {
    /// The id of its field.
    id: String,
    address: String,
    /// The link, or the problem.
    result: Result<String, String>,
}

#[derive(Template)]
#[template(path = "invites/new.html")]
struct NewPage {
    frame: Frame,
    roles: Vec<Choice>,
    /// The addresses that are still to invite.
    addresses: String,
    outcomes: Vec<Outcome>,
    problem: FormProblem,
    /// Whether the mail can be shown before it is sent.
    has_preview: bool,
}

impl NewPage {
    fn has_refused(&self) -> bool {
        self.outcomes.iter().any(|outcome| outcome.result.is_err())
    }

    fn invited(&self) -> String {
        let invited = self.outcomes.iter().filter(|outcome| outcome.result.is_ok()).count();
        self.frame.t.invited(invited as u64, self.outcomes.len())
    }
}

impl Outcome {
    /// Writes it for the page that shows it.
    fn write(&self) -> Json {
        let (link, problem) = (self.result.as_ref().ok(), self.result.as_ref().err());
        json!({ "id": self.id, "address": self.address, "link": link, "problem": problem })
    }

    fn read(written: &Json) -> Option<Self> {
        let text = |name: &str| written.get(name)?.as_str().map(str::to_owned);
        let result = text("link").ok_or_else(|| text("problem").unwrap_or_default());
        Some(Self { id: text("id")?, address: text("address")?, result })
    }
}

pub(crate) async fn show(request: SharedRequest) -> Answer {
    let Some(what) = request.shown_once().await? else {
        let roles = assignable(&request).await?;
        let proposed = proposed(&roles, request.flows().default_roles());
        return page(&request, StatusCode::OK, roles, &proposed, (String::new(), Vec::new(), FormProblem::default()));
    };
    let list = |name: &str| what.get(name).and_then(Json::as_array).into_iter().flatten();
    let outcomes = list("outcomes").filter_map(Outcome::read).collect();
    let chosen: Vec<RoleId> = list("roles").filter_map(|id| id.as_str()?.parse().ok()).collect();
    let left = what.get("left").and_then(Json::as_str).unwrap_or_default().to_owned();
    form(&request, StatusCode::OK, &chosen, left, outcomes, FormProblem::default()).await
}

async fn form(
    request: &PageRequest,
    status: StatusCode,
    chosen: &[RoleId],
    addresses: String,
    outcomes: Vec<Outcome>,
    problem: FormProblem,
) -> Answer {
    page(request, status, assignable(request).await?, chosen, (addresses, outcomes, problem))
}

fn page(
    request: &PageRequest,
    status: StatusCode,
    roles: Vec<Role>,
    chosen: &[RoleId],
    (addresses, outcomes, problem): (String, Vec<Outcome>, FormProblem),
) -> Answer {
    let roles = choices(roles, chosen, request.texts());
    request.page_with(
        status,
        &NewPage {
            frame: request.frame(),
            roles,
            addresses,
            outcomes,
            problem,
            has_preview: request.dashboard.mails.is_some(),
        },
    )
}

/// Invites each address on its own: one that fails does not stop the others, and stays in the field.
pub(crate) async fn create(request: SharedRequest) -> Answer {
    request.form.only(&["addresses", "role"])?;
    let texts = request.texts();
    let chosen = request.role_ids("role")?;
    // A caller who can give no role cannot choose: the invite gets the default ones, if there are any.
    let can_choose = !chosen.is_empty() || !assignable(&request).await?.is_empty();
    let roles = can_choose.then(|| chosen.clone());
    let typed = request.form.get("addresses").to_owned();
    let addresses = split_addresses(&typed);
    if addresses.is_empty() || addresses.len() > MOST {
        let problem = if addresses.is_empty() { texts.no_address } else { texts.too_many_addresses };
        let (status, problem) = FormProblem::of(Failure::wrong_field("addresses", problem), &request)?;
        return form(&request, status, &chosen, typed, Vec::new(), problem).await;
    }
    let (mut outcomes, mut left) = (Vec::new(), Vec::new());
    for address in addresses {
        let result = invite(&request, address, roles.as_deref()).await?;
        if result.is_err() {
            left.push(address);
        }
        outcomes.push(Outcome { id: format!("made-{}", outcomes.len()), address: address.to_owned(), result });
    }
    let left = left.join("\n");
    // Nothing was created, so nothing would be created twice.
    if outcomes.iter().all(|outcome| outcome.result.is_err()) {
        return form(&request, StatusCode::UNPROCESSABLE_ENTITY, &chosen, left, outcomes, FormProblem::default()).await;
    }
    let outcomes: Vec<Json> = outcomes.iter().map(Outcome::write).collect();
    let chosen: Vec<&str> = chosen.iter().map(RoleId::as_str).collect();
    request.show_once("/app/invites/new", json!({ "outcomes": outcomes, "left": left, "roles": chosen })).await
}

/// Invites one address, and returns its link or the problem. An internal error stops everything.
async fn invite(
    request: &PageRequest,
    address: &str,
    roles: Option<&[RoleId]>,
) -> Result<Result<String, String>, Failure> {
    let email: EmailAddress = match address.parse() {
        Ok(email) => email,
        Err(error) => return Ok(Err(request.texts().of_email_problem(&error).to_owned())),
    };
    let invite = NewInvite { roles: roles.map(<[_]>::to_vec), ..NewInvite::new(email) };
    let invited = match request.flows().invite(&invite, &request.context()).await {
        Ok(invite) => Ok(invite),
        Err(error) => match user_without_method(request, &invite.email).await? {
            Some(user) => request.flows().invite_user(user, &request.context()).await.map_err(Failure::from),
            None => Err(Failure::from(error)),
        },
    };
    match invited {
        Ok(invite) => Ok(Ok(request.dashboard.invite_link(&invite))),
        Err(failure) => Ok(Err(failure.problem(request.language)?.1)),
    }
}

/// Finds the user with this address, if they cannot sign in yet and the caller may change users.
async fn user_without_method(request: &PageRequest, email: &EmailAddress) -> Result<Option<UserId>, Failure> {
    if !request.permissions().allows("user:update") {
        return Ok(None);
    }
    let found =
        request.flows().users().list_users(&UserField::Email.eq(email.as_str()), &FindConfig::default()).await?;
    let Some(user) = found.first() else { return Ok(None) };
    let methods = request.flows().list_sign_in_methods_of_user(user.id).await?;
    Ok(methods.is_empty().then_some(user.id))
}
