//! Whether a password that is being typed would be taken, and what would help: for the script of the pages. Without it the
//! form says so when it is sent.

use axum::response::{IntoResponse, Response};
use http::HeaderValue;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use serde_json::json;

use crate::failure::Failure;
use crate::visit::{Answer, Asked};

pub(crate) async fn judge(visit: Asked) -> Answer {
    visit.form.only(&["password", "email", "first_name", "last_name"])?;
    let names = [visit.form.get("first_name"), visit.form.get("last_name")];
    let names: Vec<&str> = names.into_iter().filter(|name| !name.is_empty()).collect();
    let (address, password) = (visit.form.get("email"), visit.form.get("password"));
    let (is_good, hint) = match visit.flows().auth().judge_password(address, &names, password).await {
        Ok(()) => (true, visit.texts().password_good.to_owned()),
        Err(error) => (false, Failure::from(error).problem(visit.texts())?.1),
    };
    let mut response: Response = json!({ "good": is_good, "hint": hint }).to_string().into_response();
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}
