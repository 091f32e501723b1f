//! Why a delivery has not arrived.

use vestibule_notify::Reason;

pub(in crate::texts) fn reason(reason: &Reason) -> String {
    reason.to_string()
}
