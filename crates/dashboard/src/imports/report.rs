//! The report of the last step, a table with a line for each row.

use axum::body::Body;
use axum::response::Response;
use http::HeaderValue;
use http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use vestibule_transfer::{Step, UploadState};

use super::show::retrieve;
use crate::failure::Failure;
use crate::request::{Answer, SharedRequest};

/// A spreadsheet takes the file for UTF-8 by this mark.
const BYTE_ORDER_MARK: &str = "\u{feff}";

pub(crate) async fn download(request: SharedRequest) -> Answer {
    let upload = retrieve(&request).await?;
    let step = if upload.state == UploadState::Finished { Step::Import } else { Step::Check };
    let failed = |error| request.upload_failure(error);
    let report = request.dashboard.uploads.report(upload.id, step).await.map_err(failed)?;
    let report = report.ok_or(Failure::NotFound)?;
    let mut response = Response::new(Body::from([BYTE_ORDER_MARK.as_bytes(), &report].concat()));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
    headers.insert(CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"import-report.csv\""));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}
