//! The administrators' pages, rendered on the server: no build step, no framework, and everything works without
//! JavaScript.
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
//! use vestibule_dashboard::{Dashboard, router};
//! use vestibule_web::Web;
//!
//! // `flows` are the use cases on a database.
//! let pages = router(Dashboard::new(Web::new(flows, false), "http://localhost:9000"));
//! let response = pages.clone().oneshot(Request::get("/app/login").body(Body::empty())?).await?;
//! assert_eq!(response.status(), StatusCode::OK);
//! let response = pages.oneshot(Request::get("/app/users").body(Body::empty())?).await?;
//! assert_eq!(response.status(), StatusCode::SEE_OTHER, "to the page that signs the user in");
//! # Ok(())
//! # }
//! ```
//!
//! [`router`] returns the routes below `/app`; mount them beside `vestibule_api`'s, behind its layers. The pages call the
//! same flows as the API, authenticated by the session cookie, and have no rules of their own.
//!
//! - [`pages`]: the table of pages, and who may call each; `guard`: the guard in front of them
//! - `request`: a request for a page: its caller, language and form
//! - `public`: setup, sign-in, invitations, passwords, for visitors who are not signed in
//! - `home`: the start page; `settings`: how the installation is set up
//! - `users`, `imports`, `invites`, `roles`, `api_keys`, `webhooks`, `deliveries`, `audit`, `doctor`, `profile`: for signed-in users
//! - `form`, `form_problem`, `paging`: the fields of a form, what is wrong with one, the page of a list; `failure`: errors as pages
//! - `handover`: what a form leaves for the page after it; `ended`, `refill`: a session that ended while a form was written
//! - `page_cache`: pages that are sent again while nothing has changed
//! - `brand`: the name, the logo and the colour of the service
//! - `texts`: every text, in every language; `format`: the format of times and names
//! - `templates/`, `assets/`: the HTML, the stylesheet and the script
//!
//! Not here: who may do what (the flows, and the guard of `vestibule_web`), and the JSON API.

mod api_keys;
mod assets;
mod audit;
mod brand;
mod dashboard;
mod deliveries;
mod doctor;
mod ended;
mod failure;
mod form;
mod form_problem;
mod format;
mod guard;
mod handover;
mod home;
mod imports;
mod invites;
mod language;
mod layout;
mod page_cache;
pub mod pages;
mod paging;
mod problems;
mod profile;
mod public;
mod refill;
mod refused;
mod request;
mod roles;
mod settings;
mod sign_in_methods;
mod texts;
mod theme;
mod users;
mod webhooks;

pub use brand::{Accent, Brand, InvalidAccent, InvalidLogo, Logo};
pub use dashboard::Dashboard;
pub use pages::{ROOT, entrance, router};
pub use settings::Installation;
