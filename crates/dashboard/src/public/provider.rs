//! Signing in by somebody else's word: the providers that are configured beside the password.

use serde_json::Map;
use vestibule_auth::AuthInput;

use super::login::go_on;
use crate::request::{Answer, Asked};

/// Sends somebody to a provider, or takes its word at once.
pub(crate) async fn start(visit: Asked) -> Answer {
    visit.form.only(&["next"])?;
    let provider: String = visit.parameter(0)?;
    let input = AuthInput { body: Map::new(), query: Map::new() };
    let begun = visit.flows().sign_in("user", &provider, &input, &visit.client).await?;
    go_on(&visit, begun, visit.form.get("next")).await
}

/// Takes somebody back from a provider.
pub(crate) async fn callback(visit: Asked) -> Answer {
    let provider: String = visit.parameter(0)?;
    let query = visit.query.iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
    let input = AuthInput { body: Map::new(), query };
    let begun = visit.flows().sign_in_by_callback("user", &provider, &input, &visit.client).await?;
    go_on(&visit, begun, "").await
}
