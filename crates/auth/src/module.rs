//! The service itself: what all its methods share.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use vestibule_core::{Environment, SealingKey, SigningKey};
use vestibule_database::{Database, Migration, Migrations};

use crate::attempts::{AccountLocks, AttemptLimit};
use crate::mfa::{MfaDisablePolicy, MfaProvider, TotpProvider};
use crate::passwords::{ForbiddenPasswords, PasswordPolicy, PasswordRules};
use crate::providers::EmailPassProvider;
use crate::providers::HttpClient;
use crate::uses::Uses;
use crate::verification::{RequiredVerification, TokenProvider, VerificationProvider};
use crate::{AuthProvider, AuthenticateError, Flow, Passwords};

/// The tables of the Auth Module.
pub const MIGRATIONS: Migrations = Migrations {
    module: "auth",
    steps: &[
        Migration {
            name: "V1__identities_and_sessions",
            sql: include_str!("../migrations/V1__identities_and_sessions.sql"),
        },
        Migration {
            name: "V2__second_factors_resets_and_keys",
            sql: include_str!("../migrations/V2__second_factors_resets_and_keys.sql"),
        },
        Migration { name: "V3__owners_of_sessions", sql: include_str!("../migrations/V3__owners_of_sessions.sql") },
        Migration { name: "V4__devices", sql: include_str!("../migrations/V4__devices.sql") },
        Migration {
            name: "V5__challenges_without_sessions",
            sql: include_str!("../migrations/V5__challenges_without_sessions.sql"),
        },
        Migration { name: "V6__known_devices", sql: include_str!("../migrations/V6__known_devices.sql") },
        Migration { name: "V7__stranger_mails", sql: include_str!("../migrations/V7__stranger_mails.sql") },
        Migration { name: "V8__issued_resets", sql: include_str!("../migrations/V8__issued_resets.sql") },
        Migration { name: "V9__cookies", sql: include_str!("../migrations/V9__cookies.sql") },
        Migration { name: "V10__publishable_keys", sql: include_str!("../migrations/V10__publishable_keys.sql") },
        Migration { name: "V11__provider_states", sql: include_str!("../migrations/V11__provider_states.sql") },
        Migration { name: "V12__named_factors", sql: include_str!("../migrations/V12__named_factors.sql") },
        Migration { name: "V13__email_changes", sql: include_str!("../migrations/V13__email_changes.sql") },
        Migration { name: "V14__details_of_factors", sql: include_str!("../migrations/V14__details_of_factors.sql") },
        Migration {
            name: "V15__last_use_of_sign_in_methods",
            sql: include_str!("../migrations/V15__last_use_of_sign_in_methods.sql"),
        },
        Migration { name: "V16__factors_of_sessions", sql: include_str!("../migrations/V16__factors_of_sessions.sql") },
        Migration { name: "V17__handovers", sql: include_str!("../migrations/V17__handovers.sql") },
        Migration { name: "V18__imported_keys", sql: include_str!("../migrations/V18__imported_keys.sql") },
    ],
};

/// The configuration of the Auth Module.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct AuthOptions {
    /// Where browsers reach this service, such as `https://people.example.com`: providers that redirect send them back
    /// there. Nothing by default.
    pub public_url: Option<String>,
    /// Signs tokens.
    pub signing_key: SigningKey,
    /// How long a token is valid; it can be refreshed. The reference's is one day.
    pub token_lifetime: Duration,
    /// How long a session lasts at most, however often its token is refreshed.
    pub session_lifetime: Duration,
    /// How long a session may be unused before it ends.
    pub session_idle_lifetime: Duration,
    /// How long a proof of identity counts for actions that create or widen access.
    pub fresh_proof_lifetime: Duration,
    /// How long a registration can be claimed.
    pub unclaimed_lifetime: Duration,
    /// How long a password reset's token works. The reference's is a quarter of an hour.
    pub reset_lifetime: Duration,
    /// How long and how hard to guess new passwords are.
    pub password_policy: PasswordPolicy,
    /// Passwords that no one may set. None by default.
    pub forbidden_passwords: Option<Arc<ForbiddenPasswords>>,
    /// The names of the service, which no password may be built of. `mfa_issuer` and the host of `public_url` count
    /// without being here.
    pub service_names: Vec<String>,
    /// What each type of actor has to verify before it is fully signed in: the reference's `authVerificationsPerActor`.
    /// Nothing by default.
    pub verifications_per_actor: BTreeMap<String, Vec<RequiredVerification>>,
    /// Which providers an actor type may use: the reference's `authMethodsPerActor`. An actor type that is not named may use
    /// all of them.
    pub providers_per_actor: BTreeMap<String, Vec<String>>,
    /// How many attempts of an account may fail before everyone has to wait.
    pub attempts: AttemptLimit,
    /// How many mails an hour one client address can cause without a session, to any recipients; 0 for no limit.
    pub stranger_mails: u32,
    /// Seals values that must be read again and must not be readable in the database.
    pub sealing_key: SealingKey,
    /// The issuer that an authenticator app displays for second factors. The reference's is `Medusa`.
    pub mfa_issuer: String,
    /// How long a challenge can be passed. The reference's `challenge_ttl_seconds`, 300 by default.
    pub mfa_challenge_lifetime: Duration,
    /// How many attempts a challenge takes. The reference's `challenge_max_attempts`, 5 by default.
    pub mfa_challenge_attempts: u32,
    /// Whether [`AuthModule::disable_auth_mfa`] requires a code. The flows require a fresh proof in any case.
    pub mfa_disable_policy: MfaDisablePolicy,
}

impl AuthOptions {
    /// Tokens for one day, sessions for thirty and for seven without use, registrations for one day; all signed with
    /// this key.
    pub fn new(signing_key: SigningKey) -> Self {
        const DAY: Duration = Duration::from_secs(24 * 60 * 60);
        Self {
            public_url: None,
            sealing_key: SealingKey::derived(&signing_key),
            signing_key,
            token_lifetime: DAY,
            session_lifetime: DAY * 30,
            session_idle_lifetime: DAY * 7,
            fresh_proof_lifetime: Duration::from_secs(10 * 60),
            unclaimed_lifetime: DAY,
            reset_lifetime: Duration::from_secs(15 * 60),
            password_policy: PasswordPolicy::default(),
            forbidden_passwords: None,
            service_names: Vec::new(),
            verifications_per_actor: BTreeMap::new(),
            providers_per_actor: BTreeMap::new(),
            attempts: AttemptLimit::default(),
            stranger_mails: 30,
            mfa_issuer: "Medusa".to_owned(),
            mfa_challenge_lifetime: Duration::from_secs(300),
            mfa_challenge_attempts: 5,
            mfa_disable_policy: MfaDisablePolicy::default(),
        }
    }
}

/// The Auth Module's service. Cheap to clone.
#[derive(Clone)]
pub struct AuthModule {
    pub(crate) database: Database,
    pub(crate) environment: Environment,
    pub(crate) options: AuthOptions,
    pub(crate) passwords: Passwords,
    pub(crate) password_rules: Arc<PasswordRules>,
    pub(crate) locks: AccountLocks,
    pub(crate) uses: Uses,
    providers: Vec<Arc<dyn AuthProvider>>,
    pub(crate) http: Option<Arc<dyn HttpClient>>,
    mfa_providers: Vec<Arc<dyn MfaProvider>>,
    verification_providers: Vec<Arc<dyn VerificationProvider>>,
}

impl AuthModule {
    /// A service on a database that has [`MIGRATIONS`] and the outbox's, with the provider `emailpass`, the second
    /// factor `totp`, and codes to verify addresses by `token`.
    pub fn new(database: Database, environment: Environment, options: AuthOptions, passwords: Passwords) -> Self {
        let password_rules = Arc::new(PasswordRules::new(&options));
        let emailpass =
            EmailPassProvider::new(passwords.clone(), environment.clone(), &options, Arc::clone(&password_rules));
        Self {
            database,
            environment,
            options,
            passwords,
            password_rules,
            locks: AccountLocks::new(),
            uses: Uses::default(),
            providers: vec![Arc::new(emailpass)],
            http: None,
            mfa_providers: vec![Arc::new(TotpProvider)],
            verification_providers: vec![Arc::new(TokenProvider)],
        }
    }

    /// A value that only this service can compute, for `context` and `text`: the token of a form, for example.
    pub fn derive(&self, context: &str, text: &str) -> [u8; 32] {
        self.options.signing_key.derive(context, text)
    }

    /// The key that seals values which must be read again.
    pub fn sealing_key(&self) -> &SealingKey {
        &self.options.sealing_key
    }

    /// The configuration.
    pub fn options(&self) -> &AuthOptions {
        &self.options
    }

    /// Sets what sends the requests of providers.
    #[must_use]
    pub fn with_http_client(mut self, http: impl HttpClient) -> Self {
        self.http = Some(Arc::new(http));
        self
    }

    /// Adds a provider, which replaces one of the same identifier.
    #[must_use]
    pub fn with_provider(mut self, provider: impl AuthProvider) -> Self {
        self.providers.retain(|present| present.identifier() != provider.identifier());
        self.providers.push(Arc::new(provider));
        self
    }

    /// Adds a kind of second factor, which replaces one of the same identifier.
    #[must_use]
    pub fn with_mfa_provider(mut self, provider: impl MfaProvider) -> Self {
        self.mfa_providers.retain(|present| present.identifier() != provider.identifier());
        self.mfa_providers.push(Arc::new(provider));
        self
    }

    /// Adds a provider of verification codes, which replaces one of the same identifier.
    #[must_use]
    pub fn with_verification_provider(mut self, provider: impl VerificationProvider) -> Self {
        self.verification_providers.retain(|present| present.identifier() != provider.identifier());
        self.verification_providers.push(Arc::new(provider));
        self
    }

    /// Every provider, in the order in which they were added.
    pub fn providers(&self) -> impl Iterator<Item = &dyn AuthProvider> {
        self.providers.iter().map(AsRef::as_ref)
    }

    /// The providers that actors of this type may use, in the order in which they were added.
    pub fn providers_of<'a>(&'a self, actor_type: &str) -> impl Iterator<Item = &'a dyn AuthProvider> + use<'a> {
        let allowed = self.options.providers_per_actor.get(actor_type);
        self.providers()
            .filter(move |provider| allowed.is_none_or(|ids| ids.iter().any(|id| id == provider.identifier())))
    }

    /// The provider of those that actors of this type may use whose challenge the browser answers: passkeys.
    pub fn ceremony_provider_of(&self, actor_type: &str) -> Option<&dyn AuthProvider> {
        self.providers_of(actor_type).find(|provider| provider.flow() == Flow::Ceremony)
    }

    /// Checks that actors of this type may use the provider. An unknown provider is refused elsewhere.
    ///
    /// # Errors
    ///
    /// [`AuthenticateError::NotForActor`].
    pub fn check_actor_may_use(&self, actor_type: &str, provider: &str) -> Result<(), AuthenticateError> {
        match self.options.providers_per_actor.get(actor_type) {
            Some(allowed) if !allowed.iter().any(|id| id == provider) => {
                Err(AuthenticateError::NotForActor { actor_type: actor_type.to_owned(), provider: provider.to_owned() })
            }
            _ => Ok(()),
        }
    }

    /// Every kind of second factor, in the order in which they were added.
    pub fn mfa_providers(&self) -> impl Iterator<Item = &dyn MfaProvider> {
        self.mfa_providers.iter().map(AsRef::as_ref)
    }

    pub(crate) fn find_mfa_provider(&self, identifier: &str) -> Option<&dyn MfaProvider> {
        self.mfa_providers().find(|provider| provider.identifier() == identifier)
    }

    pub(crate) fn find_verification_provider(&self, identifier: &str) -> Option<&dyn VerificationProvider> {
        let mut providers = self.verification_providers.iter().map(AsRef::as_ref);
        providers.find(|provider| provider.identifier() == identifier)
    }

    /// Whether one of these providers stores passwords.
    pub fn hold_passwords(&self, identifiers: &[String]) -> bool {
        let found = |identifier: &String| self.find_provider(identifier);
        identifiers.iter().filter_map(found).any(|provider| provider.holds_passwords())
    }

    /// The provider with this identifier.
    pub fn find_provider(&self, identifier: &str) -> Option<&dyn AuthProvider> {
        self.providers().find(|provider| provider.identifier() == identifier)
    }
}

impl fmt::Debug for AuthModule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let providers: Vec<&str> = self.providers().map(|provider| provider.identifier()).collect();
        f.debug_struct("AuthModule").field("providers", &providers).finish_non_exhaustive()
    }
}
