//! A program that is told of events: keeps what it got, and answers as it was told to, else with 204.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A message that it got.
#[derive(Debug, Clone)]
pub(crate) struct Got {
    pub(crate) id: String,
    pub(crate) timestamp: String,
    pub(crate) signature: String,
    pub(crate) body: String,
}

#[derive(Clone)]
pub(crate) struct Receiver {
    pub(crate) url: String,
    got: Arc<Mutex<Vec<Got>>>,
    answers: Arc<Mutex<VecDeque<String>>>,
}

impl Receiver {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let receiver = Self { url, got: Arc::default(), answers: Arc::default() };
        let running = receiver.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(running.clone().serve(stream));
            }
        });
        receiver
    }

    /// Answers the next message with this status line and these headers: `500 No` or `429 Later\r\nRetry-After: 60`.
    pub(crate) fn answer(&self, head: &str) {
        self.answers.lock().unwrap().push_back(head.to_owned());
    }

    /// What it got since this was last called.
    pub(crate) fn take(&self) -> Vec<Got> {
        std::mem::take(&mut *self.got.lock().unwrap())
    }

    async fn serve(self, mut stream: TcpStream) {
        let mut text = String::new();
        let mut buffer = [0; 4096];
        loop {
            let Ok(count @ 1..) = stream.read(&mut buffer).await else { return };
            text.push_str(std::str::from_utf8(&buffer[..count]).unwrap());
            let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
            let header = |name: &str| {
                let line = head.lines().find(|line| line.to_ascii_lowercase().starts_with(name));
                line.unwrap_or_else(|| panic!("{name} is not in {head}")).split_once(": ").unwrap().1.to_owned()
            };
            if body.len() < header("content-length:").parse::<usize>().unwrap() {
                continue;
            }
            assert!(head.starts_with("POST /hook HTTP/1.1") && header("content-type:") == "application/json", "{head}");
            self.got.lock().unwrap().push(Got {
                id: header("webhook-id:"),
                timestamp: header("webhook-timestamp:"),
                signature: header("webhook-signature:"),
                body: body.to_owned(),
            });
            let answer = self.answers.lock().unwrap().pop_front().unwrap_or_else(|| "204 Taken".to_owned());
            stream.write_all(format!("HTTP/1.1 {answer}\r\nContent-Length: 0\r\n\r\n").as_bytes()).await.unwrap();
            text.clear();
        }
    }
}
