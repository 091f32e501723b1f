//! Deliveries: an event, its destination, and how far it has come.

mod clean_up;
mod erase;
mod list;
pub(crate) mod reason;
mod retry;
mod stuck;

use serde::Serialize;
use vestibule_audit::AuditLog;
use vestibule_core::{Environment, Timestamp};
use vestibule_database::{Database, Error, FromRow, Row};
use vestibule_outbox::{EventId, EventName};

use crate::{WEBHOOK, WebhookId};

pub(crate) use clean_up::COUNTED;
pub use erase::{erase_within, hold_deliveries_within};
pub use list::{DeliveryField, DeliveryQuery, NEWEST_FIRST, RetrieveDeliveryError};
pub use reason::Reason;
pub use retry::RetryDeliveryError;
pub(crate) use stuck::Place;

vestibule_core::id!(
    /// A delivery's id. It never changes, however often the delivery is tried, so a receiver can recognise duplicates.
    DeliveryId,
    "dlv"
);

/// The state of a delivery: waiting, arrived, given up, or superseded by a newer one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum DeliveryState {
    /// It is to be tried, for the first time or again.
    Queued,
    /// It has arrived.
    Sent,
    /// It was given up, for the reason that it holds.
    Failed,
    /// Something newer supersedes it, or its event no longer matters.
    Superseded,
}

impl DeliveryState {
    /// The name in the database and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sent => "sent",
            Self::Failed => "failed",
            Self::Superseded => "superseded",
        }
    }

    /// The state of this name.
    pub fn of(name: &str) -> Option<Self> {
        [Self::Queued, Self::Sent, Self::Failed, Self::Superseded].into_iter().find(|state| state.as_str() == name)
    }
}

/// The delivery of an event to a destination, and its state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Delivery {
    /// The same at each try, so that the receiver recognises a message that arrives twice.
    pub id: DeliveryId,
    /// The event.
    pub event_id: EventId,
    /// The event's position in the feed.
    #[serde(skip)]
    pub position: i64,
    /// The name of the event.
    #[serde(rename = "event")]
    pub name: EventName,
    /// The id of what the event happened to.
    pub subject: String,
    /// `mail`, `webhook`, or the name of an embedder's destination.
    pub destination: String,
    /// The id of the webhook. Empty where the destination has one target.
    pub target: String,
    /// Who caused it: `authenticated` (the owner of the account with a session, an administrator or the operator),
    /// `stranger` (without a session), or `sign_in`.
    pub origin: String,
    /// The state.
    pub state: DeliveryState,
    /// How often it was tried.
    pub attempts: i64,
    /// When it is tried next, while it is queued.
    // While it is being tried: until when no other process tries it.
    pub next_try_at: Option<Timestamp>,
    /// The address that it was sent to.
    pub recipient: Option<String>,
    /// Why it has not arrived, if so.
    #[serde(serialize_with = "reason::as_text")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub reason: Option<Reason>,
    /// The HTTP status of the last response.
    pub status: Option<i64>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last tried or changed.
    pub updated_at: Timestamp,
    /// When it arrived or was given up.
    pub finished_at: Option<Timestamp>,
}

/// The columns of a [`Delivery`], as a literal for `concat!`.
macro_rules! columns {
    () => {
        "id, event_id, position, name, subject, destination, target, origin, state, attempts, next_try_at, recipient, reason, status,
         created_at, updated_at, finished_at"
    };
}
pub(crate) use columns;

impl FromRow for Delivery {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        let state: String = row.get("state")?;
        let state = DeliveryState::of(&state).ok_or_else(|| Error::Other(format!("no such state: {state}").into()))?;
        let next_try_at = (state == DeliveryState::Queued).then(|| row.get("next_try_at")).transpose()?;
        Ok(Self {
            id: row.get("id")?,
            event_id: row.get("event_id")?,
            position: row.get("position")?,
            name: row.get("name")?,
            subject: row.get("subject")?,
            destination: row.get("destination")?,
            target: row.get("target")?,
            origin: row.get("origin")?,
            state,
            attempts: row.get("attempts")?,
            next_try_at,
            recipient: row.get_optional("recipient")?,
            reason: row.get_optional("reason")?,
            status: row.get_optional("status")?,
            created_at: row.get("created_at")?,
            updated_at: row.get("updated_at")?,
            finished_at: row.get_optional("finished_at")?,
        })
    }
}

impl Delivery {
    /// Whether it goes to this webhook.
    pub(crate) fn is_to_webhook(&self, id: WebhookId) -> bool {
        self.destination == WEBHOOK && self.target == id.to_string()
    }
}

/// The deliveries of a database: lists and retries them. The [`Relay`](crate::Relay) creates and delivers them.
#[derive(Debug, Clone)]
pub struct Deliveries {
    database: Database,
    environment: Environment,
    audit: AuditLog,
}

impl Deliveries {
    /// The deliveries of a database with an audit log.
    pub fn new(database: Database, environment: Environment) -> Self {
        let audit = AuditLog::new(database.clone(), environment.clone());
        Self { database, environment, audit }
    }
}
