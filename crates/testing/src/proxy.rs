//! A wire that a test can cut: a proxy between a program and its server.

#![expect(clippy::expect_used, reason = "a test without its proxy has failed, and says why")]

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// What happens to connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wire {
    /// What is said is heard.
    Whole,
    /// Connections stay, and nothing that is said on them arrives.
    Silent,
    /// Connections are closed, and new ones as soon as they are made.
    Cut,
}

/// A proxy on 127.0.0.1, gone with the value.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    wire: watch::Sender<Wire>,
    accepting: tokio::task::JoinHandle<()>,
}

impl Proxy {
    /// A proxy to a server, such as `127.0.0.1:5432`.
    ///
    /// # Panics
    ///
    /// When there is no free port.
    pub async fn to(server: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port for the proxy");
        let address = listener.local_addr().expect("the proxy's address");
        let (wire, watched) = watch::channel(Wire::Whole);
        let server = server.to_owned();
        let accepting = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(connect(client, server.clone(), watched.clone()));
            }
        });
        Self { address, wire, accepting }
    }

    /// A proxy to the server of a database URL, and the URL by which the database is reached through it.
    ///
    /// # Panics
    ///
    /// When the URL has no `host:port`.
    pub async fn before(url: &str) -> (Self, String) {
        let (start, rest) = url.rsplit_once('@').expect("a URL with a user");
        let (server, rest) = rest.split_once('/').expect("a URL with a database");
        let proxy = Self::to(server).await;
        let url = format!("{start}@{}/{rest}", proxy.address);
        (proxy, url)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Closes every connection, and new ones as soon as they are made.
    pub fn cut(&self) {
        self.wire.send_replace(Wire::Cut);
    }

    /// Keeps every connection open and lets nothing through, as a firewall does that has forgotten them.
    pub fn silence(&self) {
        self.wire.send_replace(Wire::Silent);
    }

    /// Lets new connections through again, and those that were silent.
    pub fn mend(&self) {
        self.wire.send_replace(Wire::Whole);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
        self.cut();
    }
}

async fn connect(client: TcpStream, server: String, wire: watch::Receiver<Wire>) {
    if *wire.borrow() == Wire::Cut {
        return;
    }
    let Ok(server) = TcpStream::connect(server).await else { return };
    let (client_reads, client_writes) = client.into_split();
    let (server_reads, server_writes) = server.into_split();
    let copied = async {
        tokio::select! {
            () = copy(client_reads, server_writes, wire.clone()) => {}
            () = copy(server_reads, client_writes, wire.clone()) => {}
        }
    };
    let mut cut = wire.clone();
    tokio::select! {
        () = copied => {}
        // Where the proxy itself is gone, that is a cut as well.
        _ = cut.wait_for(|wire| *wire == Wire::Cut) => {}
    }
}

async fn copy(
    mut from: tokio::net::tcp::OwnedReadHalf,
    mut to: tokio::net::tcp::OwnedWriteHalf,
    mut wire: watch::Receiver<Wire>,
) {
    let mut bytes = vec![0; 16 * 1024];
    while let Ok(count @ 1..) = from.read(&mut bytes).await {
        let Ok(_) = wire.wait_for(|wire| *wire == Wire::Whole).await.map(drop) else { return };
        let Some(said) = bytes.get(..count) else { return };
        if to.write_all(said).await.is_err() {
            return;
        }
    }
}
