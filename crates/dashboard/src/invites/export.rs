//! Exports the invites that the list would show with the same query.

use vestibule_flows::InviteExport;
use vestibule_web::ExportFormat;

use super::list::{read_search, read_state};
use crate::request::{Answer, PageRequest, SharedRequest};

pub(crate) async fn csv(request: SharedRequest) -> Answer {
    export(&request, ExportFormat::Csv).await
}

pub(crate) async fn json_lines(request: SharedRequest) -> Answer {
    export(&request, ExportFormat::JsonLines).await
}

async fn export(request: &PageRequest, format: ExportFormat) -> Answer {
    let invites = InviteExport::of_state(request.flows().clone(), read_state(request), read_search(request));
    request.export("invites", format, invites).await
}
