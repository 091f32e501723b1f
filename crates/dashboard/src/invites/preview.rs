//! How the mail of an invite looks, before it is sent: rendered by its template, with a link that does not work.

use axum::response::{Html, IntoResponse};
use http::HeaderValue;
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY};
use vestibule_core::split_addresses;

use crate::failure::Failure;
use crate::request::{Answer, SharedRequest};
use crate::texts;

/// The mail has its styles within it. Operators write its template, so it runs nothing and loads pictures alone.
const MAIL_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src https: data:; form-action 'none'; \
    frame-ancestors 'none'; base-uri 'none'; sandbox";

/// Responds with the mail to the first of the typed addresses.
pub(crate) async fn show(request: SharedRequest) -> Answer {
    request.form.only(&["addresses", "role"])?;
    let mails = request.dashboard.mails.as_ref().ok_or(Failure::NotFound)?;
    let to = split_addresses(request.form.get("addresses")).into_iter().find_map(|address| address.parse().ok());
    let lifetime = request.dashboard.installation.invite_lifetime;
    let mail = mails
        .preview_invite(request.user()?, to.as_ref(), lifetime)
        .map_err(|reason| Failure::wrong(texts::reason(&reason, request.language)))?;
    let mut response = Html(mail.html).into_response();
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(MAIL_POLICY));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}
