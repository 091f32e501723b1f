//! A program that receives events, with prepared responses; by default 200.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use serde_json::Value as Json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use vestibule_core::Timestamp;
use vestibule_webhook::{Secret, Signed, Unverified, verify};

/// In a response, stands for the request body.
pub(crate) const ECHO: &str = "{echo}";

#[derive(Clone)]
pub(crate) struct Receiver {
    url: String,
    posts: Arc<Mutex<Vec<Post>>>,
    responses: Arc<Mutex<VecDeque<String>>>,
}

/// A request as it arrived.
#[derive(Debug, Clone)]
pub(crate) struct Post {
    head: String,
    pub(crate) body: String,
}

impl Receiver {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hooks", listener.local_addr().unwrap());
        let receiver = Self { url, posts: Arc::default(), responses: Arc::default() };
        let listening = receiver.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(listening.clone().serve(stream));
            }
        });
        receiver
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Prepares the next response: `500`, or with headers, `503\r\nretry-after: 60`.
    pub(crate) fn respond(&self, status_and_headers: &str, body: &str) {
        self.responses.lock().unwrap().push_back(format!("{status_and_headers}\r\n\r\n{body}"));
    }

    /// The requests since the last call.
    pub(crate) fn take(&self) -> Vec<Post> {
        std::mem::take(&mut *self.posts.lock().unwrap())
    }

    pub(crate) fn take_one(&self) -> Post {
        let mut posts = self.take();
        assert_eq!(posts.len(), 1, "{posts:?}");
        posts.remove(0)
    }

    /// The names of the received events, in their order.
    pub(crate) fn names(&self) -> Vec<String> {
        self.take().iter().map(|post| post.json()["type"].as_str().unwrap().to_owned()).collect()
    }

    async fn serve(self, mut stream: TcpStream) {
        while let Some(post) = read(&mut stream).await {
            assert!(post.head.starts_with("POST /hooks HTTP/1.1\r\n"), "{}", post.head);
            assert_eq!(post.header("content-type"), "application/json");
            let response = self.responses.lock().unwrap().pop_front().unwrap_or_else(|| "200\r\n\r\n".to_owned());
            let (head, body) = response.split_once("\r\n\r\n").unwrap();
            let body = body.replace(ECHO, &post.body);
            let (status, headers) = head.split_once("\r\n").unwrap_or((head, "x-more: none"));
            let whole = format!("HTTP/1.1 {status} So\r\n{headers}\r\ncontent-length: {}\r\n\r\n{body}", body.len());
            self.posts.lock().unwrap().push(post);
            if stream.write_all(whole.as_bytes()).await.is_err() {
                return;
            }
        }
    }
}

impl Post {
    pub(crate) fn header(&self, name: &str) -> &str {
        let found = self.head.lines().filter_map(|line| line.split_once(": ")).find(|(present, _)| *present == name);
        found.unwrap_or_else(|| panic!("no {name} in {}", self.head)).1
    }

    pub(crate) fn json(&self) -> Json {
        serde_json::from_str(&self.body).unwrap()
    }

    /// Verifies the signature with this secret.
    pub(crate) fn verify(&self, secret: &str, now: Timestamp) -> Result<Timestamp, Unverified> {
        let signed = Signed {
            id: self.header("webhook-id"),
            timestamp: self.header("webhook-timestamp"),
            signature: self.header("webhook-signature"),
            body: self.body.as_bytes(),
        };
        verify(&[Secret::parse(secret).unwrap()], &signed, now)
    }
}

async fn read(stream: &mut TcpStream) -> Option<Post> {
    let mut bytes = Vec::new();
    loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap_or("0");
            if bytes.len() >= end + 4 + length.parse::<usize>().unwrap() {
                return Some(Post { head, body: String::from_utf8(bytes[end + 4..].to_vec()).unwrap() });
            }
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
}
