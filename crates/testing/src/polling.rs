//! A future that is given up half-way, as a request's is when its client goes away.

use std::future::Future;
use std::pin::pin;
use std::task::Poll;

/// Polls `work` at most `limit` times, then drops it. `None` where it had not ended by then.
///
/// With every limit from 1 up to the first that gives `Some`, work is given up at each of its awaits.
pub async fn give_up_after<T>(limit: usize, work: impl Future<Output = T>) -> Option<T> {
    let mut work = pin!(work);
    let mut polls = 0;
    std::future::poll_fn(|context| {
        if polls == limit {
            return Poll::Ready(None);
        }
        polls += 1;
        match work.as_mut().poll(context) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            // Given up at once, not at the next wake: what was begun must be undone while it is still going on.
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
    async fn work_is_given_up_at_each_of_its_awaits() {
        for limit in 1..=3 {
            let mut done = 0;
            let result = give_up_after(limit, async {
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
