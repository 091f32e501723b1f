//! Edits a user's profile.

use serde_json::Value as Json;
use vestibule_core::{Metadata, MetadataPatch};
use vestibule_user::{UpdateUser, UserId};

use super::profile_form;
use super::show::{Problems, page};
use crate::failure::Failure;
use crate::form_problem::field_of;
use crate::request::{Answer, SharedRequest};
use crate::texts::Texts;

pub(crate) async fn edit(request: SharedRequest) -> Answer {
    request.form.only(&[&profile_form::names()[..], &["metadata"]].concat())?;
    let id: UserId = request.parameter(0)?;
    let user = request.flows().users().retrieve_user(id).await?;
    let metadata = match wanted_metadata(request.form.get("metadata"), user.metadata.as_ref(), request.texts()) {
        Ok(metadata) => metadata,
        Err(problem) => {
            let problems = Problems { metadata: Some(problem), ..Problems::default() };
            return page(&request, http::StatusCode::BAD_REQUEST, id, problems, None).await;
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
            page(&request, status, id, problems, None).await
        }
    }
}

/// Returns the patch that turns the metadata into what was typed: missing keys are removed.
fn wanted_metadata(typed: &str, present: Option<&Metadata>, texts: &Texts) -> Result<MetadataPatch, String> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Ok(MetadataPatch::Clear);
    }
    let read: Result<Json, _> = serde_json::from_str(typed);
    let Json::Object(mut wanted) = read
        .map_err(|error| format!("{} {}", texts.metadata_form, texts.metadata_place(error.line(), error.column())))?
    else {
        return Err(texts.metadata_form.to_owned());
    };
    for key in present.iter().flat_map(|metadata| metadata.as_object().keys()) {
        // As in the reference, an empty text removes a key.
        wanted.entry(key.clone()).or_insert_with(|| Json::String(String::new()));
    }
    let metadata = Metadata::new(wanted).map_err(|_| texts.metadata_bounds.to_owned())?;
    Ok(MetadataPatch::Merge(metadata))
}
