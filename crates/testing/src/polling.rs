//! Cancels a future half-way, as happens to a request when its client disconnects.

use std::future::Future;
use std::pin::pin;
use std::task::Poll;

/// Polls `work` at most `limit` times, then drops it. Returns `None` if it has not completed by then.
///
/// With every limit from 1 up to the first that returns `Some`, work is cancelled at each of its awaits.
pub async fn cancel_after<T>(limit: usize, work: impl Future<Output = T>) -> Option<T> {
    let mut work = pin!(work);
    let mut polls = 0;
    std::future::poll_fn(|context| {
        if polls == limit {
            return Poll::Ready(None);
        }
        polls += 1;
        match work.as_mut().poll(context) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            // Cancelled at once, not at the next wake: pending operations must be undone while they are still running.
            Poll::Pending if polls == limit => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn work_is_cancelled_at_each_of_its_awaits() {
        for limit in 1..=3 {
            let mut done = 0;
            let result = cancel_after(limit, async {
                for _ in 0..2 {
                    tokio::task::yield_now().await;
                    done += 1;
                }
            })
            .await;
            assert_eq!((done, result.is_some()), (limit - 1, limit == 3));
        }
    }
}
