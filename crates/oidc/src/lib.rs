//! Sign-in through other services: providers of OpenID Connect, Google and GitHub.
//!
//! ```
//! use vestibule_oidc::{OidcOptions, OidcProvider};
//!
//! let options = OidcOptions::new("company", "https://accounts.example.com", "client-id", "client-secret");
//! let provider = OidcProvider::new(options)?;
//! # use vestibule_auth::AuthProvider as _;
//! assert_eq!(provider.identifier(), "company");
//! # Ok::<(), vestibule_oidc::InvalidOptions>(())
//! ```
//!
//! Add a provider with `AuthModule::with_provider`. It starts a sign-in with `authenticate`, which returns the URL to send
//! the browser to, and completes it with `validate_callback`. It proves whose identity it is; which user that is, the flows
//! decide.
//!
//! Each sign-in is an authorization code flow with PKCE, a state and a nonce, which the database remembers for ten minutes
//! and one browser (RFC 9700). The ID token is verified as OpenID Connect Core 3.1.3.7 says: signature by an allow-list of
//! algorithms, issuer, audience, authorized party, times, nonce, and the hash of the access token.
//!
//! - [`OidcProvider`]: any provider of OpenID Connect
//! - [`GoogleProvider`], [`GitHubProvider`]: with what is particular to them filled in

mod callback;
mod email;
mod exchange;
mod github;
mod google;
mod id_token;
mod identity;
mod metadata;
mod options;
mod provider;
mod requests;
mod start;

pub use email::TrustEmail;
pub use github::{GitHubOptions, GitHubProvider};
pub use google::{GoogleOptions, GoogleProvider};
pub use options::{InvalidOptions, OidcOptions, ResponseMode, StandIn};
pub use provider::OidcProvider;
