//! Where the two judges differ, and why. Each is a kind of answer, not a single one; none is a fault of ours.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use serde_json::Value as Json;
use sha2::{Digest, Sha256};
use vestibule_testing::authenticator::Algorithm;

use super::case::Case;
use super::change::Change;
use crate::support::SITE;

/// A kind of answer that the two judge differently.
pub(super) struct Exception {
    /// Why, after "where".
    pub(super) reason: &'static str,
    /// Whether it is this case, on which they differ.
    pub(super) covers: fn(&Case) -> bool,
}

/// The flags of the authenticator (WebAuthn 3, 6.1): whether a passkey can be backed up, and two without a meaning yet.
const BACKUP_ELIGIBLE: u8 = 1 << 3;
const RESERVED: u8 = 1 << 1 | 1 << 5;

/// Every one.
pub(super) const EXCEPTIONS: &[Exception] = &[
    Exception {
        reason: "we refuse a field of the wrong type that they do not read",
        covers: |case| {
            let is_unread = |place: &str| ["/clientExtensionResults", "/authenticatorAttachment"].contains(&place);
            is_refused(case, |change| matches!(change, Change::Field { place, value: Some(_) } if is_unread(place)))
        },
    },
    Exception {
        reason: "we refuse an answer from within a page of another site; they read `crossOrigin` beside `topOrigin` alone, and in \
                 registrations neither",
        covers: |case| {
            let is_frame = |member: &str| ["crossOrigin", "topOrigin"].contains(&member);
            is_refused(case, |change| matches!(change, Change::Stated { member, value: Some(_) } if is_frame(member)))
        },
    },
    Exception {
        reason: "we refuse a passkey whose backup eligibility has changed (WebAuthn 3, 7.2, step 18)",
        covers: |case| {
            let registered = flags(&case.line["registration"]["answer"]);
            let changed =
                registered.zip(flags(&case.line["answer"])).map(|(before, now)| (before ^ now) & BACKUP_ELIGIBLE);
            is_refused(case, |change| matches!(change, Change::Flags(_))) && changed.is_some_and(|bits| bits != 0)
        },
    },
    Exception {
        reason: "we refuse flags that have no meaning yet",
        covers: |case| {
            let has_reserved = flags(&case.line["answer"]).is_some_and(|flags| flags & RESERVED != 0);
            is_refused(case, |change| matches!(change, Change::Flags(_))) && has_reserved
        },
    },
    Exception {
        reason: "we refuse bytes after the end of a signature or of an attestation object",
        covers: |case| {
            let can_go_on = |field: &str| ["signature", "attestationObject"].contains(&field);
            is_refused(case, |change| matches!(change, Change::Longer { field, .. } if can_go_on(field)))
        },
    },
    Exception {
        reason: "we refuse a public key that is cut, or is no point of its curve, when it is registered",
        covers: |case| {
            is_refused(case, is_of_attestation_object)
                && case.what.algorithm != Algorithm::Rs256
                && names_its_credential(&case.line["answer"])
        },
    },
    Exception {
        reason: "we refuse a registration whose `id` is not that of its authenticator data",
        covers: |case| is_refused(case, is_of_attestation_object) && !names_its_credential(&case.line["answer"]),
    },
    Exception {
        reason: "we accept an answer without `rawId` or `type`, which only repeat what is known",
        covers: |case| {
            let is_repeated = |place: &str| ["/rawId", "/type"].contains(&place);
            is_accepted(case, |change| matches!(change, Change::Field { place, value: None } if is_repeated(place)))
        },
    },
    Exception {
        reason: "we ignore `tokenBinding`, which WebAuthn 3 has removed",
        covers: |case| is_accepted(case, |change| matches!(change, Change::Stated { member: "tokenBinding", .. })),
    },
];

fn is_refused(case: &Case, is_meant: impl Fn(&Change) -> bool) -> bool {
    !case.is_accepted && case.what.change.as_ref().is_some_and(is_meant)
}

fn is_accepted(case: &Case, is_meant: impl Fn(&Change) -> bool) -> bool {
    case.is_accepted && case.what.change.as_ref().is_some_and(is_meant)
}

fn is_of_attestation_object(change: &Change) -> bool {
    matches!(
        change,
        Change::Byte { field: "attestationObject", .. } | Change::Shorter { field: "attestationObject", .. }
    )
}

fn decoded(text: &Json) -> Option<Vec<u8>> {
    BASE64.decode(text.as_str()?).ok()
}

/// The authenticator's flags in an answer.
fn flags(answer: &Json) -> Option<u8> {
    let response = &answer["response"];
    let data = decoded(&response["authenticatorData"]).or_else(|| decoded(&response["attestationObject"]))?;
    let site = Sha256::digest(SITE.trim_start_matches("https://"));
    let start = data.windows(32).position(|part| part == site.as_slice())?;
    data.get(start + 32).copied()
}

/// Whether the authenticator data of a registration has the answer's id.
fn names_its_credential(answer: &Json) -> bool {
    let (id, object) = (decoded(&answer["id"]), decoded(&answer["response"]["attestationObject"]));
    id.zip(object).is_some_and(|(id, object)| object.windows(id.len()).any(|part| part == id))
}
