//! The loop of a relay.

use std::collections::BTreeMap;
use std::future::Future;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::Instant;
use vestibule_database::{Error, values};
use vestibule_outbox::Event;

use super::finish::Tried;
use super::lease::LeaseId;
use super::{Outcome, Relay};
use crate::Delivery;

/// How long it waits for an announcement before it looks by itself.
const LOOK: Duration = Duration::from_secs(5);

/// How long it rests where the database cannot be reached.
const REST: Duration = Duration::from_secs(1);

/// While others write, how often it takes its turn: whoever waits for an answer comes before whoever waits for a mail.
const TURN: Duration = Duration::from_millis(100);

/// How long what is under way may take when the process is asked to stop.
const FINISH: Duration = Duration::from_secs(20);

/// How often what is old is deleted.
const CLEAN_UP: Duration = Duration::from_secs(60 * 60);

/// What is being tried.
#[derive(Default)]
struct UnderWay {
    tasks: JoinSet<Tried>,
    targets: BTreeMap<String, usize>,
}

impl UnderWay {
    fn target(delivery: &Delivery) -> String {
        format!("{} {}", delivery.destination, delivery.target)
    }

    /// The targets that have as many as they may.
    fn busy(&self, most: usize) -> Vec<String> {
        self.targets.iter().filter(|(_, count)| **count >= most).map(|(target, _)| target.clone()).collect()
    }

    fn start(&mut self, relay: &Relay, lease: LeaseId, delivery: Delivery) {
        *self.targets.entry(Self::target(&delivery)).or_default() += 1;
        let relay = relay.clone();
        self.tasks.spawn(async move {
            let outcome = relay.deliver(&delivery).await;
            Tried { delivery, lease, outcome }
        });
    }

    /// What is over: waits for the first, and takes what else there is.
    async fn over(&mut self) -> Vec<Tried> {
        let mut tried = Vec::new();
        let mut next = self.tasks.join_next().await;
        while let Some(done) = next {
            match done {
                Ok(one) => {
                    if let Some(count) = self.targets.get_mut(&Self::target(&one.delivery)) {
                        *count -= 1;
                    }
                    tried.push(one);
                }
                // Its lease ends by itself, and it is tried again. Which target it was is not known any more.
                Err(error) => tracing::error!(%error, "a delivery was broken off"),
            }
            next = self.tasks.try_join_next();
        }
        if self.tasks.is_empty() {
            self.targets.clear();
        }
        self.targets.retain(|_, count| *count > 0);
        tried
    }
}

impl Relay {
    /// Delivers what is recorded until `stop` ends, then finishes what is under way.
    pub async fn run(&self, stop: impl Future<Output = ()>) {
        let mut stop = std::pin::pin!(stop);
        let mut announcements = self.database.announcements();
        let mut others = self.database.announcements();
        let mut under_way = UnderWay::default();
        let mut clean_up = tokio::time::interval(CLEAN_UP);
        let mut rests_until = Instant::now();
        let mut is_busy = false;
        loop {
            let mut look_at = rests_until;
            if Instant::now() >= rests_until {
                match self.turn(&mut under_way, is_busy).await {
                    Ok(wait) => look_at = Instant::now() + wait,
                    Err(error) => {
                        tracing::warn!(%error, "deliveries wait for the database");
                        rests_until = Instant::now() + REST;
                        look_at = rests_until;
                    }
                }
                is_busy = tokio::time::timeout(Duration::ZERO, others.next()).await.is_ok();
                if is_busy {
                    rests_until = rests_until.max(Instant::now() + TURN);
                    look_at = rests_until;
                }
            }
            let is_resting = rests_until > Instant::now();
            tokio::select! {
                // Before anything new is begun.
                biased;
                () = &mut stop => break,
                tried = under_way.over(), if !under_way.tasks.is_empty() => self.write(&tried).await,
                () = tokio::time::sleep_until(look_at) => {}
                () = announcements.next(), if !is_resting => {}
                _ = clean_up.tick() => self.clean_up().await,
            }
        }
        let finish = async {
            while !under_way.tasks.is_empty() {
                let tried = under_way.over().await;
                self.write(&tried).await;
            }
        };
        if tokio::time::timeout(FINISH, finish).await.is_err() {
            tracing::info!("deliveries that took too long are tried again by whoever comes next");
        }
    }

    /// Makes and works off all that is due now, and tells how many tries there were: for programs, and tests, that have
    /// no loop.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn pass(&self) -> Result<usize, Error> {
        let mut under_way = UnderWay::default();
        let mut count = 0;
        loop {
            let wait = self.turn(&mut under_way, false).await?;
            if under_way.tasks.is_empty() {
                // A batch of events that go nowhere says nothing of those behind it.
                if wait.is_zero() {
                    continue;
                }
                return Ok(count);
            }
            let tried = under_way.over().await;
            count += tried.len();
            self.finish(&tried).await?;
        }
    }

    /// Plans a batch of events and begins what is due; while others write, one batch of it. Tells after what time there is
    /// something to do again.
    async fn turn(&self, under_way: &mut UnderWay, is_busy: bool) -> Result<Duration, Error> {
        let is_more = self.plan().await?;
        loop {
            let free = self.options.at_once.saturating_sub(under_way.tasks.len());
            let busy = under_way.busy(self.options.at_once_per_target);
            let most = free.min(self.options.at_once_per_target);
            let now = self.environment.now();
            let due = self.next_due().await?;
            if most == 0 {
                // Something under way ends first.
                return Ok(LOOK);
            }
            if due.is_none_or(|due| due > now) {
                let wait = due.map_or(LOOK, |due| due.since(now));
                return Ok(if is_more { Duration::ZERO } else { wait.min(LOOK) });
            }
            let (lease, taken) = self.lease(most, &busy).await?;
            if taken.is_empty() {
                // Due, but others have it, or something before it is under way.
                return Ok(if is_more { Duration::ZERO } else { LOOK });
            }
            for delivery in taken {
                under_way.start(self, lease, delivery);
            }
            if is_busy {
                // One batch at a turn.
                return Ok(Duration::ZERO);
            }
        }
    }

    async fn deliver(&self, delivery: &Delivery) -> Outcome {
        let again = |reason: &str| Outcome::Again {
            reason: reason.to_owned(),
            recipient: None,
            status: None,
            after: None,
            is_unreachable: false,
        };
        let text = "SELECT id, name, subject, data, created_at FROM outbox_events WHERE id = $1";
        let event: Option<Event> = match self.database.query_optional(text, values![delivery.event_id]).await {
            Ok(event) => event,
            Err(_) => return again("the database could not be reached"),
        };
        let Some(event) = event else {
            return Outcome::Superseded {
                reason: "what it tells of was so long ago that it is not kept any more".to_owned(),
            };
        };
        let Some(destination) = self.destination(&delivery.destination) else {
            return again("this process does not deliver there");
        };
        // It must be over before somebody else may begin.
        let longest = self.options.lease.mul_f64(0.75);
        match tokio::time::timeout(longest, destination.deliver(delivery, &event)).await {
            Ok(outcome) => outcome,
            Err(_) => again("it took too long"),
        }
    }

    /// Writes what came of tries, however often the database has to be asked: it has happened.
    async fn write(&self, tried: &[Tried]) {
        for one in tried {
            if let Outcome::Failed { reason, .. } | Outcome::Again { reason, .. } = &one.outcome {
                let Delivery { id, name, destination, attempts, .. } = &one.delivery;
                tracing::warn!(%id, event = name, destination, attempts, reason, "a delivery has not arrived");
            }
        }
        let mut left = 30;
        while let Err(error) = self.finish(tried).await {
            left -= 1;
            if left == 0 {
                tracing::error!(%error, "what came of deliveries could not be written: they are tried again");
                return;
            }
            tokio::time::sleep(REST).await;
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
