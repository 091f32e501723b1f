//! `/app/invite`: shows an invite and accepts it. Opening the link changes nothing.

use askama::Template;
use http::StatusCode;
use vestibule_core::{DomainError as _, EmailAddress, ErrorKind};
use vestibule_flows::{AcceptInvite, AcceptInviteError, InvitePreview, PreviewInviteError, SessionCaller, Stage};
use vestibule_user::invites::InviteTokenError;

use super::login::{continue_sign_in, has_code, has_password, other_providers};
use super::passkey;
use crate::failure::Failure;
use crate::form_problem::FormProblem;
use crate::format;
use crate::layout::Frame;
use crate::request::{Answer, PageRequest, SharedRequest};

#[derive(Template)]
#[template(path = "public/invitation.html")]
struct InvitationPage {
    frame: Frame,
    token: String,
    invite: InvitePreview,
    /// The name and the address of the inviter.
    inviter: Option<(String, String)>,
    /// Another user who is signed in in this browser.
    other: Option<EmailAddress>,
    first_name: String,
    last_name: String,
    problem: FormProblem,
    /// The sign-in elsewhere with which the user can accept.
    signed_in: Option<SignedIn>,
    /// The identifiers and names of the providers with which the invite can be accepted.
    providers: Vec<(String, String)>,
    has_password: bool,
    has_passkeys: bool,
    /// Whether the invite can be accepted without a password, as mailed codes sign in.
    has_code: bool,
}

/// A sign-in at a provider that is no account's yet.
struct SignedIn {
    /// What buttons call the provider.
    provider: String,
    /// The address or the id there.
    account: String,
    first_name: String,
    last_name: String,
}

#[derive(Template)]
#[template(path = "public/no_invitation.html")]
struct NoInvitationPage {
    frame: Frame,
    token: String,
    title: &'static str,
    message: String,
    /// Whether a new link can be requested.
    can_renew: bool,
    /// Whether the invited user has an account.
    can_sign_in: bool,
    is_sent: bool,
}

pub(crate) async fn show(request: SharedRequest) -> Answer {
    if !request.query.get("renewed").is_empty() {
        return renewed(&request);
    }
    form(&request, StatusCode::OK, request.query.get("token"), FormProblem::default()).await
}

async fn form(request: &PageRequest, status: StatusCode, token: &str, problem: FormProblem) -> Answer {
    let invite = match request.flows().preview_invite(token).await {
        Ok(invite) => invite,
        Err(PreviewInviteError::Token(error)) if error.kind() == ErrorKind::Unauthorized => {
            return refused(request, token, &error);
        }
        Err(PreviewInviteError::Accept(AcceptInviteError::InviterLacks)) => return inviter_lacks(request),
        Err(error) => return Err(error.into()),
    };
    let inviter = invite.invited_by.as_ref().map(|inviter| {
        let address = inviter.email.to_string();
        let name = format::full_name(inviter.first_name.as_deref(), inviter.last_name.as_deref());
        (name.unwrap_or_else(|| address.clone()), address)
    });
    let signed_in = signed_in(request).await?;
    let page = InvitationPage {
        frame: request.frame_for_password(invite.min_password_length),
        token: token.to_owned(),
        inviter,
        other: request.caller.as_ref().and_then(|caller| caller.user.as_ref()).map(|user| user.email.clone()),
        first_name: or_proven(request, "first_name", signed_in.as_ref().map(|signed_in| &signed_in.first_name)),
        last_name: or_proven(request, "last_name", signed_in.as_ref().map(|signed_in| &signed_in.last_name)),
        invite,
        problem,
        providers: if signed_in.is_some() { Vec::new() } else { other_providers(request) },
        has_password: has_password(request),
        has_passkeys: passkey::is_offered(request),
        has_code: has_code(request) && signed_in.is_none(),
        signed_in,
    };
    request.page_with(status, &page)
}

/// What was typed, or else what the provider states.
fn or_proven(request: &PageRequest, field: &str, proven: Option<&String>) -> String {
    let is_first = request.form.iter().next().is_none();
    if is_first { proven.cloned().unwrap_or_default() } else { request.form.get(field).to_owned() }
}

/// The caller of a session that began at a provider and has no owner yet.
fn unowned(request: &PageRequest) -> Option<&SessionCaller> {
    let caller = request.caller.as_ref().filter(|caller| caller.actor_id.is_none() && caller.stage == Stage::Full)?;
    let provider = request.flows().auth().find_provider(&caller.provider)?;
    (!provider.holds_passwords()).then_some(caller)
}

async fn signed_in(request: &PageRequest) -> Result<Option<SignedIn>, Failure> {
    let Some(caller) = unowned(request) else { return Ok(None) };
    let linked = request.flows().list_linked_providers(caller).await?;
    let Some(provider) = request.flows().auth().find_provider(&caller.provider) else { return Ok(None) };
    let part = linked.into_iter().find(|part| part.provider == caller.provider);
    Ok(part.map(|part| {
        let field = |name: &str| {
            let profile = part.user_metadata.as_ref()?.as_object();
            profile.get(name)?.as_str().map(str::to_owned)
        };
        SignedIn {
            provider: provider.short_name().to_owned(),
            account: field("email").unwrap_or_else(|| part.entity_id.clone()),
            first_name: field("given_name").unwrap_or_default(),
            last_name: field("family_name").unwrap_or_default(),
        }
    }))
}

/// Explains why a link does not work, and what to do.
fn refused(request: &PageRequest, token: &str, error: &InviteTokenError) -> Answer {
    let texts = request.texts();
    let on = |moment| request.language.date(moment);
    let (title, message) = match error {
        InviteTokenError::Replaced { sent_at } => (texts.invite_replaced, texts.invite_replaced_on(&on(*sent_at))),
        InviteTokenError::Expired { expired_at } => (texts.invite_expired, texts.invite_expired_on(&on(*expired_at))),
        InviteTokenError::Revoked { revoked_at } => (texts.invite_revoked, texts.invite_revoked_on(&on(*revoked_at))),
        InviteTokenError::AlreadyAccepted { accepted_at } => {
            (texts.invite_accepted, texts.invite_accepted_on(&on(*accepted_at)))
        }
        _ => (texts.invite_invalid, texts.invite_invalid_why.to_owned()),
    };
    let page = NoInvitationPage {
        frame: request.frame(),
        token: token.to_owned(),
        title,
        message,
        can_renew: matches!(error, InviteTokenError::Expired { .. }),
        can_sign_in: matches!(error, InviteTokenError::AlreadyAccepted { .. }),
        is_sent: false,
    };
    request.page_with(StatusCode::UNAUTHORIZED, &page)
}

/// Reports, before the form is filled in, that the inviter can no longer grant the invite's roles.
fn inviter_lacks(request: &PageRequest) -> Answer {
    let texts = request.texts();
    let page = NoInvitationPage {
        frame: request.frame(),
        token: String::new(),
        title: texts.invite_inviter_lacks,
        message: texts.invite_inviter_lacks_why.to_owned(),
        can_renew: false,
        can_sign_in: false,
        is_sent: false,
    };
    request.page_with(StatusCode::FORBIDDEN, &page)
}

pub(crate) async fn accept(request: SharedRequest) -> Answer {
    request.form.only(&["token", "first_name", "last_name", "password", "without_password", "state", "answer"])?;
    let token = request.form.get("token");
    let accept = AcceptInvite {
        token: token.to_owned(),
        first_name: request.form.text("first_name"),
        last_name: request.form.text("last_name"),
    };
    if !request.form.get("answer").is_empty() {
        let (input, name) = (passkey::input(&request), Some(request.texts().first_passkey));
        let accepted = request.flows().accept_invite_with_passkey(&accept, (name, &input), &request.client).await;
        return match accepted {
            Ok((_, identity)) => {
                let begun = request.flows().begin_first_session(identity, &request.client).await?;
                continue_sign_in(&request, begun, "/app?done=welcome").await
            }
            Err(error) => {
                let (status, problem) = FormProblem::of(error.into(), &request)?;
                form(&request, status, token, problem).await
            }
        };
    }
    if let Some(caller) = unowned(&request)
        && request.form.get("password").is_empty()
    {
        return match request.flows().accept_invite(&accept, caller.auth_identity_id, &request.client).await {
            // The session belongs to the user now.
            Ok(_) => request.done("/app", "welcome"),
            Err(error) => {
                let (status, problem) = FormProblem::of(error.into(), &request)?;
                form(&request, status, token, problem).await
            }
        };
    }
    let flows = request.flows();
    let accepted = match request.form.get("without_password") {
        "" => flows.accept_invite_with_password(&accept, request.form.get("password"), &request.client).await,
        _ => flows.accept_invite_without_password(&accept, &request.client).await,
    };
    match accepted {
        Ok((_, identity)) => {
            let begun = request.flows().begin_first_session(identity, &request.client).await?;
            continue_sign_in(&request, begun, "/app?done=welcome").await
        }
        Err(error) => {
            let (status, problem) = FormProblem::of(error.into(), &request)?;
            form(&request, status, token, problem).await
        }
    }
}

/// Begins a passkey for the user whom the invite creates, for the script.
pub(crate) async fn begin_passkey(request: SharedRequest) -> Answer {
    request.form.only(&["token"])?;
    let (browser, cookie) = passkey::browser(&request);
    let begun = request.flows().begin_invite_passkey(request.form.get("token"), &browser).await?;
    passkey::for_script(&begun, cookie)
}

/// Sends a new link to the invited address. The response is the same for every link.
pub(crate) async fn renew(request: SharedRequest) -> Answer {
    request.form.only(&["token"])?;
    request.flows().renew_invite(request.form.get("token"), &request.client).await?;
    request.go("/app/invite?renewed=1")
}

fn renewed(request: &PageRequest) -> Answer {
    let texts = request.texts();
    let page = NoInvitationPage {
        frame: request.frame(),
        token: String::new(),
        title: texts.invite_renewed,
        message: texts.invite_renewed_where.to_owned(),
        can_renew: false,
        can_sign_in: false,
        is_sent: true,
    };
    request.page(&page)
}
