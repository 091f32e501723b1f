//! What all routes and pages share.

use std::sync::Arc;

use tokio::sync::watch;
use vestibule_flows::Flows;
use vestibule_notify::{Deliveries, Webhooks};
use vestibule_webhook::AddressGuard;

use crate::AddressLimit;

/// What all routes and pages share.
#[derive(Debug, Clone)]
pub struct Web {
    /// What the routes do.
    pub flows: Flows,
    /// Which programs are told of events.
    pub webhooks: Webhooks,
    /// What has reached people and programs.
    pub deliveries: Deliveries,
    /// Whether people reach us by https: then cookies are sent by https alone.
    pub https: bool,
    /// Ends what only waits, when the server stops.
    pub waiting: Waiting,
    /// How often one address may knock at the doors where something can be guessed.
    pub address_limit: AddressLimit,
}

impl Web {
    /// These flows, without a limit for each address.
    pub fn new(flows: Flows, https: bool) -> Self {
        let address_limit = AddressLimit::off(flows.environment().clone());
        let webhooks = Webhooks::new(flows.clone(), AddressGuard::default());
        let deliveries = Deliveries::new(flows.database().clone(), flows.environment().clone());
        Self { flows, webhooks, deliveries, https, address_limit, waiting: Waiting::default() }
    }

    /// With webhooks that may also go where these may.
    #[must_use]
    pub fn with_webhooks(mut self, webhooks: Webhooks) -> Self {
        self.webhooks = webhooks;
        self
    }

    /// With this limit for each address. It counts where it is known from where a request comes: behind
    /// [`vestibule_server`], or where axum was told to tell the other end.
    #[must_use]
    pub fn with_address_limit(mut self, limit: AddressLimit) -> Self {
        self.address_limit = limit;
        self
    }
}

/// Those who wait for something to happen: a server that stops need not wait for them.
#[derive(Debug, Clone)]
pub struct Waiting(Arc<watch::Sender<bool>>);

impl Default for Waiting {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(false)))
    }
}

impl Waiting {
    /// Ends all waiting, now and from now on.
    pub fn end(&self) {
        self.0.send_replace(true);
    }

    /// Waits until waiting ends.
    pub async fn ended(&self) {
        // The other end is here.
        self.0.subscribe().wait_for(|ended| *ended).await.ok();
    }
}

/// The state, as a handler gets it.
pub type State = axum::extract::State<Arc<Web>>;
