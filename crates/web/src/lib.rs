//! What everything served over HTTP shares: the JSON API, the pages, and what an embedder adds beside them.
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
//! use vestibule_core::ErrorKind;
//! use vestibule_web::{AddressLimit, Problem, Web};
//!
//! // `flows` are the use cases on a database.
//! let limit = AddressLimit::new(flows.environment().clone(), 1);
//! let web = Web::new(flows, true).with_address_limit(limit);
//!
//! let client = Some([192, 0, 2, 1].into());
//! assert!(web.address_limit.check(client).is_ok());
//! let refused = web.address_limit.check(client).map_err(Problem::from);
//! assert_eq!(refused.err().and_then(|problem| problem.kind()), Some(ErrorKind::TooManyRequests));
//! # Ok(())
//! # }
//! ```
//!
//! - [`Web`]: the state: flows, webhooks, deliveries, and how requests are served
//! - [`access`]: who may call a route, and the guard in front of its handler
//! - [`caller`]: who a request comes from, and the extractors that give it to a handler
//! - [`cookies`]: the cookie of a session, and the one by which a browser is recognised
//! - [`Site`]: where browsers reach the server: by https or not, and below which path
//! - [`AddressLimit`]: how many requests one client address may make where something can be guessed
//! - [`export()`]: everything that matches, as a file that is written while it is read
//! - [`Problem`]: an error with its status. The crate that serves the response chooses its format
//!
//! Not here: routes and pages, and the server that accepts connections (`vestibule_server`).

pub mod access;
mod address_limit;
pub mod caller;
pub mod cookies;
mod export;
mod problem;
mod refused;
mod site;
mod state;

pub use address_limit::{AddressLimit, TooManyFromAddress};
pub use export::{ExportFormat, ExportReader, UnknownFormat, export};
pub use problem::Problem;
pub use refused::is_recorded_refusal;
pub use site::Site;
pub use state::{State, Waiting, Web};
