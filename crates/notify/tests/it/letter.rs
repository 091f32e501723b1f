//! Reads the mails of a folder, as a mail program does.

use std::path::Path;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD as BASE64;

/// A mail as a mail program displays it.
#[derive(Debug)]
pub(crate) struct Letter {
    /// Names in lower case, with decoded values.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) text: String,
    pub(crate) html: String,
}

impl Letter {
    pub(crate) fn read(message: &str) -> Self {
        let (headers, body) = split(message);
        let kind = one(&headers, "content-type");
        let boundary = kind.split_once("boundary=\"").expect("it has two parts").1.split('"').next().unwrap();
        let marked = format!("\r\n{body}");
        let parts: Vec<&str> = marked.split(&format!("\r\n--{boundary}")).collect();
        let [_, text, html, end] = parts.as_slice() else { panic!("{} parts: {message}", parts.len()) };
        assert_eq!(end.trim(), "--");
        Self { text: part(text, "text/plain"), html: part(html, "text/html"), headers }
    }

    /// The value of a header that occurs once.
    pub(crate) fn header(&self, name: &str) -> &str {
        one(&self.headers, name)
    }

    pub(crate) fn subject(&self) -> &str {
        self.header("subject")
    }

    pub(crate) fn to(&self) -> &str {
        self.header("to")
    }

    /// The names of the headers, sorted.
    pub(crate) fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.headers.iter().map(|(name, _)| name.as_str()).collect();
        names.sort_unstable();
        names
    }

    /// The link of the button: on a line of its own in the text, and in the HTML.
    pub(crate) fn link(&self) -> &str {
        let link = self.text.lines().find(|line| line.starts_with("http")).expect("a link");
        assert!(self.html.contains(&format!("href=\"{link}\"")), "{link} is not in {}", self.html);
        link
    }

    /// The part of the link after this.
    pub(crate) fn secret(&self, before: &str) -> &str {
        self.link().strip_prefix(before).unwrap_or_else(|| panic!("{} does not begin with {before}", self.link()))
    }
}

/// The mails of a folder, in no order. Empties it.
pub(crate) fn take(folder: &Path) -> Vec<Letter> {
    let Ok(files) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut letters = Vec::new();
    for file in files {
        let path = file.unwrap().path();
        assert_eq!(path.extension().unwrap(), "eml", "something unfinished is left over");
        letters.push(Letter::read(&std::fs::read_to_string(&path).unwrap()));
        std::fs::remove_file(path).unwrap();
    }
    letters
}

fn one<'a>(headers: &'a [(String, String)], name: &str) -> &'a str {
    let found: Vec<&str> =
        headers.iter().filter(|(present, _)| present == name).map(|(_, value)| value.as_str()).collect();
    let [value] = found.as_slice() else { panic!("{name} stands there {} times: {headers:?}", found.len()) };
    value
}

fn split(message: &str) -> (Vec<(String, String)>, &str) {
    let (head, body) = message.split_once("\r\n\r\n").expect("head and body");
    let unfolded = head.replace("\r\n ", " ").replace("\r\n\t", " ");
    let header = |line: &str| {
        let (name, value) = line.split_once(": ").unwrap_or_else(|| panic!("no header: {line:?}"));
        (name.to_lowercase(), words(value))
    };
    (unfolded.split("\r\n").map(header).collect(), body)
}

fn part(part: &str, kind: &str) -> String {
    let (headers, body) = split(part.strip_prefix("\r\n").unwrap());
    assert!(one(&headers, "content-type").starts_with(kind), "{headers:?}");
    let bytes = match one(&headers, "content-transfer-encoding") {
        "7bit" => body.as_bytes().to_vec(),
        "quoted-printable" => quoted_printable(body),
        "base64" => BASE64.decode(body.replace("\r\n", "")).unwrap(),
        other => panic!("unknown encoding {other}"),
    };
    String::from_utf8(bytes).unwrap().replace("\r\n", "\n")
}

fn quoted_printable(text: &str) -> Vec<u8> {
    let joined = text.replace("=\r\n", "");
    let mut bytes = joined.bytes();
    let mut decoded = Vec::new();
    while let Some(byte) = bytes.next() {
        if byte == b'=' {
            let digits = [bytes.next().unwrap(), bytes.next().unwrap()];
            decoded.push(u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap());
        } else {
            decoded.push(byte);
        }
    }
    decoded
}

/// Encoded words (RFC 2047). White space between two of them is none.
fn words(value: &str) -> String {
    let mut decoded = String::new();
    let mut after_encoded = false;
    for word in value.split(' ') {
        let inner = word.strip_prefix("=?utf-8?b?").and_then(|rest| rest.strip_suffix("?="));
        let joins = after_encoded && inner.is_some();
        if !joins && !decoded.is_empty() {
            decoded.push(' ');
        }
        match inner {
            Some(inner) => decoded.push_str(&String::from_utf8(BASE64.decode(inner).unwrap()).unwrap()),
            None => decoded.push_str(word),
        }
        after_encoded = inner.is_some();
    }
    decoded
}
