//! A queue of limited length between many callers and a few threads that work.
//!
//! The standard library's channel has one receiver; here several threads take, and each can check whether anything
//! waits before it goes to sleep.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

pub(super) struct Queue<T> {
    state: Mutex<State<T>>,
    changed: Condvar,
    limit: usize,
}

struct State<T> {
    waiting: VecDeque<T>,
    closed: bool,
}

/// The queue is full.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Full;

impl<T> Queue<T> {
    pub(super) fn new(limit: usize) -> Self {
        let state = State { waiting: VecDeque::new(), closed: false };
        Self { state: Mutex::new(state), changed: Condvar::new(), limit }
    }

    /// Adds to the end, or refuses at once.
    pub(super) fn push(&self, item: T) -> Result<(), Full> {
        let mut state = self.lock();
        if state.waiting.len() >= self.limit {
            return Err(Full);
        }
        state.waiting.push_back(item);
        self.changed.notify_one();
        Ok(())
    }

    /// Takes the first, if any waits.
    pub(super) fn take_waiting(&self) -> Option<T> {
        self.lock().waiting.pop_front()
    }

    /// Takes the first, and waits for it if it must; `None` once the queue is closed.
    pub(super) fn take(&self) -> Option<T> {
        let is_idle = |state: &mut State<T>| state.waiting.is_empty() && !state.closed;
        let mut state = self.changed.wait_while(self.lock(), is_idle).unwrap_or_else(PoisonError::into_inner);
        state.waiting.pop_front()
    }

    /// Drops the queued jobs and lets every taker return.
    pub(super) fn close(&self) {
        let mut state = self.lock();
        state.waiting.clear();
        state.closed = true;
        self.changed.notify_all();
    }

    /// Nothing that could panic runs under the lock, so a poisoned one is as good as any.
    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_come_first_served_up_to_the_limit_until_closed() {
        let queue = Queue::new(2);
        assert_eq!((queue.push(1), queue.push(2), queue.push(3)), (Ok(()), Ok(()), Err(Full)));
        assert_eq!((queue.take_waiting(), queue.take(), queue.take_waiting()), (Some(1), Some(2), None));
        queue.push(4).unwrap();
        queue.close();
        assert_eq!((queue.take_waiting(), queue.take()), (None, None));
    }
}
