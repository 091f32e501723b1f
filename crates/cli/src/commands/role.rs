//! `vestibule role`

use clap::{Args, Subcommand};
use serde::Serialize;
use vestibule::core::{Filter, FindConfig};
use vestibule::rbac::{InvalidNamedId, Role, RoleId};

use super::exit::of;
use super::setup::Setup;
use super::{Failure, output};

#[derive(Debug, Subcommand)]
pub(super) enum RoleCommand {
    /// List roles with their permissions.
    List(List),
}

#[derive(Debug, Args)]
pub(super) struct List {
    /// The most roles to list.
    #[arg(long, default_value_t = 50)]
    limit: u64,
    /// How many roles to skip.
    #[arg(long, default_value_t = 0)]
    offset: u64,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// What `list --json` prints.
#[derive(Serialize)]
struct Page {
    roles: Vec<Role>,
    count: u64,
    offset: u64,
    limit: u64,
}

impl RoleCommand {
    pub(super) async fn run(self, setup: &Setup) -> Result<(), Failure> {
        let Self::List(list) = self;
        let vestibule = setup.open_existing_without_secret().await?;
        let find = FindConfig::default().page(list.offset, list.limit);
        let roles = vestibule.flows().rbac().list_and_count_rbac_roles(&Filter::everything(), &find).await;
        let (roles, count) = roles.map_err(|error| of(&error))?;
        if list.json {
            return output::json(&Page { roles, count, offset: list.offset, limit: list.limit });
        }
        let rows = roles.iter().map(|role| {
            let second_factor = if role.needs_mfa { "required" } else { "" };
            vec![role.id.to_string(), role.name.clone(), role.grants.keys().join(" "), second_factor.to_owned()]
        });
        output::page("roles", &["id", "name", "allows", "second factor"], rows.collect(), count)
    }
}

/// Parses the ids of roles; `None` if none is given.
pub(super) fn read(roles: &[String]) -> Result<Option<Vec<RoleId>>, Failure> {
    if roles.is_empty() {
        return Ok(None);
    }
    let unknown = |error| Failure::wrong(format!("{error}; `vestibule role list` lists the roles"));
    roles
        .iter()
        .map(|role| role.parse().map_err(|error: InvalidNamedId| unknown(error)))
        .collect::<Result<_, _>>()
        .map(Some)
}
