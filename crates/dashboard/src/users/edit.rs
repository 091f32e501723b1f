//! Changing what is written of a user.

use serde_json::Value as Json;
use vestibule_core::{Metadata, MetadataPatch, Patch};
use vestibule_user::{UpdateUser, UserId};

use super::show::{Problems, page};
use crate::failure::Failure;
use crate::request::{Answer, Asked, Visit};
use crate::texts::Texts;

/// What a field holds, or nothing.
pub(crate) fn patch(visit: &Visit, name: &str) -> Patch<String> {
    visit.form.text(name).map_or(Patch::Clear, Patch::Set)
}

pub(crate) async fn edit(visit: Asked) -> Answer {
    visit.form.only(&["first_name", "last_name", "avatar_url", "metadata"])?;
    let id: UserId = visit.parameter(0)?;
    let user = visit.flows().users().retrieve_user(id).await?;
    let metadata = match wanted_metadata(visit.form.get("metadata"), user.metadata.as_ref(), visit.texts()) {
        Ok(metadata) => metadata,
        Err(problem) => {
            let problems = Problems { metadata: Some(problem), ..Problems::default() };
            return page(&visit, http::StatusCode::BAD_REQUEST, id, problems, None).await;
        }
    };
    let update = UpdateUser {
        first_name: patch(&visit, "first_name"),
        last_name: patch(&visit, "last_name"),
        avatar_url: patch(&visit, "avatar_url"),
        metadata,
        ..UpdateUser::new(id)
    };
    match visit.flows().update_user_account(&update, &visit.by()).await {
        Ok(_) => visit.done(&format!("/app/users/{id}"), "saved"),
        Err(error) => {
            let (status, problem) = Failure::from(error).problem(visit.language)?;
            let problems = Problems { profile: Some(problem), ..Problems::default() };
            page(&visit, status, id, problems, None).await
        }
    }
}

/// What changes the metadata into what was typed: keys that are not there any more are removed.
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
        // An empty text is the reference's word for removing a key.
        wanted.entry(key.clone()).or_insert_with(|| Json::String(String::new()));
    }
    let metadata = Metadata::new(wanted).map_err(|_| texts.metadata_bounds.to_owned())?;
    Ok(MetadataPatch::Merge(metadata))
}
