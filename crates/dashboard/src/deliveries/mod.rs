//! `/app/deliveries`: mails and messages, and whether they arrived.

pub(crate) mod list;
pub(crate) mod retry;
pub(crate) mod show;

use vestibule_core::Timestamp;
use vestibule_notify::{Delivery, DeliveryState};

use crate::texts;
use vestibule_language::Language;

/// The state of a delivery, as pages show it.
pub(crate) struct DeliveryStatus {
    pub(crate) word: &'static str,
    /// The class of its badge.
    pub(crate) class: &'static str,
    /// The label of `moment`, if `word` does not imply it.
    pub(crate) moment_word: &'static str,
    pub(crate) moment: Option<Timestamp>,
    pub(crate) reason: Option<String>,
    /// Whether it can be tried now.
    pub(crate) can_be_tried: bool,
}

impl DeliveryStatus {
    pub(crate) fn of(delivery: &Delivery, language: Language, now: Timestamp) -> Self {
        let texts = texts::of(language);
        let over = delivery.finished_at;
        let waits = delivery.reason.is_some() && delivery.next_try_at.is_some_and(|next| next > now);
        let (word, class, moment_word, moment) = match delivery.state {
            DeliveryState::Queued if waits => (texts.state_waiting, "", texts.next_try, delivery.next_try_at),
            DeliveryState::Queued => (texts.state_queued, "", "", None),
            DeliveryState::Sent => (texts.state_sent, "good", "", over),
            DeliveryState::Failed => (texts.state_failed, "bad", "", over),
            DeliveryState::Superseded => (texts.state_superseded, "", "", over),
        };
        // A delivery that has arrived shows no reason of an earlier try.
        let reason = delivery.reason.as_ref().filter(|_| delivery.state != DeliveryState::Sent);
        Self {
            word,
            class,
            moment_word,
            moment,
            reason: reason.map(|reason| texts::reason(reason, language)),
            can_be_tried: delivery.state == DeliveryState::Failed || waits,
        }
    }
}
