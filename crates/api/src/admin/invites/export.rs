//! `GET /admin/invites/export`

use vestibule_flows::{ExportedInvite, InviteExport};

use super::States;
use super::list::LISTING;
use crate::openapi::{EXPORT, describe};
use crate::request::Query;
use crate::respond::{Exported, Reply, Sent};
use vestibule_web::caller::Authorized;
use vestibule_web::{ExportReader, State};

/// Exports every invite that matches, without its token; by default the pending and the expired ones.
///
/// They are in the order of their creation; those of one state alone by when they expire or were sent, and one that is sent again in the
/// meantime may be there twice. A response without its final chunk is incomplete.
#[describe(operation("export_invites", "invites").query(States::PARAMETERS).query(EXPORT))]
pub(crate) async fn export(
    state: State,
    _: Authorized,
    reader: ExportReader,
    mut query: Query,
) -> Reply<Exported<ExportedInvite>> {
    let states = States::take(&mut query)?;
    let (filter, format, ()) = LISTING.read_export(&query, |_| ())?;
    let flows = state.flows.clone();
    let invites = match states.0.as_slice() {
        [state] => InviteExport::of_state(flows, *state, filter),
        _ => {
            let now = flows.environment().now();
            InviteExport::new(flows, states.filter(now).and(filter))
        }
    };
    Ok(Sent::new(vestibule_web::export("invites", format, invites, reader).await?))
}
