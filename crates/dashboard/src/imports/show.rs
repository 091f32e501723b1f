//! One upload: its columns, how far a step has come, what it has found or done.

use askama::Template;
use http::StatusCode;
use vestibule_rbac::RoleId;
use vestibule_transfer::{Choices, Note, Outcome, Preview, Stopped, Upload, UploadId, UploadState};

use super::problems::reasons;
use crate::failure::Failure;
use crate::format;
use crate::layout::Frame;
use crate::request::{Answer, PageRequest, SharedRequest};
use crate::roles::choices::{Choice, assignable, choices};
use crate::texts::Imports;

/// A column of the table, and what it becomes.
struct Column {
    name: String,
    field: &'static str,
    /// Its cells of the first rows.
    first: Vec<String>,
}

#[derive(Template)]
#[template(path = "imports/columns.html")]
struct ColumnsPage {
    frame: Frame,
    upload: Upload,
    rows: String,
    columns: Vec<Column>,
    updates: bool,
    roles: Vec<Choice>,
    stopped: Option<&'static str>,
    problem: Option<String>,
}

impl ColumnsPage {
    fn fields(&self) -> Vec<(&'static str, &'static str)> {
        Choices::FIELDS.iter().map(|field| (*field, field_name(field, self.frame.imports()))).collect()
    }
}

/// The name of a field.
fn field_name(field: &str, t: &Imports) -> &'static str {
    match field {
        "email" => t.field_email,
        "first_name" => t.field_first_name,
        "last_name" => t.field_last_name,
        "name" => t.field_name,
        "phone" => t.field_phone,
        "avatar_url" => t.field_avatar,
        "roles" => t.field_roles,
        "password_hash" => t.field_hash,
        "password" => t.field_password,
        "totp_secret" => t.field_totp,
        "email_verified" => t.field_verified,
        "locked" => t.field_locked,
        "created_at" => t.field_created,
        _ => t.field_id,
    }
}

#[derive(Template)]
#[template(path = "imports/show.html")]
struct UploadPage {
    frame: Frame,
    upload: Upload,
    outcome: Outcome,
    stopped: Option<&'static str>,
}

impl UploadPage {
    fn is_moving(&self) -> bool {
        matches!(self.upload.state, UploadState::Checking | UploadState::Running)
    }

    fn title(&self) -> &'static str {
        let t = self.frame.imports();
        match self.upload.state {
            UploadState::Checking => t.checking,
            UploadState::CheckInterrupted => t.check_interrupted,
            UploadState::Running => t.importing,
            UploadState::Interrupted => t.interrupted,
            UploadState::Finished => t.finished,
            UploadState::New | UploadState::Checked => t.checked,
        }
    }

    fn progress(&self) -> String {
        let number = |number: u64| format::number(number, self.frame.language);
        self.frame.imports().progress(&number(self.upload.rows_done), &number(self.upload.rows))
    }

    /// The counts, with their names and whether someone should look at them.
    fn figures(&self) -> Vec<(&'static str, String, bool)> {
        let (t, outcome) = (self.frame.imports(), &self.outcome);
        let names = match self.upload.state {
            UploadState::Finished => [t.created, t.updated, t.exists, t.left_out],
            _ => [t.would_create, t.would_update, t.would_stay, t.would_leave],
        };
        let counts = [outcome.created, outcome.updated, outcome.exists, outcome.left_out];
        let figure = |(place, (name, count)): (usize, (&'static str, u64))| {
            (name, format::number(count, self.frame.language), place == 3 && count > 0)
        };
        names.into_iter().zip(counts).enumerate().map(figure).collect()
    }

    /// Whether the import would do anything.
    fn has_work(&self) -> bool {
        self.outcome.created + self.outcome.updated > 0
    }

    /// The rows to look at, by kind.
    fn noted(&self) -> Vec<(&'static str, &'static str, &Vec<Note>)> {
        let (t, noted) = (self.frame.imports(), &self.outcome.noted);
        let lists = [("left-out", t.noted_left_out, &noted.left_out), ("in-part", t.noted_in_part, &noted.in_part)];
        lists.into_iter().filter(|(_, _, list)| !list.is_empty()).collect()
    }

    fn reason(&self, note: &Note) -> String {
        reasons(&note.reasons, self.frame.imports())
    }
}

pub(crate) async fn show(request: SharedRequest) -> Answer {
    let upload = retrieve(&request).await?;
    let chooses = match upload.state {
        UploadState::New => true,
        UploadState::Checked => upload.outcome.is_none() || !request.query.get("columns").is_empty(),
        _ => false,
    };
    match chooses {
        true => columns(&request, upload, None, (StatusCode::OK, None)).await,
        false => page(&request, upload),
    }
}

/// Returns the upload that the path names.
pub(super) async fn retrieve(request: &PageRequest) -> Result<Upload, Failure> {
    let id: UploadId = request.parameter(0)?;
    let failed = |error| request.upload_failure(error);
    request.dashboard.uploads.retrieve(id).await.map_err(failed)
}

/// Shows how far the upload has come.
fn page(request: &PageRequest, upload: Upload) -> Answer {
    let page = UploadPage {
        frame: request.frame(),
        outcome: upload.outcome.clone().unwrap_or_default(),
        stopped: upload.stopped.map(|stopped| why(stopped, request.imports())),
        upload,
    };
    request.page(&page)
}

/// Shows the columns, with what was chosen and what is wrong with it.
pub(super) async fn columns(
    request: &PageRequest,
    upload: Upload,
    typed: Option<Choices>,
    (status, problem): (StatusCode, Option<String>),
) -> Answer {
    let failed = |error| request.upload_failure(error);
    let preview = request.dashboard.uploads.preview(upload.id).await.map_err(failed)?;
    let chosen = typed.or_else(|| upload.choices.clone()).unwrap_or_else(|| {
        Choices::new(preview.guesses.iter().map(|field| field.unwrap_or_default()), false, Vec::new())
    });
    let ids: &[RoleId] = &chosen.roles;
    let page = ColumnsPage {
        frame: request.frame(),
        rows: request.imports().rows(upload.rows),
        columns: rows_of(&preview, &chosen),
        updates: chosen.updates,
        roles: choices(assignable(request).await?, ids, request.texts()),
        stopped: upload.stopped.map(|stopped| why(stopped, request.imports())),
        upload,
        problem,
    };
    request.page_with(status, &page)
}

fn rows_of(preview: &Preview, chosen: &Choices) -> Vec<Column> {
    let column = |(place, name): (usize, &String)| Column {
        name: name.clone(),
        field: chosen.columns.get(place).copied().flatten().unwrap_or_default(),
        first: preview.first.iter().filter_map(|row| row.get(place)).map(|cell| short(cell)).collect(),
    };
    preview.columns.iter().enumerate().map(column).collect()
}

/// As much of a cell as the page shows.
fn short(cell: &str) -> String {
    match cell.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", cell.get(..end).unwrap_or_default()),
        None => cell.to_owned(),
    }
}

fn why(stopped: Stopped, t: &Imports) -> &'static str {
    match stopped {
        Stopped::Database => t.stopped_database,
        Stopped::Roles => t.stopped_roles,
        Stopped::Sealed => t.stopped_sealed,
    }
}
