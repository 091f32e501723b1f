//! One role: its name, its parents, its policies and its users.

use askama::Template;
use http::StatusCode;
use vestibule_core::{Counting, CursorPage, Patch};
use vestibule_flows::FIRST_ASSIGNED_FIRST;
use vestibule_rbac::{PolicyId, Role, RoleId, UpdateRole, read_policy_ids};
use vestibule_user::User;

use super::grid::{Line, OPERATIONS, grid};
use crate::failure::Failure;
use crate::form_problem::FormProblem;
use crate::format;
use crate::layout::Frame;
use crate::paging::{Pager, Paging};
use crate::request::{Answer, PageRequest, SharedRequest};
use crate::users::list::roles;

/// A role that can be a parent.
struct Parent {
    role: Role,
    is_parent: bool,
    can_be_changed: bool,
}

#[derive(Template)]
#[template(path = "roles/edit.html")]
struct RolePage {
    frame: Frame,
    role: Role,
    parents: Vec<Parent>,
    operations: [&'static str; 4],
    lines: Vec<Line>,
    holders: Vec<User>,
    /// The pages of the holders.
    pager: Pager,
    problem: FormProblem,
    changeable: bool,
    can_be_deleted: bool,
}

impl RolePage {
    fn name_of(&self, user: &User) -> String {
        format::name(user)
    }

    fn initials_of(&self, user: &User) -> String {
        format::initials(&format::name(user))
    }

    fn tint_of(&self, user: &User) -> &'static str {
        format::tint(&user.id.to_string())
    }
}

pub(crate) async fn show(request: SharedRequest) -> Answer {
    page(&request, StatusCode::OK, FormProblem::default()).await
}

async fn page(request: &PageRequest, status: StatusCode, problem: FormProblem) -> Answer {
    let (flows, permissions) = (request.flows(), request.permissions());
    let id: RoleId = request.parameter(0)?;
    let mut role = flows.rbac().retrieve_rbac_role(&id).await?;
    let held = flows.rbac().list_policies_for_role(flows.database(), &id).await?;
    let mut held: Vec<_> = held.into_iter().map(|held| (held.policy.id, held.inherited_from.is_some())).collect();
    let mut own: Vec<RoleId> =
        flows.rbac().parents_of_role(flows.database(), &id).await?.into_iter().map(|role| role.id).collect();
    if problem.is_some() {
        // The input stays.
        role.name = request.form.get("name").to_owned();
        role.description = request.form.text("description");
        role.requires_mfa = !request.form.get("requires_mfa").is_empty();
        own = request.form.all("parent").filter_map(|id| id.parse().ok()).collect();
        let shown: Vec<&str> = request.form.all("shown").collect();
        held.retain(|(id, is_inherited)| *is_inherited || !shown.contains(&id.as_str()));
        held.extend(request.form.all("policy").filter_map(|id| Some((id.parse().ok()?, false))));
    }
    let parent = |other: Role| Parent {
        is_parent: own.contains(&other.id),
        can_be_changed: permissions.covers(&other.grants),
        role: other,
    };
    let others = roles(request).await?.into_iter().filter(|other| other.id != id && !other.id.is_super_admin());
    let paging = Paging::read(request, FIRST_ASSIGNED_FIRST[0]);
    let holders = match permissions.allows("user:read") {
        true => flows.list_page_of_users_of_role(&id, &paging.find(Counting::Exact)).await?,
        false => CursorPage::default(),
    };
    if let Some(elsewhere) = paging.beyond(request, &holders).filter(|_| !problem.is_some()) {
        return elsewhere;
    }
    let page = RolePage {
        frame: request.frame(),
        parents: others.map(parent).collect(),
        operations: OPERATIONS,
        lines: grid(request, &held, &permissions).await?,
        pager: Pager { anchor: "#holders", ..paging.pager(request, &holders) },
        holders: holders.rows,
        problem,
        // The caller cannot change a role that grants more than they have.
        changeable: permissions.allows("rbac_role:update") && permissions.covers(&role.grants),
        can_be_deleted: permissions.allows("rbac_role:delete")
            && permissions.covers(&role.grants)
            && !id.is_super_admin(),
        role,
    };
    request.page_with(status, &page)
}

pub(crate) async fn update(request: SharedRequest) -> Answer {
    request.form.only(&["name", "description", "requires_mfa", "parent", "shown_parent", "policy", "shown"])?;
    let id: RoleId = request.parameter(0)?;
    match change(&request, &id).await {
        Ok(()) => request.done(&format!("/app/roles/{id}"), "saved"),
        Err(failure) => {
            let (status, problem) = FormProblem::of(failure, &request)?;
            page(&request, status, problem).await
        }
    }
}

/// Saves the changes in the form. What the caller cannot change is not in the form, and stays.
async fn change(request: &PageRequest, id: &RoleId) -> Result<(), Failure> {
    let (flows, context) = (request.flows(), request.context());
    let policy_ids = |name| -> Result<Vec<PolicyId>, Failure> {
        let texts: Vec<String> = request.form.all(name).map(str::to_owned).collect();
        read_policy_ids(&texts).map_err(|_| Failure::Unreadable("policy"))
    };
    let (parents, shown_parents) = (request.role_ids("parent")?, request.role_ids("shown_parent")?);
    let (wanted, shown) = (policy_ids("policy")?, policy_ids("shown")?);
    let present: Vec<RoleId> =
        flows.rbac().parents_of_role(flows.database(), id).await?.into_iter().map(|role| role.id).collect();
    let mut kept: Vec<RoleId> = present.iter().filter(|role| !shown_parents.contains(role)).cloned().collect();
    kept.extend(parents);
    let is_same = kept.len() == present.len() && kept.iter().all(|role| present.contains(role));
    let update = UpdateRole {
        name: Some(request.form.get("name").trim().to_owned()),
        description: request.form.text("description").map_or(Patch::Clear, Patch::Set),
        requires_mfa: Some(!request.form.get("requires_mfa").is_empty()),
        parent_ids: (!is_same).then_some(kept),
        ..UpdateRole::new(id.clone())
    };
    let held = flows.rbac().list_policies_for_role(flows.database(), id).await?;
    let own: Vec<PolicyId> =
        held.into_iter().filter(|held| held.inherited_from.is_none()).map(|held| held.policy.id).collect();
    let given: Vec<PolicyId> = wanted.iter().filter(|policy| !own.contains(policy)).cloned().collect();
    let taken: Vec<PolicyId> =
        own.into_iter().filter(|policy| shown.contains(policy) && !wanted.contains(policy)).collect();
    Ok(flows.change_role(&update, &given, &taken, &context).await?)
}
