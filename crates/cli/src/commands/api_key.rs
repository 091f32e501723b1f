//! `vestibule api-key`

use std::time::Duration;

use clap::{Args, Subcommand};
use serde::Serialize;
use serde_json::json;
use vestibule::auth::api_keys::{ApiKey, ApiKeyId, ApiKeyKind};
use vestibule::core::{Filter, FindConfig, Timestamp};
use vestibule::flows::{Context, NewApiKey, WithRoles};
use vestibule::rbac::RoleId;

use super::exit::of;
use super::setup::Setup;
use super::{Failure, output, role};

#[derive(Debug, Subcommand)]
pub(super) enum ApiKeyCommand {
    /// Create a key for a program, and print it. It cannot be shown again.
    Create(Create),
    /// List keys, secret and publishable.
    List(List),
    /// Revoke a key. It stops working at once.
    Revoke(Revoke),
}

#[derive(Debug, Args)]
pub(super) struct Create {
    /// What the key is for.
    #[arg(long)]
    title: String,
    /// What the key is: secret for a program, scim for a directory, publishable for web pages.
    #[arg(long, default_value = "secret", value_parser = kind)]
    kind: ApiKeyKind,
    /// A role; may be repeated. Default: the roles of rbac.default_roles; of a directory's key, none. A directory gives no role
    /// that allows more than these, and changes no user who may do more.
    #[arg(long = "role", value_name = "ROLE")]
    roles: Vec<String>,
    /// When the key expires, such as 2027-01-31T00:00:00Z. Default: never.
    #[arg(long, value_name = "TIME")]
    expires_at: Option<Timestamp>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(super) struct List {
    /// The most keys to list.
    #[arg(long, default_value_t = 50)]
    limit: u64,
    /// How many keys to skip.
    #[arg(long, default_value_t = 0)]
    offset: u64,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(super) struct Revoke {
    /// The key's id.
    id: ApiKeyId,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// What `list --json` prints.
#[derive(Serialize)]
struct Page {
    api_keys: Vec<WithRoles<ApiKey>>,
    count: u64,
    offset: u64,
    limit: u64,
}

impl ApiKeyCommand {
    pub(super) async fn run(self, setup: &Setup) -> Result<(), Failure> {
        match self {
            Self::Create(create) => create.run(setup).await,
            Self::List(list) => list.run(setup).await,
            Self::Revoke(revoke) => {
                let vestibule = setup.open_existing_without_secret().await?;
                let revoked = vestibule.flows().revoke_api_key(revoke.id, Duration::ZERO, &Context::operator()).await;
                let revoked = revoked.map_err(|error| of(&error))?;
                if revoke.json {
                    return output::json(&json!({ "api_key": revoked }));
                }
                output::line(&format!("Revoked {} ({}).", output::harmless(&revoked.key.title), revoke.id))
            }
        }
    }
}

fn kind(text: &str) -> Result<ApiKeyKind, &'static str> {
    ApiKeyKind::find(text).ok_or("write secret, scim or publishable")
}

impl Create {
    /// Prints only the key on standard output, for pipes, and its description on standard error.
    async fn run(self, setup: &Setup) -> Result<(), Failure> {
        let roles = role::read(&self.roles)?;
        let vestibule = setup.open_existing_without_secret().await?;
        let new = NewApiKey { title: self.title, kind: self.kind, roles, expires_at: self.expires_at };
        let created = vestibule.flows().create_api_key(&new, &Context::operator()).await.map_err(|error| of(&error))?;
        if self.json {
            return output::json(&json!({ "api_key": created }));
        }
        let (title, id) = (output::harmless(&created.key.key.title), created.key.key.id);
        output::note(&format!("Created the key {title} ({id}). It cannot be shown again:"));
        output::line(created.key.token.reveal())
    }
}

impl List {
    async fn run(self, setup: &Setup) -> Result<(), Failure> {
        let vestibule = setup.open_existing_without_secret().await?;
        let find = FindConfig::default().page(self.offset, self.limit);
        let keys = vestibule.flows().list_and_count_api_keys(&Filter::everything(), &find).await;
        let (api_keys, count) = keys.map_err(|error| of(&error))?;
        if self.json {
            return output::json(&Page { api_keys, count, offset: self.offset, limit: self.limit });
        }
        let now = vestibule.flows().environment().now();
        let time = |time: Option<Timestamp>| time.map_or_else(|| "-".to_owned(), |time| time.to_string());
        let rows = api_keys.iter().map(|WithRoles { key, roles }| {
            let roles: Vec<&str> = roles.iter().map(RoleId::as_str).collect();
            vec![
                key.id.to_string(),
                key.title.clone(),
                key.kind.as_str().to_owned(),
                if key.is_good(now) { "good" } else { "over" }.to_owned(),
                roles.join(" "),
                time(key.last_used_at),
            ]
        });
        output::page("API keys", &["id", "title", "type", "state", "roles", "last used"], rows.collect(), count)
    }
}
