//! Concurrent tasks.

use std::future::Future;
use std::sync::Arc;

use tokio::sync::Barrier;

/// Starts `count` tasks, releases them all at the same moment, and returns their results in order.
pub(crate) async fn together<T, F>(count: usize, work: impl Fn(usize) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let gate = Arc::new(Barrier::new(count));
    let tasks: Vec<_> = (0..count)
        .map(|number| {
            let (gate, work) = (Arc::clone(&gate), work(number));
            tokio::spawn(async move {
                gate.wait().await;
                work.await
            })
        })
        .collect();
    let mut results = Vec::with_capacity(count);
    for task in tasks {
        results.push(task.await.unwrap());
    }
    results
}
