//! The page for what does not exist, is not allowed, or failed.

use askama::Template;
use http::StatusCode;

use crate::failure::Failure;
use crate::layout::Frame;
use crate::request::{Answer, PageRequest};

#[derive(Template)]
#[template(path = "public/failed.html")]
struct FailedPage {
    title: &'static str,
    message: String,
    frame: Frame,
}

pub(crate) fn show(request: &PageRequest, failure: &Failure) -> Answer {
    let texts = request.texts();
    let title = match failure.status() {
        // The permissions of the user are not the problem.
        _ if matches!(failure, Failure::FormToken | Failure::NoCookie | Failure::Request(_)) => texts.form_not_taken,
        StatusCode::NOT_FOUND => texts.not_found,
        StatusCode::FORBIDDEN | StatusCode::UNAUTHORIZED => texts.not_allowed,
        StatusCode::TOO_MANY_REQUESTS => texts.too_many,
        StatusCode::SERVICE_UNAVAILABLE => texts.unavailable,
        status if status.is_server_error() => texts.failed,
        _ => texts.not_possible,
    };
    let page = FailedPage { title, message: failure.message(request.language), frame: request.frame() };
    request.page_with(failure.status(), &page)
}
