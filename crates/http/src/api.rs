//! What all routes share.

use std::sync::Arc;

use vestibule_flows::Flows;
use vestibule_notify::{Deliveries, Webhooks};
use vestibule_webhook::AddressGuard;

use crate::AddressLimit;

/// What all routes share.
#[derive(Debug, Clone)]
pub struct Api {
    /// What the routes do.
    pub flows: Flows,
    /// Which programs are told of events.
    pub webhooks: Webhooks,
    /// What has reached people and programs.
    pub deliveries: Deliveries,
    /// Whether people reach us by https: then cookies are sent by https alone.
    pub https: bool,
    /// How often one address may knock at the doors where something can be guessed.
    pub address_limit: AddressLimit,
}

impl Api {
    /// These flows, without a limit for each address.
    pub fn new(flows: Flows, https: bool) -> Self {
        let address_limit = AddressLimit::off(flows.environment().clone());
        let webhooks = Webhooks::new(flows.clone(), AddressGuard::default());
        let deliveries = Deliveries::new(flows.database().clone(), flows.environment().clone());
        Self { flows, webhooks, deliveries, https, address_limit }
    }

    /// With webhooks that may also go where these may.
    #[must_use]
    pub fn with_webhooks(mut self, webhooks: Webhooks) -> Self {
        self.webhooks = webhooks;
        self
    }

    /// With this limit for each address. It counts where it is known from where a request comes: behind
    /// [`crate::server`], or where axum was told to tell the other end.
    #[must_use]
    pub fn with_address_limit(mut self, limit: AddressLimit) -> Self {
        self.address_limit = limit;
        self
    }
}

/// The state of the routes.
pub(crate) type State = axum::extract::State<Arc<Api>>;
