//! `GET /admin/users/export`

use vestibule_core::{Filter, FindConfig};
use vestibule_flows::{ExportedUser, UserExport, UserQuery};

use super::list::LISTING;
use crate::openapi::{EXPORT, describe};
use crate::request::Query;
use crate::respond::{Exported, Reply, Sent};
use vestibule_web::caller::Authorized;
use vestibule_web::{ExportReader, State};

/// The most roles that are named.
const MOST_ROLES: u64 = 500;

/// Exports every user that matches, in the order of their creation. A response without its final chunk is incomplete.
#[describe(operation("export_users", "users").query(EXPORT))]
pub(crate) async fn export(
    state: State,
    caller: Authorized,
    reader: ExportReader,
    query: Query,
) -> Reply<Exported<ExportedUser>> {
    let (filter, format, ()) = LISTING.read_export(&query, |_| ())?;
    let roles = match caller.permissions.allows("rbac_role:read") {
        true => {
            let find = FindConfig::default().page(0, MOST_ROLES);
            state.flows.rbac().list_rbac_roles(&Filter::everything(), &find).await?
        }
        false => Vec::new(),
    };
    let users = UserExport::new(state.flows.clone(), UserQuery { filter, ..UserQuery::default() }, roles);
    Ok(Sent::new(vestibule_web::export("users", format, users, reader).await?))
}
