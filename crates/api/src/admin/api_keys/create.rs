//! `POST /admin/api-keys`

use vestibule_auth::CreatedApiKey;
use vestibule_core::Timestamp;
use vestibule_flows::NewApiKey;
use vestibule_flows::WithRoles;
use vestibule_rbac::read_role_ids;

use super::kind::KeyKind;
use crate::openapi::describe;
use crate::request::{Query, RawBody, body, read_nothing};
use crate::respond::{self, One, Reply};
use vestibule_web::State;
use vestibule_web::caller::Authorized;

body! {
    /// Creates an API key.
    pub(crate) struct CreateApiKeyBody {
        /// What it is for.
        title: String,
        /// `secret`, `scim` for a directory, or `publishable`, which gives no access.
        r#type: KeyKind,
        /// The ids of its roles; by default those of the caller. A publishable key has none. Those of a directory's key are
        /// the ceiling of what it may give, by default none.
        roles: Option<Vec<String>>,
        /// When it expires; by default never.
        expires_at: Option<Timestamp>,
    }
}

/// Creates an API key. Only this response contains the `token` of a secret key.
#[describe(operation("create_api_key", "api keys").body::<CreateApiKeyBody>())]
pub(crate) async fn create(
    state: State,
    caller: Authorized,
    query: Query,
    body: RawBody,
) -> Reply<One<WithRoles<CreatedApiKey>>> {
    read_nothing(&query)?;
    let CreateApiKeyBody { title, r#type: KeyKind(kind), roles, expires_at } = body.read()?;
    let roles = roles.as_deref().map(read_role_ids).transpose()?;
    let new = NewApiKey { title, kind, roles, expires_at };
    let created = state.flows.create_api_key(&new, &caller.context).await?;
    Ok(respond::whole(&created))
}
