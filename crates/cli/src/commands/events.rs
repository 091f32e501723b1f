//! `vestibule events`

use clap::{Args, Subcommand};
use serde_json::json;
use vestibule::core::DomainError;
use vestibule::outbox::feed::bounds;
use vestibule::outbox::{FeedEvent, Subscription};

use super::exit::of;
use super::serve::stop_signal;
use super::setup::Setup;
use super::{Failure, output};

#[derive(Debug, Subcommand)]
pub(super) enum EventsCommand {
    /// Print events as they are committed, each as a line of JSON, until stopped.
    Tail(Tail),
}

#[derive(Debug, Args)]
pub(super) struct Tail {
    /// Start after this position; 0 for the first event that is kept. Default: new events only.
    #[arg(long, value_name = "POSITION")]
    after: Option<i64>,
    /// Stop after this many events.
    #[arg(long, value_name = "NUMBER")]
    limit: Option<u64>,
}

impl EventsCommand {
    pub(super) async fn run(self, setup: &Setup) -> Result<(), Failure> {
        let Self::Tail(Tail { after, limit }) = self;
        let vestibule = setup.open_existing_without_secret().await?;
        let database = vestibule.flows().database();
        let after = match after {
            Some(after) => after,
            None => bounds(database).await.map_err(|error| of(&error))?.last,
        };
        let mut subscription = Subscription::new(database, after);
        tokio::select! {
            () = stop_signal()? => Ok(()),
            () = database.exchange_announcements() => Ok(()),
            printed = print(&mut subscription, limit) => printed,
        }
    }
}

async fn print(subscription: &mut Subscription, limit: Option<u64>) -> Result<(), Failure> {
    let mut printed = 0;
    while limit.is_none_or(|limit| printed < limit) {
        match subscription.next().await {
            Ok(placed) => output::line(&to_json(&placed))?,
            // Waiting for events includes waiting for a database that is unavailable.
            Err(error) if error.retry_after().is_some() => {
                output::note(&format!("vestibule: {error}; trying again"));
                tokio::time::sleep(std::time::Duration::from_secs(1)).await;
                continue;
            }
            Err(error) => return Err(of(&error)),
        }
        printed += 1;
    }
    Ok(())
}

/// Formats an event, without tokens and other secrets.
fn to_json(placed: &FeedEvent) -> String {
    let event = &placed.event;
    json!({
        "position": placed.position,
        "id": event.id,
        "name": event.name,
        "subject": event.subject,
        "data": event.public_data(),
        "created_at": event.created_at,
    })
    .to_string()
}
