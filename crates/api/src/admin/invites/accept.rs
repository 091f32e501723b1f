//! `POST /admin/invites/accept`

use vestibule_core::{EmailAddress, ErrorKind};
use vestibule_flows::AcceptInvite;
use vestibule_user::User;
use vestibule_user::UserField;

use crate::openapi::{FIELDS, QueryParameter, describe};
use crate::request::{InvalidRequest, Name, Parameters, Query, RawBody, body};
use crate::respond::{self, One, Reply};
use vestibule_web::Problem;
use vestibule_web::State;
use vestibule_web::caller::Authenticated;

const PARAMETERS: &[QueryParameter] = &[QueryParameter::text("token", "The invite's token.").required(), FIELDS];

body! {
    /// The details of the user who accepts an invite.
    pub(crate) struct AcceptInviteBody {
        /// The invited address; may be absent. Any other is refused.
        email: Option<EmailAddress>,
        /// The given name.
        first_name: Option<Name>,
        /// The family name.
        last_name: Option<Name>,
    }
}

/// Accepts an invite with the token of a registration.
#[describe(operation("accept_invite", "invites").query(PARAMETERS).body::<AcceptInviteBody>())]
pub(crate) async fn accept(state: State, caller: Authenticated, query: Query, body: RawBody) -> Reply<One<User>> {
    let Authenticated { caller, context } = caller;
    if !caller.is_user_type() {
        return Err(Problem::unauthorized());
    }
    let mut parameters = Parameters::of(&query);
    let token = parameters.required_text("token");
    let selection = parameters.selection::<UserField>();
    let (token, selection) = parameters.finish((token, selection))?;
    let body: AcceptInviteBody = body.read()?;
    if caller.user.is_some() {
        let message = "The user is already authenticated and cannot accept an invite.";
        return Err(Problem::new(ErrorKind::InvalidData, message));
    }
    if let Some(email) = body.email {
        let invite = state.flows.users().validate_invite_token(token).await?;
        if invite.email != email {
            return Err(InvalidRequest::new("Field 'email' must be the invited address; leave it out").into());
        }
    }
    let accept = AcceptInvite {
        token: token.to_owned(),
        first_name: body.first_name.map(Into::into),
        last_name: body.last_name.map(Into::into),
    };
    let user = state.flows.accept_invite(&accept, caller.auth_identity_id, &context.client).await?;
    Ok(respond::one(&user, &selection))
}
