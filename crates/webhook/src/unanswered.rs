//! Why there was no answer, in words.

use std::error::Error;
use std::io;

use hyper_util::client::legacy;
use rustls::CertificateError;

use crate::Endpoint;
use crate::connector::NotConnected;

/// Looks through the causes for the first that can be explained.
pub(crate) fn reason(endpoint: &Endpoint, error: &legacy::Error) -> String {
    let mut last: &(dyn Error + 'static) = error;
    loop {
        if let Some(reason) = explain(endpoint, last) {
            return reason;
        }
        match cause(last) {
            Some(next) => last = next,
            None => return format!("the connection broke before an answer: {last}"),
        }
    }
}

fn explain(endpoint: &Endpoint, error: &(dyn Error + 'static)) -> Option<String> {
    if let Some(error) = error.downcast_ref::<NotConnected>() {
        return Some(error.to_string());
    }
    if let Some(error) = error.downcast_ref::<rustls::Error>() {
        return Some(tls(endpoint.host(), error));
    }
    let error = error.downcast_ref::<hyper::Error>()?;
    if error.is_parse() || error.is_parse_too_large() {
        return Some(format!("its answer is not HTTP: {error}"));
    }
    let closed = error.is_incomplete_message() || error.is_canceled() || error.is_closed();
    // A cause, such as a reset, says more.
    (closed && error.source().is_none()).then(|| "closed the connection without an answer".to_owned())
}

fn tls(host: &str, error: &rustls::Error) -> String {
    let rustls::Error::InvalidCertificate(certificate) = error else {
        return format!("no TLS connection to {host}: {error}");
    };
    let what = match certificate {
        CertificateError::UnknownIssuer => {
            "was not issued by an authority that this machine trusts: name the authority's with webhooks.ca_file"
        }
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => "has expired",
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => "is not valid yet",
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => "is for another name",
        CertificateError::Revoked => "was revoked",
        _ => return format!("the certificate of {host} is not valid: {error}"),
    };
    format!("the certificate of {host} {what}")
}

/// An `io::Error` passes over what it wraps when it is asked for its source.
fn cause<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(inner) => Some(inner),
        None => error.source(),
    }
}
