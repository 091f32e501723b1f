//! Delivering events to users and programs: at least once, never inside a request, also across crashes.
//!
//! ```
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let file = vestibule_testing::TestDatabase::sqlite();
//! # let database = file.open().await;
//! # let environment = vestibule_core::Environment::system();
//! use async_trait::async_trait;
//! use vestibule_database::{Error, Transaction};
//! use vestibule_notify::{Delivery, Destination, Outcome, Relay, RelayOptions, Target, set_up};
//! use vestibule_outbox::{Event, FeedEvent};
//!
//! /// Rings for each new user.
//! struct Bell;
//!
//! #[async_trait]
//! impl Destination for Bell {
//!     fn name(&self) -> &str {
//!         "bell"
//!     }
//!
//!     async fn targets(&self, _: &mut Transaction, events: &[FeedEvent]) -> Result<Vec<Target>, Error> {
//!         let new_users = events.iter().filter(|event| event.event.name == "user.created");
//!         Ok(new_users.map(|event| Target { position: event.position, target: String::new() }).collect())
//!     }
//!
//!     async fn deliver(&self, _: &Delivery, event: &Event) -> Outcome {
//!         println!("ring: {}", event.subject);
//!         Outcome::Sent { recipient: None, status: None }
//!     }
//! }
//!
//! set_up(&database, &environment).await?;
//! let relay = Relay::new(database.clone(), environment.clone(), RelayOptions::default()).with_destination(Bell);
//!
//! let mut transaction = database.begin().await?;
//! vestibule_outbox::record_id(&mut transaction, &environment, "user.created", "user_01J…").await?;
//! transaction.commit().await?;
//! // A program calls `run`, which delivers until it is stopped.
//! assert_eq!(relay.pass().await?, 1);
//! # Ok(())
//! # }
//! ```
//!
//! The modules record events in the outbox, in the transaction in which they happen. Here they become deliveries, which
//! are tried until they arrive or are given up, each under an id that never changes.
//!
//! - [`Relay`]: creates deliveries from events and delivers them; any number of processes may run one
//! - [`Destination`]: the interface of a destination
//! - [`Deliveries`]: listing and retrying deliveries
//! - [`MailDestination`]: which event is mailed to whom
//! - [`Webhooks`], [`WebhookDestination`]: which programs receive which events
//! - [`Doctor`]: what years have left behind, found and repaired
//! - [`Reason`]: why a delivery has not arrived
//! - [`set_up`]: the tables of all modules
//!
//! The content and sending of mails is `vestibule-mail`; signing and sending webhooks is `vestibule-webhook`.

mod deliveries;
mod doctor;
mod mail;
mod relay;
mod set_up;
mod webhooks;

use vestibule_database::{Migration, Migrations};

pub use deliveries::{
    Deliveries, Delivery, DeliveryField, DeliveryId, DeliveryQuery, DeliveryState, NEWEST_FIRST, Reason,
    RetrieveDeliveryError, RetryDeliveryError, erase_within, hold_deliveries_within,
};
pub use doctor::Doctor;
pub use mail::{MAIL, MailDestination, MailOptions, mail_about};
pub use relay::{Destination, Outcome, Relay, RelayOptions, Target};
pub use set_up::{ALL_MIGRATIONS, set_up};
pub use webhooks::{
    InvalidEvents, NewWebhook, ROTATION, RedeliverError, UpdateWebhook, WEBHOOK, Webhook, WebhookDestination,
    WebhookError, WebhookField, WebhookId, WebhookWithSecret, Webhooks,
};

/// The tables of deliveries. Those of the outbox and of the audit log must exist already.
pub const MIGRATIONS: Migrations = Migrations {
    module: "notify",
    steps: &[
        Migration { name: "V1__deliveries", sql: include_str!("../migrations/V1__deliveries.sql") },
        Migration { name: "V2__indexes_by_place", sql: include_str!("../migrations/V2__indexes_by_place.sql") },
        Migration { name: "V3__origins", sql: include_str!("../migrations/V3__origins.sql") },
        Migration { name: "V4__deliveries_by_state", sql: include_str!("../migrations/V4__deliveries_by_state.sql") },
    ],
};
