//! Having a delivery tried again.

use crate::form::Fields;
use crate::request::{Answer, Asked, next_page};

/// Has it tried now, and goes back to the page on which it was asked for.
pub(crate) async fn retry(visit: Asked) -> Answer {
    visit.form.only(&["next"])?;
    visit.dashboard.web.deliveries.retry(visit.parameter(0)?, &visit.by()).await?;
    let next = visit.form.text("next").unwrap_or_else(|| "/app/deliveries".to_owned());
    let (path, query) = next_page(&next).split_once('?').unwrap_or((next_page(&next), ""));
    // What was told there before is not told again.
    visit.go(&format!("{path}?{}", Fields::parse(query.as_bytes()).with("done", "tried")))
}
