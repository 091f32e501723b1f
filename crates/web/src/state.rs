//! The state that all routes and pages share.

use std::sync::Arc;

use tokio::sync::watch;
use vestibule_flows::Flows;
use vestibule_mail::Mailer;
use vestibule_notify::{Deliveries, Doctor, Webhooks};
use vestibule_webhook::AddressGuard;

use crate::{AddressLimit, Site};

/// The state that all routes and pages share.
#[derive(Debug, Clone)]
pub struct Web {
    /// The use cases.
    pub flows: Flows,
    /// The programs that receive events.
    pub webhooks: Webhooks,
    /// The mails and messages that were sent or wait.
    pub deliveries: Deliveries,
    /// Finds what years have left behind.
    pub doctor: Doctor,
    /// Where browsers reach the server.
    pub site: Site,
    /// Ends requests that only wait, when the server stops.
    pub waiting: Waiting,
    /// The limit of requests of one client address, for endpoints where a secret can be guessed.
    pub address_limit: AddressLimit,
}

impl Web {
    /// Creates the state, for a server at the root of its host and without a limit for client addresses. `https` says whether
    /// clients use https: then cookies are sent by https only.
    pub fn new(flows: Flows, https: bool) -> Self {
        Self::at(flows, Site::root(https))
    }

    /// Creates the state, for a server at this site.
    pub fn at(flows: Flows, site: Site) -> Self {
        let address_limit = AddressLimit::off(flows.environment().clone());
        let webhooks = Webhooks::new(flows.clone(), AddressGuard::default());
        let deliveries = Deliveries::new(flows.database().clone(), flows.environment().clone());
        let doctor = Doctor::new(flows.clone());
        Self { flows, webhooks, deliveries, doctor, site, address_limit, waiting: Waiting::default() }
    }

    /// Replaces the webhooks, for another guard of addresses.
    #[must_use]
    pub fn with_webhooks(mut self, webhooks: Webhooks) -> Self {
        self.webhooks = webhooks;
        self
    }

    /// Has the doctor examine whether this mailer can send mails.
    #[must_use]
    pub fn with_mailer(mut self, mailer: Mailer) -> Self {
        self.doctor = self.doctor.with_mailer(mailer);
        self
    }

    /// Sets the limit for client addresses. It applies where the address is known: behind [`vestibule_server`], or
    /// with axum's `into_make_service_with_connect_info`.
    #[must_use]
    pub fn with_address_limit(mut self, limit: AddressLimit) -> Self {
        self.address_limit = limit;
        self
    }
}

/// Requests that wait for something to happen: a server that stops ends them.
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
        // Never fails: `self` holds the sender.
        self.0.subscribe().wait_for(|ended| *ended).await.ok();
    }
}

/// The state, as a handler gets it.
pub type State = axum::extract::State<Arc<Web>>;
