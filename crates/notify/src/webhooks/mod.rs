//! Webhook endpoints: which programs are told of which events, by Standard Webhooks 1.0.

mod change;
mod create;
mod delete;
mod destination;
mod events;
mod list;
mod redeliver;
mod rotate;
mod test_event;

use serde::Serialize;
use vestibule_core::{DomainError, NotOurs, Timestamp};
use vestibule_database::{Error, FromRow, Row};
use vestibule_flows::{Flows, GrantError};
use vestibule_webhook::{AddressGuard, InvalidEndpoint, Refusal, Secret};

use crate::Reason;
use crate::deliveries::reason;

pub use change::UpdateWebhook;
pub use create::NewWebhook;
pub use destination::{WEBHOOK, WebhookDestination};
pub use events::InvalidEvents;
pub use redeliver::RedeliverError;
pub use rotate::ROTATION;

vestibule_core::id!(
    /// A webhook endpoint.
    WebhookId,
    "whep"
);

/// A program that is told of events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Webhook {
    /// The id.
    pub id: WebhookId,
    /// Where it listens.
    pub url: String,
    /// What it is for.
    pub description: Option<String>,
    /// Of which events it is told: names, `user.*` for all of a kind, `*` for all.
    pub events: Vec<String>,
    /// Whether it is told what opens a door: the token of a password reset, the code of a verification.
    pub includes_secrets: bool,
    /// Since when it is told nothing.
    pub disabled_at: Option<Timestamp>,
    /// Why it is told nothing, where it was not an administrator's will.
    #[serde(serialize_with = "reason::as_text")]
    pub disabled_reason: Option<Reason>,
    /// Until when messages are signed with the secret before as well.
    pub previous_secret_until: Option<Timestamp>,
    /// Who made it.
    pub created_by: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// A webhook, and its secret, which is shown when it is made and at no other time.
#[derive(Debug, Clone, Serialize)]
pub struct WebhookWithSecret {
    /// The webhook.
    #[serde(flatten)]
    pub webhook: Webhook,
    /// `whsec_…`, to be kept by whoever verifies the signatures.
    pub secret: String,
}

/// The columns of a [`Webhook`], as a literal for `concat!`.
macro_rules! columns {
    () => {
        "id, url, description, events, includes_secrets, disabled_at, disabled_reason, previous_until, created_by, created_at,
         updated_at"
    };
}
pub(crate) use columns;

impl FromRow for Webhook {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        let events: serde_json::Value = row.get("events")?;
        Ok(Self {
            id: row.get("id")?,
            url: row.get("url")?,
            description: row.get_optional("description")?,
            events: serde_json::from_value(events).map_err(|error| Error::Other(error.into()))?,
            includes_secrets: row.get("includes_secrets")?,
            disabled_at: row.get_optional("disabled_at")?,
            disabled_reason: row.get_optional("disabled_reason")?,
            previous_secret_until: row.get_optional("previous_until")?,
            created_by: row.get_optional("created_by")?,
            created_at: row.get("created_at")?,
            updated_at: row.get("updated_at")?,
        })
    }
}

/// Why a webhook is as it was.
#[derive(Debug, thiserror::Error, DomainError)]
pub enum WebhookError {
    /// There is none, or none any more.
    #[error("Webhook with id: {id} was not found")]
    #[kind(NotFound)]
    NotFound {
        /// What was asked for.
        id: String,
    },
    /// The URL cannot be one.
    #[error(transparent)]
    #[kind(InvalidData, code = "invalid_url")]
    Url(#[from] InvalidEndpoint),
    /// The URL leads where no webhook goes.
    #[error(transparent)]
    #[kind(InvalidData, code = "address_refused")]
    Refused(#[from] Refusal),
    /// No such names of events.
    #[error(transparent)]
    #[kind(InvalidData, code = "invalid_events")]
    Events(#[from] InvalidEvents),
    /// The description is too long.
    #[error("A description has at most {most} characters")]
    #[kind(InvalidData)]
    Description {
        /// How many.
        most: usize,
    },
    /// With what opens doors one is everybody: only whoever may do everything can have it told.
    #[error("Only somebody who may do everything can have a webhook told what opens doors: you lack {}", .missing.join(", "))]
    #[kind(Forbidden, code = "policies_missing")]
    Lacking {
        /// The policies' keys.
        missing: Vec<String>,
    },
    /// Whoever wants it is not there any more.
    #[error(transparent)]
    Grant(GrantError),
    /// It is told nothing at present.
    #[error("This webhook is disabled: enable it first")]
    #[kind(NotAllowed, code = "webhook_disabled")]
    Disabled,
    /// Its secret was sealed with another key.
    #[error("The secret of this webhook was sealed with another key: rotate it")]
    #[kind(NotAllowed, code = "webhook_secret_lost")]
    Secret(#[from] NotOurs),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl From<GrantError> for WebhookError {
    fn from(error: GrantError) -> Self {
        match error {
            GrantError::Lacking { missing } => Self::Lacking { missing },
            error => Self::Grant(error),
        }
    }
}

/// The webhooks of a database.
#[derive(Debug, Clone)]
pub struct Webhooks {
    flows: Flows,
    guard: AddressGuard,
}

impl Webhooks {
    /// The webhooks beside these flows. `guard` says early what a client that has the same would refuse.
    pub fn new(flows: Flows, guard: AddressGuard) -> Self {
        Self { flows, guard }
    }

    fn seal(&self, id: WebhookId, secret: &Secret) -> Vec<u8> {
        let key = self.flows.auth().sealing_key();
        key.seal(self.flows.environment(), &context(id), secret.reveal().as_bytes())
    }

    fn unseal(&self, id: WebhookId, sealed: &[u8]) -> Result<Secret, NotOurs> {
        let opened = self.flows.auth().sealing_key().open(&context(id), sealed)?;
        let text = std::str::from_utf8(&opened).map_err(|_| NotOurs)?;
        Secret::parse(text).map_err(|_| NotOurs)
    }

    fn new_secret(&self) -> Secret {
        Secret::from_bytes(self.flows.environment().random_bytes())
    }
}

fn context(id: WebhookId) -> String {
    format!("webhook {id}")
}

/// What an auditor would ask of a webhook.
fn told(webhook: &Webhook) -> serde_json::Value {
    serde_json::json!({
        "url": webhook.url,
        "events": webhook.events,
        "includes_secrets": webhook.includes_secrets,
        "disabled": webhook.disabled_at.is_some(),
    })
}
