//! What all routes share.

use std::sync::Arc;

use vestibule_flows::Flows;

use crate::AddressLimit;

/// What all routes share.
#[derive(Debug, Clone)]
pub struct Api {
    /// What the routes do.
    pub flows: Flows,
    /// Whether people reach us by https: then cookies are sent by https alone.
    pub https: bool,
    /// How often one address may knock at the doors. Addresses are known behind [`crate::server`] alone.
    pub address_limit: AddressLimit,
}

/// The state of the routes.
pub(crate) type State = axum::extract::State<Arc<Api>>;
