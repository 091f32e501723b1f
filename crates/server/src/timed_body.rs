//! A request's body that may not keep the server waiting.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::BoxError;
use axum::body::Bytes;
use http_body::{Body, Frame, SizeHint};
use tokio::time::{Instant, Sleep, sleep_until};

use super::limits::ServerLimits;
use super::open_connections::OpenConnection;

/// The client did not send its request's body in time.
#[derive(Debug, thiserror::Error)]
#[error("the request's body did not arrive in time")]
pub(super) struct BodyTooSlow;

/// A body under [`ServerLimits::body_stall`] and [`ServerLimits::body_total`].
pub(super) struct TimedBody<B> {
    body: B,
    open: Arc<OpenConnection>,
    limits: ServerLimits,
    began: Instant,
    /// Created only when the body has to be waited for: most arrive together with their head.
    alarm: Option<Pin<Box<Sleep>>>,
    /// Whether a piece has arrived since the alarm was set.
    moved: bool,
    ended: bool,
}

impl<B> TimedBody<B> {
    pub(super) fn new(body: B, open: Arc<OpenConnection>, limits: ServerLimits) -> Self {
        Self { body, open, limits, began: Instant::now(), alarm: None, moved: false, ended: false }
    }

    /// Waits for the deadline of the body.
    fn poll_late(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let due = || (Instant::now() + self.limits.body_stall).min(self.began + self.limits.body_total);
        let alarm = self.alarm.get_or_insert_with(|| Box::pin(sleep_until(due())));
        if self.moved {
            alarm.as_mut().reset(due());
            self.moved = false;
        }
        alarm.as_mut().poll(cx)
    }
}

impl<B> Body for TimedBody<B>
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: Into<BoxError>,
{
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let timed = &mut *self;
        match Pin::new(&mut timed.body).poll_frame(cx) {
            Poll::Ready(frame) => {
                timed.moved = true;
                timed.ended = frame.is_none() || timed.body.is_end_stream();
                Poll::Ready(frame.map(|frame| frame.map_err(Into::into)))
            }
            Poll::Pending => timed.poll_late(cx).map(|()| Some(Err(BodyTooSlow.into()))),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl<B> Drop for TimedBody<B> {
    fn drop(&mut self) {
        if !self.ended {
            self.open.activity.body_left_unread();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::sync::mpsc;

    use super::*;

    struct Channel(mpsc::Receiver<Bytes>);

    impl Body for Channel {
        type Data = Bytes;
        type Error = BoxError;
        fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
            self.0.poll_recv(cx).map(|bytes| bytes.map(|bytes| Ok(Frame::data(bytes))))
        }
    }

    /// Sends a byte every `pause`, for ever, and returns after how long the body fails.
    async fn given_up_after(pause: Duration) -> Duration {
        let (sender, receiver) = mpsc::channel(1);
        tokio::spawn(async move {
            while sender.send(Bytes::from_static(b"x")).await.is_ok() {
                tokio::time::sleep(pause).await;
            }
        });
        let began = Instant::now();
        let mut body = TimedBody::new(Channel(receiver), Arc::new(OpenConnection::new()), ServerLimits::default());
        loop {
            let frame = std::future::poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await;
            if frame.expect("the body does not end").is_err() {
                return began.elapsed();
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_stalls_fails_after_15_seconds() {
        assert_eq!(given_up_after(Duration::from_secs(40)).await.as_secs(), 15);
    }

    #[tokio::test(start_paused = true)]
    async fn a_byte_every_14_seconds_does_not_hold_the_server_for_ever() {
        assert_eq!(given_up_after(Duration::from_secs(14)).await.as_secs(), 60);
    }
}
