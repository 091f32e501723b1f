//! A mail server of a few lines that answers what a test tells it, and remembers what it heard.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// What is answered, with line breaks; none is silence.
#[derive(Clone)]
pub(crate) struct Answers {
    pub(crate) greeting: Option<&'static str>,
    pub(crate) hello: &'static str,
    pub(crate) encryption: &'static str,
    pub(crate) login: &'static str,
    pub(crate) from: &'static str,
    pub(crate) recipient: &'static str,
    pub(crate) end: Option<&'static str>,
}

/// A server that takes everything in plain.
pub(crate) const WILLING: Answers = Answers {
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
    heard: Arc<Mutex<Vec<String>>>,
}

impl FakeServer {
    pub(crate) async fn start(answers: Answers) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (port, heard) = (listener.local_addr().unwrap().port(), Arc::new(Mutex::new(Vec::new())));
        let memory = heard.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                memory.lock().unwrap().push("(connected)".to_owned());
                tokio::spawn(serve(stream, answers.clone(), memory.clone()));
            }
        });
        Self { port, heard }
    }

    /// The commands that were heard, with the texts of mails as one `(mail)`.
    pub(crate) fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }

    /// How many of the commands begin like this.
    pub(crate) fn count(&self, command: &str) -> usize {
        self.heard().iter().filter(|line| line.starts_with(command)).count()
    }
}

async fn serve(stream: TcpStream, answers: Answers, heard: Arc<Mutex<Vec<String>>>) {
    let mut stream = BufReader::new(stream);
    let Some(greeting) = answers.greeting else { return std::future::pending().await };
    let _ = stream.write_all(greeting.as_bytes()).await;
    while let Some(line) = line(&mut stream).await {
        heard.lock().unwrap().push(line.clone());
        let answer = match line.split([' ', ':']).next().unwrap_or_default() {
            "EHLO" => answers.hello,
            "STARTTLS" => answers.encryption,
            "AUTH" => answers.login,
            "MAIL" => answers.from,
            "RCPT" => answers.recipient,
            "DATA" => {
                let _ = stream.write_all(b"354 go on\r\n").await;
                while line_is_not_the_last(&mut stream).await {}
                heard.lock().unwrap().push("(mail)".to_owned());
                match answers.end {
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
