//! Requests another address for a user.

use vestibule_user::UserId;

use super::show::{Left, Problems, page};
use crate::failure::Failure;
use crate::request::{Answer, SharedRequest};

pub(crate) async fn change(request: SharedRequest) -> Answer {
    request.form.only(&["email"])?;
    let id: UserId = request.parameter(0)?;
    let requested = async {
        let email = request.email("email")?;
        request.flows().request_email_change_of_user(id, &email, &request.context()).await?;
        Ok::<_, Failure>(())
    };
    match requested.await {
        Ok(()) => request.done(&format!("/app/users/{id}"), "email-requested"),
        Err(failure) => {
            // The page has no such form then.
            let has_form = !matches!(failure.code(), Some("own_account" | "user_locked"));
            let (status, problem) = failure.problem(request.language)?;
            let problems = match has_form {
                true => Problems { email: Some(problem), ..Problems::default() },
                false => Problems { access: Some(problem), ..Problems::default() },
            };
            page(&request, status, id, problems, Left::default()).await
        }
    }
}
