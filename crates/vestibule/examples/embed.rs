//! Vestibule within an application of your own: its routes and pages beside yours, with your own sign-in method and your own
//! subscriber of events.
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
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use vestibule::auth::providers::Registration;
use vestibule::auth::{AuthInput, AuthProvider, AuthenticateError, Authentication, Flow, ProviderContext};
use vestibule::core::SigningKey;
use vestibule::dashboard::ROOT;
use vestibule::dashboard::pages::{CALLBACKS, UPLOADS};
use vestibule::database::Transaction;
use vestibule::notify::{Delivery, Destination, Outcome, RelayOptions, Target};
use vestibule::outbox::{Event, EventName, FeedEvent};
use vestibule::server::{LayerConfig, ServerLimits, TrustedProxies, serve, with_layers};
use vestibule::user::CreateUser;
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
        let refused = || AuthenticateError::Refused("This badge was not issued by the gate".into());
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

/// Welcomes each new user. The relay calls it at least once for each event, in whichever process runs, also after a crash.
///
/// Where losing an event does no harm, [`Vestibule::subscribe`] is simpler: it returns events as they are committed.
struct Welcome {
    welcomed: UnboundedSender<String>,
}

#[async_trait]
impl Destination for Welcome {
    fn name(&self) -> &str {
        "welcome"
    }

    async fn targets(
        &self,
        _transaction: &mut Transaction,
        events: &[FeedEvent],
    ) -> Result<Vec<Target>, vestibule::database::Error> {
        let new_users = events.iter().filter(|event| event.event.name == EventName::UserCreated);
        Ok(new_users.map(|event| Target { position: event.position, target: String::new() }).collect())
    }

    async fn deliver(&self, _delivery: &Delivery, event: &Event) -> Outcome {
        // A real one calls another system, and returns `Outcome::Again` when that does not respond.
        println!("welcome, {}", event.subject);
        self.welcomed.send(event.subject.clone()).ok();
        Outcome::Sent { recipient: None, status: None }
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
    let (welcomed, welcomes) = unbounded_channel();
    let relay = vestibule.relay(RelayOptions::default()).with_destination(Welcome { welcomed });

    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = listener.local_addr()?;
    let url = format!("http://{address}");
    // The application's own routes beside Vestibule's routes and pages.
    let application = Router::new()
        .route("/", get(async || "the application's own page"))
        .merge(vestibule.router(false))
        .merge(vestibule.dashboard(&url));
    let layers = LayerConfig::new(vestibule.flows().environment().clone()).public_url(&url)?.pages(ROOT);
    let layers = layers.foreign_forms(&format!("{ROOT}{CALLBACKS}")).uploads(&format!("{ROOT}{UPLOADS}"));
    let application = with_layers(application, &layers);

    let server = serve(listener, application, ServerLimits::default(), TrustedProxies::default(), interrupted());
    let running = async { tokio::join!(server, relay.run(interrupted())).0 };
    if std::env::args().any(|argument| argument == "--check") {
        return tokio::select! {
            checked = check(&vestibule, &gate, address, welcomes) => checked,
            stopped = running => Ok(stopped?),
        };
    }
    println!("listening on {url}, with the pages at {url}{ROOT}");
    Ok(running.await?)
}

/// Ends when the process is interrupted.
async fn interrupted() {
    tokio::signal::ctrl_c().await.ok();
}

/// Uses the provider, the subscriber and the pages once.
async fn check(
    vestibule: &Vestibule,
    gate: &SigningKey,
    address: SocketAddr,
    mut welcomes: UnboundedReceiver<String>,
) -> Result<(), Box<dyn Error>> {
    let badge = gate.sign(&Badge { number: "4711".to_owned(), name: "Ada".to_owned() });
    let answer = ask(address, "POST /auth/user/badge", &format!(r#"{{"badge":"{badge}"}}"#)).await?;
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("\"token\""), "{answer}");
    let answer = ask(address, "POST /auth/user/badge", r#"{"badge":"drawn by hand"}"#).await?;
    assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
    println!("a badge from the gate signs in, a forged one does not");

    let user = vestibule.users().create_users(CreateUser::new("ada@example.com".parse()?)).await?;
    assert_eq!(welcomes.recv().await, Some(user.id.to_string()));
    println!("the subscriber has welcomed the new user");

    let answer = ask(address, &format!("GET {ROOT}/login"), "").await?;
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("</form>"), "{answer}");
    let answer = ask(address, "GET /", "").await?;
    assert!(answer.ends_with("the application's own page"), "{answer}");
    println!("Vestibule's pages are beside the application's own");
    Ok(())
}

/// Sends a request over HTTP, and returns the response.
async fn ask(address: SocketAddr, request: &str, body: &str) -> Result<String, Box<dyn Error>> {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let mut connection = tokio::net::TcpStream::connect(address).await?;
    let request = format!(
        "{request} HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\n\
         content-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    connection.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await?;
    Ok(answer)
}
