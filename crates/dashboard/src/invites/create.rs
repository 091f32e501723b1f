//! Invites one user, or many at once.

use askama::Template;
use http::StatusCode;
use vestibule_core::{EmailAddress, split_addresses};
use vestibule_flows::NewInvite;
use vestibule_rbac::{Role, RoleId};

use crate::failure::Failure;
use crate::layout::Frame;
use crate::request::{Answer, PageRequest, SharedRequest};
use crate::users::list::roles;

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

/// A role that can be chosen.
struct Choice {
    role: Role,
    is_chosen: bool,
}

#[derive(Template)]
#[template(path = "invites/new.html")]
struct NewPage {
    frame: Frame,
    roles: Vec<Choice>,
    /// The addresses that are still to invite.
    addresses: String,
    outcomes: Vec<Outcome>,
    problem: Option<String>,
}

impl NewPage {
    fn invited(&self) -> String {
        let invited = self.outcomes.iter().filter(|outcome| outcome.result.is_ok()).count();
        self.frame.t.invited(invited as u64, self.outcomes.len())
    }
}

pub(crate) async fn show(request: SharedRequest) -> Answer {
    let defaults = request.flows().default_roles().to_vec();
    form(&request, StatusCode::OK, &defaults, String::new(), Vec::new(), None).await
}

/// Returns the roles, with whether the caller can grant each.
async fn form(
    request: &PageRequest,
    status: StatusCode,
    chosen: &[RoleId],
    addresses: String,
    outcomes: Vec<Outcome>,
    problem: Option<String>,
) -> Answer {
    let permissions = request.permissions();
    let open = roles(request).await?.into_iter().filter(|role| permissions.covers(&role.grants));
    let roles = open.map(|role| Choice { is_chosen: chosen.contains(&role.id), role }).collect();
    request.page_with(status, &NewPage { frame: request.frame(), roles, addresses, outcomes, problem })
}

/// Invites each address on its own: one that fails does not stop the others, and stays in the field.
pub(crate) async fn create(request: SharedRequest) -> Answer {
    request.form.only(&["addresses", "role"])?;
    let texts = request.texts();
    let chosen = request.role_ids("role")?;
    // A caller who may not read roles cannot choose: the invite gets the default ones.
    let roles = request.permissions().allows("rbac_role:read").then(|| chosen.clone());
    let typed = request.form.get("addresses").to_owned();
    let addresses = split_addresses(&typed);
    if addresses.is_empty() || addresses.len() > MOST {
        let problem = if addresses.is_empty() { texts.no_address } else { texts.too_many_addresses };
        let problem = Some(problem.to_owned());
        return form(&request, StatusCode::BAD_REQUEST, &chosen, typed, Vec::new(), problem).await;
    }
    let (mut outcomes, mut left) = (Vec::new(), Vec::new());
    for address in addresses {
        let result = invite(&request, address, roles.as_deref()).await?;
        if result.is_err() {
            left.push(address);
        }
        outcomes.push(Outcome { id: format!("made-{}", outcomes.len()), address: address.to_owned(), result });
    }
    let status = if left.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    form(&request, status, &chosen, left.join("\n"), outcomes, None).await
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
    match request.flows().invite(&invite, &request.context()).await {
        Ok(invite) => Ok(Ok(request.dashboard.invite_link(&invite))),
        Err(error) => Ok(Err(Failure::from(error).problem(request.language)?.1)),
    }
}
