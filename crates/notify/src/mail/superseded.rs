//! Mails that a newer one of the same subject has overtaken.

use vestibule_database::{Error, Transaction, values};
use vestibule_outbox::Event;

use super::{MAIL, MailDestination};
use crate::{Delivery, DeliveryState, reasons};

/// After which event which mails of the same subject bring nothing any more: their links are dead, or not the newest.
const OVERTAKEN: [(&str, &[&str], &str); 3] = [
    ("invite.resent", &["invite.created", "invite.resent"], reasons::INVITE_SENT_AGAIN),
    ("auth.password_reset", &["auth.password_reset"], reasons::NEWER_LINK),
    ("auth.verification_requested", &["auth.verification_requested"], reasons::NEWER_LINK),
];

impl MailDestination {
    /// Ends what waits to be tried again and is overtaken by this event: the newer mail must not wait for it.
    pub(super) async fn overtake(&self, transaction: &mut Transaction, event: &Event) -> Result<(), Error> {
        for (_, older, reason) in OVERTAKEN.into_iter().filter(|(newer, ..)| *newer == event.name) {
            for name in older {
                let text = "UPDATE deliveries SET state = $3, reason = $4, updated_at = $5, finished_at = $5
                            WHERE subject = $1 AND state = 'queued' AND name = $2 AND lease IS NULL
                                AND destination || '' = $6";
                let now = self.flows.environment().now();
                let state = DeliveryState::Superseded.as_str();
                let values = values![event.subject.as_str(), *name, state, reason, now, MAIL];
                transaction.execute(text, values).await?;
            }
        }
        Ok(())
    }

    /// Why a mail need not be sent any more, where a newer one was asked for. By the feed's order: machines do not agree on
    /// the time. What has no place in it yet is the newest.
    pub(super) async fn overtaken(&self, delivery: &Delivery) -> Result<Option<&'static str>, Error> {
        let is_of_it = |older: &[&str]| older.contains(&delivery.name.as_str());
        let Some((newer, _, reason)) = OVERTAKEN.into_iter().find(|(_, older, _)| is_of_it(older)) else {
            return Ok(None);
        };
        let text = "SELECT 1 FROM outbox_events
                    WHERE subject = $1 AND name = $2 AND (position > $3 OR position IS NULL) LIMIT 1";
        let values = values![delivery.subject.as_str(), newer, delivery.position];
        let found: Option<()> = self.flows.database().query_optional(text, values).await?;
        Ok(found.map(|()| reason))
    }
}
