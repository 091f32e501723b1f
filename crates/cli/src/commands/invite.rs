//! `vestibule invite`

use clap::{Args, Subcommand};
use serde::Serialize;
use serde_json::json;
use vestibule::Vestibule;
use vestibule::core::{EmailAddress, Filter, FindConfig};
use vestibule::flows::{Context, NewInvite};
use vestibule::user::{Invite, InviteId, InviteState};

use super::exit::of;
use super::setup::Setup;
use super::{Failure, output, role};

#[derive(Debug, Subcommand)]
pub(super) enum InviteCommand {
    /// Invite an address, and print the link.
    Create(Create),
    /// List invites.
    List(List),
    /// Send an invite again, and print the new link. The old link stops working.
    Resend(One),
    /// Revoke an invite.
    Revoke(One),
}

#[derive(Debug, Args)]
pub(super) struct Create {
    /// The e-mail address.
    #[arg(long)]
    email: EmailAddress,
    /// A role; may be repeated. Default: the roles of rbac.default_roles.
    #[arg(long = "role", value_name = "ROLE")]
    roles: Vec<String>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(super) struct List {
    /// Only invites in this state: pending, expired, accepted or revoked; may be repeated. Default: all.
    #[arg(long = "state", value_name = "STATE")]
    states: Vec<InviteState>,
    /// The most invites to list.
    #[arg(long, default_value_t = 50)]
    limit: u64,
    /// How many invites to skip.
    #[arg(long, default_value_t = 0)]
    offset: u64,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(super) struct One {
    /// The invite's id.
    id: InviteId,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// What `create --json` and `resend --json` print.
#[derive(Serialize)]
struct Made<'a> {
    invite: &'a Invite,
    link: &'a str,
}

/// What `list --json` prints.
#[derive(Serialize)]
struct Page {
    invites: Vec<Invite>,
    count: u64,
    offset: u64,
    limit: u64,
}

impl InviteCommand {
    pub(super) async fn run(self, setup: &Setup) -> Result<(), Failure> {
        match self {
            Self::Create(create) => {
                let roles = role::read(&create.roles)?;
                let vestibule = setup.open().await?;
                let invite = NewInvite { email: create.email, roles, metadata: None };
                let invite =
                    vestibule.flows().invite(&invite, &Context::operator()).await.map_err(|error| of(&error))?;
                print_link(setup, &invite, create.json)
            }
            Self::List(list) => list.run(setup).await,
            Self::Resend(one) => {
                let vestibule = setup.open_existing().await?;
                find_open(&vestibule, one.id).await?;
                let invite =
                    vestibule.flows().resend_invite(one.id, &Context::operator()).await.map_err(|error| of(&error))?;
                print_link(setup, &invite, one.json)
            }
            Self::Revoke(one) => {
                let vestibule = setup.open_existing_without_secret().await?;
                let invite = find_open(&vestibule, one.id).await?;
                vestibule.flows().revoke_invite(one.id, &Context::operator()).await.map_err(|error| of(&error))?;
                if one.json {
                    return output::json(&json!({ "id": one.id, "object": "invite", "deleted": true }));
                }
                output::line(&format!("Revoked the invite of {} ({}).", invite.email, one.id))
            }
        }
    }
}

/// Finds an invite that is still pending or expired.
async fn find_open(vestibule: &Vestibule, id: InviteId) -> Result<Invite, Failure> {
    let invite = vestibule.users().retrieve_invite(id).await.map_err(|error| of(&error))?;
    match invite.state {
        InviteState::Pending | InviteState::Expired => Ok(invite),
        InviteState::Accepted | InviteState::Revoked => {
            Err(Failure::failed(format!("the invite of {} is {} already", invite.email, invite.state)))
        }
    }
}

/// Prints only the link on standard output, for pipes, and its description on standard error.
fn print_link(setup: &Setup, invite: &Invite, as_json: bool) -> Result<(), Failure> {
    let link = setup.invite_link(invite.token.as_deref().unwrap_or_default());
    if as_json {
        return output::json(&Made { invite, link: &link });
    }
    output::note(&format!("Invited {} until {} ({}):", invite.email, invite.expires_at, invite.id));
    output::line(&link)
}

impl List {
    async fn run(self, setup: &Setup) -> Result<(), Failure> {
        let vestibule = setup.open_existing().await?;
        let now = vestibule.flows().environment().now();
        let states = if self.states.is_empty() { InviteState::ALL.to_vec() } else { self.states };
        let filter = Filter::Any(states.into_iter().map(|state| state.filter(now)).collect());
        let find = FindConfig::default().page(self.offset, self.limit);
        let (invites, count) =
            vestibule.users().list_and_count_invites(&filter, &find).await.map_err(|error| of(&error))?;
        if self.json {
            return output::json(&Page { invites, count, offset: self.offset, limit: self.limit });
        }
        let rows = invites.iter().map(|invite| {
            vec![
                invite.id.to_string(),
                invite.email.to_string(),
                invite.state.to_string(),
                invite.expires_at.to_string(),
                invite.times_sent.to_string(),
            ]
        });
        output::page("invites", &["id", "email", "state", "expires", "sent"], rows.collect(), count)
    }
}
