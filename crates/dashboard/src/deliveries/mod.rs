//! What was to reach people and programs: how far it has come, in words.

pub(crate) mod list;
pub(crate) mod retry;

use vestibule_core::Timestamp;
use vestibule_notify::{Delivery, DeliveryState};

use crate::texts;
use vestibule_language::Language;

/// How far a delivery has come, as pages tell it.
pub(crate) struct Told {
    pub(crate) word: &'static str,
    /// The class of its badge.
    pub(crate) class: &'static str,
    /// What is to be said of `moment`, where the word does not say it.
    pub(crate) moment_word: &'static str,
    pub(crate) moment: Option<Timestamp>,
    pub(crate) reason: Option<String>,
    /// Whether trying it now would be of any use.
    pub(crate) can_be_tried: bool,
}

impl Told {
    pub(crate) fn of(delivery: &Delivery, language: Language, now: Timestamp) -> Self {
        let texts = texts::of(language);
        let over = delivery.finished_at;
        let waits = delivery.reason.is_some() && delivery.next_try_at.is_some_and(|next| next > now);
        let (word, class, moment_word, moment) = match delivery.state {
            DeliveryState::Queued if waits => (texts.standing_waiting, "", texts.next_try, delivery.next_try_at),
            DeliveryState::Queued => (texts.standing_queued, "", "", None),
            DeliveryState::Sent => (texts.standing_sent, "good", "", over),
            DeliveryState::Failed => (texts.standing_failed, "bad", "", over),
            DeliveryState::Superseded => (texts.standing_superseded, "", "", over),
        };
        // Of what has arrived it is not told why it once had not.
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
