//! Deletes a user, after a confirmation.

use askama::Template;
use http::StatusCode;
use vestibule_auth::api_keys::ApiKey;
use vestibule_user::{User, UserId};

use super::lock::their_keys;
use crate::failure::Failure;
use crate::format;
use crate::layout::Frame;
use crate::request::{Answer, PageRequest, SharedRequest};

#[derive(Template)]
#[template(path = "users/delete.html")]
struct DeletePage {
    frame: Frame,
    user: User,
    name: String,
    problem: Option<String>,
    /// The usable API keys that the user created, for callers who may see them.
    keys: Vec<ApiKey>,
}

/// Returns the usable API keys that a user created, for callers who may see them.
pub(crate) async fn keys_of(request: &PageRequest, id: UserId) -> Result<Vec<ApiKey>, Failure> {
    match request.permissions().allows("api_key:read") {
        true => Ok(request.flows().list_usable_api_keys_of_user(id).await?),
        false => Ok(Vec::new()),
    }
}

pub(crate) async fn ask(request: SharedRequest) -> Answer {
    question(&request, StatusCode::OK, None).await
}

async fn question(request: &PageRequest, status: StatusCode, problem: Option<String>) -> Answer {
    let user = request.flows().users().retrieve_user(request.parameter(0)?).await?;
    let keys = keys_of(request, user.id).await?;
    request.page_with(status, &DeletePage { frame: request.frame(), name: format::name(&user), user, problem, keys })
}

/// Deletes the user, if their address was typed to confirm it.
pub(crate) async fn delete(request: SharedRequest) -> Answer {
    request.form.only(&["confirm", "revoke_keys"])?;
    let id: UserId = request.parameter(0)?;
    let user = request.flows().users().retrieve_user(id).await?;
    if request.form.get("confirm").trim().to_lowercase() != user.email.as_str().to_lowercase() {
        let problem = request.texts().type_the_address(user.email.as_str());
        return question(&request, StatusCode::BAD_REQUEST, Some(problem)).await;
    }
    match request.flows().remove_user_account_and_keys(id, their_keys(&request), &request.context()).await {
        Ok(_) => request.done("/app/users", "deleted"),
        Err(error) => {
            let (status, problem) = Failure::from(error).problem(request.language)?;
            question(&request, status, Some(problem)).await
        }
    }
}
