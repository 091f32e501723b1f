//! Clients that send requests without pause for some time.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::thread;
use std::time::Duration;

use tokio::time::Instant;

use super::client::{Answer, Client};

/// The threads of the clients: with only one, a fast server would wait for them.
const THREADS: usize = 2;

/// The requests to send.
#[derive(Clone)]
pub(crate) enum Request {
    /// The same each time.
    Same(Arc<[u8]>),
    /// Built from a number that is never reused.
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

/// Clients that send the same requests to one server.
#[derive(Clone)]
pub(crate) struct Load {
    pub(crate) address: SocketAddr,
    pub(crate) clients: usize,
    pub(crate) request: Request,
}

/// The result of a load.
#[derive(Default)]
pub(crate) struct Outcome {
    /// How long each response took, in microseconds, shortest first.
    latencies: Vec<u32>,
    elapsed: Duration,
    /// The first response that was not 200; its client stops.
    refusal: Option<String>,
}

impl Load {
    /// Sends requests until `time` has passed, and waits for the last responses.
    pub(crate) fn run(&self, time: Duration) -> Outcome {
        // Numbers continue from load to load, so that addresses made of them are new.
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

    /// Returns this and a later turn as one.
    pub(crate) fn and(mut self, later: Self) -> Self {
        self.elapsed += later.elapsed;
        self.add(later);
        self.latencies.sort_unstable();
        self
    }

    /// Returns the first response that was not 200.
    pub(crate) fn refusal(&self) -> Option<&str> {
        self.refusal.as_deref()
    }

    /// Requires that every response was 200: refusing costs less than working.
    pub(crate) fn all_well(self) -> Self {
        assert_eq!(self.refusal, None, "every request should succeed");
        self
    }

    pub(crate) fn answers(&self) -> usize {
        self.latencies.len()
    }

    /// Returns the responses per second.
    pub(crate) fn rate(&self) -> f64 {
        self.answers() as f64 / self.elapsed.as_secs_f64()
    }

    /// Returns how long the given share of the responses took at most, in milliseconds.
    pub(crate) fn quantile(&self, share: f64) -> f64 {
        let place = (self.answers() as f64 * share) as usize;
        let place = place.min(self.answers().saturating_sub(1));
        self.latencies.get(place).map_or(f64::NAN, |microseconds| f64::from(*microseconds) / 1_000.0)
    }
}
