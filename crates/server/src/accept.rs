//! Accepts connections from the operating system and survives its errors.

use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, sleep};

/// A source of connections: the listener, or a test that injects errors.
pub(super) trait Listen: Send {
    /// Returns the next connection.
    fn accept(&mut self) -> impl Future<Output = io::Result<(TcpStream, SocketAddr)>> + Send;
}

impl Listen for TcpListener {
    async fn accept(&mut self) -> io::Result<(TcpStream, SocketAddr)> {
        Self::accept(self).await
    }
}

/// The pause after an error that may last, such as running out of file descriptors.
const PAUSE: Duration = Duration::from_millis(100);
/// The shortest time between two log lines about such errors.
const LOG_PAUSE: Duration = Duration::from_secs(60);

/// A listener that always returns a connection in the end.
pub(super) struct Acceptor<L> {
    listener: L,
    logged: Option<Instant>,
}

impl<L: Listen> Acceptor<L> {
    pub(super) fn new(listener: L) -> Self {
        Self { listener, logged: None }
    }

    /// Returns the next connection, with `TCP_NODELAY` set. Cancel safe: no connection is lost.
    pub(super) async fn next(&mut self) -> (TcpStream, SocketAddr) {
        loop {
            match self.listener.accept().await {
                Ok((stream, peer)) => {
                    if let Err(error) = stream.set_nodelay(true) {
                        tracing::debug!(%peer, %error, "TCP_NODELAY could not be set");
                    }
                    return (stream, peer);
                }
                // Only that one connection failed.
                Err(error) if is_of_one_connection(&error) => {}
                Err(error) => {
                    if self.logged.is_none_or(|at| at.elapsed() >= LOG_PAUSE) {
                        self.logged = Some(Instant::now());
                        tracing::error!(%error, "cannot accept connections at present; trying again");
                    }
                    sleep(PAUSE).await;
                }
            }
        }
    }
}

fn is_of_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::ConnectionAborted
            | ErrorKind::ConnectionRefused
            | ErrorKind::ConnectionReset
            | ErrorKind::Interrupted
    )
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use super::*;

    struct Failing(VecDeque<io::Error>, TcpListener);

    impl Listen for Failing {
        async fn accept(&mut self) -> io::Result<(TcpStream, SocketAddr)> {
            match self.0.pop_front() {
                Some(error) => Err(error),
                None => TcpListener::accept(&self.1).await,
            }
        }
    }

    async fn accepted_after(errors: impl IntoIterator<Item = io::Error>) -> Duration {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let _client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        tokio::time::pause();
        let began = Instant::now();
        Acceptor::new(Failing(errors.into_iter().collect(), listener)).next().await;
        began.elapsed()
    }

    #[tokio::test]
    async fn an_exhausted_file_table_neither_ends_the_loop_nor_spins() {
        const EMFILE: i32 = 24;
        let waited = accepted_after((0..20).map(|_| io::Error::from_raw_os_error(EMFILE))).await;
        assert!(waited >= PAUSE * 20, "{waited:?}");
    }

    #[tokio::test]
    async fn a_connection_that_failed_early_does_not_delay_the_next() {
        let waited = accepted_after([ErrorKind::ConnectionAborted.into(), ErrorKind::ConnectionReset.into()]).await;
        assert!(waited < PAUSE, "{waited:?}");
    }
}
