//! TLS, and which certificates are trusted.

use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

use crate::ClientError;

/// Returns the configuration: TLS 1.2 and 1.3, certificates are always verified.
pub(crate) fn config(ca_file: Option<&Path>) -> Result<ClientConfig, ClientError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    Ok(ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots(ca_file)?)
        .with_no_client_auth())
}

/// Returns the machine's certificates and those of the file.
fn roots(ca_file: Option<&Path>) -> Result<RootCertStore, ClientError> {
    let mut roots = RootCertStore::empty();
    for certificate in rustls_native_certs::load_native_certs().certs {
        if let Err(error) = roots.add(certificate) {
            tracing::debug!(%error, "skipped a certificate of the machine that cannot be used");
        }
    }
    if let Some(path) = ca_file {
        add_file(&mut roots, path)
            .map_err(|reason| ClientError::Certificates { path: path.to_owned(), reason: reason.to_string() })?;
    }
    if roots.is_empty() {
        tracing::warn!(
            "this machine trusts no certificates, so no webhook can be sent by https. Install ca-certificates"
        );
    }
    Ok(roots)
}

fn add_file(roots: &mut RootCertStore, path: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let before = roots.len();
    for certificate in CertificateDer::pem_file_iter(path)? {
        roots.add(certificate?)?;
    }
    if roots.len() == before { Err("it contains no certificate in PEM".into()) } else { Ok(()) }
}
