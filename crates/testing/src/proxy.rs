//! A proxy between a program and its server, which a test can cut.

#![expect(clippy::expect_used, reason = "a test without its proxy fails, and says why")]

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// The state of the connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Data passes.
    Whole,
    /// Connections stay open, but no data passes.
    Silent,
    /// Connections are closed, new ones immediately.
    Cut,
}

/// A proxy on 127.0.0.1, closed when dropped.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    state: watch::Sender<State>,
    accepting: tokio::task::JoinHandle<()>,
}

impl Proxy {
    /// Creates a proxy to a server, such as `127.0.0.1:5432`.
    ///
    /// # Panics
    ///
    /// If there is no free port.
    pub async fn to(server: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port for the proxy");
        let address = listener.local_addr().expect("the proxy's address");
        let (state, watched) = watch::channel(State::Whole);
        let server = server.to_owned();
        let accepting = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(connect(client, server.clone(), watched.clone()));
            }
        });
        Self { address, state, accepting }
    }

    /// Creates a proxy to the server of a database URL, and returns it with the URL that leads through it.
    ///
    /// # Panics
    ///
    /// If the URL has no `host:port`.
    pub async fn before(url: &str) -> (Self, String) {
        let (start, rest) = url.rsplit_once('@').expect("a URL with a user");
        let (server, rest) = rest.split_once('/').expect("a URL with a database");
        let proxy = Self::to(server).await;
        let url = format!("{start}@{}/{rest}", proxy.address);
        (proxy, url)
    }

    /// Returns the proxy's address.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Closes every connection, and new ones immediately.
    pub fn cut(&self) {
        self.state.send_replace(State::Cut);
    }

    /// Keeps every connection open but passes no data, like a firewall that has dropped its state.
    pub fn silence(&self) {
        self.state.send_replace(State::Silent);
    }

    /// Passes data again, on new connections and on silent ones.
    pub fn mend(&self) {
        self.state.send_replace(State::Whole);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
        self.cut();
    }
}

async fn connect(client: TcpStream, server: String, state: watch::Receiver<State>) {
    if *state.borrow() == State::Cut {
        return;
    }
    let Ok(server) = TcpStream::connect(server).await else { return };
    let (client_reads, client_writes) = client.into_split();
    let (server_reads, server_writes) = server.into_split();
    let copied = async {
        tokio::select! {
            () = copy(client_reads, server_writes, state.clone()) => {}
            () = copy(server_reads, client_writes, state.clone()) => {}
        }
    };
    let mut cut = state.clone();
    tokio::select! {
        () = copied => {}
        // A dropped proxy counts as cut.
        _ = cut.wait_for(|state| *state == State::Cut) => {}
    }
}

async fn copy(
    mut from: tokio::net::tcp::OwnedReadHalf,
    mut to: tokio::net::tcp::OwnedWriteHalf,
    mut state: watch::Receiver<State>,
) {
    let mut bytes = vec![0; 16 * 1024];
    while let Ok(count @ 1..) = from.read(&mut bytes).await {
        let Ok(_) = state.wait_for(|state| *state == State::Whole).await.map(drop) else { return };
        let Some(said) = bytes.get(..count) else { return };
        if to.write_all(said).await.is_err() {
            return;
        }
    }
}
