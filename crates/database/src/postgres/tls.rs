//! TLS to PostgreSQL, with the meaning of `sslmode` in its own clients.

use std::path::Path;
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::version::{TLS12, TLS13};
use rustls::{
    ALL_VERSIONS, CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme,
    SupportedProtocolVersion,
};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::address::{Tls, Trust};
use crate::Error;

static ONLY_1_2: &[&SupportedProtocolVersion] = &[&TLS12];
static ONLY_1_3: &[&SupportedProtocolVersion] = &[&TLS13];

/// Creates the connector for connections with this encryption.
pub(super) fn connector(tls: &Tls) -> Result<MakeRustlsConnect, Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier = Verifier {
        trust: tls.trust,
        authority: match tls.trust {
            Trust::AnyServer => None,
            _ => Some(
                WebPkiServerVerifier::builder_with_provider(Arc::new(roots(tls)?), Arc::clone(&provider))
                    .build()
                    .map_err(Error::other)?,
            ),
        },
        provider: Arc::clone(&provider),
    };
    let versions = match (tls.only_1_2, tls.only_1_3) {
        (true, _) => ONLY_1_2,
        (_, true) => ONLY_1_3,
        _ => ALL_VERSIONS,
    };
    let config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)
        .map_err(Error::other)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier));
    let mut config = match (&tls.certificate, &tls.key) {
        (Some(certificate), Some(key)) => {
            let chain = certificates("sslcert", certificate)?;
            let key = PrivateKeyDer::from_pem_file(key).map_err(|error| unreadable("sslkey", key, &error))?;
            config.with_client_auth_cert(chain, key).map_err(Error::other)?
        }
        _ => config.with_no_client_auth(),
    };
    config.enable_sni = tls.names_server;
    if tls.direct {
        config.alpn_protocols = vec![b"postgresql".to_vec()];
    }
    Ok(MakeRustlsConnect::new(config))
}

fn unreadable(parameter: &str, path: &Path, error: &dyn std::fmt::Display) -> Error {
    Error::other(format!("{parameter} {}: {error}", path.display()))
}

/// The certificates in a file, which must have one.
fn certificates(parameter: &str, path: &Path) -> Result<Vec<CertificateDer<'static>>, Error> {
    let certificates = CertificateDer::pem_file_iter(path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    match certificates {
        Ok(certificates) if certificates.is_empty() => Err(unreadable(parameter, path, &"it holds no certificate")),
        Ok(certificates) => Ok(certificates),
        Err(error) => Err(unreadable(parameter, path, &error)),
    }
}

/// The trusted certificates: those of the file that the URL names, otherwise the machine's.
fn roots(tls: &Tls) -> Result<RootCertStore, Error> {
    let mut roots = RootCertStore::empty();
    match &tls.root_certificate {
        Some(path) => {
            for certificate in certificates("sslrootcert", path)? {
                roots.add(certificate).map_err(|error| unreadable("sslrootcert", path, &error))?;
            }
        }
        None => {
            for certificate in rustls_native_certs::load_native_certs().certs {
                if let Err(error) = roots.add(certificate) {
                    tracing::debug!(%error, "a certificate of the machine cannot be used");
                }
            }
        }
    }
    Ok(roots)
}

/// Checks the server's certificate as far as `sslmode` requires. Signatures of the handshake are always checked.
#[derive(Debug)]
struct Verifier {
    trust: Trust,
    authority: Option<Arc<WebPkiServerVerifier>>,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let Some(authority) = &self.authority else {
            return Ok(ServerCertVerified::assertion());
        };
        match authority.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now) {
            // The chain is checked before the name, so a wrong name means that the chain is right.
            Err(rustls::Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) if self.trust == Trust::Authority => Ok(ServerCertVerified::assertion()),
            verdict => verdict,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
