//! Webhook endpoints: which programs receive which events, by Standard Webhooks 1.0.

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
use vestibule_core::{DomainError, InvalidSealedValue, Timestamp};
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

vestibule_core::fields!(
    /// The field by which webhooks are listed.
    WebhookField {
        /// Webhooks are created in the order of their ids.
        Id: "id" as Text,
    }
);

/// An endpoint that receives events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Webhook {
    /// The id.
    pub id: WebhookId,
    /// The address that messages are sent to.
    pub url: String,
    /// What it is for.
    pub description: Option<String>,
    /// The events that it receives: names, `user.*` for all of a kind, `*` for all.
    pub events: Vec<String>,
    /// Whether messages contain secrets: the token of a password reset, the code of a verification.
    pub includes_secrets: bool,
    /// When it was disabled.
    pub disabled_at: Option<Timestamp>,
    /// Why it was disabled, if not by an administrator.
    #[serde(serialize_with = "reason::as_text")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub disabled_reason: Option<Reason>,
    /// Until when messages are also signed with the previous secret.
    pub previous_secret_until: Option<Timestamp>,
    /// The user or the API key that created it.
    pub created_by: Option<String>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// A webhook, and its secret, which is returned only when it is created.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WebhookWithSecret {
    /// The webhook.
    #[serde(flatten)]
    pub webhook: Webhook,
    /// `whsec_…`: the receiver verifies messages with it.
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

/// Why a webhook was not changed.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum WebhookError {
    /// There is none, or no longer.
    #[error("Webhook with id: {id} was not found")]
    #[kind(NotFound)]
    NotFound {
        /// The id that was given.
        id: String,
    },
    /// The URL is invalid.
    #[error(transparent)]
    #[kind(InvalidData, code = "invalid_url", detail = 0)]
    Url(#[from] InvalidEndpoint),
    /// The URL is one that webhooks may not use.
    #[error(transparent)]
    #[kind(InvalidData, code = "address_refused", detail = 0)]
    Refused(#[from] Refusal),
    /// Invalid names of events.
    #[error(transparent)]
    #[kind(InvalidData, code = "invalid_events", detail = 0)]
    Events(#[from] InvalidEvents),
    /// The description is too long.
    #[error("A description has at most {most} characters")]
    #[kind(InvalidData)]
    Description {
        /// The largest number.
        most: usize,
    },
    /// With secrets a receiver can act as any user: only a super admin may send them.
    #[error("Only a super admin can send secrets to a webhook: you lack {}", .missing.join(", "))]
    #[kind(Forbidden, code = "policies_missing", detail = missing)]
    Lacking {
        /// The policies' keys.
        missing: Vec<String>,
    },
    /// The caller no longer exists.
    #[error(transparent)]
    Grant(GrantError),
    /// It is disabled.
    #[error("This webhook is disabled: enable it first")]
    #[kind(NotAllowed, code = "webhook_disabled")]
    Disabled,
    /// Its secret was sealed with another key.
    #[error("The secret of this webhook was sealed with another key: rotate it")]
    #[kind(NotAllowed, code = "webhook_secret_lost")]
    Secret(#[from] InvalidSealedValue),
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
    /// Creates the service. `guard` reports early what a client with the same guard would refuse.
    pub fn new(flows: Flows, guard: AddressGuard) -> Self {
        Self { flows, guard }
    }

    fn seal(&self, id: WebhookId, secret: &Secret) -> Vec<u8> {
        let key = self.flows.auth().sealing_key();
        key.seal(self.flows.environment(), &context(id), secret.reveal().as_bytes())
    }

    pub(crate) fn unseal(&self, id: WebhookId, sealed: &[u8]) -> Result<Secret, InvalidSealedValue> {
        let opened = self.flows.auth().sealing_key().open(&context(id), sealed)?;
        let text = std::str::from_utf8(&opened).map_err(|_| InvalidSealedValue)?;
        Secret::parse(text).map_err(|_| InvalidSealedValue)
    }

    fn new_secret(&self) -> Secret {
        Secret::from_bytes(self.flows.environment().random_bytes())
    }
}

fn context(id: WebhookId) -> String {
    format!("webhook {id}")
}

/// A webhook as the audit log shows it.
fn audited(webhook: &Webhook) -> serde_json::Value {
    serde_json::json!({
        "url": webhook.url,
        "events": webhook.events,
        "includes_secrets": webhook.includes_secrets,
        "disabled": webhook.disabled_at.is_some(),
    })
}
