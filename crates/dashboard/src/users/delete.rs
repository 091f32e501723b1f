//! Deleting a user, after a question that names him.

use askama::Template;
use http::StatusCode;
use vestibule_user::{User, UserId};

use crate::failure::Failure;
use crate::frame::Frame;
use crate::shown;
use crate::visit::{Answer, Asked, Visit};

#[derive(Template)]
#[template(path = "users/delete.html")]
struct DeletePage {
    frame: Frame,
    user: User,
    name: String,
    problem: Option<String>,
}

pub(crate) async fn ask(visit: Asked) -> Answer {
    question(&visit, StatusCode::OK, None).await
}

async fn question(visit: &Visit, status: StatusCode, problem: Option<String>) -> Answer {
    let user = visit.flows().users().retrieve_user(visit.parameter(0)?).await?;
    visit.page_with(status, &DeletePage { frame: visit.frame(), name: shown::name(&user), user, problem })
}

/// Deletes the user whose address was typed to confirm it.
pub(crate) async fn delete(visit: Asked) -> Answer {
    visit.form.only(&["confirm"])?;
    let id: UserId = visit.parameter(0)?;
    let user = visit.flows().users().retrieve_user(id).await?;
    if visit.form.get("confirm").trim().to_lowercase() != user.email.as_str().to_lowercase() {
        let problem = visit.texts().type_the_address.replace("{}", user.email.as_str());
        return question(&visit, StatusCode::BAD_REQUEST, Some(problem)).await;
    }
    match visit.flows().remove_user_account(id, &visit.by()).await {
        Ok(_) => visit.done("/app/users", "deleted"),
        Err(error) => {
            let (status, problem) = Failure::from(error).problem(visit.texts())?;
            question(&visit, status, Some(problem)).await
        }
    }
}
