//! Vestibule's routes within an application of your own, with your own sign-in method.
//!
//! Run it with `cargo run --example embed`; with `-- --check` it tests itself once and ends.
//!
//! The provider trusts a badge that a fictitious company gate puts into the request's body, signed with a secret that
//! gate and application share. A provider must require such a proof: an e-mail address alone proves nothing.

#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::error::Error;
use std::net::SocketAddr;

use async_trait::async_trait;
use axum::Router;
use axum::routing::get;
use serde_json::Map;
use vestibule::auth::providers::Registration;
use vestibule::auth::{AuthInput, AuthProvider, AuthenticateError, Authentication, Flow, ProviderContext};
use vestibule::core::SigningKey;
use vestibule::server::{LayerConfig, ServerLimits, TrustedProxies, serve, with_layers};
use vestibule::{Options, Vestibule};

/// Accepts badges that the gate has signed.
struct BadgeProvider {
    gate: SigningKey,
}

#[derive(serde::Serialize, serde::Deserialize)]
struct Badge {
    number: String,
    name: String,
}

#[async_trait]
impl AuthProvider for BadgeProvider {
    fn identifier(&self) -> &str {
        "badge"
    }

    fn display_name(&self) -> &str {
        "Company badge"
    }

    fn flow(&self) -> Flow {
        Flow::Credentials
    }

    async fn authenticate(
        &self,
        input: &AuthInput,
        context: &ProviderContext<'_>,
    ) -> Result<Authentication, AuthenticateError> {
        let identities = context.identities();
        let refused = || AuthenticateError::Refused("This badge was not issued by the gate".to_owned());
        let badge: Badge = self.gate.read(input.text("badge").unwrap_or_default()).map_err(|_| refused())?;
        let identity = match identities.find_claimed(&badge.number).await? {
            Some(part) => identities.identity(&part).await?,
            None => {
                let registration = Registration {
                    entity_id: badge.number.clone(),
                    entity_canonical: badge.number,
                    // The gate has verified the holder: a badge has one registration, not one for each attempt.
                    registration_key: String::new(),
                    user_metadata: None,
                    provider_metadata: Map::new(),
                };
                identities.register(&registration).await?
            }
        };
        Ok(Authentication::Authenticated(Box::new(identity)))
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let directory = tempfile::tempdir()?;
    let database_url = format!("sqlite://{}/vestibule.db", directory.path().display());
    let gate = SigningKey::new(b"what the gate and the application share");
    let vestibule = Vestibule::open(Options::new(&database_url, b"a secret of at least 32 random bytes")?)
        .await?
        .with_provider(BadgeProvider { gate: gate.clone() });

    // The application's own routes beside Vestibule's.
    let application =
        Router::new().route("/", get(async || "the application's own page")).merge(vestibule.router(false));
    let layers = LayerConfig::new(vestibule.flows().environment().clone());
    let application = with_layers(application, &layers);

    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = listener.local_addr()?;
    if std::env::args().any(|argument| argument == "--check") {
        let server = tokio::spawn(serve(
            listener,
            application,
            ServerLimits::default(),
            TrustedProxies::default(),
            std::future::pending(),
        ));
        let badge = gate.sign(&Badge { number: "4711".to_owned(), name: "Ada".to_owned() });
        let answer = ask(address, &format!(r#"{{"badge":"{badge}"}}"#)).await?;
        assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("\"token\""), "{answer}");
        let answer = ask(address, r#"{"badge":"drawn by hand"}"#).await?;
        assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
        println!("a badge from the gate signs in, a forged one does not");
        server.abort();
        return Ok(());
    }
    println!("listening on http://{address}");
    let interrupted = async { drop(tokio::signal::ctrl_c().await) };
    serve(listener, application, ServerLimits::default(), TrustedProxies::default(), interrupted).await?;
    Ok(())
}

/// Signs in with a badge over HTTP.
async fn ask(address: SocketAddr, body: &str) -> Result<String, Box<dyn Error>> {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let mut connection = tokio::net::TcpStream::connect(address).await?;
    let request = format!(
        "POST /auth/user/badge HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\n\
         content-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    connection.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await?;
    Ok(answer)
}
