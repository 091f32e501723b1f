//! Deletes an upload. What was imported stays.

use vestibule_transfer::UploadId;

use crate::request::{Answer, SharedRequest};

pub(crate) async fn discard(request: SharedRequest) -> Answer {
    request.form.only(&[])?;
    let id: UploadId = request.parameter(0)?;
    let failed = |error| request.upload_failure(error);
    request.dashboard.uploads.delete(id).await.map_err(failed)?;
    request.done("/app/import", "import-discarded")
}
