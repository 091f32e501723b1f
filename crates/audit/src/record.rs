//! Writing an entry.

use std::net::IpAddr;

use serde_json::Value as Json;
use vestibule_database::{Error, Transaction, values};

use crate::{Action, AuditLog, EntryId};

/// The longest that is kept of what an asking program calls itself, in characters.
const LONGEST_USER_AGENT: usize = 256;

/// An entry to be written.
///
/// `before` and `after` hold privileges and plain fields. Whoever fills them leaves passwords, tokens and codes out, and
/// text with a NUL, which PostgreSQL does not keep.
#[derive(Debug, Clone, PartialEq)]
pub struct NewEntry<'a> {
    /// What was done.
    pub action: Action,
    /// What kind of actor did it, and which.
    pub actor: (&'a str, Option<&'a str>),
    /// What kind of thing it was done to, and which.
    pub target: (&'a str, &'a str),
    /// The address from which it was asked for.
    pub address: Option<IpAddr>,
    /// What the asking program called itself; cut after 256 characters, and without control characters.
    pub user_agent: Option<&'a str>,
    /// The request in which it was done.
    pub request_id: Option<&'a str>,
    /// What an auditor would ask for, as it was before.
    pub before: Option<Json>,
    /// The same as it is from now on.
    pub after: Option<Json>,
}

impl<'a> NewEntry<'a> {
    /// An entry that tells who did what to whom, and neither from where nor what changed.
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
    /// Writes an entry. It is there when `transaction` is committed, with what it tells of, or not at all.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn record_within(&self, transaction: &mut Transaction, entry: NewEntry<'_>) -> Result<EntryId, Error> {
        let id: EntryId = self.environment.id();
        let user_agent: Option<String> =
            entry.user_agent.map(|name| name.chars().filter(|c| !c.is_control()).take(LONGEST_USER_AGENT).collect());
        transaction
            .execute(
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
