//! `GET /admin/rbac/explain`

use axum::response::Response;
use serde_json::{Value as Json, json};
use vestibule_rbac::explain::Named;

use crate::admin::users;
use crate::request::{Parameters, Query};
use crate::{respond, schemas};
use vestibule_web::Problem;
use vestibule_web::State;
use vestibule_web::caller::Authorized;

/// Explains why a user has a permission, or lacks it.
#[utoipa::path(
    get, path = "/admin/rbac/explain", operation_id = "explain_permission", tag = "roles",
    params(schemas::roles::ExplainParameters),
    responses((status = 200, body = schemas::roles::OneExplanation), (status = 400, body = schemas::Error), (status = 401, body = schemas::Unauthorized), (status = 404, body = schemas::Error)),
    security(("bearer" = []), ("cookie" = [])),
)]
pub(crate) async fn explain(state: State, _: Authorized, query: Query) -> Result<Response, Problem> {
    let mut parameters = Parameters::of(&query);
    let user = parameters.required_text("user_id");
    let policy = parameters.required_text("policy");
    let (user, policy) = parameters.finish((user, policy))?;
    let explanation = state.flows.explain(users::id(user)?, policy).await?;
    let reasons: Vec<Json> = explanation
        .reasons
        .iter()
        .map(|reason| {
            json!({
                "role": named(&reason.role),
                "inherited_from": reason.inherited_from.as_ref().map(named),
                "policy_id": reason.policy_id,
                "policy": reason.policy,
            })
        })
        .collect();
    let roles = explanation.roles.iter().map(|role| json!({ "id": role.id, "name": role.name }));
    Ok(respond::json(&json!({
        "explanation": {
            "user_id": explanation.user.id,
            "policy": policy,
            "allowed": explanation.is_allowed(),
            "locked": explanation.user.locked_at.is_some(),
            "roles": roles.collect::<Vec<_>>(),
            "reasons": reasons,
        }
    })))
}

fn named(role: &Named) -> Json {
    json!({ "id": role.id, "name": role.name })
}
