//! The loop of a relay.

use std::collections::HashMap;
use std::future::Future;
use std::time::Duration;

use tokio::task::{self, JoinSet};
use tokio::time::Instant;
use vestibule_core::Timestamp;
use vestibule_database::{Error, transaction, values};
use vestibule_outbox::Event;
use vestibule_outbox::positions::BATCH;

use super::finish::Tried;
use super::lease::{LeaseId, QueuedTarget};
use super::{Outcome, Relay};
use crate::{Delivery, Reason};

/// How long it waits for an announcement before it polls.
const LOOK: Duration = Duration::from_secs(5);

/// How long it rests if the database is unreachable.
const REST: Duration = Duration::from_secs(1);

/// How often it steps while others write: requests come before mails. On SQLite its own writes look like another
/// process's twice a second, so it takes such a step then as well.
const BUSY_INTERVAL: Duration = Duration::from_millis(100);

/// How many events it then plans, and how many deliveries it begins, in one step.
const SHARE: u32 = 16;

/// How long attempts may take when the process is asked to stop.
const FINISH: Duration = Duration::from_secs(20);

/// How often old rows are deleted.
const CLEAN_UP: Duration = Duration::from_secs(60 * 60);

/// Running attempts, and outcomes that are not written yet.
#[derive(Default)]
struct Running {
    tasks: JoinSet<Tried>,
    /// Destination and target of each of them.
    targets: HashMap<task::Id, (String, String)>,
    tried: Vec<Tried>,
}

impl Running {
    fn going_to(&self, target: &QueuedTarget) -> usize {
        let is_there = |going: &&(String, String)| going.0 == target.destination && going.1 == target.target;
        self.targets.values().filter(is_there).count()
    }

    /// Drops attempts whose lease has expired: the present holder writes the outcome.
    fn forget_lapsed(&mut self, now: Timestamp) {
        self.tried.retain(|one| one.delivery.next_try_at.is_some_and(|until| until > now));
    }

    fn start(&mut self, relay: &Relay, lease: LeaseId, delivery: Delivery) {
        let target = (delivery.destination.clone(), delivery.target.clone());
        let relay = relay.clone();
        let task = self.tasks.spawn(async move {
            let outcome = relay.deliver(&delivery).await;
            Tried { delivery, lease, outcome }
        });
        self.targets.insert(task.id(), target);
    }

    /// Waits for the first that is finished, and takes all others that are.
    async fn over(&mut self) {
        let mut next = self.tasks.join_next_with_id().await;
        while let Some(done) = next {
            let id = match done {
                Ok((id, one)) => {
                    log(&one);
                    self.tried.push(one);
                    id
                }
                Err(error) => {
                    // Its lease expires, and it is tried again.
                    tracing::error!(%error, "a delivery was broken off");
                    error.id()
                }
            };
            self.targets.remove(&id);
            next = self.tasks.try_join_next_with_id();
        }
    }
}

fn log(tried: &Tried) {
    if let Outcome::Failed { reason, .. } | Outcome::Again { reason, .. } = &tried.outcome {
        let Delivery { id, name, destination, attempts, .. } = &tried.delivery;
        tracing::warn!(%id, event = name.as_str(), destination, attempts, reason = reason.to_string(), "a delivery has not arrived");
    }
}

impl Relay {
    /// Delivers what is recorded until `stop` ends, then finishes running attempts.
    pub async fn run(&self, stop: impl Future<Output = ()>) {
        let mut stop = std::pin::pin!(stop);
        let mut announcements = self.database.announcements();
        let mut others = self.database.announcements();
        let mut running = Running::default();
        let mut clean_up = tokio::time::interval(CLEAN_UP);
        let mut rests_until = Instant::now();
        let mut is_busy = false;
        loop {
            let mut look_at = rests_until;
            if Instant::now() >= rests_until {
                match self.step(&mut running, is_busy).await {
                    Ok(wait) => look_at = Instant::now() + wait,
                    Err(error) => {
                        tracing::warn!(%error, "deliveries wait for the database");
                        rests_until = Instant::now() + REST;
                        look_at = rests_until;
                    }
                }
                is_busy = tokio::time::timeout(Duration::ZERO, others.next()).await.is_ok();
                if is_busy {
                    rests_until = rests_until.max(Instant::now() + BUSY_INTERVAL);
                    look_at = rests_until;
                }
            }
            let is_resting = rests_until > Instant::now();
            tokio::select! {
                // Before anything new is begun.
                biased;
                () = &mut stop => break,
                () = running.over(), if !running.tasks.is_empty() => {}
                () = tokio::time::sleep_until(look_at) => {}
                () = announcements.next(), if !is_resting => {}
                _ = clean_up.tick() => self.clean_up().await,
            }
        }
        self.finish_all(running).await;
    }

    /// Waits for running attempts and writes their outcome, retrying the database, for as long as a process may take to
    /// end.
    async fn finish_all(&self, running: Running) {
        if tokio::time::timeout(FINISH, self.finish_each(running)).await.is_err() {
            tracing::info!("deliveries that took too long are tried again by the next process");
        }
    }

    async fn finish_each(&self, mut running: Running) {
        while !running.tasks.is_empty() || !running.tried.is_empty() {
            if !running.tasks.is_empty() {
                running.over().await;
            }
            self.finish_apart(&mut running).await;
            if !running.tried.is_empty() {
                tracing::warn!("what came of deliveries waits for the database");
                tokio::time::sleep(REST).await;
            }
        }
    }

    /// Delivers all that is due now, and returns how many attempts there were: for programs, and tests, without a loop.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn pass(&self) -> Result<usize, Error> {
        let mut running = Running::default();
        let mut count = 0;
        loop {
            let wait = match self.step(&mut running, false).await {
                Ok(wait) => wait,
                Err(error) => {
                    // Otherwise responses received in the meantime would be lost until the lease expires.
                    self.finish_all(running).await;
                    return Err(error);
                }
            };
            if running.tasks.is_empty() {
                // A batch of events without targets says nothing about those behind it.
                if wait.is_zero() {
                    continue;
                }
                return Ok(count);
            }
            running.over().await;
            count += running.tried.len();
        }
    }

    /// Plans a batch of events, writes outcomes, and begins what is due; while others write, a small batch of each.
    /// Returns how long there is nothing to do.
    async fn step(&self, running: &mut Running, is_busy: bool) -> Result<Duration, Error> {
        let is_more = self.plan(if is_busy { SHARE } else { BATCH }).await?;
        let targets = self.queued_targets().await?;
        let now = self.environment.now();
        let (mut due, later): (Vec<QueuedTarget>, Vec<QueuedTarget>) =
            targets.into_iter().partition(|target| target.due <= now);
        // If there are more targets than can be served at once, the one that waits longest is next.
        due.sort_by_key(|target| target.due);
        let mut free = self.options.at_once.saturating_sub(running.tasks.len());
        if is_busy {
            free = free.min(SHARE as usize);
        }
        for (lease, delivery) in self.finish_and_lease(running, &due, free).await? {
            running.start(self, lease, delivery);
        }
        // What is due and was not leased waits for an earlier delivery, or another process has it.
        let wait = later.iter().map(|target| target.due.since(now)).fold(LOOK, Duration::min);
        Ok(if is_more { Duration::ZERO } else { wait })
    }

    /// Writes outcomes, and leases what is due at these targets, at most `free` in all: in one transaction, as each
    /// costs a write to the disk.
    async fn finish_and_lease(
        &self,
        running: &mut Running,
        due: &[QueuedTarget],
        free: usize,
    ) -> Result<Vec<(LeaseId, Delivery)>, Error> {
        let room = |target: &QueuedTarget| self.options.at_once_per_target.saturating_sub(running.going_to(target));
        let due: Vec<(&QueuedTarget, usize)> =
            due.iter().map(|target| (target, room(target))).filter(|(_, room)| *room > 0).collect();
        let tried = &running.tried;
        if tried.is_empty() && (due.is_empty() || free == 0) {
            return Ok(Vec::new());
        }
        let taken = transaction!(self.database, |transaction| {
            self.finish_within(transaction, tried).await?;
            let mut taken = Vec::new();
            for (target, room) in &due {
                let most = (*room).min(free - taken.len());
                if most > 0 {
                    taken.extend(self.lease_within(transaction, target, most).await?);
                }
            }
            Ok(taken)
        });
        match taken {
            Ok(taken) => {
                running.tried.clear();
                Ok(taken)
            }
            Err(error @ Error::Unavailable(_)) => {
                running.forget_lapsed(self.environment.now());
                Err(error)
            }
            Err(error) => {
                self.finish_apart(running).await;
                Err(error)
            }
        }
    }

    /// Writes each outcome alone: one that cannot be written must not block the others. Its lease expires, and it is
    /// tried again.
    async fn finish_apart(&self, running: &mut Running) {
        for one in std::mem::take(&mut running.tried) {
            match self.finish(std::slice::from_ref(&one)).await {
                Ok(()) => {}
                Err(Error::Unavailable(_)) => running.tried.push(one),
                Err(error) => {
                    let Delivery { id, name, destination, .. } = &one.delivery;
                    tracing::error!(%error, %id, event = name.as_str(), destination, "what came of a delivery cannot be written");
                }
            }
        }
    }

    async fn deliver(&self, delivery: &Delivery) -> Outcome {
        let again =
            |reason| Outcome::Again { reason, recipient: None, status: None, after: None, is_unreachable: false };
        let text = "SELECT id, name, subject, data, created_at FROM outbox_events WHERE id = $1";
        let event: Option<Event> = match self.database.query_optional(text, values![delivery.event_id]).await {
            Ok(event) => event,
            Err(_) => return again(Reason::Database),
        };
        let Some(event) = event else {
            return Outcome::Superseded { reason: Reason::EventGone };
        };
        let Some(destination) = self.destination(&delivery.destination) else {
            return again(Reason::NotHere);
        };
        // It must be finished before another process may begin.
        let longest = self.options.lease.mul_f64(0.75);
        match tokio::time::timeout(longest, destination.deliver(delivery, &event)).await {
            Ok(outcome) => outcome,
            Err(_) => again(Reason::TooLong),
        }
    }

    async fn clean_up(&self) {
        match self.deliveries().delete_old(self.options.keep).await {
            Ok(0) => {}
            Ok(rows) => tracing::debug!(rows, "old deliveries and events were deleted"),
            Err(error) => tracing::warn!(%error, "old deliveries and events could not be deleted"),
        }
    }
}
