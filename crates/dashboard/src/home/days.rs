//! How often something happened on each day. Days that are over do not change: they are counted once by each process.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use vestibule_audit::Action;
use vestibule_core::Timestamp;

use crate::failure::Failure;
use crate::request::PageRequest;

pub(super) const DAY: i64 = 24 * 60 * 60;

/// The counts of the days that are over, by action and day.
#[derive(Debug, Default)]
pub(crate) struct Days(Mutex<HashMap<(Action, i64), u64>>);

impl Days {
    /// Returns how often an action happened on each of the last `count` days, in UTC, today last.
    pub(super) async fn of(&self, request: &PageRequest, action: &Action, count: i64) -> Result<Vec<u64>, Failure> {
        let today = request.now.as_seconds().div_euclid(DAY);
        let mut counts = Vec::new();
        for day in (today - count + 1)..=today {
            counts.push(self.of_day(request, action, day, day < today).await?);
        }
        Ok(counts)
    }

    async fn of_day(&self, request: &PageRequest, action: &Action, day: i64, is_over: bool) -> Result<u64, Failure> {
        if let Some(count) = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&(action.clone(), day)) {
            return Ok(*count);
        }
        let [from, until] = [day, day + 1].map(|day| Timestamp::from_seconds(day * DAY));
        let count = request.flows().audit().count_between(action.clone(), from, until).await?;
        if is_over {
            let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            counts.retain(|(_, kept), _| day - *kept < 40);
            counts.insert((action.clone(), day), count);
        }
        Ok(count)
    }
}
