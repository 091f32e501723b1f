//! The sign-in methods of the user's account: which are linked, and unlinking one.

use http::StatusCode;
use vestibule_flows::{FreshProof, USER};

use super::show::{self, Problems};
use crate::failure::Failure;
use crate::public::login::is_other;
use crate::request::{Answer, PageRequest, SharedRequest};
use crate::sign_in_methods::{self, SignInMethod};

/// The methods of the account, and the identifiers and names of those that can be linked.
pub(super) async fn of_caller(request: &PageRequest) -> Result<(Vec<SignInMethod>, Vec<(String, String)>), Failure> {
    let flows = request.flows();
    let linked = flows.list_linked_providers(request.caller()?).await?;
    let others = flows
        .auth()
        .providers_of(USER)
        .filter(|provider| is_other(*provider) && !linked.iter().any(|part| part.provider == provider.identifier()));
    let others = others.map(|provider| (provider.identifier().to_owned(), provider.short_name().to_owned())).collect();
    Ok((sign_in_methods::describe(request, &linked), others))
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
