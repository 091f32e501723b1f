//! Failures, as pages show them.

use http::StatusCode;
use vestibule_core::DomainError;
use vestibule_language::Language;
use vestibule_server::PageRefusal;
use vestibule_web::Problem;
use vestibule_web::access::Refusal;

use crate::problems;
use crate::texts;

/// Why a page cannot be shown, or a form was refused.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The caller may not call the page.
    Refused(Refusal),
    /// The form is not from one of our pages, or that page is too old.
    FormToken,
    /// The server refused the request.
    Request(PageRefusal),
    /// The browser sent a form without a cookie.
    NoCookie,
    /// The path accepts forms only.
    MethodNotAllowed,
    /// A form cannot be read.
    Unreadable(&'static str),
    /// The proof of identity in the form is wrong or missing.
    Unproved(Problem),
    /// The page does not exist.
    NotFound,
    /// A flow failed.
    Flow(Problem),
    /// The input is wrong, with a text in the page's language; and the field, if it is of one.
    Wrong(String, Option<&'static str>),
}

impl<E: DomainError + 'static> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::Flow(problems::coded(error))
    }
}

impl Failure {
    pub(crate) fn wrong(message: impl Into<String>) -> Self {
        Self::Wrong(message.into(), None)
    }

    /// Like [`Failure::wrong`], of one field of the form.
    pub(crate) fn wrong_field(field: &'static str, message: impl Into<String>) -> Self {
        Self::Wrong(message.into(), Some(field))
    }

    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::Refused(Refusal::Unauthenticated) => StatusCode::UNAUTHORIZED,
            Self::Refused(_) | Self::FormToken | Self::NoCookie => StatusCode::FORBIDDEN,
            Self::Request(refusal) => refusal.status(),
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::Unreadable(_) | Self::Wrong(..) => StatusCode::BAD_REQUEST,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Flow(error) | Self::Unproved(error) => error.status(),
        }
    }

    /// Returns the stable code, if there is one.
    pub(crate) fn code(&self) -> Option<&'static str> {
        match self {
            Self::Flow(error) | Self::Unproved(error) => error.code(),
            Self::FormToken => Some("form_token"),
            Self::NoCookie => Some("cookie_missing"),
            Self::Request(PageRefusal::OtherWebsite) => Some("cross_origin_request"),
            Self::Request(_) | Self::MethodNotAllowed => None,
            Self::Refused(_) | Self::Unreadable(_) | Self::NotFound | Self::Wrong(..) => None,
        }
    }

    /// Returns what happened and what to do.
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
            Self::Wrong(message, _) => message.clone(),
        }
    }

    /// Returns whether the form needs a fresh proof of identity first.
    pub(crate) fn is_proof_required(&self) -> bool {
        matches!(self, Self::Flow(error) if error.code() == Some("fresh_proof_required"))
    }

    /// Returns the status and the text to show with the form again; the failure itself, if it is not about the input.
    pub(crate) fn problem(self, language: Language) -> Result<(StatusCode, String), Self> {
        match &self {
            _ if self.is_proof_required() => Err(self),
            Self::Flow(error) if error.status().is_client_error() => Ok((error.status(), self.message(language))),
            Self::Wrong(message, _) => Ok((self.status(), message.clone())),
            _ => Err(self),
        }
    }
}
