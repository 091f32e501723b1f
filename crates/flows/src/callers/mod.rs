//! Who makes a request: a user by a session, or a program by an API key.

mod api_key;
mod session;

pub use api_key::Program;
pub use session::{Caller, Credential, Stage};
