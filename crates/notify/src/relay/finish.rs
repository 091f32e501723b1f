//! Writing the outcome of attempts.

use std::time::Duration;

use vestibule_database::{Error, Transaction, transaction, values};

use super::backoff::{before_next_try, pause};
use super::lease::LeaseId;
use super::{Outcome, Relay};
use crate::{Delivery, DeliveryState, Reason};

/// A finished attempt.
pub(super) struct Tried {
    pub(super) delivery: Delivery,
    pub(super) lease: LeaseId,
    pub(super) outcome: Outcome,
}

/// The new values of a row.
#[derive(Default)]
struct Written<'a> {
    state: Option<DeliveryState>,
    reason: Option<&'a Reason>,
    recipient: Option<&'a str>,
    status: Option<u16>,
    /// How long the target rests.
    after: Duration,
    is_uncounted: bool,
}

impl Relay {
    /// Writes the outcome of these attempts.
    pub(super) async fn finish(&self, tried: &[Tried]) -> Result<(), Error> {
        transaction!(self.database, |transaction| self.finish_within(transaction, tried).await)
    }

    /// The same within a transaction, all of them or none.
    pub(super) async fn finish_within(&self, transaction: &mut Transaction, tried: &[Tried]) -> Result<(), Error> {
        for one in tried {
            self.finish_one(transaction, one).await?;
        }
        Ok(())
    }

    async fn finish_one(&self, transaction: &mut Transaction, tried: &Tried) -> Result<(), Error> {
        let Tried { delivery, lease, outcome } = tried;
        let mut written = self.written(delivery, outcome);
        let given_up = written.state.is_none()
            && !written.is_uncounted
            && delivery.attempts >= i64::from(self.options.max_attempts);
        if given_up {
            written.state = Some(DeliveryState::Failed);
        }
        let now = self.environment.now();
        let state = written.state.unwrap_or(DeliveryState::Queued);
        let text = "UPDATE deliveries SET state = $3, reason = $4, recipient = COALESCE($5, recipient), status = $6,
                        next_try_at = $7, lease = NULL, updated_at = $8, finished_at = $9, attempts = attempts - $10
                    WHERE id = $1 AND lease = $2 AND state = 'queued'";
        let values = values![
            delivery.id,
            *lease,
            state.as_str(),
            written.reason,
            written.recipient,
            written.status.map(i64::from),
            now + written.after,
            now,
            (state != DeliveryState::Queued).then_some(now),
            i64::from(written.is_uncounted),
        ];
        if transaction.execute(text, values).await? == 0 {
            // The lease has expired: another process has the delivery, and will write its outcome.
            return Ok(());
        }
        match outcome {
            Outcome::Again { is_unreachable: true, after, .. } => {
                self.pause_within(transaction, delivery, *after).await?
            }
            Outcome::Sent { .. } => {
                // Not one that has begun in the meantime: a target that asks for a pause gets it, whatever else has
                // arrived there.
                let text = "DELETE FROM delivery_pauses WHERE destination = $1 AND target = $2 AND until <= $3";
                let values = values![delivery.destination.as_str(), delivery.target.as_str(), now];
                transaction.execute_pipelined(text, values).await?;
            }
            _ => {}
        }
        match self.destination(&delivery.destination) {
            Some(destination) if state != DeliveryState::Queued => {
                destination.finished(transaction, delivery, outcome).await
            }
            _ => Ok(()),
        }
    }

    fn written<'a>(&self, delivery: &Delivery, outcome: &'a Outcome) -> Written<'a> {
        match outcome {
            Outcome::Sent { recipient, status } => Written {
                state: Some(DeliveryState::Sent),
                recipient: recipient.as_deref(),
                status: *status,
                ..Written::default()
            },
            Outcome::Again { reason, recipient, status, after, .. } => Written {
                reason: Some(reason),
                recipient: recipient.as_deref(),
                status: *status,
                after: before_next_try(delivery.attempts, &self.environment).max(after.unwrap_or_default()),
                ..Written::default()
            },
            Outcome::Failed { reason, recipient, status, .. } => Written {
                state: Some(DeliveryState::Failed),
                reason: Some(reason),
                recipient: recipient.as_deref(),
                status: *status,
                ..Written::default()
            },
            Outcome::Superseded { reason } => {
                Written { state: Some(DeliveryState::Superseded), reason: Some(reason), ..Written::default() }
            }
            Outcome::Wait { reason, after } => {
                Written { reason: Some(reason), after: *after, is_uncounted: true, ..Written::default() }
            }
        }
    }

    /// Lets an unreachable target rest, with all its deliveries.
    async fn pause_within(
        &self,
        transaction: &mut Transaction,
        delivery: &Delivery,
        after: Option<Duration>,
    ) -> Result<(), Error> {
        let now = self.environment.now();
        let (destination, target) = (delivery.destination.as_str(), delivery.target.as_str());
        // Concurrent attempts count as one failure.
        let text = "INSERT INTO delivery_pauses (destination, target, failures, until) VALUES ($1, $2, 1, $3)
                    ON CONFLICT (destination, target) DO UPDATE SET
                        failures = delivery_pauses.failures + CASE WHEN delivery_pauses.until <= $3 THEN 1 ELSE 0 END
                    RETURNING failures";
        let failures = transaction.query_scalar(text, values![destination, target, now]).await?;
        let rest = pause(failures, &self.environment).max(after.unwrap_or_default());
        let until = now + rest;
        // Of several concurrent attempts, the longest rest wins.
        let text = "UPDATE delivery_pauses SET until = $3 WHERE destination = $1 AND target = $2 AND until < $3";
        if transaction.execute(text, values![destination, target, until]).await? > 0 {
            let text = "UPDATE deliveries SET next_try_at = $3
                        WHERE destination = $1 AND target = $2 AND state = 'queued' AND lease IS NULL AND next_try_at < $3";
            transaction.execute_pipelined(text, values![destination, target, until]).await?;
        }
        Ok(())
    }
}
