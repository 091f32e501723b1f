//! The user's profile, with links to the rest.

use askama::Template;
use http::StatusCode;
use vestibule_auth::mfa::MfaStatus;
use vestibule_auth::{MfaFactor, SessionView};
use vestibule_flows::USER;
use vestibule_rbac::Role;
use vestibule_user::User;

use super::factor::in_state;
use super::methods;
use crate::failure::Failure;
use crate::form_problem::field_of;
use crate::layout::Frame;
use crate::request::{Answer, PageRequest, SharedRequest};
use crate::sign_in_methods::SignInMethod;
use crate::users::profile_form::{self, FieldProblem, ProfileField};

/// How many sessions are listed.
const SHOWN: u32 = 50;

#[derive(Template)]
#[template(path = "profile/show.html")]
struct ProfilePage {
    frame: Frame,
    user: User,
    roles: Vec<Role>,
    /// The enabled second factors.
    factors: Vec<MfaFactor>,
    has_password: bool,
    sessions: Vec<SessionView>,
    fields: Vec<ProfileField>,
    methods: Vec<SignInMethod>,
    /// The identifiers and names of the providers that can be linked.
    others: Vec<(String, String)>,
    methods_problem: Option<String>,
    /// The address that was typed, and its problem.
    typed_email: String,
    email_problem: Option<String>,
    name_problem: Option<String>,
    /// The problem of the current password, or why it cannot be changed.
    current_problem: Option<String>,
    password_problem: Option<String>,
}

/// The problems, each beside its field.
#[derive(Default)]
pub(crate) struct Problems {
    pub(crate) email: Option<String>,
    pub(crate) methods: Option<String>,
    pub(crate) name: Option<String>,
    /// Of one field of the profile.
    pub(crate) field: Option<FieldProblem>,
    pub(crate) current: Option<String>,
    pub(crate) password: Option<String>,
}

pub(crate) async fn show(request: SharedRequest) -> Answer {
    page(&request, StatusCode::OK, Problems::default()).await
}

pub(crate) async fn page(request: &PageRequest, status: StatusCode, problems: Problems) -> Answer {
    let (flows, caller, user) = (request.flows(), request.caller()?, request.user()?.clone());
    let subject = user.id.to_string();
    let (methods, others) = methods::of_caller(request).await?;
    let page = ProfilePage {
        methods,
        others,
        methods_problem: problems.methods,
        frame: request.frame_for_password(flows.min_password_length_of(USER, &subject).await?),
        roles: flows.rbac().roles_of(flows.database(), &subject).await?,
        factors: in_state(request, MfaStatus::Enabled).await?,
        has_password: flows.auth().hold_passwords(&flows.auth().list_providers_of("user", &subject).await?),
        sessions: flows.list_own_sessions(caller, 0, SHOWN).await?.0,
        fields: profile_form::fields(request, &user, true, problems.name.is_some(), problems.field.as_ref()),
        user,
        typed_email: if problems.email.is_some() { request.form.get("email").to_owned() } else { String::new() },
        email_problem: problems.email,
        name_problem: problems.name,
        current_problem: problems.current,
        password_problem: problems.password,
    };
    request.page_with(status, &page)
}

pub(crate) async fn update(request: SharedRequest) -> Answer {
    request.form.only(&profile_form::names())?;
    let update = profile_form::update(&request, request.user()?.id);
    match request.flows().update_user_account(&update, &request.context()).await {
        Ok(_) => request.done("/app/profile", "saved"),
        Err(error) => {
            let failure = Failure::from(error);
            let field = field_of(&failure, &request.form);
            let (status, problem) = failure.problem(request.language)?;
            let problems = match field {
                Some(field) => Problems { field: Some((field, problem)), ..Problems::default() },
                None => Problems { name: Some(problem), ..Problems::default() },
            };
            page(&request, status, problems).await
        }
    }
}
