//! Why there was no response.

use std::error::Error;
use std::io;

use hyper_util::client::legacy;
use rustls::CertificateError;
use vestibule_core::CertificateProblem;

use crate::{Endpoint, Reason};

/// Returns the first cause that has an explanation.
pub(crate) fn reason(endpoint: &Endpoint, error: &legacy::Error) -> Reason {
    let mut last: &(dyn Error + 'static) = error;
    loop {
        if let Some(reason) = explain(endpoint, last) {
            return reason;
        }
        match cause(last) {
            Some(next) => last = next,
            None => return Reason::Broken { error: last.to_string() },
        }
    }
}

fn explain(endpoint: &Endpoint, error: &(dyn Error + 'static)) -> Option<Reason> {
    if let Some(reason) = error.downcast_ref::<Reason>() {
        return Some(reason.clone());
    }
    if let Some(error) = error.downcast_ref::<rustls::Error>() {
        return Some(tls(endpoint.host(), error));
    }
    let error = error.downcast_ref::<hyper::Error>()?;
    if error.is_parse() || error.is_parse_too_large() {
        return Some(Reason::NotHttp { error: error.to_string() });
    }
    let closed = error.is_incomplete_message() || error.is_canceled() || error.is_closed();
    // A deeper cause, such as a reset, is more precise.
    (closed && error.source().is_none()).then_some(Reason::Closed)
}

fn tls(host: &str, error: &rustls::Error) -> Reason {
    let host = host.to_owned();
    let rustls::Error::InvalidCertificate(certificate) = error else {
        return Reason::NoTls { host, error: error.to_string() };
    };
    let problem = match certificate {
        CertificateError::UnknownIssuer => return Reason::UnknownIssuer { host },
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => CertificateProblem::Expired,
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => CertificateProblem::NotValidYet,
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            CertificateProblem::OtherName
        }
        CertificateError::Revoked => CertificateProblem::Revoked,
        _ => CertificateProblem::Other(error.to_string()),
    };
    Reason::Certificate { host, problem }
}

/// `io::Error::source` skips the error that it wraps.
fn cause<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(inner) => Some(inner),
        None => error.source(),
    }
}
