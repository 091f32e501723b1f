//! The names of the users whom entries and invites mention.

use std::collections::HashMap;

use vestibule_audit::Entry;
use vestibule_core::{Condition, Field, FindConfig};
use vestibule_user::{UserField, UserId};

use crate::failure::Failure;
use crate::format;
use crate::request::PageRequest;

/// Returns the user that an entry about something else mentions: the one who accepted an invite.
pub(super) fn mentioned(entry: &Entry) -> Option<&str> {
    entry.after.as_ref()?.get("user_id")?.as_str()
}

/// Names of users, by id; empty for callers who may not read users.
#[derive(Debug, Clone, Default)]
pub(crate) struct Names(HashMap<String, String>);

impl Names {
    /// Reads the names of the users in some entries.
    pub(crate) async fn of(request: &PageRequest, entries: &[Entry]) -> Result<Self, Failure> {
        let actors = entries.iter().filter_map(|entry| entry.actor_id.as_deref());
        let mentioned = entries.iter().filter_map(mentioned);
        let targets = entries.iter().map(|entry| entry.target_id.as_str());
        Self::of_ids(request, actors.chain(targets).chain(mentioned).collect()).await
    }

    /// Reads the names of users, in one query. Other ids are left out.
    pub(crate) async fn of_ids(request: &PageRequest, mut ids: Vec<&str>) -> Result<Self, Failure> {
        ids.retain(|id| id.parse::<UserId>().is_ok());
        ids.sort_unstable();
        ids.dedup();
        if ids.is_empty() || !request.permissions().allows("user:read") {
            return Ok(Self::default());
        }
        let wanted = UserField::Id.is(Condition::In(ids.into_iter().map(Into::into).collect()));
        let users = request.flows().users().list_users(&wanted, &FindConfig::default()).await?;
        Ok(Self(users.into_iter().map(|user| (user.id.to_string(), format::name(&user))).collect()))
    }

    /// Returns the name of a user, if it is known.
    pub(crate) fn find(&self, id: &str) -> Option<&str> {
        self.0.get(id).map(String::as_str)
    }

    /// Returns the name of a user, or the id if it is not known.
    pub(crate) fn name<'a>(&'a self, id: &'a str) -> &'a str {
        self.find(id).unwrap_or(id)
    }
}
