//! A client that costs little, so that the server is measured: one buffer, one request at a time.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;

use tokio::io::{AsyncRead, ReadBuf};
use tokio::net::TcpStream;

/// A keep-alive connection.
pub(crate) struct Client {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// A response.
pub(crate) struct Answer<'a> {
    pub(crate) status: u16,
    pub(crate) body: &'a [u8],
}

impl Client {
    pub(crate) async fn connect(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: vec![0; 4096] })
    }

    /// Sends a request and waits for the complete response.
    pub(crate) async fn ask(&mut self, request: &[u8]) -> io::Result<Answer<'_>> {
        self.write(request).await?;
        let mut filled = 0;
        let mut head = None;
        let (status, body, end) = loop {
            if filled == self.buffer.len() {
                self.buffer.resize(filled * 2, 0);
            }
            filled += self.read(filled).await?;
            head = head.or_else(|| Head::read(&self.buffer[..filled]));
            let Some(Head { status, length, content }) = head else { continue };
            match content {
                Some(content) if filled >= length + content => break (status, length, length + content),
                // Nothing follows the last chunk, since the next request is sent after it.
                None if self.buffer[length..filled].ends_with(b"0\r\n\r\n") => {
                    break (status, length, length + join_chunks(&mut self.buffer[length..filled]));
                }
                _ => {}
            }
        };
        Ok(Answer { status, body: &self.buffer[body..end] })
    }

    async fn write(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            match self.stream.try_write(bytes) {
                Ok(written) => bytes = &bytes[written..],
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => self.stream.writable().await?,
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    async fn read(&mut self, from: usize) -> io::Result<usize> {
        let mut free = ReadBuf::new(&mut self.buffer[from..]);
        std::future::poll_fn(|cx| Pin::new(&mut self.stream).poll_read(cx, &mut free)).await?;
        match free.filled().len() {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            read => Ok(read),
        }
    }
}

#[derive(Clone, Copy)]
struct Head {
    status: u16,
    length: usize,
    /// The length of the body; `None` if it is sent in chunks.
    content: Option<usize>,
}

impl Head {
    /// Reads a head, if it is complete.
    fn read(bytes: &[u8]) -> Option<Self> {
        const CONTENT_LENGTH: &[u8] = b"content-length:";
        let (mut length, mut content) = (0, Some(0));
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            length += line.len();
            if line == b"\r\n" {
                let status = number(bytes.get(9..12)?)?;
                return Some(Self { status: u16::try_from(status).ok()?, length, content });
            }
            if line.get(..CONTENT_LENGTH.len()).is_some_and(|name| name.eq_ignore_ascii_case(CONTENT_LENGTH)) {
                content = Some(number(&line[CONTENT_LENGTH.len()..])?);
            }
            if line.eq_ignore_ascii_case(b"transfer-encoding: chunked\r\n") {
                content = None;
            }
        }
        None
    }
}

/// Moves the chunks of a body together, and returns their length.
fn join_chunks(body: &mut [u8]) -> usize {
    let (mut from, mut to) = (0, 0);
    while let Some(line) = body[from..].iter().position(|byte| *byte == b'\r') {
        let text = std::str::from_utf8(&body[from..from + line]).unwrap_or_default();
        let length = usize::from_str_radix(text, 16).expect("the length of a chunk");
        if length == 0 {
            break;
        }
        body.copy_within(from + line + 2..from + line + 2 + length, to);
        to += length;
        from += line + length + 4;
    }
    to
}

fn number(text: &[u8]) -> Option<usize> {
    std::str::from_utf8(text).ok()?.trim().parse().ok()
}

/// Returns a request's bytes.
pub(crate) fn request(method: &str, path: &str, token: Option<&str>, body: Option<&str>) -> Vec<u8> {
    let mut text = format!("{method} {path} HTTP/1.1\r\nhost: localhost\r\n");
    if let Some(token) = token {
        text.push_str(&format!("authorization: Bearer {token}\r\n"));
    }
    if let Some(body) = body {
        text.push_str(&format!("content-type: application/json\r\ncontent-length: {}\r\n", body.len()));
    }
    text.push_str("\r\n");
    text.push_str(body.unwrap_or_default());
    text.into_bytes()
}

/// Sends one request on a new connection, and returns the response's JSON.
pub(crate) fn ask_once(address: SocketAddr, request: &[u8]) -> serde_json::Value {
    super::runtime().block_on(async {
        let mut client = Client::connect(address).await.expect("the server is there");
        let answer = client.ask(request).await.expect("the server answers");
        let text = String::from_utf8_lossy(answer.body);
        assert_eq!(answer.status, 200, "{text}");
        serde_json::from_str(&text).expect("the answer is JSON")
    })
}

/// Returns the cookie of a token's session, as a browser sends it.
pub(crate) fn cookie(address: SocketAddr, token: &str) -> String {
    use std::io::{Read, Write};
    let mut stream = std::net::TcpStream::connect(address).expect("the server is there");
    stream.write_all(&request("POST", "/auth/session", Some(token), None)).expect("the server reads");
    let (mut answer, mut part) = (Vec::new(), [0; 4096]);
    while !answer.windows(4).any(|end| end == b"\r\n\r\n") {
        let read = stream.read(&mut part).expect("the server answers");
        assert!(read > 0, "the server hung up");
        answer.extend_from_slice(&part[..read]);
    }
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let cookie = answer.split("set-cookie: ").nth(1).expect("a cookie");
    cookie.split(';').next().unwrap_or_default().to_owned()
}

/// Returns a browser's request for a page, with these headers, each with its line end.
pub(crate) fn page(path: &str, cookie: &str, headers: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nhost: localhost\r\ncookie: {cookie}\r\n{headers}\r\n").into_bytes()
}
