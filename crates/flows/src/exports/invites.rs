//! The invites, without what accepts them.

use serde::Serialize;
use vestibule_core::{Direction, EmailAddress, Filter, Timestamp};
use vestibule_database::Error;
use vestibule_user::{Invite, InviteField, InviteId, InviteState, UserId};

use super::{Batches, Place};
use crate::Flows;

/// An invite, as exports have them: without its token.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ExportedInvite {
    /// The id.
    pub id: InviteId,
    /// The invited address.
    pub email: EmailAddress,
    /// The state.
    pub state: InviteState,
    /// How often it was sent.
    pub times_sent: i64,
    /// When it was last sent.
    pub sent_at: Timestamp,
    /// When it expires.
    pub expires_at: Timestamp,
    /// When it was accepted.
    pub accepted_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// The user who invited.
    pub invited_by: Option<String>,
    /// The user who accepted it.
    pub accepted_by: Option<String>,
    /// The user who was created in advance and signs in through this invite.
    pub user_id: Option<UserId>,
    /// When it was created.
    pub created_at: Timestamp,
}

const COLUMNS: [&str; 12] = [
    "id",
    "email",
    "state",
    "times_sent",
    "sent_at",
    "expires_at",
    "accepted_at",
    "revoked_at",
    "invited_by",
    "accepted_by",
    "user_id",
    "created_at",
];

impl From<Invite> for ExportedInvite {
    fn from(invite: Invite) -> Self {
        Self {
            id: invite.id,
            email: invite.email,
            state: invite.state,
            times_sent: invite.times_sent,
            sent_at: invite.sent_at,
            expires_at: invite.expires_at,
            accepted_at: invite.accepted_at,
            revoked_at: invite.revoked_at,
            invited_by: invite.invited_by,
            accepted_by: invite.accepted_by,
            user_id: invite.user_id,
            created_at: invite.created_at,
        }
    }
}

/// The invites that match, in the order of their creation. Those of one state are in the order that the index of the state has: pending and
/// expired ones by when they expire, others by when they were sent. One that is sent again in the meantime may be there twice.
#[derive(Debug)]
pub struct InviteExport {
    flows: Flows,
    filter: Filter<InviteField>,
    place: Place<InviteField>,
}

impl InviteExport {
    /// Exports the invites that match.
    pub fn new(flows: Flows, filter: Filter<InviteField>) -> Self {
        Self { flows, filter, place: Place::start((InviteField::CreatedAt, Direction::Ascending)) }
    }

    /// Exports the invites that match and are in this state now.
    pub fn of_state(flows: Flows, state: InviteState, filter: Filter<InviteField>) -> Self {
        let filter = state.filter(flows.environment().now()).and(filter);
        Self { flows, filter, place: Place::start((state.sorted_by(), Direction::Ascending)) }
    }
}

impl Batches for InviteExport {
    type Row = ExportedInvite;

    fn columns(&self) -> &[&'static str] {
        &COLUMNS
    }

    async fn next_batch(&mut self) -> Result<Vec<ExportedInvite>, Error> {
        let Some(find) = self.place.next() else { return Ok(Vec::new()) };
        let page = self.flows.users().list_page_of_invites(&self.filter, &find).await?;
        Ok(self.place.pass(page).into_iter().map(ExportedInvite::from).collect())
    }
}
