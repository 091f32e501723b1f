//! 18: every sign-in method with every state of an account. The outcomes are recorded in docs/sign-in.md.
//!
//! With UPDATE_SNAPSHOTS=1 the table is written again.

use std::fmt::Write as _;
use std::sync::Arc;

use async_trait::async_trait;
use serde_json::{Map, json};
use vestibule_auth::identities::ClaimError;
use vestibule_auth::providers::Registration;
use vestibule_auth::{
    AuthIdentityId, AuthInput, AuthProvider, AuthenticateError, Authentication, EmailCodeProvider, Flow,
    ProviderContext, RequiredVerification,
};
use vestibule_database::{Error, transaction};
use vestibule_flows::{Context, CreateUserAccount, SignInMethod};
use vestibule_passkeys::{PasskeyProvider, RelyingParty};
use vestibule_testing::authenticator::Authenticator;
use vestibule_testing::{TestDatabase, on_both_engines};
use vestibule_user::{CreateUser, UserId};

use crate::support::{Answer, Client, PASSWORD, TestApp, forge, passkeys};

on_both_engines!(every_method_with_every_state_of_an_account);

const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/sign-in.md");

const METHODS: [&str; 4] = ["emailpass", "emailcode", "another service", "passkey"];

/// Where the table begins in the document.
const HEAD: &str = "## Every method with every state of an account\n
Written by `crates/api/tests/it/security/sign_in.rs`, which signs in with each method, on both databases.
*session*: the user is signed in. *second factor*: the token opens the challenge alone. *verification*: the token opens the verification
of the address alone. *no account*: the token can accept an invite. Otherwise the status, with its code. Accounts of the last column have
a passkey; those that are no users have one that was never finished.\n
";

/// A service that returns the user whom the query names.
struct Service;

#[async_trait]
impl AuthProvider for Service {
    fn identifier(&self) -> &str {
        "another"
    }

    fn display_name(&self) -> &str {
        "Another"
    }

    fn flow(&self) -> Flow {
        Flow::Redirect
    }

    async fn authenticate(&self, _: &AuthInput, _: &ProviderContext<'_>) -> Result<Authentication, AuthenticateError> {
        Ok(Authentication::Redirect { location: "https://another.example/".to_owned() })
    }

    async fn validate_callback(
        &self,
        input: &AuthInput,
        context: &ProviderContext<'_>,
    ) -> Result<Authentication, AuthenticateError> {
        let name = input.query.get("name").and_then(|name| name.as_str()).unwrap_or_default();
        let identities = context.identities();
        let identity = match identities.find_claimed(name).await? {
            Some(part) => identities.identity(&part).await?,
            None => {
                let registration = Registration {
                    entity_id: name.to_owned(),
                    entity_canonical: name.to_owned(),
                    registration_key: String::new(),
                    user_metadata: None,
                    provider_metadata: Map::new(),
                };
                identities.register(&registration).await?
            }
        };
        Ok(Authentication::Returned { identity: Box::new(identity), continue_to: None, has_second_factor: false })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Plain,
    SecondFactor,
    Locked,
    LockedWithSecondFactor,
    Deleted,
    Unverified,
    UnverifiedWithSecondFactor,
    Invited,
    Unknown,
}

const STATES: [(State, &str); 9] = [
    (State::Plain, "a user"),
    (State::SecondFactor, "with a second factor"),
    (State::Locked, "locked"),
    (State::LockedWithSecondFactor, "locked, with a second factor"),
    (State::Deleted, "deleted"),
    (State::Unverified, "address not verified, where that is required"),
    (State::UnverifiedWithSecondFactor, "the same, with a second factor"),
    (State::Invited, "invited, and no user yet"),
    (State::Unknown, "unknown"),
];

async fn open(place: &Arc<TestDatabase>) -> TestApp {
    let required = RequiredVerification { entity_type: "email".to_owned(), auth_provider: "emailpass".to_owned() };
    let set = move |options: &mut vestibule_auth::AuthOptions| {
        options.verifications_per_actor = [("user".to_owned(), vec![required])].into();
    };
    let passkeys = PasskeyProvider::new(RelyingParty::new(passkeys::SITE, "Tests").unwrap());
    TestApp::on(place)
        .auth_options(set)
        .open_with_providers(|auth| {
            let auth = auth.with_provider(EmailCodeProvider).with_provider(Service);
            auth.with_mfa_provider(passkeys.clone()).with_provider(passkeys)
        })
        .await
}

/// Signs in with a method, and returns the answer.
async fn sign_in(app: &TestApp, method: &str, email: &str, device: &mut Authenticator) -> Answer {
    let anonymous = app.anonymous();
    match method {
        "passkey" => passkeys::sign_in(app, device).await,
        "emailpass" => anonymous.sign_in(email, PASSWORD).await,
        "emailcode" => {
            let begun = anonymous.post("/auth/user/emailcode", json!({ "email": email })).await.ok();
            let mails = app.events("auth.sign_in_code_requested").await;
            let code = mails
                .iter()
                .find(|mail| mail["entity_id"] == email)
                .map_or(json!("000000"), |mail| mail["code"].clone());
            anonymous.post("/auth/user/emailcode/callback", json!({ "state": begun["state"], "code": code })).await
        }
        _ => at_another(app, email).await,
    }
}

/// Signs in at the other service.
async fn at_another(app: &TestApp, email: &str) -> Answer {
    app.anonymous().get(&format!("/auth/user/another/callback?name={}", email.replace('@', "-at-"))).await
}

/// A passkey that the authenticator has and no account.
fn unfinished(device: &mut Authenticator) {
    device.create(&json!({
        "challenge": "AAAAAAAAAAAAAAAAAAAAAA", "rp": { "id": "localhost" }, "pubKeyCredParams": [{ "alg": -7 }],
        "user": { "id": "A".repeat(43) },
    }));
}

fn outcome(answer: &Answer) -> String {
    let body = answer.json();
    if answer.status != 200 {
        let code = body["code"].as_str().map(|code| format!(" `{code}`")).unwrap_or_default();
        return format!("{}{code}", answer.status);
    }
    match (&body["mfa_required"], &body["verification_required"]) {
        (mfa, _) if *mfa == true => "second factor".to_owned(),
        (_, verification) if *verification == true => "verification".to_owned(),
        _ => {
            let claims = forge::claims(body["token"].as_str().unwrap());
            let is_owned = claims["actor_id"].as_str().is_some_and(|id| !id.is_empty());
            if is_owned { "session" } else { "no account" }.to_owned()
        }
    }
}

async fn claim(app: &TestApp, identity: AuthIdentityId, user: &str) -> Result<(), ClaimError> {
    transaction!(app.flows.database(), |transaction| {
        app.flows.auth().claim_identity_within(transaction, identity, "user", user).await
    })
}

async fn verify(app: &TestApp, identity: AuthIdentityId, email: &str) -> Result<(), Error> {
    let address = email.parse().unwrap();
    transaction!(app.flows.database(), |transaction| {
        app.flows.auth().take_as_verified_within(transaction, identity, &address).await
    })
}

/// Creates the account in this state, with a password and an account at the other service. For the column of passkeys, the
/// authenticator has one of it.
async fn prepare(app: &TestApp, state: State, email: &str, (method, device): (&str, &mut Authenticator)) {
    let admin = app.admin().await;
    if state == State::Invited {
        admin.invite(email).await;
    }
    if matches!(state, State::Invited | State::Unknown) {
        return unfinished(device);
    }
    let creator: UserId = admin.id.parse().unwrap();
    let account =
        CreateUserAccount::new(CreateUser::new(email.parse().unwrap()), SignInMethod::Password(PASSWORD.to_owned()));
    // Not the operator, who vouches for addresses.
    let user = app.flows.create_user_account(&account, &Context::user(creator)).await.unwrap().user;
    let signed_in = at_another(app, email).await.ok();
    let claims = forge::claims(signed_in["token"].as_str().unwrap());
    let identity: AuthIdentityId = claims["auth_identity_id"].as_str().unwrap().parse().unwrap();
    claim(app, identity, &user.id.to_string()).await.unwrap();
    let is_unverified = matches!(state, State::Unverified | State::UnverifiedWithSecondFactor);
    if !is_unverified {
        let password =
            app.flows.auth().find_password_of(app.flows.database(), "user", &user.id.to_string()).await.unwrap();
        verify(app, password.unwrap().auth_identity_id, email).await.unwrap();
    }
    let client = app.bearer(at_another(app, email).await.ok()["token"].as_str().unwrap());
    if matches!(state, State::SecondFactor | State::LockedWithSecondFactor | State::UnverifiedWithSecondFactor) {
        enrol(app, &client).await;
    }
    if method == "passkey" {
        passkeys::add(&client, device, "Phone").await;
    }
    match state {
        State::Locked | State::LockedWithSecondFactor => {
            app.flows.lock_user(user.id, &Context::operator()).await.unwrap();
        }
        State::Deleted => {
            app.flows.remove_user_account(user.id, &Context::operator()).await.unwrap();
        }
        _ => {}
    }
}

/// Enables a second factor.
async fn enrol(app: &TestApp, client: &Client) {
    let started = client.post("/auth/mfa/factors", json!({ "provider": "totp" })).await.ok();
    let secret = started["enrolment"]["secret"].as_str().or(started["secret"].as_str()).unwrap().to_owned();
    let path = format!("/auth/mfa/factors/{}/verify", started["mfa_factor"]["id"].as_str().unwrap());
    client.post(&path, json!({ "code": app.code(&secret) })).await.ok();
}

async fn every_method_with_every_state_of_an_account(place: Arc<TestDatabase>) {
    let app = open(&place).await;
    let mut table = format!("| Account | {} |\n|---|{}\n", METHODS.join(" | "), "---|".repeat(METHODS.len()));
    for (number, (state, name)) in STATES.into_iter().enumerate() {
        write!(table, "| {name} |").unwrap();
        for (column, method) in METHODS.into_iter().enumerate() {
            // An account for each: a code by mail verifies the address for the others.
            let email = format!("user{number}-{column}@example.com");
            let mut device = Authenticator::new(passkeys::SITE);
            prepare(&app, state, &email, (method, &mut device)).await;
            let outcome = outcome(&sign_in(&app, method, &email, &mut device).await);
            // A passkey is two factors on its own.
            let has_factor = matches!(state, State::SecondFactor | State::UnverifiedWithSecondFactor);
            let is_half = has_factor && method != "passkey";
            assert!(
                !is_half || ["second factor", "verification"].contains(&outcome.as_str()),
                "{method} {state:?}: {outcome}"
            );
            assert!(
                !matches!(state, State::Locked | State::LockedWithSecondFactor) || outcome.starts_with("401"),
                "{method}"
            );
            write!(table, " {outcome} |").unwrap();
        }
        table.push('\n');
    }
    let document = std::fs::read_to_string(DOCUMENT).unwrap();
    let before = document.split(HEAD).next().unwrap().trim_end();
    let wanted = format!("{before}\n\n{HEAD}{table}");
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(DOCUMENT, &wanted).unwrap();
    }
    let present = std::fs::read_to_string(DOCUMENT).unwrap();
    assert!(present == wanted, "UPDATE_SNAPSHOTS=1 writes {DOCUMENT} again:\n{table}");
}
