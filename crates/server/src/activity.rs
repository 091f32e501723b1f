//! What a connection is doing, and since when, so that one timer per connection can enforce every limit.
//!
//! hyper's `header_read_timeout` is no alternative. It restarts whenever the next request's head is awaited, so it also
//! closes idle keep-alive connections (both would share one limit), and it registers a timer for each request. Here a
//! request costs a few stores, and one timer, armed once for many requests, reads what was stored.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use tokio::time::Instant;

use super::limits::ServerLimits;

/// What a connection is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// Opened; no byte has arrived yet.
    Fresh,
    /// Between two requests.
    Idle,
    /// A request has begun to arrive; its head is incomplete.
    Head,
    /// A request is being processed, or its response is being sent.
    Busy,
    /// The response is sent; further input is discarded.
    Closing,
}

/// Shared by the socket, the service and the bodies of one connection. They run in one task; the atomics only make it
/// `Sync`.
#[derive(Debug)]
pub(super) struct Activity {
    opened: Instant,
    /// Microseconds since `opened`, times 8, plus the phase.
    phase: AtomicU64,
    /// Microseconds since `opened`, plus 1, at which writing began to block; 0 while writing succeeds.
    blocked: AtomicU64,
    /// Whether the current request's body was dropped before its end.
    unread: AtomicBool,
}

impl Activity {
    pub(super) fn new() -> Self {
        Self {
            opened: Instant::now(),
            phase: AtomicU64::new(Phase::Fresh as u64),
            blocked: AtomicU64::new(0),
            unread: AtomicBool::new(false),
        }
    }

    fn elapsed(&self) -> u64 {
        u64::try_from(self.opened.elapsed().as_micros()).unwrap_or(u64::MAX >> 3)
    }

    fn enter(&self, phase: Phase) {
        self.phase.store(self.elapsed() << 3 | phase as u64, Relaxed);
    }

    pub(super) fn phase(&self) -> Phase {
        match self.phase.load(Relaxed) & 7 {
            0 => Phase::Fresh,
            1 => Phase::Idle,
            2 => Phase::Head,
            3 => Phase::Busy,
            _ => Phase::Closing,
        }
    }

    /// Records that bytes arrived.
    pub(super) fn received(&self) {
        if matches!(self.phase(), Phase::Fresh | Phase::Idle) {
            self.enter(Phase::Head);
        }
    }

    /// Records that a request's head is complete.
    pub(super) fn request_began(&self) {
        self.unread.store(false, Relaxed);
        self.enter(Phase::Busy);
    }

    /// Records that the request's body was dropped before its end.
    pub(super) fn body_left_unread(&self) {
        self.unread.store(true, Relaxed);
    }

    /// Records that the response was handed over for writing.
    pub(super) fn response_written(&self) {
        self.enter(Phase::Idle);
    }

    /// Records that the client accepts no data.
    pub(super) fn write_blocked(&self) {
        if self.blocked.load(Relaxed) == 0 {
            self.blocked.store(self.elapsed() + 1, Relaxed);
        }
    }

    /// Records that the client accepted data.
    pub(super) fn written(&self) {
        if self.blocked.load(Relaxed) != 0 {
            self.blocked.store(0, Relaxed);
        }
    }

    /// Returns whether the client may still be sending data that the server will not read.
    pub(super) fn may_be_sending(&self) -> bool {
        self.unread.load(Relaxed) || self.phase() == Phase::Head
    }

    /// Records that the last byte was written.
    pub(super) fn closing(&self) {
        self.enter(Phase::Closing);
    }

    /// Returns since when the connection could be closed without harm to a request: `(false, since)` for an idle
    /// connection, `(true, since)` for one whose client has needed longer than `slow_head` for half a head, or goes on
    /// sending unread data.
    pub(super) fn dispensable_since(&self, slow_head: Duration) -> Option<(bool, Instant)> {
        let since = self.opened + Duration::from_micros(self.phase.load(Relaxed) >> 3);
        let is_slow = match self.phase() {
            Phase::Busy => return None,
            _ if self.blocked.load(Relaxed) != 0 => return None,
            Phase::Fresh | Phase::Idle => false,
            Phase::Head | Phase::Closing => true,
        };
        (!is_slow || since.elapsed() >= slow_head).then_some((is_slow, since))
    }

    /// Returns when the current state has lasted too long, with the reason for the log; `None` while a request is
    /// processed.
    pub(super) fn deadline(&self, limits: &ServerLimits) -> Option<(Instant, &'static str)> {
        let since = Duration::from_micros(self.phase.load(Relaxed) >> 3);
        let phase = match self.phase() {
            Phase::Fresh => Some((limits.header, "no request arrived")),
            Phase::Idle => Some((limits.idle, "no further request arrived")),
            Phase::Head => Some((limits.header, "the request's head was not complete in time")),
            Phase::Busy => None,
            Phase::Closing => Some((limits.linger, "the client went on sending")),
        };
        let phase = phase.map(|(limit, name)| (self.opened + since + limit, name));
        let blocked = self.blocked.load(Relaxed).checked_sub(1).map(Duration::from_micros);
        let blocked =
            blocked.map(|since| (self.opened + since + limits.write_stall, "the client did not read the response"));
        phase.into_iter().chain(blocked).min_by_key(|(at, _)| *at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn due_in(activity: &Activity, limits: &ServerLimits) -> Option<Duration> {
        activity.deadline(limits).map(|(at, _)| at.duration_since(Instant::now()))
    }

    #[tokio::test(start_paused = true)]
    async fn each_phase_has_its_own_limit() {
        let limits = ServerLimits::default();
        let activity = Activity::new();
        assert_eq!(due_in(&activity, &limits), Some(limits.header));
        tokio::time::advance(Duration::from_secs(10)).await;
        activity.received();
        assert_eq!(due_in(&activity, &limits), Some(limits.header));
        tokio::time::advance(Duration::from_secs(14)).await;
        activity.received();
        assert_eq!(due_in(&activity, &limits), Some(Duration::from_secs(1)), "a later byte gives no more time");
        activity.request_began();
        assert_eq!(due_in(&activity, &limits), None);
        activity.response_written();
        assert_eq!(due_in(&activity, &limits), Some(limits.idle));
        activity.closing();
        assert_eq!(due_in(&activity, &limits), Some(limits.linger));
    }

    #[tokio::test(start_paused = true)]
    async fn idle_connections_are_dispensable_before_slow_ones_and_busy_ones_never() {
        let (slow, second) = (Duration::from_secs(2), Duration::from_secs(1));
        let activity = Activity::new();
        let opened = Instant::now();
        tokio::time::advance(second).await;
        assert_eq!(activity.dispensable_since(slow), Some((false, opened)));
        activity.received();
        let began = Instant::now();
        assert_eq!(activity.dispensable_since(slow), None, "a head on its way");
        tokio::time::advance(slow).await;
        assert_eq!(activity.dispensable_since(slow), Some((true, began)));
        activity.request_began();
        assert_eq!(activity.dispensable_since(slow), None);
        activity.response_written();
        assert_eq!(activity.dispensable_since(slow), Some((false, Instant::now())));
        activity.write_blocked();
        assert_eq!(activity.dispensable_since(slow), None, "the response is not written yet");
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_stops_reading_is_cut_off_in_the_middle_of_a_response() {
        let limits = ServerLimits::default();
        let activity = Activity::new();
        activity.request_began();
        activity.write_blocked();
        tokio::time::advance(Duration::from_secs(20)).await;
        activity.write_blocked();
        assert_eq!(due_in(&activity, &limits), Some(Duration::from_secs(10)));
        activity.written();
        assert_eq!(due_in(&activity, &limits), None);
    }
}
