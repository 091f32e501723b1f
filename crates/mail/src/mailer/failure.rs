//! What a failure means for the mail.

use std::error::Error as _;
use std::io;
use std::time::Duration;

use lettre::transport::smtp::Error;
use rustls::CertificateError;
use vestibule_core::CertificateProblem;

use super::{Reason, SendError};
use crate::one_line::one_line;

/// The most characters of a server's reply that are quoted.
const LONGEST_ANSWER: usize = 300;

/// The step that failed. A refusal has another meaning in each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// Up to the greeting, with TLS.
    Connecting,
    /// The login.
    Login,
    /// The sender. A refusal here concerns this client, not the mail.
    From,
    /// The recipient. Servers that delay refusing a client do it here (Postfix, `smtpd_delay_reject`).
    Recipient,
    /// The text.
    Text,
}

/// Describes the failure of the server `host` in `stage`.
pub(super) fn failure(host: &str, stage: Stage, error: &Error) -> SendError {
    if let Some(code) = error.status() {
        let code = u16::from(code);
        let text = error.source().map(|source| answer(&source.to_string())).unwrap_or_default();
        let text = if stage == Stage::Login { without_credentials(&text) } else { text };
        let is_final = is_final(stage, code, &text);
        let host = host.to_owned();
        let reason = match stage {
            Stage::Login => Reason::LoginRefused { host, code, answer: text },
            Stage::From => Reason::SenderRefused { host, code, answer: text },
            _ => Reason::Answered { host, code, answer: text },
        };
        // 421 closes; 530 to 538 require a login or TLS first, in any step (RFC 4954 6).
        let is_of_mail = matches!(stage, Stage::Recipient | Stage::Text);
        let is_server = !is_of_mail || code == 421 || (530..=538).contains(&code);
        return match (is_server, is_final) {
            (true, _) => SendError::of_server(reason),
            (false, true) => SendError::of_mail(reason),
            (false, false) => SendError::for_now(reason),
        };
    }
    SendError::of_server(connection(host, error))
}

/// Returns whether a refusal concerns the recipient or the text, for good. If it concerns this client (its name,
/// address, login or commands), either side can fix it, and the mail must not be lost.
fn is_final(stage: Stage, code: u16, text: &str) -> bool {
    if code < 500 {
        return false;
    }
    // RFC 3463 3, RFC 5248, RFC 7372; recipients: 1.x and 2.x, except for the sender's address.
    match enhanced(text) {
        Some((1, 7 | 8)) => false,
        Some((1 | 2 | 4 | 6, _)) => true,
        // Too large; the account is closed, the mailbox or the domain has another owner.
        Some((3, 4) | (7, 13 | 17 | 18)) => true,
        Some((7, 0..=2)) => stage == Stage::Text && !concerns_client(text),
        Some((3 | 5 | 7, _)) => false,
        _ if stage == Stage::Recipient => matches!(code, 550..=553 | 556) && !concerns_client(text),
        _ => matches!(code, 550..=554 | 556) && !concerns_client(text),
    }
}

/// Returns subject and detail of the enhanced status code (RFC 2034) with which a reply may begin.
fn enhanced(text: &str) -> Option<(u16, u16)> {
    let mut parts = text.split_whitespace().next()?.strip_prefix("5.")?.split('.');
    let code = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    parts.next().is_none().then_some(code)
}

/// Returns whether a reply without such a code concerns this client.
fn concerns_client(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    ["helo", "ehlo", "relay", "authenti", "client host", "sender"].iter().any(|word| text.contains(word))
}

/// Describes a timeout.
pub(super) fn timed_out(host: &str, timeout: Duration) -> SendError {
    SendError::of_server(Reason::TimedOut { host: host.to_owned(), within: timeout })
}

/// Describes a failure of the connection.
fn connection(host: &str, error: &Error) -> Reason {
    let mut cause = error.source();
    let mut last = error.to_string();
    while let Some(error) = cause {
        last = error.to_string();
        let inner = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        let tls = error.downcast_ref().or_else(|| inner.and_then(|inner| inner.downcast_ref::<rustls::Error>()));
        if let Some(tls) = tls {
            return tls_failure(host, tls);
        }
        if let Some(error) = error.downcast_ref::<io::Error>() {
            return io_failure(host, error);
        }
        cause = error.source();
    }
    // The mail library's text for a connection that ended before a reply.
    if last == "incomplete response" {
        return Reason::Closed { host: host.to_owned() };
    }
    Reason::NotSmtp { host: host.to_owned(), error: answer(&last) }
}

pub(super) fn io_failure(host: &str, error: &io::Error) -> Reason {
    let host = host.to_owned();
    match error.kind() {
        io::ErrorKind::ConnectionRefused => Reason::ConnectionRefused { host },
        io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe => {
            Reason::Closed { host }
        }
        _ => Reason::Unreachable { host, error: answer(&error.to_string()) },
    }
}

fn tls_failure(host: &str, error: &rustls::Error) -> Reason {
    let host = host.to_owned();
    let rustls::Error::InvalidCertificate(certificate) = error else {
        return Reason::NoTls { host, error: answer(&error.to_string()) };
    };
    let problem = match certificate {
        CertificateError::UnknownIssuer => return Reason::UnknownIssuer { host },
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => CertificateProblem::Expired,
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            CertificateProblem::OtherName
        }
        other => CertificateProblem::Other(answer(&other.to_string())),
    };
    Reason::Certificate { host, problem }
}

/// Returns a server's reply on one line, cut to [`LONGEST_ANSWER`].
fn answer(text: &str) -> String {
    one_line(text).chars().take(LONGEST_ANSWER).collect()
}

/// Some servers repeat the refused command, and the login's contains the password in Base64: removes words that look
/// like that.
fn without_credentials(text: &str) -> String {
    let is_base64 = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=');
    let is_mixed = |word: &str| word.chars().skip(1).any(|c| !c.is_ascii_lowercase());
    let is_code = |word: &str| word.len() >= 8 && word.chars().all(is_base64) && is_mixed(word);
    text.split(' ').map(|word| if is_code(word) { "…" } else { word }).collect::<Vec<_>>().join(" ")
}
