//! A server that follows a script for each connection.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What the server does when a request has arrived.
#[derive(Clone)]
pub(crate) enum Step {
    /// Sends these bytes.
    Answer(String),
    /// Closes the connection.
    Close,
    /// Keeps the connection open without a response.
    Silence,
    /// Begins with this text, then sends one byte now and then.
    Drip(&'static str),
    /// Begins with this text, then sends without end.
    Endless(&'static str),
}

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    requests: Arc<Mutex<Vec<(usize, String)>>>,
}

impl Server {
    /// Accepts as many connections as there are scripts.
    pub(crate) async fn start(scripts: impl IntoIterator<Item = Vec<Step>> + Send + 'static) -> Self {
        Self::start_at("127.0.0.1:0".parse().unwrap(), scripts).await
    }

    /// Starts at this address.
    pub(crate) async fn start_at(
        address: SocketAddr,
        scripts: impl IntoIterator<Item = Vec<Step>> + Send + 'static,
    ) -> Self {
        let listener = TcpListener::bind(address).await.unwrap();
        let address = listener.local_addr().unwrap();
        let requests = Arc::<Mutex<Vec<_>>>::default();
        let seen = Arc::clone(&requests);
        let scripts: Vec<_> = scripts.into_iter().collect();
        tokio::spawn(async move {
            for (number, script) in scripts.into_iter().enumerate() {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(play(stream, script, number, Arc::clone(&seen)));
            }
        });
        Self { address, requests }
    }

    /// Starts a server that responds to one request.
    pub(crate) async fn answering(answer: impl Into<String>) -> Self {
        Self::start([vec![Step::Answer(answer.into())]]).await
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/hooks?from=vestibule", self.address)
    }

    /// Returns the requests: the connection's number, and head and body.
    pub(crate) fn requests(&self) -> Vec<(usize, String)> {
        self.requests.lock().unwrap().clone()
    }
}

async fn play(mut stream: TcpStream, script: Vec<Step>, number: usize, seen: Arc<Mutex<Vec<(usize, String)>>>) {
    for step in script {
        let Some(request) = request(&mut stream).await else { return };
        seen.lock().unwrap().push((number, request));
        // The client may have closed the connection; then the script ends.
        let result = match step {
            Step::Answer(answer) => stream.write_all(answer.as_bytes()).await,
            Step::Close => return,
            Step::Silence => std::future::pending().await,
            Step::Drip(head) => drip(&mut stream, head).await,
            Step::Endless(head) => endless(&mut stream, head).await,
        };
        if result.is_err() {
            return;
        }
    }
}

async fn drip(stream: &mut TcpStream, head: &str) -> std::io::Result<()> {
    stream.write_all(head.as_bytes()).await?;
    loop {
        stream.write_all(b"x").await?;
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

async fn endless(stream: &mut TcpStream, head: &str) -> std::io::Result<()> {
    stream.write_all(head.as_bytes()).await?;
    loop {
        stream.write_all(&[b'x'; 4096]).await?;
    }
}

/// Reads a head and as many bytes as its `content-length` says.
async fn request(stream: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap_or("0");
            if bytes.len() >= end + 4 + length.parse::<usize>().unwrap() {
                return Some(String::from_utf8(bytes).unwrap());
            }
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
}
