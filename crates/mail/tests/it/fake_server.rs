//! A small mail server that sends a test's replies, and records commands.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// The replies, with line breaks; `None` for no reply.
#[derive(Clone)]
pub(crate) struct Replies {
    pub(crate) greeting: Option<&'static str>,
    pub(crate) hello: &'static str,
    pub(crate) encryption: &'static str,
    pub(crate) login: &'static str,
    pub(crate) from: &'static str,
    pub(crate) recipient: &'static str,
    pub(crate) end: Option<&'static str>,
}

/// A server that accepts everything without encryption.
pub(crate) const ACCEPTING: Replies = Replies {
    greeting: Some("220 mail.test ready\r\n"),
    hello: "250-mail.test\r\n250-AUTH PLAIN LOGIN\r\n250 8BITMIME\r\n",
    encryption: "454 not now\r\n",
    login: "235 welcome\r\n",
    from: "250 ok\r\n",
    recipient: "250 ok\r\n",
    end: Some("250 taken\r\n"),
};

pub(crate) struct FakeServer {
    pub(crate) port: u16,
    commands: Arc<Mutex<Vec<String>>>,
}

impl FakeServer {
    pub(crate) async fn start(replies: Replies) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (port, commands) = (listener.local_addr().unwrap().port(), Arc::new(Mutex::new(Vec::new())));
        let memory = commands.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                memory.lock().unwrap().push("(connected)".to_owned());
                tokio::spawn(serve(stream, replies.clone(), memory.clone()));
            }
        });
        Self { port, commands }
    }

    /// Returns the recorded commands, with the texts of mails as one `(mail)`.
    pub(crate) fn commands(&self) -> Vec<String> {
        self.commands.lock().unwrap().clone()
    }

    /// Returns how many of the commands begin like this.
    pub(crate) fn count(&self, command: &str) -> usize {
        self.commands().iter().filter(|line| line.starts_with(command)).count()
    }
}

async fn serve(stream: TcpStream, replies: Replies, commands: Arc<Mutex<Vec<String>>>) {
    let mut stream = BufReader::new(stream);
    let Some(greeting) = replies.greeting else { return std::future::pending().await };
    let _ = stream.write_all(greeting.as_bytes()).await;
    while let Some(line) = line(&mut stream).await {
        commands.lock().unwrap().push(line.clone());
        let answer = match line.split([' ', ':']).next().unwrap_or_default() {
            "EHLO" => replies.hello,
            "STARTTLS" => replies.encryption,
            "AUTH" => replies.login,
            "MAIL" => replies.from,
            "RCPT" => replies.recipient,
            "DATA" => {
                let _ = stream.write_all(b"354 go on\r\n").await;
                while line_is_not_the_last(&mut stream).await {}
                commands.lock().unwrap().push("(mail)".to_owned());
                match replies.end {
                    Some(answer) => answer,
                    None => return std::future::pending().await,
                }
            }
            "QUIT" => return,
            _ => "250 ok\r\n",
        };
        let _ = stream.write_all(answer.as_bytes()).await;
    }
}

async fn line(stream: &mut BufReader<TcpStream>) -> Option<String> {
    let mut bytes = Vec::new();
    match stream.read_until(b'\n', &mut bytes).await {
        Ok(1..) => Some(String::from_utf8_lossy(&bytes).trim_end().to_owned()),
        _ => None,
    }
}

async fn line_is_not_the_last(stream: &mut BufReader<TcpStream>) -> bool {
    line(stream).await.is_some_and(|line| line != ".")
}
