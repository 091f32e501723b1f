//! What the doctor finds, and what is done about it.

use vestibule_flows::doctor::FindingKind;

pub(in crate::texts) fn finding(kind: FindingKind) -> (&'static str, &'static str) {
    (kind.title(), kind.remedy())
}
