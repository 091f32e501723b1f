//! Exports the users that the list would show with the same query.

use vestibule_flows::UserExport;
use vestibule_web::ExportFormat;

use super::list::{read_query, roles};
use crate::request::{Answer, PageRequest, SharedRequest};

pub(crate) async fn csv(request: SharedRequest) -> Answer {
    export(&request, ExportFormat::Csv).await
}

pub(crate) async fn json_lines(request: SharedRequest) -> Answer {
    export(&request, ExportFormat::JsonLines).await
}

async fn export(request: &PageRequest, format: ExportFormat) -> Answer {
    let users = UserExport::new(request.flows().clone(), read_query(request), roles(request).await?);
    request.export("users", format, users).await
}
