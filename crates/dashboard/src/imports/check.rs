//! Takes what the columns become, and begins the dry run.

use http::StatusCode;
use vestibule_transfer::{Choices, UploadState};

use super::show::{columns, retrieve};
use crate::request::{Answer, SharedRequest};

pub(crate) async fn check(request: SharedRequest) -> Answer {
    request.form.only(&["column", "existing", "role", "again"])?;
    let upload = retrieve(&request).await?;
    let (id, uploads) = (upload.id, &request.dashboard.uploads);
    let failed = |error| request.upload_failure(error);
    // A dry run that was interrupted begins again with the same choices.
    if upload.state == UploadState::CheckInterrupted && !request.form.get("again").is_empty() {
        uploads.check(id, None, &request.context()).await.map_err(failed)?;
        return request.go(&format!("/app/import/{id}"));
    }
    let updates = request.form.get("existing") == "update";
    let choices = Choices::new(request.form.all("column"), updates, request.role_ids("role")?);
    let problem = match () {
        () if !choices.columns.contains(&Some("email")) => Some(request.imports().email_missing),
        () if !choices.are_distinct() => Some(request.imports().field_twice),
        () => None,
    };
    if let Some(problem) = problem {
        return columns(&request, upload, Some(choices), (StatusCode::BAD_REQUEST, Some(problem.to_owned()))).await;
    }
    uploads.check(id, Some(&choices), &request.context()).await.map_err(failed)?;
    request.go(&format!("/app/import/{id}"))
}
