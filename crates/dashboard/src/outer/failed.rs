//! The page that says that something is not there, not allowed, or failed.

use askama::Template;
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderValue, StatusCode};

use crate::failure::Failure;
use crate::frame::Frame;

#[derive(Template)]
#[template(path = "outer/failed.html")]
struct FailedPage {
    title: &'static str,
    message: String,
    frame: Frame,
}

pub(crate) fn show(failure: &Failure, frame: Frame) -> Result<Response, Failure> {
    let texts = frame.t;
    let title = match failure.status() {
        StatusCode::NOT_FOUND => texts.not_found,
        StatusCode::FORBIDDEN | StatusCode::UNAUTHORIZED => texts.not_allowed,
        StatusCode::TOO_MANY_REQUESTS => texts.too_many,
        StatusCode::SERVICE_UNAVAILABLE => texts.unavailable,
        status if status.is_server_error() => texts.failed,
        _ => texts.not_possible,
    };
    let page = FailedPage { title, message: failure.message(texts), frame };
    let html = page.render().map_err(|_| Failure::wrong(page.message.clone()))?;
    let mut response = (failure.status(), html).into_response();
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    crate::visit::add_policy(&mut response);
    Ok(response)
}
