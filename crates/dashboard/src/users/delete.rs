//! Deleting a user, after a question that names him.

use askama::Template;
use http::StatusCode;
use vestibule_auth::api_keys::ApiKey;
use vestibule_user::{User, UserId};

use super::lock::their_keys;
use crate::failure::Failure;
use crate::format;
use crate::layout::Frame;
use crate::request::{Answer, Asked, Visit};

#[derive(Template)]
#[template(path = "users/delete.html")]
struct DeletePage {
    frame: Frame,
    user: User,
    name: String,
    problem: Option<String>,
    /// The API keys that the user has made and that can still be used, for callers who may see them.
    keys: Vec<ApiKey>,
}

/// The API keys that a user has made and that can still be used, for callers who may see them.
pub(crate) async fn keys_of(visit: &Visit, id: UserId) -> Result<Vec<ApiKey>, Failure> {
    match visit.permissions().allows("api_key:read") {
        true => Ok(visit.flows().list_usable_api_keys_of_user(id).await?),
        false => Ok(Vec::new()),
    }
}

pub(crate) async fn ask(visit: Asked) -> Answer {
    question(&visit, StatusCode::OK, None).await
}

async fn question(visit: &Visit, status: StatusCode, problem: Option<String>) -> Answer {
    let user = visit.flows().users().retrieve_user(visit.parameter(0)?).await?;
    let keys = keys_of(visit, user.id).await?;
    visit.page_with(status, &DeletePage { frame: visit.frame(), name: format::name(&user), user, problem, keys })
}

/// Deletes the user whose address was typed to confirm it.
pub(crate) async fn delete(visit: Asked) -> Answer {
    visit.form.only(&["confirm", "revoke_keys"])?;
    let id: UserId = visit.parameter(0)?;
    let user = visit.flows().users().retrieve_user(id).await?;
    if visit.form.get("confirm").trim().to_lowercase() != user.email.as_str().to_lowercase() {
        let problem = visit.texts().type_the_address(user.email.as_str());
        return question(&visit, StatusCode::BAD_REQUEST, Some(problem)).await;
    }
    match visit.flows().remove_user_account_and_keys(id, their_keys(&visit), &visit.by()).await {
        Ok(_) => visit.done("/app/users", "deleted"),
        Err(error) => {
            let (status, problem) = Failure::from(error).problem(visit.language)?;
            question(&visit, status, Some(problem)).await
        }
    }
}
