//! One's name, and what leads to the rest.

use askama::Template;
use http::StatusCode;
use vestibule_auth::ShownSession;
use vestibule_auth::mfa::MfaStatus;
use vestibule_rbac::Role;
use vestibule_user::{UpdateUser, User};

use crate::failure::Failure;
use crate::layout::Frame;
use crate::request::{Answer, Asked, Visit};
use crate::users::edit::patch;

/// How many sessions are shown.
const SHOWN: u32 = 50;

#[derive(Template)]
#[template(path = "profile/show.html")]
struct ProfilePage {
    frame: Frame,
    user: User,
    roles: Vec<Role>,
    has_second_factor: bool,
    has_password: bool,
    sessions: Vec<ShownSession>,
    typed: [String; 3],
    name_problem: Option<String>,
    /// What is wrong with the current password, or with whether it can be changed.
    current_problem: Option<String>,
    password_problem: Option<String>,
}

/// What is wrong, and beside which field it stands.
#[derive(Default)]
pub(crate) struct Problems {
    pub(crate) name: Option<String>,
    pub(crate) current: Option<String>,
    pub(crate) password: Option<String>,
}

pub(crate) async fn show(visit: Asked) -> Answer {
    page(&visit, StatusCode::OK, Problems::default()).await
}

pub(crate) async fn page(visit: &Visit, status: StatusCode, problems: Problems) -> Answer {
    let (flows, caller, user) = (visit.flows(), visit.caller()?, visit.user()?.clone());
    let subject = user.id.to_string();
    let factors = flows.auth().list_auth_mfas_of_identity(caller.auth_identity_id).await?;
    let typed = |name: &str, present: &Option<String>| match problems.name {
        Some(_) => visit.form.get(name).to_owned(),
        None => present.clone().unwrap_or_default(),
    };
    let page = ProfilePage {
        frame: visit.frame(),
        roles: flows.rbac().roles_of(flows.database(), &subject).await?,
        has_second_factor: factors.iter().any(|factor| factor.status == MfaStatus::Enabled),
        has_password: flows.auth().hold_passwords(&flows.auth().list_providers_of("user", &subject).await?),
        sessions: flows.list_own_sessions(caller, 0, SHOWN).await?.0,
        typed: [
            typed("first_name", &user.first_name),
            typed("last_name", &user.last_name),
            typed("avatar_url", &user.avatar_url),
        ],
        user,
        name_problem: problems.name,
        current_problem: problems.current,
        password_problem: problems.password,
    };
    visit.page_with(status, &page)
}

pub(crate) async fn update(visit: Asked) -> Answer {
    visit.form.only(&["first_name", "last_name", "avatar_url"])?;
    let update = UpdateUser {
        first_name: patch(&visit, "first_name"),
        last_name: patch(&visit, "last_name"),
        avatar_url: patch(&visit, "avatar_url"),
        ..UpdateUser::new(visit.user()?.id)
    };
    match visit.flows().update_user_account(&update, &visit.by()).await {
        Ok(_) => visit.done("/app/profile", "saved"),
        Err(error) => {
            let (status, problem) = Failure::from(error).problem(visit.language)?;
            page(&visit, status, Problems { name: Some(problem), ..Problems::default() }).await
        }
    }
}
