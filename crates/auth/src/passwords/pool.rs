//! A few threads of lower priority for slow work of any kind.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::{io, thread};

use tokio::sync::oneshot;

use super::memory::Memory;
use super::queue::{Full, Queue};

type Job = Box<dyn FnOnce(&mut Memory) + Send>;

/// Threads that process one queue, and end when this is dropped.
pub(super) struct Pool {
    queue: Arc<Queue<Job>>,
}

/// Work without a result.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// The queue is full; the work was not begun.
    Full,
    /// The work panicked.
    Lost,
}

impl Pool {
    /// Starts `threads` threads with a queue of at most `limit` jobs, which yield to others by `niceness`.
    pub(super) fn start(name: &str, threads: usize, limit: usize, niceness: i32) -> io::Result<Self> {
        let pool = Self { queue: Arc::new(Queue::new(limit)) };
        for number in 0..threads {
            let queue = Arc::clone(&pool.queue);
            thread::Builder::new().name(format!("{name}-{number}")).spawn(move || work_off(&queue, niceness))?;
        }
        Ok(pool)
    }

    /// Has a thread do `work` and waits for the result.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Memory) -> T + Send + 'static,
    ) -> Result<T, Refused> {
        let result = self.submit(work).map_err(|Full| Refused::Full)?;
        result.await.map_err(|_| Refused::Lost)
    }

    /// Queues `work`. It is not done if the receiver of its result is gone when it would begin.
    pub(super) fn submit<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Memory) -> T + Send + 'static,
    ) -> Result<oneshot::Receiver<T>, Full> {
        let (sender, receiver) = oneshot::channel();
        self.queue.push(Box::new(move |memory: &mut Memory| {
            if !sender.is_closed() {
                // A caller that was cancelled does not need the result.
                let _ = sender.send(work(memory));
            }
        }))?;
        Ok(receiver)
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.queue.close();
    }
}

fn work_off(queue: &Queue<Job>, niceness: i32) {
    lower_priority(niceness);
    let mut memory = Memory::default();
    loop {
        let waiting = queue.take_waiting().or_else(|| {
            memory.release();
            queue.take()
        });
        let Some(job) = waiting else { return };
        if catch_unwind(AssertUnwindSafe(|| job(&mut memory))).is_err() {
            tracing::error!("a password could not be processed: its code panicked");
        }
    }
}

/// On Linux niceness belongs to the thread (sched(7)), elsewhere to the whole process, which should keep its own.
#[cfg(target_os = "linux")]
fn lower_priority(niceness: i32) {
    if let Err(error) = rustix::process::nice(niceness) {
        tracing::debug!(%error, "work on passwords runs at normal priority");
    }
}

#[cfg(not(target_os = "linux"))]
fn lower_priority(_: i32) {}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::sync::mpsc;
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn a_panic_loses_one_result_and_no_thread() {
        let pool = Pool::start("test", 1, 8, 10).unwrap();
        assert_eq!(pool.run(|_| panic!("for this test")).await, Err::<(), _>(Refused::Lost));
        assert_eq!(pool.run(|_| 1).await, Ok(1));
    }

    #[tokio::test]
    async fn memory_is_retained_from_one_waiting_job_to_the_next() {
        let pool = Pool::start("test", 1, 8, 10).unwrap();
        let (open, gate) = mpsc::channel::<()>();
        let address = |memory: &mut Memory| memory.lend(8).unwrap().as_ptr().addr();
        let _blocked = pool.submit(move |_| gate.recv()).unwrap();
        let (first, second) = (pool.submit(address).unwrap(), pool.submit(address).unwrap());
        open.send(()).unwrap();
        assert_eq!(first.await, second.await);
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn the_threads_are_nicer_than_the_rest() {
        let niceness = || rustix::process::getpriority_process(None).unwrap();
        let pool = Pool::start("test", 1, 8, 10).unwrap();
        assert_eq!(pool.run(move |_| niceness()).await, Ok((niceness() + 10).min(19)));
    }

    #[tokio::test]
    async fn the_threads_end_with_the_pool() {
        struct Farewell(mpsc::Sender<()>);
        impl Drop for Farewell {
            fn drop(&mut self) {
                let _ = self.0.send(());
            }
        }
        thread_local!(static FAREWELL: RefCell<Option<Farewell>> = const { RefCell::new(None) });

        let (sender, ended) = mpsc::channel();
        let pool = Pool::start("test", 1, 8, 10).unwrap();
        pool.run(|_| FAREWELL.set(Some(Farewell(sender)))).await.unwrap();
        assert!(ended.try_recv().is_err(), "the thread waits for more");
        drop(pool);
        ended.recv_timeout(Duration::from_secs(60)).expect("the thread ended");
    }
}
