//! Undoes an import, as long as none of its users has signed in.

use vestibule_core::ErrorKind;
use vestibule_transfer::{ImportId, ImportOptions, Importer, UndoError};
use vestibule_web::Problem;

use super::list::refuse;
use crate::failure::Failure;
use crate::request::{Answer, PageRequest, SharedRequest};

pub(crate) async fn undo(request: SharedRequest) -> Answer {
    request.form.only(&["import"])?;
    let id: ImportId = request.form.get("import").parse().map_err(|_| Failure::NotFound)?;
    let importer = Importer::new(request.flows().clone(), ImportOptions::default());
    let importer = importer.on_behalf_of(request.context());
    let runs = importer.list().await.map_err(|error| failure(&request, error))?;
    let run = runs.into_iter().find(|run| run.id == id).ok_or(Failure::NotFound)?;
    if run.state == "running" {
        return refuse(&request, Failure::wrong(request.imports().busy)).await;
    }
    // A browser that goes away does not leave half of it undone.
    let undone = tokio::spawn(async move { importer.undo(id).await }).await;
    let undone =
        undone.unwrap_or_else(|error| Err(UndoError::Database(vestibule_database::Error::Other(Box::new(error)))));
    match undone {
        Ok(_) => request.done("/app/import", "import-undone"),
        Err(error) => refuse(&request, failure(&request, error)).await,
    }
}

/// Returns the failure as a page shows it.
pub(super) fn failure(request: &PageRequest, error: UndoError) -> Failure {
    match error {
        UndoError::NotFound(_) => Failure::NotFound,
        UndoError::Undone => Failure::wrong(request.imports().undone_already),
        UndoError::Used(_) => Failure::wrong(request.imports().undo_used),
        UndoError::Database(error) => error.into(),
        error => {
            tracing::error!(%error, "the tables of imports cannot be created");
            Failure::Flow(Problem::new(ErrorKind::Internal, "the tables of imports cannot be created"))
        }
    }
}
