//! `/app/language`: stores the visitor's choice of language.

use http::header::SET_COOKIE;

use crate::failure::Failure;
use crate::language::COOKIE;
use crate::request::{Answer, SharedRequest, next_page, set_cookie};
use vestibule_language::Language;

pub(crate) async fn choose(request: SharedRequest) -> Answer {
    request.form.only(&["language", "next"])?;
    let language = Language::of_code(request.form.get("language")).ok_or(Failure::Unreadable("language"))?;
    let next = request.form.get("next");
    let next = if next.starts_with("/app/login") && !next.contains('\\') { next } else { next_page(next) };
    let mut response = request.go(next)?;
    response.headers_mut().append(SET_COOKIE, set_cookie(&request.dashboard, COOKIE, language.code(), true));
    Ok(response)
}
