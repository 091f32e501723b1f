//! SCIM 2.0 below `/scim/v2` (RFC 7643, 7644, 9865): a company's directory creates, changes and removes users, and gives them roles by
//! its groups.
//!
//! ```
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let file = vestibule_testing::TestDatabase::sqlite();
//! # let database = file.open().await;
//! # let environment = vestibule_core::Environment::system();
//! # let key = vestibule_core::SigningKey::new(b"a secret of at least 32 random bytes");
//! # let options = vestibule_user::UserOptions::new(key.clone());
//! # let users = vestibule_user::UserModule::new(database.clone(), environment.clone(), options);
//! # let passwords = vestibule_auth::Passwords::start(vestibule_auth::PasswordConfig::fast_for_tests())?;
//! # let options = vestibule_auth::AuthOptions::new(key);
//! # let auth = vestibule_auth::AuthModule::new(database.clone(), environment.clone(), options, passwords);
//! # vestibule_notify::set_up(&database, &environment).await?;
//! # let flows = vestibule_flows::Flows::new(database, environment, users, auth);
//! use axum::body::Body;
//! use axum::http::{Request, StatusCode};
//! use tower::ServiceExt;
//! use vestibule_scim::Scim;
//! use vestibule_web::Web;
//!
//! // `flows` are the use cases on a database.
//! let routes = vestibule_scim::router(Scim::new(Web::new(flows, true), "https://people.example.com"));
//! let response = routes.oneshot(Request::get("/scim/v2/Users").body(Body::empty())?).await?;
//! assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
//! # Ok(())
//! # }
//! ```
//!
//! - [`router`]: the routes; [`Scim`]: their state; [`ROUTES`]: the table of them
//! - `call`: the guard, and the request as handlers get it; `error`: errors in SCIM's format
//! - `filter`: the grammar of filters and paths; `patch`: operations in the dialects of directories
//! - `users`, `groups`: the resources; `query`, `bulk`: lists and many operations at once
//! - `discovery`: what is supported, for clients
//!
//! Not here: what a directory may do (`vestibule_flows::directory`), and who makes its key.

mod attributes;
mod body;
mod bulk;
mod call;
mod discovery;
mod error;
mod filter;
mod groups;
mod patch;
mod query;
mod reply;
mod routes;
mod scim;
mod users;
mod version;

pub use routes::{ROUTES, Route, router};
pub use scim::{MOST_OPERATIONS, MOST_ROWS, ROOT, Scim};

/// The schema of users.
pub(crate) const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
/// The schema of groups.
pub(crate) const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
/// The extension of users for companies, whose attributes are not stored.
pub(crate) const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
