//! `POST /admin/api-keys/{id}/revoke`

use std::time::Duration;
use vestibule_auth::ApiKey;
use vestibule_flows::WithRoles;

use vestibule_auth::ApiKeyField;

use crate::openapi::{FIELDS, describe};
use crate::request::{Int, Path, Query, RawBody, body, read_selection};
use crate::respond::{self, One, Reply};
use vestibule_web::State;
use vestibule_web::caller::Authorized;

/// The longest delay of a revocation: a year, in seconds.
const YEAR: i64 = 366 * 24 * 60 * 60;

body! {
    /// Revokes an API key.
    pub(crate) struct RevokeApiKeyBody {
        /// After how many seconds; by default, and if negative, at once.
        revoke_in: Option<Int<{ -YEAR }, YEAR>>,
    }
}

/// Revokes an API key, now or later. A revoked key gives no access.
#[describe(operation("revoke_api_key", "api keys").query(&[FIELDS]).body::<RevokeApiKeyBody>().errors(["404"]))]
pub(crate) async fn revoke(
    state: State,
    caller: Authorized,
    Path(id): Path<String>,
    query: Query,
    body: RawBody,
) -> Reply<One<WithRoles<ApiKey>>> {
    let selection = read_selection::<ApiKeyField>(&query)?;
    let body: RevokeApiKeyBody = body.read()?;
    let seconds = body.revoke_in.map_or(0, Int::get);
    let after = Duration::from_secs(u64::try_from(seconds).unwrap_or_default());
    let key = state.flows.revoke_api_key(super::id(&id)?, after, &caller.context).await?;
    Ok(respond::one(&key, &selection))
}
