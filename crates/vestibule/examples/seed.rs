//! The User Creation Flows of the reference's documentation, line by line in Rust.
//!
//! Run it with `cargo run --example seed`. It works on a SQLite file in a temporary directory and leaves nothing behind.

#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::error::Error;

use vestibule::auth::{AuthIdentity, AuthInput, AuthModule, AuthenticationResponse, MfaChallenge};
use vestibule::core::{Field, FindConfig};
use vestibule::user::{CreateInvite, CreateUser, UpdateInvite, UserField};
use vestibule::{Options, Vestibule};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let directory = tempfile::tempdir()?;
    let database_url = format!("sqlite://{}/vestibule.db", directory.path().display());
    let vestibule = Vestibule::open(Options::new(&database_url, b"a secret of at least 32 random bytes")?).await?;
    let user_module_service = vestibule.users();
    let auth_module_service = vestibule.auth();

    // ## Straightforward User Creation
    let user = user_module_service.create_users(CreateUser::new("user@example.com".parse()?)).await?;
    assert_eq!(user.email.as_str(), "user@example.com");

    // ## Invite Users
    let invite = user_module_service.create_invites(CreateInvite::new("colleague@example.com".parse()?)).await?;

    // Later, the invite is accepted and a user created for it. In one transaction, with a sign-in method, this is
    // `vestibule.flows().accept_invite(…)`.
    let token = invite.token.ok_or("a pending invite has a token")?;
    let invite = user_module_service.validate_invite_token(&token).await?;
    user_module_service.update_invites(UpdateInvite { accepted: true, ..UpdateInvite::new(invite.id) }).await?;
    let user = user_module_service.create_users(CreateUser::new(invite.email.clone())).await?;
    assert_eq!(user.email, invite.email);

    // ### Invite Expiry
    let invite = user_module_service.create_invites(CreateInvite::new("late@example.com".parse()?)).await?;
    let refreshed = user_module_service.refresh_invite_tokens([invite.id]).await?;
    assert!(refreshed.iter().all(|refreshed| refreshed.token != invite.token));

    // ## Create Identity with the Auth Module
    let credentials = AuthInput::body([("email", "newcomer@example.com"), ("password", "Lantern-trombone-42")]);
    auth_module_service.register("emailpass", &credentials).await?;

    let auth_identity = match auth_module_service.authenticate("emailpass", &credentials).await? {
        AuthenticationResponse::Authenticated(auth_identity) => *auth_identity,
        // The user has a second factor: only a correct code returns the identity.
        AuthenticationResponse::MfaRequired(challenge) => {
            answer(auth_module_service, &challenge, &ask("Code of the authenticator app: ")?).await?
        }
        // What other sign-in methods need: to continue elsewhere, a code from a mail, a passkey.
        _ => return Err("a password alone does not sign in here".into()),
    };
    let (_, count) = user_module_service
        .list_and_count_users(&UserField::Email.eq(auth_identity.entity_id()), &FindConfig::default())
        .await?;
    if count == 0 {
        let user = user_module_service.create_users(CreateUser::new(auth_identity.entity_id().parse()?)).await?;
        assert_eq!(user.email.as_str(), "newcomer@example.com");
    }

    // The same in one call and one transaction; the identity belongs to the user.
    let credentials = AuthInput::body([("email", "another@example.com"), ("password", "Lantern-trombone-42")]);
    auth_module_service.register("emailpass", &credentials).await?;
    let (user, auth_identity) = vestibule.flows().sign_in_or_create_user("emailpass", &credentials).await?;
    assert_eq!(auth_identity.actor("user"), Some(user.id.to_string().as_str()));

    let (users, count) = user_module_service.list_and_count_users(&Default::default(), &FindConfig::default()).await?;
    for user in &users {
        println!("{}  {}", user.id, user.email);
    }
    println!("{count} users");
    assert_eq!(count, 4);
    Ok(())
}

/// Verifies a code for the challenge of a second factor, and returns the identity that the challenge is about.
async fn answer(auth: &AuthModule, challenge: &MfaChallenge, code: &str) -> Result<AuthIdentity, Box<dyn Error>> {
    let identity = challenge.auth_identity_id;
    let verified = auth.verify_auth_mfa_challenge(challenge.id, identity, "totp", code).await?;
    Ok(auth.retrieve_auth_identity(verified.challenge.auth_identity_id).await?)
}

fn ask(question: &str) -> Result<String, Box<dyn Error>> {
    println!("{question}");
    let mut code = String::new();
    std::io::stdin().read_line(&mut code)?;
    Ok(code.trim().to_owned())
}
