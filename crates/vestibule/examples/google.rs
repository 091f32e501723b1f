//! The last section of the document "User Creation Flows" with Google: authenticate, and create the user if there is none.
//!
//! ```sh
//! cargo run -p vestibule --example google -- CLIENT_ID CLIENT_SECRET
//! ```
//!
//! Register `http://localhost:9000/auth/user/google/callback` as a redirect URI at Google. Nothing listens there: after the
//! sign-in, copy the URL from the browser's address bar. A third argument is the URL of a stand-in for Google on this machine.

#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::io::Write as _;

use vestibule::auth::{AuthInput, AuthenticationResponse};
use vestibule::core::{Field, FindConfig};
use vestibule::oidc::{GoogleOptions, GoogleProvider, StandIn};
use vestibule::user::{CreateUser, UserField};
use vestibule::webhook::ClientConfig;
use vestibule::{GuardedClient, Options, Vestibule};

fn ask(question: &str) -> std::io::Result<String> {
    print!("{question}");
    std::io::stdout().flush()?;
    let mut line = String::new();
    std::io::stdin().read_line(&mut line)?;
    Ok(line.trim().to_owned())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [client_id, client_secret, rest @ ..] = arguments.as_slice() else {
        return Err("write the client id and the client secret".into());
    };
    let mut google = GoogleOptions::new(client_id, client_secret);
    if let Some(stand_in) = rest.first() {
        google.stand_in = Some(StandIn::parse(stand_in)?);
        let mut client = ClientConfig::default();
        client.guard.allowed.push("127.0.0.0/8".parse()?);
        google.http = Some(std::sync::Arc::new(GuardedClient::new(client)));
    }

    let directory = tempfile::tempdir()?;
    let url = format!("sqlite://{}", directory.path().join("example.db").display());
    let mut options = Options::new(&url, b"a secret of this example alone: 32 bytes")?;
    options.auth.public_url = Some("http://localhost:9000".to_owned());
    let vestibule = Vestibule::open(options).await?.with_provider(GoogleProvider::new(google));
    let (auth_module_service, user_module_service) = (vestibule.auth(), vestibule.users());

    let input = AuthInput { actor_type: "user".to_owned(), ..AuthInput::default() };
    let AuthenticationResponse::Redirect { location } = auth_module_service.authenticate("google", &input).await?
    else {
        return Err("Google asks for no redirect".into());
    };
    println!("Sign in at {location}");
    let callback = ask("The URL to which Google has sent the browser back: ")?;
    let query = callback.split_once('?').map_or("", |(_, query)| query);
    let parameters = form_urlencoded::parse(query.as_bytes());
    let query = parameters.map(|(name, value)| (name.into_owned(), value.into_owned().into())).collect();
    let input = AuthInput { query, ..input };
    let auth_identity = auth_module_service.validate_callback("google", &input).await?.identity()?;

    // Google's id of the user never changes; the address is one that Google has verified.
    let google_identity = auth_identity.provider_identity("google").ok_or("no identity of Google")?;
    let email = google_identity.proven_email().ok_or("Google states no verified address")?;
    let (_, count) =
        user_module_service.list_and_count_users(&UserField::Email.eq(email.as_str()), &FindConfig::default()).await?;
    if count == 0 {
        let user = user_module_service.create_users(CreateUser::new(email)).await?;
        println!("created {} ({})", user.email, user.id);
    }
    Ok(())
}
