//! What all routes share.

use std::sync::Arc;

use vestibule_flows::Flows;

/// What all routes share.
#[derive(Debug, Clone)]
pub struct Api {
    /// What the routes do.
    pub flows: Flows,
    /// Whether people reach us by https: then cookies are sent by https alone.
    pub https: bool,
}

/// The state of the routes.
pub(crate) type State = axum::extract::State<Arc<Api>>;
