//! The state of all routes.

use vestibule_web::Web;

/// The path below which all routes are.
pub const ROOT: &str = "/scim/v2";

/// The most rows of a page.
pub const MOST_ROWS: u64 = 1_000;

/// How many rows a page has if the client does not say.
pub(crate) const USUAL_ROWS: u64 = 100;

/// The most operations of a bulk request.
pub const MOST_OPERATIONS: usize = 100;

/// The largest body, in bytes, as the server in front of the routes has it.
pub(crate) const LARGEST_BODY: usize = 256 * 1_024;

/// The state of all routes.
#[derive(Debug, Clone)]
pub struct Scim {
    pub(crate) web: Web,
    /// The start of every location: `https://people.example.com/scim/v2`.
    pub(crate) base: String,
}

impl Scim {
    /// Creates the state, for clients that reach this service at `public_url`.
    pub fn new(web: Web, public_url: &str) -> Self {
        Self { web, base: format!("{}{ROOT}", public_url.trim_end_matches('/')) }
    }
}
