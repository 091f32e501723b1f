//! Refusals that a page renders for the user, where an API client would get JSON.

use http::StatusCode;

use super::receive::BodyFailure;

/// Why the middleware refuses a request to a page. It is an extension of the request, whose body is removed; the page's
/// guard must look for it and render the refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageRefusal {
    /// Another website sent it, or the browser names no origin and the request has no form token.
    OtherWebsite,
    /// The body is too large.
    BodyTooLarge,
    /// The body did not arrive in time.
    BodyTooSlow,
    /// The body ended early or is not well-formed.
    BodyBroken,
}

impl PageRefusal {
    /// Returns the status of the response.
    pub fn status(self) -> StatusCode {
        match self {
            Self::OtherWebsite => StatusCode::FORBIDDEN,
            Self::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::BodyTooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::BodyBroken => StatusCode::BAD_REQUEST,
        }
    }
}

impl From<BodyFailure> for PageRefusal {
    fn from(failure: BodyFailure) -> Self {
        match failure {
            BodyFailure::TooLarge => Self::BodyTooLarge,
            BodyFailure::TooSlow => Self::BodyTooSlow,
            BodyFailure::Broken => Self::BodyBroken,
        }
    }
}
