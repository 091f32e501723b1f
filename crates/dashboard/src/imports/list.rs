//! The first page: a table is chosen. Below it, the uploads that wait, and the imports that were done.

use askama::Template;
use http::StatusCode;
use vestibule_transfer::{ImportOptions, ImportRun, Importer, MOST_ROWS, Upload, UploadState};

use super::problems::MEGABYTES;
use crate::failure::Failure;
use crate::format;
use crate::layout::Frame;
use crate::request::{Answer, PageRequest, SharedRequest};

#[derive(Template)]
#[template(path = "imports/list.html")]
struct ImportsPage {
    frame: Frame,
    problem: Option<String>,
    hint: String,
    uploads: Vec<Upload>,
    runs: Vec<ImportRun>,
}

impl ImportsPage {
    /// The class and the name of the state of an upload.
    fn step(&self, upload: &Upload) -> (&'static str, &'static str) {
        let t = self.frame.imports();
        match upload.state {
            UploadState::New => ("", t.state_new),
            UploadState::Checking => ("warn", t.checking),
            UploadState::Checked => ("", t.state_checked),
            UploadState::Running => ("warn", t.importing),
            UploadState::CheckInterrupted | UploadState::Interrupted => ("bad", t.state_interrupted),
            UploadState::Finished => ("good", t.state_finished),
        }
    }

    fn state(&self, run: &ImportRun) -> (&'static str, &'static str) {
        let t = self.frame.imports();
        match run.state.as_str() {
            "finished" => ("good", t.state_finished),
            "undone" => ("", t.state_undone),
            _ => ("warn", t.state_open),
        }
    }

    /// How many users an import has created.
    fn created(&self, run: &ImportRun) -> String {
        let count = run.counts.get("user").and_then(|results| results.get("created"));
        format::number(count.and_then(|count| count.as_u64()).unwrap_or_default(), self.frame.language)
    }
}

pub(crate) async fn show(request: SharedRequest) -> Answer {
    page(&request, StatusCode::OK, None).await
}

pub(super) async fn page(request: &PageRequest, status: StatusCode, problem: Option<String>) -> Answer {
    let failed = |error| request.upload_failure(error);
    let mut uploads = request.dashboard.uploads.list().await.map_err(failed)?;
    // What is finished is among the imports below.
    uploads.retain(|upload| upload.state != UploadState::Finished);
    let importer = Importer::new(request.flows().clone(), ImportOptions::default());
    let runs = importer.list().await.map_err(|error| super::undo::failure(request, error))?;
    let rows = format::number(MOST_ROWS, request.language);
    let page = ImportsPage {
        frame: request.frame(),
        problem,
        hint: request.imports().file_hint(MEGABYTES, &rows),
        uploads,
        runs,
    };
    request.page_with(status, &page)
}

/// Shows the page again with what is wrong.
pub(super) async fn refuse(request: &PageRequest, failure: Failure) -> Answer {
    let (status, problem) = super::problems::shown(request, failure)?;
    page(request, status, Some(problem)).await
}
