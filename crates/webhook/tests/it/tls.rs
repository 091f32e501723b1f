//! Certificates are always verified.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use tempfile::TempDir;
use vestibule_webhook::{Answer, Client, ClientConfig, ClientError};

use crate::support::{client, config, send};

fn openssl(folder: &Path, arguments: &str) {
    let output = Command::new("openssl").args(arguments.split(' ')).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// Creates `authority.pem`, and `server.pem` with `server.key`, issued by it for localhost.
fn certificates() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let new = "-x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2";
    openssl(folder.path(), &format!("req {new} -subj /CN=Authority -keyout authority.key -out authority.pem"));
    openssl(
        folder.path(),
        &format!(
            "req {new} -subj /CN=Server -keyout server.key -out server.pem -CA authority.pem -CAkey authority.key \
             -addext basicConstraints=critical,CA:FALSE -addext subjectAltName=DNS:localhost"
        ),
    );
    folder
}

/// Sends 200 once on each connection, in a thread that ends with the tests. Returns the port.
fn serve(folder: &Path) -> u16 {
    let certificate = CertificateDer::from_pem_file(folder.join("server.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_file(folder.join("server.key")).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut stream = StreamOwned::new(connection, stream.unwrap());
            // Fails if the client rejects the certificate.
            if matches!(stream.read(&mut [0; 4096]), Ok(length) if length > 0) {
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            }
        }
    });
    port
}

fn trusting(folder: &Path) -> Client {
    Client::new(&ClientConfig { ca_file: Some(folder.join("authority.pem")), ..config() }).unwrap()
}

#[tokio::test]
async fn an_unknown_authority_is_rejected() {
    let folder = certificates();
    let port = serve(folder.path());
    let failure = send(&client(), &format!("https://localhost:{port}/")).await.unwrap_err();
    assert_eq!(
        failure.to_string(),
        "the certificate of localhost was not issued by an authority that this machine trusts: \
         name the authority's with webhooks.ca_file"
    );
}

#[tokio::test]
async fn the_configured_authority_is_trusted() {
    let folder = certificates();
    let port = serve(folder.path());
    let client = trusting(folder.path());
    assert_eq!(send(&client, &format!("https://localhost:{port}/")).await, Ok(Answer { status: 200 }));
}

#[tokio::test]
async fn a_certificate_for_another_name_is_rejected() {
    let folder = certificates();
    let port = serve(folder.path());
    let failure = send(&trusting(folder.path()), &format!("https://127.0.0.1:{port}/")).await.unwrap_err();
    assert_eq!(failure.to_string(), "the certificate of 127.0.0.1 is for another name");
}

#[tokio::test]
async fn a_server_without_tls_fails() {
    let server = crate::server::Server::answering("HTTP/1.1 400 Bad Request\r\n\r\n").await;
    // The server reads until a head is complete, which a handshake never is, so the time limit ends this.
    let failure = send(&crate::support::impatient(), &format!("https://{}/", server.address)).await.unwrap_err();
    assert_eq!(failure.to_string(), "did not answer within 250 ms");

    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}/", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let _ = stream.read(&mut [0; 4096]);
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
    });
    let failure = send(&client(), &url).await.unwrap_err();
    assert!(failure.to_string().starts_with("no TLS connection to 127.0.0.1: "), "{failure}");
}

#[test]
fn an_invalid_certificate_file_makes_no_client() {
    let folder = tempfile::tempdir().unwrap();
    let (missing, empty, broken) =
        (folder.path().join("missing"), folder.path().join("empty"), folder.path().join("broken"));
    std::fs::write(&empty, "no certificate").unwrap();
    std::fs::write(&broken, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n").unwrap();
    for file in [missing, empty, broken] {
        let error = Client::new(&ClientConfig { ca_file: Some(file.clone()), ..config() }).unwrap_err();
        assert!(matches!(error, ClientError::Certificates { .. }), "{error}");
        assert!(error.to_string().starts_with(&format!("webhooks.ca_file: {}: ", file.display())), "{error}");
    }
}
