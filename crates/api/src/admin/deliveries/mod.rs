//! `/admin/deliveries`, which the reference lacks: mails and messages, and whether they arrived.

pub(crate) mod list;
pub(crate) mod retrieve;
pub(crate) mod retry;

use vestibule_notify::{DeliveryId, DeliveryState, RetrieveDeliveryError};

use crate::openapi::QueryParameter;
use crate::request::Parameters;

/// Parses the id in a path. Other text is reported as an unknown delivery.
pub(super) fn id(text: &str) -> Result<DeliveryId, RetrieveDeliveryError> {
    text.parse().map_err(|_| RetrieveDeliveryError::NotFound { id: text.to_owned() })
}

/// The parameter `state`.
pub(super) const STATES: &[QueryParameter] =
    &[QueryParameter::text("state", "`queued`, `sent`, `failed` or `superseded`; several as `state[]=…`.")
        .example("failed")];

/// Reads [`STATES`].
pub(super) fn read_states(parameters: &mut Parameters<'_>) -> Vec<DeliveryState> {
    parameters.some_of("state", DeliveryState::of, "queued, sent, failed or superseded")
}
