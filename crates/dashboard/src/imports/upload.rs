//! Keeps an uploaded table, after it was read to its end.

use std::sync::Arc;

use vestibule_transfer::UploadError;

use super::list::refuse;
use crate::failure::Failure;
use crate::request::{Answer, SharedRequest};

pub(crate) async fn upload(request: SharedRequest) -> Answer {
    request.form.only(&[])?;
    let Some(file) = &request.file else { return refuse(&request, Failure::wrong(request.imports().no_file)).await };
    let created = match &file.content {
        Some(content) => request.dashboard.uploads.create(&file.name, Arc::clone(content), &request.context()).await,
        None => Err(UploadError::TooLarge),
    };
    match created {
        Ok(id) => request.go(&format!("/app/import/{id}")),
        Err(error) => refuse(&request, request.upload_failure(error)).await,
    }
}
