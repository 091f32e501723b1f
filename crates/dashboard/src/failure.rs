//! What went wrong, as a page tells it.

use http::StatusCode;
use vestibule_core::DomainError;
use vestibule_language::Language;
use vestibule_server::PageRefusal;
use vestibule_web::Problem;
use vestibule_web::access::Refusal;

use crate::problems;
use crate::texts;

/// Why a page cannot be shown, or a form was not taken.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Whoever asks may not.
    Refused(Refusal),
    /// The form did not come from a page of ours, or that page is too old.
    FormToken,
    /// The request was refused before it was looked at.
    Request(PageRefusal),
    /// The browser sent a form without any cookie.
    NoCookie,
    /// The path has pages, but none that is shown by a link.
    MethodNotAllowed,
    /// A form cannot be read.
    Unreadable(&'static str),
    /// The proof of identity that the form brings is wrong, or none.
    Unproved(Problem),
    /// There is nothing here.
    NotFound,
    /// What was asked of the flows failed.
    Flow(Problem),
    /// What was sent is wrong, in a text of the page's language.
    Wrong(String),
}

impl<E: DomainError + 'static> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::Flow(problems::coded(error))
    }
}

impl Failure {
    pub(crate) fn wrong(message: impl Into<String>) -> Self {
        Self::Wrong(message.into())
    }

    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::Refused(Refusal::Unauthenticated) => StatusCode::UNAUTHORIZED,
            Self::Refused(_) | Self::FormToken | Self::NoCookie => StatusCode::FORBIDDEN,
            Self::Request(refusal) => refusal.status(),
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::Unreadable(_) | Self::Wrong(_) => StatusCode::BAD_REQUEST,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Flow(error) | Self::Unproved(error) => error.status(),
        }
    }

    /// The stable code of what went wrong, where it has one.
    pub(crate) fn code(&self) -> Option<&'static str> {
        match self {
            Self::Flow(error) | Self::Unproved(error) => error.code(),
            Self::FormToken => Some("form_token"),
            Self::NoCookie => Some("cookie_missing"),
            Self::Request(PageRefusal::OtherWebsite) => Some("cross_origin_request"),
            Self::Request(_) | Self::MethodNotAllowed => None,
            Self::Refused(_) | Self::Unreadable(_) | Self::NotFound | Self::Wrong(_) => None,
        }
    }

    /// What happened and what to do.
    pub(crate) fn message(&self, language: Language) -> String {
        let texts = texts::of(language);
        match self {
            Self::Refused(Refusal::Lacking(missing)) => texts.lacking(&missing.join(", ")),
            Self::Refused(_) => texts.not_a_user.to_owned(),
            Self::NotFound => texts.nothing_here.to_owned(),
            Self::FormToken => texts.form_too_old.to_owned(),
            Self::NoCookie => texts.cookie_missing.to_owned(),
            Self::MethodNotAllowed => texts.form_only.to_owned(),
            Self::Request(PageRefusal::OtherWebsite) => texts.other_website.to_owned(),
            Self::Request(PageRefusal::BodyTooLarge) => texts.form_too_large.to_owned(),
            Self::Request(PageRefusal::BodyTooSlow | PageRefusal::BodyBroken) => texts.form_incomplete.to_owned(),
            Self::Unreadable(field) => texts.form_unreadable(field),
            Self::Flow(error) | Self::Unproved(error) => problems::text(error, language),
            Self::Wrong(message) => message.clone(),
        }
    }

    /// Whether the form needs a fresh proof of identity first.
    pub(crate) fn is_proof_required(&self) -> bool {
        matches!(self, Self::Flow(error) if error.code() == Some("fresh_proof_required"))
    }

    /// Whether it is the new password that is not good enough.
    pub(crate) fn is_weak_password(&self) -> bool {
        matches!(self, Self::Flow(error) if error.code() == Some("weak_password"))
    }

    /// The status and the text with which a form is shown again; itself, where it is not about what was typed or chosen.
    pub(crate) fn problem(self, language: Language) -> Result<(StatusCode, String), Self> {
        match &self {
            _ if self.is_proof_required() => Err(self),
            Self::Flow(error) if error.status().is_client_error() => Ok((error.status(), self.message(language))),
            Self::Wrong(message) => Ok((self.status(), message.clone())),
            _ => Err(self),
        }
    }
}
