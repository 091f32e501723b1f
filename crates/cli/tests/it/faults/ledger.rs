//! What the server has acknowledged, and the progress of the load.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::timeout;

use crate::support::PATIENCE;

/// What a writer does repeatedly.
#[derive(Debug, Clone, Copy)]
pub(super) enum Habit {
    Invite,
    AcceptInvite,
    UpdateUser,
    DeleteUser,
}

/// The number of habits.
pub(super) const HABITS: usize = 4;

/// Shared by all writers.
pub(super) struct Ledger {
    entries: Mutex<Entries>,
    progress: watch::Sender<Progress>,
}

/// What was acknowledged.
#[derive(Debug, Default, Clone)]
pub(super) struct Entries {
    /// Invites by their ids, with the address.
    pub(super) invites: BTreeMap<String, String>,
    /// Invites that were accepted in one step, with the user's id.
    pub(super) accepted: BTreeMap<String, String>,
    /// The users who accepted them, address and id, in order.
    pub(super) people: Vec<(String, String)>,
    /// Users by their ids, with the last number acknowledged and the last one sent.
    pub(super) users: BTreeMap<String, (u64, u64)>,
    /// Users whose deletion was acknowledged, and those whose deletion was only sent.
    pub(super) deleted: Vec<String>,
    pub(super) deleting: Vec<String>,
}

/// The progress of the load.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Progress {
    /// Writes that were sent.
    pub(super) sent: u32,
    /// Writes that were acknowledged.
    pub(super) acknowledged: u32,
    /// Both together, by habit.
    pub(super) messages: [u32; HABITS],
    /// Writes that were refused with 503.
    pub(super) refused: u32,
    /// How long the slowest of these refusals took.
    pub(super) slowest_refusal: Duration,
}

impl Default for Ledger {
    fn default() -> Self {
        Self { entries: Mutex::default(), progress: watch::Sender::new(Progress::default()) }
    }
}

impl Ledger {
    pub(super) fn entries(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap()
    }

    pub(super) fn progress(&self) -> Progress {
        *self.progress.borrow()
    }

    pub(super) fn sent(&self, habit: Habit) {
        self.progress.send_modify(|progress| {
            progress.sent += 1;
            progress.messages[habit as usize] += 1;
        });
    }

    pub(super) fn acknowledged(&self, habit: Habit) {
        self.progress.send_modify(|progress| {
            progress.acknowledged += 1;
            progress.messages[habit as usize] += 1;
        });
    }

    pub(super) fn refused(&self, took: Duration) {
        self.progress.send_modify(|progress| {
            progress.refused += 1;
            progress.slowest_refusal = progress.slowest_refusal.max(took);
        });
    }

    /// Waits until the load has reached a point.
    pub(super) async fn reaches(&self, what: &str, reached: impl FnMut(&Progress) -> bool) {
        let mut progress = self.progress.subscribe();
        let waited = timeout(PATIENCE, progress.wait_for(reached)).await;
        waited.unwrap_or_else(|_| panic!("{what}: not reached at {:?}", self.progress())).unwrap();
    }
}
