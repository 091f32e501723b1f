//! Inviting one person, or many at once.

use askama::Template;
use http::StatusCode;
use vestibule_core::{EmailAddress, split_addresses};
use vestibule_flows::NewInvite;
use vestibule_rbac::{Role, RoleId};

use crate::failure::Failure;
use crate::layout::Frame;
use crate::request::{Answer, Asked, Visit};
use crate::users::list::roles;

/// How many addresses are taken at once.
const MOST: usize = 200;

/// What became of one address.
struct Outcome {
    /// The id of its field.
    id: String,
    address: String,
    /// The link, or what was wrong.
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
    /// What was typed and is still to be done.
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

pub(crate) async fn show(visit: Asked) -> Answer {
    let defaults = visit.flows().default_roles().to_vec();
    form(&visit, StatusCode::OK, &defaults, String::new(), Vec::new(), None).await
}

/// Roles that whoever asks could give; what he could not give cannot be chosen.
async fn form(
    visit: &Visit,
    status: StatusCode,
    chosen: &[RoleId],
    addresses: String,
    outcomes: Vec<Outcome>,
    problem: Option<String>,
) -> Answer {
    let permissions = visit.permissions();
    let open = roles(visit).await?.into_iter().filter(|role| permissions.covers(&role.grants));
    let roles = open.map(|role| Choice { is_chosen: chosen.contains(&role.id), role }).collect();
    visit.page_with(status, &NewPage { frame: visit.frame(), roles, addresses, outcomes, problem })
}

/// Invites each address by itself: one that is wrong does not keep the others out, and stays in the field.
pub(crate) async fn create(visit: Asked) -> Answer {
    visit.form.only(&["addresses", "role"])?;
    let texts = visit.texts();
    let chosen = visit.role_ids("role")?;
    // Who may not see the roles cannot choose: then it is the default ones.
    let roles = visit.permissions().allows("rbac_role:read").then(|| chosen.clone());
    let typed = visit.form.get("addresses").to_owned();
    let addresses = split_addresses(&typed);
    if addresses.is_empty() || addresses.len() > MOST {
        let problem = if addresses.is_empty() { texts.no_address } else { texts.too_many_addresses };
        let problem = Some(problem.to_owned());
        return form(&visit, StatusCode::BAD_REQUEST, &chosen, typed, Vec::new(), problem).await;
    }
    let (mut outcomes, mut left) = (Vec::new(), Vec::new());
    for address in addresses {
        let result = invite(&visit, address, roles.as_deref()).await?;
        if result.is_err() {
            left.push(address);
        }
        outcomes.push(Outcome { id: format!("made-{}", outcomes.len()), address: address.to_owned(), result });
    }
    let status = if left.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    form(&visit, status, &chosen, left.join("\n"), outcomes, None).await
}

/// Invites one address: its link, or what was wrong with it. What is our own fault ends everything.
async fn invite(visit: &Visit, address: &str, roles: Option<&[RoleId]>) -> Result<Result<String, String>, Failure> {
    let email: EmailAddress = match address.parse() {
        Ok(email) => email,
        Err(error) => return Ok(Err(visit.texts().of_email_problem(&error).to_owned())),
    };
    let invite = NewInvite { roles: roles.map(<[_]>::to_vec), ..NewInvite::new(email) };
    match visit.flows().invite(&invite, &visit.by()).await {
        Ok(invite) => Ok(Ok(visit.dashboard.invite_link(&invite))),
        Err(error) => Ok(Err(Failure::from(error).problem(visit.language)?.1)),
    }
}
