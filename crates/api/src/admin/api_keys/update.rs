//! `POST /admin/api-keys/{id}`

use vestibule_auth::ApiKey;
use vestibule_auth::ApiKeyField;
use vestibule_flows::WithRoles;

use crate::openapi::{FIELDS, describe};
use crate::request::{Path, Query, RawBody, body, read_selection};
use crate::respond::{self, One, Reply};
use vestibule_web::State;
use vestibule_web::caller::Authorized;

body! {
    /// Renames an API key.
    pub(crate) struct UpdateApiKeyBody {
        /// What it is for.
        title: String,
    }
}

/// Renames an API key.
#[describe(operation("update_api_key", "api keys").query(&[FIELDS]).body::<UpdateApiKeyBody>().errors(["404"]))]
pub(crate) async fn update(
    state: State,
    caller: Authorized,
    Path(id): Path<String>,
    query: Query,
    body: RawBody,
) -> Reply<One<WithRoles<ApiKey>>> {
    let selection = read_selection::<ApiKeyField>(&query)?;
    let body: UpdateApiKeyBody = body.read()?;
    let key = state.flows.update_api_key(super::id(&id)?, &body.title, &caller.context).await?;
    Ok(respond::one(&key, &selection))
}
