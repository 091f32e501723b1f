//! Vestibule: user management and sign-in. Create users, invite them, let them sign in, manage them.
//!
//! ```
//! use vestibule::auth::AuthInput;
//! use vestibule::flows::{Client, Context, CreateUserAccount, SignIn, SignInMethod, USER};
//! use vestibule::user::CreateUser;
//! use vestibule::{Options, Vestibule};
//!
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! # let url = format!("sqlite://{}/vestibule.db", folder.path().display());
//! # let url = url.as_str();
//! let vestibule = Vestibule::open(Options::new(url, b"a secret of at least 32 random bytes")?).await?;
//!
//! let password = SignInMethod::Password("Lantern-trombone-42".to_owned());
//! let account = CreateUserAccount::new(CreateUser::new("user@example.com".parse()?), password);
//! vestibule.flows().create_user_account(&account, &Context::operator()).await?;
//!
//! let input = AuthInput::body([("email", "user@example.com"), ("password", "Lantern-trombone-42")]);
//! let signed_in = vestibule.flows().sign_in(USER, "emailpass", &input, &Client::default()).await?;
//! assert!(matches!(signed_in, SignIn::Session(_)));
//!
//! let routes = vestibule.router(false).merge(vestibule.dashboard("http://localhost:9000"));
//! # drop(routes);
//! # Ok(())
//! # }
//! ```
//!
//! Use it in one of three ways:
//! - **embed it**: [`Vestibule`] opens a database and provides the services, [`Vestibule::router`] the routes,
//!   [`Vestibule::dashboard`] the pages; see `examples/seed.rs` and `examples/embed.rs`
//! - **run it**: the program `vestibule`, in the crate `vestibule-cli`
//! - **call it**: the JSON API, wire-compatible with Medusa's User and Auth modules, see [`api`]
//!
//! Each module is a crate of its own, re-exported here.

mod erase;
mod http;
mod open;

pub use http::GuardedClient;
pub use open::{OpenError, Options, Vestibule};
#[cfg(feature = "api")]
pub use vestibule_api as api;
pub use vestibule_audit as audit;
pub use vestibule_auth as auth;
pub use vestibule_core as core;
#[cfg(feature = "dashboard")]
pub use vestibule_dashboard as dashboard;
pub use vestibule_database as database;
pub use vestibule_flows as flows;
pub use vestibule_mail as mail;
pub use vestibule_notify as notify;
#[cfg(feature = "oidc")]
pub use vestibule_oidc as oidc;
pub use vestibule_outbox as outbox;
#[cfg(feature = "passkeys")]
pub use vestibule_passkeys as passkeys;
pub use vestibule_rbac as rbac;
#[cfg(feature = "scim")]
pub use vestibule_scim as scim;
#[cfg(feature = "web")]
pub use vestibule_server as server;
#[cfg(feature = "transfer")]
pub use vestibule_transfer as transfer;
pub use vestibule_user as user;
#[cfg(feature = "web")]
pub use vestibule_web as web;
pub use vestibule_webhook as webhook;
