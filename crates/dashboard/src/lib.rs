//! The administrators' pages, rendered on the server: no build step, no framework, and everything works without
//! JavaScript.
//!
//! [`router`] makes the routes below `/app`; mount them beside `vestibule_api`'s, behind its layers. The pages call the
//! same flows as the API, by the session's cookie, and have no rule of their own.
//!
//! - [`pages`]: the table of the pages, and who may come to each; `guard`: what stands in front of them
//! - `request`: one request for a page: who asks, in which language, by which form
//! - `outer`: setting up, signing in, invitations, passwords: for those who are not in
//! - `users`, `invites`, `roles`, `api_keys`, `webhooks`, `deliveries`, `audit`, `profile`: for those who are
//! - `form`, `paging`: what is sent, and which part of a list is asked for; `failure`: what went wrong
//! - `kept`: pages that are sent again as they are, while nothing has changed
//! - `texts`: every text, in every language; `shown`: how times and people are written
//! - `templates/`, `assets/`: the HTML, the stylesheet and the script
//!
//! Not here: who may do what (the flows, and the guard of `vestibule_web`), and the JSON API.

mod api_keys;
mod assets;
mod audit;
mod dashboard;
mod deliveries;
mod failure;
mod form;
mod format;
mod guard;
mod invites;
mod language;
mod layout;
mod page_cache;
pub mod pages;
mod paging;
mod problems;
mod profile;
mod public;
mod request;
mod roles;
mod texts;
mod users;
mod webhooks;

pub use dashboard::Dashboard;
pub use pages::{ROOT, router};
