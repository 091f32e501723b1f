//! The relay: creates deliveries from events, and delivers them.
//!
//! 1. [`plan`]: an event with a position in the feed becomes a delivery for each of its targets.
//! 2. [`lease`]: due deliveries are leased to one process for a while. A process that dies loses them.
//! 3. The [`Destination`] delivers, outside any transaction.
//! 4. [`finish`]: the outcome is written: sent, again later, failed, or superseded.
//!
//! Each step is a transaction of its own, so a crash between two of them loses nothing: what was delivered and not
//! written is delivered once more, under the same id.

mod backoff;
mod destination;
mod finish;
mod lease;
mod plan;
mod run;

use std::sync::Arc;
use std::time::Duration;

use vestibule_core::Environment;
use vestibule_database::Database;

pub use destination::{Destination, Outcome, Target};

use crate::Deliveries;

/// The configuration of the relay.
#[derive(Debug, Clone)]
pub struct RelayOptions {
    /// How often a delivery is tried before it fails.
    pub max_attempts: u32,
    /// How long a process leases a delivery. It must be longer than one attempt may take.
    pub lease: Duration,
    /// How many deliveries one process tries at once.
    pub at_once: usize,
    /// How many of them to one target.
    pub at_once_per_target: usize,
    /// How long finished deliveries are stored.
    pub keep: Duration,
}

impl Default for RelayOptions {
    fn default() -> Self {
        Self {
            max_attempts: 10,
            lease: Duration::from_secs(2 * 60),
            at_once: 128,
            at_once_per_target: 16,
            keep: Duration::from_secs(30 * 24 * 60 * 60),
        }
    }
}

/// The relay of one process. Any number of processes may run one on the same database. Cheap to clone.
#[derive(Clone)]
pub struct Relay {
    database: Database,
    environment: Environment,
    options: RelayOptions,
    destinations: Vec<Arc<dyn Destination>>,
}

impl Relay {
    /// Creates a relay without destinations.
    pub fn new(database: Database, environment: Environment, options: RelayOptions) -> Self {
        Self { database, environment, options, destinations: Vec::new() }
    }

    /// Adds a destination. It replaces one of the same name. All relays on one database should have the same: an event
    /// is planned by the relay that reads it first.
    #[must_use]
    pub fn with_destination(mut self, destination: impl Destination) -> Self {
        self.destinations.retain(|present| present.name() != destination.name());
        self.destinations.push(Arc::new(destination));
        self
    }

    /// The database.
    pub fn deliveries(&self) -> Deliveries {
        Deliveries::new(self.database.clone(), self.environment.clone())
    }

    fn destination(&self, name: &str) -> Option<&Arc<dyn Destination>> {
        self.destinations.iter().find(|destination| destination.name() == name)
    }
}

impl std::fmt::Debug for Relay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<&str> = self.destinations.iter().map(|destination| destination.name()).collect();
        f.debug_struct("Relay").field("options", &self.options).field("destinations", &names).finish_non_exhaustive()
    }
}
