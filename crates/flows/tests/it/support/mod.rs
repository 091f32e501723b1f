//! The flows on an empty database, with a clock of the test's own and hashes that cost next to nothing.

mod audited;
pub(crate) mod everything;
pub(crate) mod gate;
mod limited;
pub(crate) mod service;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use vestibule_auth::identities::AuthIdentityFilter;
use vestibule_auth::{
    AuthIdentity, AuthInput, AuthModule, AuthOptions, AuthenticateError, PasswordConfig, Passwords, SessionToken,
};
use vestibule_core::{DomainError, EmailAddress, Environment, ErrorKind, FindConfig, SigningKey};
use vestibule_database::{Database, Migrations};
use vestibule_flows::{
    AcceptInvite, AcceptInviteError, Client, Context, CreateUserAccount, Credential, Flows, NewInvite, SessionCaller,
    SignIn, SignInMethod, UserAccount,
};
use vestibule_testing::{SeededRandom, SetUp, TestClock, TestDatabase, test_environment};
use vestibule_user::{CreateUser, Invite, User, UserId, UserModule, UserOptions};

pub(crate) use vestibule_testing::clock::START;

pub(crate) const SECRET: &[u8] = b"a secret of thirty-two bytes, or";
pub(crate) const MICROSECOND: Duration = Duration::from_micros(1);
pub(crate) const HOUR: Duration = Duration::from_secs(60 * 60);
pub(crate) const DAY: Duration = Duration::from_secs(24 * 60 * 60);

pub(crate) const ADA: &str = "ada@example.com";
pub(crate) const BOB: &str = "bob@example.com";
/// A super admin, so that others are not the last one.
pub(crate) const ROOT: &str = "root@example.com";
pub(crate) const PASSWORD: &str = "Lantern-trombone-42";
pub(crate) const OTHER_PASSWORD: &str = "Other-harbour-77x";

pub(crate) struct Site {
    pub(crate) flows: Flows,
    pub(crate) database: Database,
    pub(crate) clock: TestClock,
    pub(crate) passwords: Passwords,
    place: Arc<TestDatabase>,
}

impl SetUp for Site {
    const TABLES: &[Migrations] = &vestibule_flows::MIGRATIONS;

    async fn set_up(place: Arc<TestDatabase>) -> Self {
        let database = place.open().await;
        let (environment, clock) = test_environment();
        vestibule_flows::set_up(&database, &environment).await.unwrap();
        let passwords = Passwords::start(PasswordConfig::fast_for_tests()).unwrap();
        let flows = flows(&database, environment, &passwords, options());
        Self { flows, database, clock, passwords, place }
    }
}

fn options() -> AuthOptions {
    AuthOptions::new(SigningKey::new(SECRET))
}

fn flows(database: &Database, environment: Environment, passwords: &Passwords, options: AuthOptions) -> Flows {
    let users = UserModule::new(database.clone(), environment.clone(), UserOptions::new(SigningKey::new(SECRET)));
    let auth = AuthModule::new(database.clone(), environment.clone(), options, passwords.clone());
    let auth = auth.with_provider(gate::Gate);
    let auth = auth.with_provider(service::Service("service")).with_provider(service::Service("elsewhere"));
    Flows::new(database.clone(), environment, users, auth)
}

impl Site {
    /// The flows of another process: with their own connections and randomness.
    pub(crate) async fn another_process(&self) -> Flows {
        let environment = Environment::new(Arc::new(self.clock.clone()), Arc::new(SeededRandom::new(2)));
        flows(&self.place.open().await, environment, &self.passwords, options())
    }

    /// The flows with other hashing threads, on the same database.
    pub(crate) fn with_passwords(&self, change: impl FnOnce(&mut PasswordConfig)) -> Flows {
        let mut config = PasswordConfig::fast_for_tests();
        change(&mut config);
        flows(&self.database, self.flows.environment().clone(), &Passwords::start(config).unwrap(), options())
    }

    /// The flows with other options of the Auth Module, on the same database.
    pub(crate) fn with_options(self, change: impl FnOnce(&mut AuthOptions)) -> Self {
        let mut options = options();
        change(&mut options);
        let flows = flows(&self.database, self.flows.environment().clone(), &self.passwords, options);
        Self { flows, ..self }
    }

    /// Sixty-four callers at once, half of them in another process. Returns the result of each, in no order.
    pub(crate) async fn sixty_four<T, F>(&self, work: impl Fn(Flows, usize) -> F) -> Vec<T>
    where
        T: Send + 'static,
        F: Future<Output = T> + Send + 'static,
    {
        let flows = [self.flows.clone(), self.another_process().await];
        let mut tasks = JoinSet::new();
        for caller in 0..64 {
            tasks.spawn(work(flows[caller % 2].clone(), caller));
        }
        tokio::time::timeout(Duration::from_secs(60), tasks.join_all()).await.expect("a task waits for ever")
    }

    pub(crate) async fn invite(&self, address: &str) -> Invite {
        self.flows.invite(&NewInvite::new(email(address)), &Context::operator()).await.unwrap()
    }

    /// An invite for a user created in advance.
    pub(crate) async fn invited_user(&self, address: &str) -> (User, Invite) {
        let account = self.create(address, SignInMethod::Invite).await;
        (account.user, account.invite.unwrap())
    }

    pub(crate) async fn create(&self, address: &str, sign_in_method: SignInMethod) -> UserAccount {
        self.flows.create_user_account(&account(address, sign_in_method), &Context::operator()).await.unwrap()
    }

    /// Creates a user who signs in with [`PASSWORD`].
    pub(crate) async fn user(&self, address: &str) -> User {
        self.create(address, SignInMethod::Password(PASSWORD.to_owned())).await.user
    }

    pub(crate) async fn register(&self, address: &str, password: &str) -> SessionToken {
        session(
            self.flows
                .register("user", "emailpass", &credentials(address, password), &Client::default())
                .await
                .unwrap(),
        )
    }

    pub(crate) async fn sign_in(&self, address: &str, password: &str) -> Result<SessionToken, AuthenticateError> {
        self.flows.sign_in("user", "emailpass", &credentials(address, password), &Client::default()).await.map(session)
    }

    pub(crate) async fn accept(&self, invite: &Invite, context: &SessionToken) -> Result<User, AcceptInviteError> {
        self.flows.accept_invite(&accept(invite), context.auth_identity_id.parse().unwrap(), &Client::default()).await
    }

    pub(crate) async fn accept_with_password(
        &self,
        invite: &Invite,
        password: &str,
    ) -> Result<(User, AuthIdentity), AcceptInviteError> {
        self.flows.accept_invite_with_password(&accept(invite), password, &Client::default()).await
    }

    /// The caller with a bearer token.
    pub(crate) async fn bearer(&self, token: &SessionToken) -> Option<SessionCaller> {
        self.flows.identify(Credential::Bearer(&token.token), Client::default).await.unwrap()
    }

    /// The user behind a bearer token.
    pub(crate) async fn user_of(&self, token: &SessionToken) -> Option<UserId> {
        self.bearer(token).await?.user.map(|user| user.id)
    }

    pub(crate) async fn refresh(&self, token: &SessionToken) -> Option<SessionToken> {
        self.flows.auth().refresh_session(token.sid.parse().unwrap()).await.unwrap()
    }

    pub(crate) async fn identities_of(&self, user: UserId) -> Vec<AuthIdentity> {
        let filter = AuthIdentityFilter::of_actor("user", &user.to_string());
        self.flows.auth().list_auth_identities(&filter, &FindConfig::default()).await.unwrap()
    }

    /// The invite as it is now.
    pub(crate) async fn again(&self, invite: &Invite) -> Invite {
        self.flows.users().retrieve_invite(invite.id).await.unwrap()
    }

    /// How many rows match: `count("users WHERE deleted_at IS NULL")`.
    pub(crate) async fn count(&self, from: &str) -> i64 {
        self.database.query_scalar(format!("SELECT count(*) FROM {from}"), &[]).await.unwrap()
    }

    /// The names of all events so far, oldest first.
    pub(crate) async fn events(&self) -> Vec<String> {
        let mut events = vestibule_outbox::newest(&self.database, 10_000).await.unwrap();
        events.reverse();
        events.into_iter().map(|event| event.name.to_string()).collect()
    }
}

pub(crate) fn email(text: &str) -> EmailAddress {
    text.parse().unwrap()
}

pub(crate) fn account(address: &str, sign_in_method: SignInMethod) -> CreateUserAccount {
    CreateUserAccount { user: CreateUser::new(email(address)), sign_in_method, roles: None }
}

pub(crate) fn password(text: &str) -> SignInMethod {
    SignInMethod::Password(text.to_owned())
}

pub(crate) fn credentials(address: &str, password: &str) -> AuthInput {
    AuthInput::body([("email", address), ("password", password)])
}

/// A client with this user agent, at this address.
pub(crate) fn device(user_agent: &str, address: &str) -> Client {
    Client { address: Some(address.parse().unwrap()), user_agent: Some(user_agent.to_owned()), ..Client::default() }
}

/// Accepts an invite without a name.
pub(crate) fn accept(invite: &Invite) -> AcceptInvite {
    AcceptInvite { token: invite.token.clone().unwrap(), ..AcceptInvite::default() }
}

/// Accepts an invite with both names.
pub(crate) fn accept_as(invite: &Invite, first_name: &str, last_name: &str) -> AcceptInvite {
    AcceptInvite { first_name: Some(first_name.to_owned()), last_name: Some(last_name.to_owned()), ..accept(invite) }
}

pub(crate) fn session(sign_in: SignIn) -> SessionToken {
    match sign_in {
        SignIn::Session(token) => *token,
        other => panic!("no session: {other:?}"),
    }
}

/// Kind, code and message of an expected error: what callers in other crates act on.
pub(crate) fn refusal<T, E: DomainError>(result: Result<T, E>) -> (ErrorKind, Option<&'static str>, String) {
    let error = result.err().expect("it should have been refused");
    (error.kind(), error.code(), error.to_string())
}

/// The code of an expected error.
pub(crate) fn code<T, E: DomainError>(result: Result<T, E>) -> &'static str {
    let (_, code, message) = refusal(result);
    code.unwrap_or_else(|| panic!("no code, but: {message}"))
}

pub(crate) fn wrong_password() -> (ErrorKind, Option<&'static str>, String) {
    (ErrorKind::Unauthorized, None, "Invalid email or password".to_owned())
}
