//! `/admin/deliveries`: what has reached people and programs, and what has not. The reference has none.

pub(crate) mod list;
pub(crate) mod retrieve;
pub(crate) mod retry;

use vestibule_notify::{DeliveryId, DeliveryState, RetrieveDeliveryError};

use crate::request::Parameters;

/// Reads the id of a path. What is no delivery's id is the id of none.
pub(super) fn id(text: &str) -> Result<DeliveryId, RetrieveDeliveryError> {
    text.parse().map_err(|_| RetrieveDeliveryError::NotFound { id: text.to_owned() })
}

/// Reads how far the deliveries have come that are asked for.
pub(super) fn read_states(parameters: &mut Parameters<'_>) -> Vec<DeliveryState> {
    parameters.some_of("state", DeliveryState::of, "queued, sent, failed or superseded")
}
