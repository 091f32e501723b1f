//! `POST /auth/mfa/factors/{id}`

use vestibule_auth::mfa::MfaFactor;

use crate::openapi::describe;
use crate::request::{Name, Path, RawBody, body};
use crate::respond::{self, One, Reply};
use vestibule_web::State;
use vestibule_web::caller::Authenticated;

body! {
    /// Renames a second factor.
    pub(crate) struct RenameMfaBody {
        /// The new name. No other second factor of the same provider has it.
        name: Name,
    }
}

/// Renames a second factor of the caller.
#[describe(operation("rename_mfa_factor", "mfa").body::<RenameMfaBody>().errors(["404", "422"]))]
pub(crate) async fn rename(
    state: State,
    caller: Authenticated,
    Path(id): Path<String>,
    body: RawBody,
) -> Reply<One<MfaFactor>> {
    let body: RenameMfaBody = body.read()?;
    let id = super::id(&id)?;
    let factor = state.flows.rename_mfa(&caller.caller, &caller.context, id, body.name.as_str()).await?;
    Ok(respond::whole(&factor))
}
