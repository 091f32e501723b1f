//! Edits a user's profile.

use vestibule_user::{UpdateUser, UserId};

use super::show::{Left, Problems, page};
use super::{metadata_form, profile_form};
use crate::failure::Failure;
use crate::form_problem::field_of;
use crate::request::{Answer, SharedRequest};

pub(crate) async fn edit(request: SharedRequest) -> Answer {
    let rows = request.form.iter().map(|(name, _)| name).filter(|name| metadata_form::is_field(name));
    request.form.only(&profile_form::names().into_iter().chain(rows).collect::<Vec<_>>())?;
    let id: UserId = request.parameter(0)?;
    let user = request.flows().users().retrieve_user(id).await?;
    let metadata = match metadata_form::wanted(&request.form, user.metadata.as_ref(), request.texts()) {
        Ok(metadata) => metadata,
        Err(problem) => {
            let problems = Problems { metadata: Some(problem), ..Problems::default() };
            return page(&request, http::StatusCode::BAD_REQUEST, id, problems, Left::default()).await;
        }
    };
    let update = UpdateUser { metadata, ..profile_form::update(&request, id) };
    match request.flows().update_user_account(&update, &request.context()).await {
        Ok(_) => request.done(&format!("/app/users/{id}"), "saved"),
        Err(error) => {
            let failure = Failure::from(error);
            let field = field_of(&failure, &request.form);
            let (status, problem) = failure.problem(request.language)?;
            let problems = match field {
                Some(field) => Problems { field: Some((field, problem)), ..Problems::default() },
                None => Problems { profile: Some(problem), ..Problems::default() },
            };
            page(&request, status, id, problems, Left::default()).await
        }
    }
}
