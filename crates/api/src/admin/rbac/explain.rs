//! `GET /admin/rbac/explain`

use serde::Serialize;
use utoipa::ToSchema;
use vestibule_rbac::Reason;
use vestibule_rbac::explain::Named;
use vestibule_user::UserId;

use crate::admin::users;
use crate::openapi::{QueryParameter, describe};
use crate::request::{Parameters, Query};
use crate::respond::{self, One, Reply};
use vestibule_web::State;
use vestibule_web::caller::Authorized;

const PARAMETERS: &[QueryParameter] = &[
    QueryParameter::text("user_id", "The user.").required(),
    QueryParameter::text("policy", "The policy, as `resource:operation`.").required().example("user:read"),
];

/// Why a user has a permission, or lacks it.
#[derive(Serialize, ToSchema)]
pub(crate) struct Explanation {
    user_id: UserId,
    #[schema(example = "user:read")]
    policy: String,
    /// Whether the user has the permission. A locked user has none.
    allowed: bool,
    locked: bool,
    /// The user's own roles.
    roles: Vec<Named>,
    /// The roles that grant the policy; empty if none does.
    reasons: Vec<Reason>,
}

/// Explains why a user has a permission, or lacks it.
#[describe(operation("explain_permission", "roles").query(PARAMETERS).errors(["404"]))]
pub(crate) async fn explain(state: State, _: Authorized, query: Query) -> Reply<One<Explanation>> {
    let mut parameters = Parameters::of(&query);
    let user = parameters.required_text("user_id");
    let policy = parameters.required_text("policy");
    let (user, policy) = parameters.finish((user, policy))?;
    let explanation = state.flows.explain(users::id(user)?, policy).await?;
    let allowed = explanation.is_allowed();
    Ok(respond::whole(&Explanation {
        user_id: explanation.user.id,
        policy: policy.to_owned(),
        allowed,
        locked: explanation.user.locked_at.is_some(),
        roles: explanation.roles.into_iter().map(|role| Named { id: role.id, name: role.name }).collect(),
        reasons: explanation.reasons,
    }))
}
