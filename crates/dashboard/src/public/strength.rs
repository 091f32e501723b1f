//! Rates a password while it is typed, for the script of the pages. Without the script, the form reports problems when it is
//! sent. If too many passwords wait for a rating, the response is 429, and the form decides when it is sent.

use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, StatusCode};
use serde_json::json;
use vestibule_auth::PasswordSubject;
use vestibule_core::DomainError;

use crate::failure::Failure;
use crate::request::{Answer, SharedRequest};

pub(crate) async fn evaluate(request: SharedRequest) -> Answer {
    request.form.only(&["password", "email", "first_name", "last_name", "least"])?;
    let names = [request.form.get("first_name"), request.form.get("last_name")];
    let names: Vec<&str> = names.into_iter().filter(|name| !name.is_empty()).collect();
    let (address, password) = (request.form.get("email"), request.form.get("password"));
    let auth = request.flows().auth();
    // The page knows whose password it is; the flow that sets it decides.
    let is_shorter = |least: usize| least < auth.options().password_policy.min_length_for(false);
    let has_second_factor = request.form.get("least").parse().is_ok_and(is_shorter);
    let subject = PasswordSubject::new(address, &names).with_second_factor(has_second_factor);
    let rating = auth.check_password_strength(&subject, password).await;
    let later = rating.as_ref().err().and_then(DomainError::retry_after);
    let (is_good, hint) = match rating {
        Ok(()) => (true, request.texts().password_good.to_owned()),
        Err(error) => (false, Failure::from(error).problem(request.language)?.1),
    };
    let mut response: Response = json!({ "good": is_good, "hint": hint }).to_string().into_response();
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Some(later) = later {
        *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(later.as_secs().max(1)));
    }
    Ok(response)
}
