//! Mails that a newer one of the same subject supersedes.

use vestibule_database::{Error, Transaction, values};
use vestibule_outbox::{Event, EventName};

use super::{MAIL, MailDestination};
use crate::{Delivery, DeliveryState, Reason};

/// The event that makes a mail about `name` of the same subject useless: its link is dead, or not the newest.
fn superseded_by(name: &EventName) -> Option<(EventName, Reason)> {
    Some(match name {
        EventName::InviteCreated | EventName::InviteResent => (EventName::InviteResent, Reason::InviteSentAgain),
        EventName::PasswordReset => (EventName::PasswordReset, Reason::NewerLink),
        EventName::EmailChangeRequested => (EventName::EmailChangeRequested, Reason::NewerLink),
        EventName::VerificationRequested => (EventName::VerificationRequested, Reason::NewerLink),
        _ => return None,
    })
}

impl MailDestination {
    /// Ends the waiting mails that this event supersedes: the newer mail must not wait for them.
    pub(super) async fn supersede(&self, transaction: &mut Transaction, event: &Event) -> Result<(), Error> {
        for name in EventName::ALL {
            let Some((_, reason)) = superseded_by(name).filter(|(newer, _)| *newer == event.name) else { continue };
            let text = "UPDATE deliveries SET state = $3, reason = $4, updated_at = $5, finished_at = $5
                        WHERE subject = $1 AND state = 'queued' AND name = $2 AND lease IS NULL
                            AND destination || '' = $6";
            let now = self.flows.environment().now();
            let state = DeliveryState::Superseded.as_str();
            transaction
                .execute_pipelined(text, values![event.subject.as_str(), name, state, &reason, now, MAIL])
                .await?;
        }
        Ok(())
    }

    /// Why a mail is superseded, if a newer one was requested. By the feed's order: machines do not agree on the time.
    /// An event without a position is the newest.
    pub(super) async fn superseded(&self, delivery: &Delivery) -> Result<Option<Reason>, Error> {
        let Some((newer, reason)) = superseded_by(&delivery.name) else { return Ok(None) };
        let text = "SELECT 1 FROM outbox_events
                    WHERE subject = $1 AND name = $2 AND (position > $3 OR position IS NULL) LIMIT 1";
        let values = values![delivery.subject.as_str(), &newer, delivery.position];
        let found: Option<()> = self.flows.database().query_optional(text, values).await?;
        Ok(found.map(|()| reason))
    }
}
