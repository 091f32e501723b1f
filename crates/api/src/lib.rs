//! The JSON API: the routes of Medusa's User and Auth modules, and some that it lacks.
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
//! use vestibule_web::Web;
//!
//! // `flows` are the use cases on a database.
//! let routes = vestibule_api::router(Web::new(flows, false));
//! let response = routes.clone().oneshot(Request::get("/health").body(Body::empty())?).await?;
//! assert_eq!(response.status(), StatusCode::OK);
//! let response = routes.oneshot(Request::get("/admin/users").body(Body::empty())?).await?;
//! assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
//! # Ok(())
//! # }
//! ```
//!
//! Mount [`router`] in any axum application, see `examples/embed.rs`. The routes are thin: they read a request, call a
//! flow, and write the result.
//!
//! - `admin`: users and invites, for signed-in callers
//! - `auth`: registration, sign-in, sessions, and invites for invited people without an account
//! - `health`: for load balancers; [`openapi`]: for programmers
//! - [`routes`]: the table of routes. The guard of [`vestibule_web::access`] checks who may call each
//! - `error`: the format of problems
//! - `request`: reads bodies and query strings; `respond`: writes responses, under the names of `resources`
//! - `batches`: lists whose rows may be large
//!
//! Not here: the server that accepts and limits connections (`vestibule_server`).

mod admin;
mod auth;
mod batches;
mod error;
mod health;
mod medusa_admin;
pub mod openapi;
#[expect(unreachable_pub, reason = "what the handlers use is public within the crate")]
mod request;
mod resources;
mod respond;
pub mod routes;
mod starting;

pub use routes::{router, router_for_medusa_admin};
pub use starting::starting;
