//! `DELETE /admin/webhooks/{id}`

use crate::openapi::describe;
use crate::request::Path;
use crate::respond::{self, Deleted, Reply};
use vestibule_web::State;
use vestibule_web::caller::Authorized;

/// Deletes a webhook and its secrets. Its waiting deliveries are not sent.
#[describe(operation("delete_webhook", "webhooks").errors(["404"]))]
pub(crate) async fn delete(state: State, caller: Authorized, Path(id): Path<String>) -> Reply<Deleted> {
    state.webhooks.delete(super::id(&id)?, &caller.context).await?;
    Ok(respond::deleted(&id, "webhook"))
}
