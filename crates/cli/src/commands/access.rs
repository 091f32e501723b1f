//! `vestibule user change-email`, `lock`, `unlock`, `assign` and `unassign`: a user's access and roles.

use clap::Args;
use serde_json::json;
use vestibule::Vestibule;
use vestibule::core::EmailAddress;
use vestibule::flows::Context;
use vestibule::rbac::RoleId;
use vestibule::user::User;

use super::exit::of;
use super::setup::Setup;
use super::user::{One, find};
use super::{Failure, output, role};

#[derive(Debug, Args)]
pub(super) struct Roles {
    /// The user's id or e-mail address.
    user: String,
    /// A role; may be repeated.
    #[arg(long = "role", value_name = "ROLE", required = true)]
    roles: Vec<String>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(super) struct ChangeEmail {
    /// The user's id or present e-mail address.
    user: String,
    /// The new address. You vouch for it: it is not confirmed by mail.
    #[arg(long)]
    email: EmailAddress,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl ChangeEmail {
    /// Changes the address. The mail to the old one has a link that reverts the change.
    pub(super) async fn run(self, setup: &Setup) -> Result<(), Failure> {
        let vestibule = setup.open_existing().await?;
        let user = find(&vestibule, &self.user).await?;
        let changed = vestibule.flows().change_email_of_user(user.id, &self.email, &Context::operator()).await;
        let changed = changed.map_err(|error| of(&error))?;
        if self.json {
            return output::json(&changed);
        }
        let text = format!("Changed {} to {} ({}).", user.email, changed.email, changed.id);
        output::line(&output::harmless(&text))
    }
}

/// Locks a user.
pub(super) async fn lock(one: One, setup: &Setup) -> Result<(), Failure> {
    let vestibule = setup.open_existing_without_secret().await?;
    let user = find(&vestibule, &one.user).await?;
    let locked = vestibule.flows().lock_user(user.id, &Context::operator()).await.map_err(|error| of(&error))?;
    report(&locked, one.json, "Locked")
}

/// Unlocks a user.
pub(super) async fn unlock(one: One, setup: &Setup) -> Result<(), Failure> {
    let vestibule = setup.open_existing_without_secret().await?;
    let user = find(&vestibule, &one.user).await?;
    let unlocked = vestibule.flows().unlock_user(user.id, &Context::operator()).await.map_err(|error| of(&error))?;
    report(&unlocked, one.json, "Unlocked")
}

/// Returns the roles of a user.
pub(super) async fn roles_of(vestibule: &Vestibule, user: &User) -> Result<Vec<RoleId>, Failure> {
    let flows = vestibule.flows();
    flows.rbac().role_ids_of(flows.database(), &user.id.to_string()).await.map_err(|error| of(&error))
}

fn report(user: &User, as_json: bool, done: &str) -> Result<(), Failure> {
    if as_json { output::json(user) } else { output::line(&format!("{done} {} ({}).", user.email, user.id)) }
}

impl Roles {
    /// Gives the user these roles.
    pub(super) async fn assign(self, setup: &Setup) -> Result<(), Failure> {
        let roles = role::read(&self.roles)?.unwrap_or_default();
        let vestibule = setup.open_existing_without_secret().await?;
        let user = find(&vestibule, &self.user).await?;
        vestibule.flows().assign_roles(user.id, &roles, &Context::operator()).await.map_err(|error| of(&error))?;
        self.show(&vestibule, &user).await
    }

    /// Takes these roles from the user.
    pub(super) async fn unassign(self, setup: &Setup) -> Result<(), Failure> {
        let roles = role::read(&self.roles)?.unwrap_or_default();
        let vestibule = setup.open_existing_without_secret().await?;
        let user = find(&vestibule, &self.user).await?;
        vestibule.flows().remove_roles(user.id, &roles, &Context::operator()).await.map_err(|error| of(&error))?;
        self.show(&vestibule, &user).await
    }

    async fn show(&self, vestibule: &Vestibule, user: &User) -> Result<(), Failure> {
        let roles = roles_of(vestibule, user).await?;
        if self.json {
            return output::json(&json!({ "id": user.id, "email": user.email, "roles": roles }));
        }
        let names: Vec<&str> = roles.iter().map(RoleId::as_str).collect();
        let names = if names.is_empty() { "no roles".to_owned() } else { names.join(", ") };
        output::line(&format!("{} ({}) has {names}.", user.email, user.id))
    }
}
