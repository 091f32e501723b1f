//! `/admin/invites`.

pub(crate) mod accept;
pub(crate) mod create;
pub(crate) mod delete;
pub(crate) mod export;
pub(crate) mod list;
pub(crate) mod resend;
pub(crate) mod retrieve;

use vestibule_core::{Field, Filter, Timestamp};
use vestibule_user::invites::RetrieveInviteError;
use vestibule_user::{InviteField, InviteId, InviteState};

use crate::openapi::QueryParameter;
use crate::request::{InvalidRequest, Parameter, Query};

/// Parses the id in a path. Other text is reported as an unknown invite.
fn id(text: &str) -> Result<InviteId, RetrieveInviteError> {
    text.parse().map_err(|_| RetrieveInviteError::NotFound { id: text.to_owned() })
}

/// Reads the parameter `state`: `state=accepted`, `state[]=…`, `state=all`. By default the states that the reference
/// lists: pending and expired.
struct States(Vec<InviteState>);

impl States {
    /// The parameter in the document.
    const PARAMETERS: &[QueryParameter] = &[QueryParameter::text(
        "state",
        "`pending`, `expired`, `accepted`, `revoked` or `all`; several as `state[]=…`. Without it, pending and expired.",
    )];

    fn take(query: &mut Query) -> Result<Self, InvalidRequest> {
        let named = match query.remove("state") {
            None => return Ok(Self(vec![InviteState::Pending, InviteState::Expired])),
            Some(Parameter::Text(text)) => vec![Parameter::Text(text)],
            Some(Parameter::List(list)) => list,
            Some(map @ Parameter::Map(_)) => vec![map],
        };
        let mut states = Vec::new();
        for name in named {
            match name.to_string() {
                all if all == "all" => states.extend(InviteState::ALL),
                name => states.push(name.parse().map_err(|_| {
                    InvalidRequest::new(
                        "Invalid value for field 'state': expected pending, expired, accepted, revoked or all",
                    )
                })?),
            }
        }
        Ok(Self(states))
    }

    fn contains(&self, state: InviteState) -> bool {
        self.0.contains(&state)
    }

    /// In as few conditions as there can be: the database reads an index in its order for one, and every invite for four.
    fn filter(&self, now: Timestamp) -> Filter<InviteField> {
        if InviteState::ALL.into_iter().all(|state| self.contains(state)) {
            return Filter::everything();
        }
        let (pending, expired) = (InviteState::Pending, InviteState::Expired);
        if !(self.contains(pending) && self.contains(expired)) {
            return Filter::Any(self.0.iter().map(|state| state.filter(now)).collect());
        }
        // Together they are one state of the table.
        let others = self.0.iter().filter(|state| ![pending, expired].contains(state));
        let mut states = vec![InviteField::State.eq("pending")];
        states.extend(others.map(|state| state.filter(now)));
        Filter::Any(states)
    }
}
