//! `GET /admin/api-keys/{id}`

use vestibule_auth::ApiKey;
use vestibule_auth::ApiKeyField;
use vestibule_flows::WithRoles;

use crate::openapi::{FIELDS, describe};
use crate::request::{Path, Query, read_selection};
use crate::respond::{self, One, Reply};
use vestibule_web::State;
use vestibule_web::caller::Authorized;

/// Retrieves an API key.
#[describe(operation("retrieve_api_key", "api keys").query(&[FIELDS]).errors(["404"]))]
pub(crate) async fn retrieve(
    state: State,
    _: Authorized,
    Path(id): Path<String>,
    query: Query,
) -> Reply<One<WithRoles<ApiKey>>> {
    let selection = read_selection::<ApiKeyField>(&query)?;
    let key = state.flows.retrieve_api_key(super::id(&id)?).await?;
    Ok(respond::one(&key, &selection))
}
