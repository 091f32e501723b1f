//! What an event is, and how it is recorded.

use serde_json::Value as Json;
use vestibule_core::{Environment, Timestamp};
use vestibule_database::{Connection, Error, FromRow, Transaction, values};

use crate::EventName;

vestibule_core::id!(
    /// An event's id. It never changes, so a receiver can recognise an event that arrives twice.
    EventId,
    "event"
);

/// An event, with the reference's name and data: `user.created` `{ "id": "user_…" }`.
#[derive(Debug, Clone, PartialEq, FromRow)]
pub struct Event {
    /// The id.
    pub id: EventId,
    /// The name.
    pub name: EventName,
    /// The id of the subject. Events of one subject keep their order.
    pub subject: String,
    /// The details, as the reference names them.
    pub data: Json,
    /// When it happened.
    pub created_at: Timestamp,
}

impl Event {
    /// The data without the secrets sealed in it: for readers who may know what happened and no more.
    pub fn public_data(&self) -> Json {
        let mut data = self.data.clone();
        if let Some(fields) = data.as_object_mut() {
            fields.retain(|_, value| value.get("sealed").is_none());
        }
        data
    }
}

/// Records an event. It becomes visible when `transaction` is committed, which notifies those who wait for events.
///
/// # Errors
///
/// Any [`Error`].
pub async fn record(
    transaction: &mut Transaction,
    environment: &Environment,
    name: impl Into<EventName>,
    subject: &str,
    data: Json,
) -> Result<EventId, Error> {
    let id: EventId = environment.id();
    transaction
        .execute_pipelined(
            "INSERT INTO outbox_events (id, name, subject, data, created_at) VALUES ($1, $2, $3, $4, $5)",
            values![id, &name.into(), subject, data, environment.now()],
        )
        .await?;
    transaction.announce();
    Ok(id)
}

/// Records an event whose data is `{ "id": subject }`, as most of the reference's are.
///
/// # Errors
///
/// Any [`Error`].
pub async fn record_id(
    transaction: &mut Transaction,
    environment: &Environment,
    name: impl Into<EventName>,
    subject: &str,
) -> Result<EventId, Error> {
    record(transaction, environment, name, subject, serde_json::json!({ "id": subject })).await
}

/// Lists the newest events, newest first.
///
/// # Errors
///
/// Any [`Error`].
pub async fn newest(connection: impl Into<Connection<'_>>, limit: u32) -> Result<Vec<Event>, Error> {
    let text = "SELECT id, name, subject, data, created_at FROM outbox_events ORDER BY id DESC LIMIT $1";
    connection.into().query(text, values![limit]).await
}
