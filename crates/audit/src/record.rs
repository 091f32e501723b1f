//! Writing an entry.

use std::net::IpAddr;

use serde_json::Value as Json;
use vestibule_database::{Error, Transaction, values};

use crate::{Action, AuditLog, EntryId};

/// The longest user agent that is stored, in characters.
const LONGEST_USER_AGENT: usize = 256;

/// An entry to be written.
///
/// `before` and `after` hold privileges and plain fields. Leave out passwords, tokens and codes, and text with a NUL,
/// which PostgreSQL cannot store.
#[derive(Debug, Clone, PartialEq)]
pub struct NewEntry<'a> {
    /// What was done.
    pub action: Action,
    /// The kind and id of the actor.
    pub actor: (&'a str, Option<&'a str>),
    /// The kind and id of the target.
    pub target: (&'a str, &'a str),
    /// The client's address.
    pub address: Option<IpAddr>,
    /// The client's user agent; cut after 256 characters, and without control characters.
    pub user_agent: Option<&'a str>,
    /// The id of the request.
    pub request_id: Option<&'a str>,
    /// The audited fields before the change.
    pub before: Option<Json>,
    /// The same fields after it.
    pub after: Option<Json>,
}

impl<'a> NewEntry<'a> {
    /// An entry with actor, action and target, without client and changes.
    pub fn new(action: impl Into<Action>, actor: (&'a str, Option<&'a str>), target: (&'a str, &'a str)) -> Self {
        Self {
            action: action.into(),
            actor,
            target,
            address: None,
            user_agent: None,
            request_id: None,
            before: None,
            after: None,
        }
    }
}

impl AuditLog {
    /// Writes an entry, committed or rolled back with the change that it records.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn record_within(&self, transaction: &mut Transaction, entry: NewEntry<'_>) -> Result<EntryId, Error> {
        let id: EntryId = self.environment.id();
        let user_agent: Option<String> =
            entry.user_agent.map(|name| name.chars().filter(|c| !c.is_control()).take(LONGEST_USER_AGENT).collect());
        transaction
            .execute_pipelined(
                "INSERT INTO audit_entries (id, action, actor_type, actor_id, target_type, target_id, address,
                     user_agent, request_id, before, after, created_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
                values![
                    id,
                    &entry.action,
                    entry.actor.0,
                    entry.actor.1,
                    entry.target.0,
                    entry.target.1,
                    entry.address.map(|address| address.to_canonical().to_string()),
                    user_agent,
                    entry.request_id,
                    entry.before,
                    entry.after,
                    self.environment.now(),
                ],
            )
            .await?;
        Ok(id)
    }
}
