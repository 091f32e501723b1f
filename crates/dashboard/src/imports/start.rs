//! Begins the import, or goes on with one that was interrupted.

use vestibule_transfer::UploadId;

use crate::request::{Answer, SharedRequest};

pub(crate) async fn start(request: SharedRequest) -> Answer {
    request.form.only(&[])?;
    let id: UploadId = request.parameter(0)?;
    let context = request.context();
    // It gives roles, and sign-in methods.
    context.check_access_change()?;
    let failed = |error| request.upload_failure(error);
    request.dashboard.uploads.import(id, &context).await.map_err(failed)?;
    request.go(&format!("/app/import/{id}"))
}
