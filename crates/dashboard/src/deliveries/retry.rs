//! Tries a delivery again.

use crate::form::Fields;
use crate::request::{Answer, SharedRequest, next_page};

/// Tries it now, and returns to the page of the form.
pub(crate) async fn retry(request: SharedRequest) -> Answer {
    request.form.only(&["next"])?;
    request.dashboard.web.deliveries.retry(request.parameter(0)?, &request.context()).await?;
    let next = request.form.text("next").unwrap_or_else(|| "/app/deliveries".to_owned());
    let (path, query) = next_page(&next).split_once('?').unwrap_or((next_page(&next), ""));
    // An earlier message on that page is not repeated.
    request.go(&format!("{path}?{}", Fields::parse(query.as_bytes()).with("done", "tried")))
}
