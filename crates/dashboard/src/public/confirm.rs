//! "Confirm your identity": requests a fresh proof of identity, then continues with the form that needs it.
//!
//! The page has the fields of that form, hidden, and sends them with the proof to the form's own path. The guard removes
//! the proof before the page's handler reads the form.

use askama::Template;
use http::StatusCode;
use vestibule_core::{DomainError as _, ErrorKind};
use vestibule_flows::FreshProofError;
use vestibule_web::Problem;

use super::factor;
use crate::failure::Failure;
use crate::form::TOKEN;
use crate::layout::Frame;
use crate::request::{Answer, PageRequest};

#[derive(Template)]
#[template(path = "public/confirm.html")]
struct ConfirmPage {
    frame: Frame,
    /// The form's path.
    action: String,
    /// The other fields of the form.
    fields: Vec<(String, String)>,
    has_second_factor: bool,
    has_password: bool,
    /// Whether a code can prove the identity: of an app, or a recovery code.
    takes_code: bool,
    /// The id of a challenge, and the options for the browser, where a passkey can.
    passkey: Option<(String, String)>,
    problem: Option<String>,
}

/// Proves the caller's identity, if the form has a proof.
pub(crate) async fn prove(request: &mut PageRequest) -> Result<(), Failure> {
    let Some(mut proof) = request.form.take_proof() else { return Ok(()) };
    proof.method = proof.answer.as_ref().and_then(|_| factor::passkey_method(request)).map(str::to_owned);
    let proved = request.flows().prove(request.caller()?, &proof, &request.context()).await;
    if let Err(error) = proved {
        return Err(match &error {
            FreshProofError::SignedOut | FreshProofError::Database(_) => error.into(),
            // The same message as at the sign-in.
            FreshProofError::WrongCode => {
                Failure::Unproved(Problem::new(ErrorKind::InvalidData, request.texts().wrong_code))
            }
            _ if error.kind() == ErrorKind::Unavailable => error.into(),
            _ => Failure::Unproved(error.into()),
        });
    }
    if let Some(caller) = &mut request.caller {
        caller.has_fresh_proof = true;
    }
    Ok(())
}

/// Renders the page, with the problem of the previous proof.
pub(crate) async fn show(request: &PageRequest, status: StatusCode, problem: Option<String>) -> Answer {
    let (caller, flows) = (request.caller()?, request.flows());
    let actor_id = caller.actor_id.clone().unwrap_or_default();
    let providers = flows.auth().list_providers_of(&caller.actor_type, &actor_id).await?;
    let has_second_factor = flows.auth().has_mfa(flows.database(), caller.auth_identity_id).await?;
    let passkey = match has_second_factor && factor::passkey_method(request).is_some() {
        true => {
            let challenge = flows.begin_proof(caller).await?;
            let is_begun = |method: &String| challenge.ceremonies.contains_key(method);
            let takes_code = challenge.methods.iter().any(|method| !is_begun(method));
            Some((challenge.id.to_string(), factor::options_of(request, &challenge), takes_code))
        }
        false => None,
    };
    let takes_code = passkey.as_ref().is_none_or(|(_, _, takes_code)| *takes_code);
    let passkey = passkey.and_then(|(id, options, _)| Some((id, options?)));
    let fields = request.form.iter().filter(|(name, _)| *name != TOKEN);
    let page = ConfirmPage {
        frame: request.frame(),
        action: request.here.clone(),
        fields: fields.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        has_second_factor,
        takes_code,
        passkey,
        has_password: flows.auth().hold_passwords(&providers),
        problem,
    };
    request.page_with(status, &page)
}
