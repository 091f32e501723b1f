//! `POST /admin/users`, which the reference lacks.

use serde::Serialize;
use utoipa::ToSchema;
use vestibule_core::{EmailAddress, Metadata};
use vestibule_flows::{CreateUserAccount, SignInMethod};
use vestibule_rbac::read_role_ids;
use vestibule_user::{CreateUser, Invite, User};

use crate::openapi::describe;
use crate::request::{InvalidRequest, Name, NewPassword, Query, RawBody, Text, Url, body, read_nothing};
use crate::respond::{self, Reply};
use vestibule_web::State;
use vestibule_web::caller::Authorized;

body! {
    /// Creates a user.
    pub(crate) struct CreateUserBody {
        /// The address, which is unique.
        email: EmailAddress,
        /// The given name.
        first_name: Option<Name>,
        /// The family name.
        last_name: Option<Name>,
        /// The address of a picture.
        avatar_url: Option<Url>,
        /// The telephone number.
        phone: Option<Text<0, 50>>,
        /// The data of programs.
        metadata: Option<Metadata>,
        /// The ids of the user's roles; by default the default roles.
        roles: Option<Vec<String>>,
        /// With this password the user can sign in at once. Not together with `invite`.
        password: Option<NewPassword>,
        /// Whether to send the user an invite; accepting it sets a password.
        invite: Option<bool>,
    }
}

#[derive(Serialize, ToSchema)]
pub(crate) struct CreatedUser {
    user: User,
    /// Present if requested.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    invite: Option<Invite>,
}

/// Creates a user directly.
#[describe(operation("create_user", "users").body::<CreateUserBody>().errors(["429"]))]
pub(crate) async fn create(state: State, caller: Authorized, query: Query, body: RawBody) -> Reply<CreatedUser> {
    read_nothing(&query)?;
    let body: CreateUserBody = body.read()?;
    let sign_in_method = match (body.password, body.invite) {
        (Some(_), Some(true)) => {
            return Err(InvalidRequest::new("Give either a password or an invite, not both").into());
        }
        (Some(password), _) => SignInMethod::Password(password.into()),
        (None, Some(true)) => SignInMethod::Invite,
        (None, _) => SignInMethod::None,
    };
    let user = CreateUser {
        id: None,
        email: body.email,
        first_name: body.first_name.map(Into::into),
        last_name: body.last_name.map(Into::into),
        avatar_url: body.avatar_url.map(Into::into),
        phone: body.phone.map(Into::into),
        metadata: body.metadata,
    };
    let roles = body.roles.as_deref().map(read_role_ids).transpose()?;
    let account = CreateUserAccount { user, sign_in_method, roles };
    let account = state.flows.create_user_account(&account, &caller.context).await?;
    Ok(respond::json(&CreatedUser { user: account.user, invite: account.invite }))
}
