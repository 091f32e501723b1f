//! Signs in with a provider other than the password.

use serde_json::Map;
use vestibule_auth::AuthInput;

use super::login::go_on;
use crate::request::{Answer, SharedRequest};

/// Starts a sign-in: redirects to the provider, or completes at once.
pub(crate) async fn start(request: SharedRequest) -> Answer {
    request.form.only(&["next"])?;
    let provider: String = request.parameter(0)?;
    let input = AuthInput { body: Map::new(), query: Map::new() };
    let begun = request.flows().sign_in("user", &provider, &input, &request.client).await?;
    go_on(&request, begun, request.form.get("next")).await
}

/// Continues after the provider has redirected back.
pub(crate) async fn callback(request: SharedRequest) -> Answer {
    let provider: String = request.parameter(0)?;
    let query = request.query.iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
    let input = AuthInput { body: Map::new(), query };
    let begun = request.flows().sign_in_by_callback("user", &provider, &input, &request.client).await?;
    go_on(&request, begun, "").await
}
