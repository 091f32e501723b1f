//! A number of clients that ask without pause for a while.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::thread;
use std::time::Duration;

use tokio::time::Instant;

use super::client::{Answer, Client};

/// The clients run on this many threads: on one, they would be what a fast server waits for.
const THREADS: usize = 2;

/// What is asked.
#[derive(Clone)]
pub(crate) enum Request {
    /// The same each time.
    Same(Arc<[u8]>),
    /// Made anew from a number that never comes again.
    Numbered(Arc<dyn Fn(u64) -> Vec<u8> + Send + Sync>),
}

impl Request {
    pub(crate) fn same(request: Vec<u8>) -> Self {
        Self::Same(request.into())
    }

    pub(crate) fn numbered(make: impl Fn(u64) -> Vec<u8> + Send + Sync + 'static) -> Self {
        Self::Numbered(Arc::new(make))
    }
}

/// Clients that ask the same of one server.
#[derive(Clone)]
pub(crate) struct Load {
    pub(crate) address: SocketAddr,
    pub(crate) clients: usize,
    pub(crate) request: Request,
}

/// What the clients got.
#[derive(Default)]
pub(crate) struct Outcome {
    /// How long each answer took, in microseconds, shortest first.
    latencies: Vec<u32>,
    elapsed: Duration,
    /// The first answer that was not 200; its client asks no more.
    refusal: Option<String>,
}

impl Load {
    /// Asks until `time` has passed, and waits for the last answers.
    pub(crate) fn run(&self, time: Duration) -> Outcome {
        // Numbers go on from load to load, so that the addresses that are made of them are new.
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let began = Instant::now();
        let threads = THREADS.min(self.clients);
        let running: Vec<_> = (0..threads)
            .map(|thread| {
                let clients = self.clients / threads + usize::from(thread < self.clients % threads);
                let load = self.clone();
                thread::spawn(move || super::runtime().block_on(load.run_here(clients, began + time, &NUMBER)))
            })
            .collect();
        let mut whole = Outcome::default();
        for part in running {
            whole.add(part.join().expect("the clients do not panic"));
        }
        whole.elapsed = began.elapsed();
        whole.latencies.sort_unstable();
        whole
    }

    async fn run_here(self, clients: usize, end: Instant, number: &'static AtomicU64) -> Outcome {
        let tasks: Vec<_> = (0..clients)
            .map(|_| {
                let load = self.clone();
                tokio::spawn(async move {
                    let mut outcome = Outcome::default();
                    let mut client = Client::connect(load.address).await.expect("the server is there");
                    while Instant::now() < end && outcome.refusal.is_none() {
                        load.ask(&mut client, number, &mut outcome).await;
                    }
                    outcome
                })
            })
            .collect();
        let mut whole = Outcome::default();
        for task in tasks {
            whole.add(task.await.expect("a client does not panic"));
        }
        whole
    }

    async fn ask(&self, client: &mut Client, number: &AtomicU64, outcome: &mut Outcome) {
        let made;
        let request = match &self.request {
            Request::Same(request) => request,
            Request::Numbered(make) => {
                made = make(number.fetch_add(1, Relaxed));
                made.as_slice()
            }
        };
        let began = Instant::now();
        match client.ask(request).await {
            Ok(Answer { status: 200, .. }) => {
                outcome.latencies.push(u32::try_from(began.elapsed().as_micros()).unwrap_or(u32::MAX));
            }
            Ok(Answer { status, body }) => {
                outcome.refusal = Some(format!("{status} {}", String::from_utf8_lossy(body)));
            }
            Err(error) => outcome.refusal = Some(error.to_string()),
        }
    }
}

impl Outcome {
    fn add(&mut self, other: Self) {
        self.latencies.extend(other.latencies);
        self.refusal = self.refusal.take().or(other.refusal);
    }

    /// Insists that every answer was 200: what is refused costs less than what is done.
    pub(crate) fn all_well(self) -> Self {
        assert_eq!(self.refusal, None, "every request should succeed");
        self
    }

    pub(crate) fn answers(&self) -> usize {
        self.latencies.len()
    }

    /// Answers in a second.
    pub(crate) fn rate(&self) -> f64 {
        self.answers() as f64 / self.elapsed.as_secs_f64()
    }

    /// How long the given share of the answers took at most, in milliseconds.
    pub(crate) fn quantile(&self, share: f64) -> f64 {
        let place = (self.answers() as f64 * share) as usize;
        let place = place.min(self.answers().saturating_sub(1));
        self.latencies.get(place).map_or(f64::NAN, |microseconds| f64::from(*microseconds) / 1_000.0)
    }
}
