//! The sign-in methods of the user's account: which are linked, and unlinking one.

use http::StatusCode;
use serde_json::Value as Json;
use vestibule_auth::Flow;
use vestibule_core::Timestamp;
use vestibule_flows::{FreshProof, USER};

use super::show::{self, Problems};
use crate::failure::Failure;
use crate::public::login::is_other;
use crate::request::{Answer, PageRequest, SharedRequest};

/// A sign-in method that is linked.
pub(super) struct LinkedMethod {
    pub(super) provider: String,
    pub(super) name: String,
    /// What it is known by: the address, or else the id at the provider.
    pub(super) account: String,
    pub(super) since: Timestamp,
}

/// The linked methods, and the identifiers and names of those that can be linked.
pub(super) async fn of_caller(request: &PageRequest) -> Result<(Vec<LinkedMethod>, Vec<(String, String)>), Failure> {
    let (flows, texts) = (request.flows(), request.texts());
    let linked = flows.list_linked_providers(request.caller()?).await?;
    // Passkeys are listed with the second factors.
    let is_passkey = |id: &str| flows.auth().find_provider(id).is_some_and(|found| found.flow() == Flow::Ceremony);
    let methods = linked.iter().filter(|part| !is_passkey(&part.provider)).map(|part| {
        let provider = flows.auth().find_provider(&part.provider);
        let name = match provider {
            Some(provider) if provider.holds_passwords() => texts.password,
            Some(provider) => provider.short_name(),
            None => &part.provider,
        };
        let email = part.user_metadata.as_ref().and_then(|profile| profile.as_object().get("email"));
        LinkedMethod {
            provider: part.provider.clone(),
            name: name.to_owned(),
            account: email.and_then(Json::as_str).unwrap_or(&part.entity_id).to_owned(),
            since: part.created_at,
        }
    });
    let others = flows
        .auth()
        .providers_of(USER)
        .filter(|provider| is_other(*provider) && !linked.iter().any(|part| part.provider == provider.identifier()));
    let others = others.map(|provider| (provider.identifier().to_owned(), provider.short_name().to_owned())).collect();
    Ok((methods.collect(), others))
}

pub(crate) async fn unlink(request: SharedRequest) -> Answer {
    request.form.only(&[])?;
    let provider: String = request.parameter(0)?;
    let caller = request.caller()?;
    match request.flows().unlink_provider(caller, &request.context(), &provider, &FreshProof::default()).await {
        // The session may have begun with it.
        Ok(()) if caller.provider == provider => request.leave("/app/login?done=unlinked"),
        Ok(()) => request.done("/app/profile", "unlinked"),
        Err(error) => refused(&request, error.into()).await,
    }
}

/// Shows the profile with the problem of its sign-in methods.
pub(crate) async fn refused(request: &PageRequest, failure: Failure) -> Answer {
    let (status, problem) = match failure.code() {
        Some("provider_unavailable") => (failure.status(), failure.message(request.language)),
        _ => failure.problem(request.language)?,
    };
    show::page(request, status, Problems { methods: Some(problem), ..Problems::default() }).await
}

/// A reload of the page that reports a problem.
pub(crate) async fn show(request: SharedRequest) -> Answer {
    show::page(&request, StatusCode::OK, Problems::default()).await
}
