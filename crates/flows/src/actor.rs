//! Who acts, from where, and with what permissions.

use std::net::IpAddr;

use serde_json::Value as Json;
use vestibule_audit::{Action, AuditLog, NewEntry};
use vestibule_auth::api_keys::ApiKeyId;
use vestibule_auth::{AuthIdentityId, Browser, DeviceSecrets};
use vestibule_core::DomainError;
use vestibule_database::{Connection, Error, Transaction};
use vestibule_rbac::Permissions;
use vestibule_user::UserId;

use crate::authority::Target;
use crate::queries::user_permissions;
use crate::{AccessChangeError, Flows};

/// Where a request comes from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Client {
    /// The address, as far as it is known.
    pub address: Option<IpAddr>,
    /// The user agent, as the client sends it.
    pub user_agent: Option<String>,
    /// The id of the request, which is in the log as well.
    pub request_id: Option<String>,
    /// The device id, by which the browser is known to the users who have signed in on it.
    pub devices: DeviceSecrets,
    /// Which browser it is, to a provider that redirects.
    pub browser: Browser,
}

impl Client {
    /// The address as text.
    pub fn address_text(&self) -> Option<String> {
        self.address.map(|address| address.to_string())
    }
}

/// Who acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    /// The operator, who controls the database: the command line, or a program that embeds the modules. May do
    /// everything.
    Operator,
    /// A user.
    User(UserId),
    /// A program.
    ApiKey(ApiKeyId),
    /// A directory, by its SCIM key.
    Directory(ApiKeyId),
    /// An authenticated identity that belongs to no user.
    Identity(AuthIdentityId),
    /// An unauthenticated caller.
    Anonymous,
}

impl Actor {
    fn kind(self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::User(_) => "user",
            Self::ApiKey(_) => "api_key",
            Self::Directory(_) => "scim_key",
            Self::Identity(_) => "identity",
            Self::Anonymous => "nobody",
        }
    }

    /// The id of a user, an API key or an identity.
    pub fn id(self) -> Option<String> {
        match self {
            Self::User(id) => Some(id.to_string()),
            Self::ApiKey(id) | Self::Directory(id) => Some(id.to_string()),
            Self::Identity(id) => Some(id.to_string()),
            Self::Operator | Self::Anonymous => None,
        }
    }
}

/// Who acts, and from where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Context {
    /// The actor.
    pub actor: Actor,
    /// Where the request comes from.
    pub client: Client,
    /// Whether the caller has proved who they are, by the strongest means of the account, within
    /// `auth.fresh_proof_lifetime`. What creates or widens access asks for it.
    pub has_fresh_proof: bool,
}

impl Context {
    /// The operator.
    pub fn operator() -> Self {
        Self::actor(Actor::Operator)
    }

    /// An unauthenticated caller.
    pub fn anonymous(client: Client) -> Self {
        Self { actor: Actor::Anonymous, client, has_fresh_proof: false }
    }

    /// This actor, without a client. The calling program vouches for the actor, so the proof counts as fresh.
    pub fn actor(actor: Actor) -> Self {
        Self { actor, client: Client::default(), has_fresh_proof: true }
    }

    /// This user, without a client.
    pub fn user(id: UserId) -> Self {
        Self::actor(Actor::User(id))
    }

    /// The user, where it is one.
    pub fn user_id(&self) -> Option<UserId> {
        match self.actor {
            Actor::User(id) => Some(id),
            _ => None,
        }
    }

    /// Writes to the audit log what this actor did to `target` (kind and id), in the transaction of the change. For
    /// `before` and `after`, see [`NewEntry`].
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn record_within(
        &self,
        transaction: &mut Transaction,
        audit: &AuditLog,
        action: Action,
        target: (&'static str, &str),
        before: Option<Json>,
        after: Option<Json>,
    ) -> Result<(), Error> {
        let actor_id = self.actor.id();
        let entry = NewEntry {
            action,
            actor: (self.actor.kind(), actor_id.as_deref()),
            target,
            address: self.client.address,
            user_agent: self.client.user_agent.as_deref(),
            request_id: self.client.request_id.as_deref(),
            before,
            after,
        };
        audit.record_within(transaction, entry).await.map(drop)
    }
}

/// A caller tried to give, or to act on, more than they may do.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum GrantError {
    /// Policies that the caller lacks.
    #[error("You do not have permission to assign these roles: you lack {}", .missing.join(", "))]
    #[kind(Forbidden, code = "policies_missing", detail = missing)]
    Lacking {
        /// Their keys.
        missing: Vec<String>,
    },
    /// What the caller acts on allows more than the caller may do.
    #[error("{target}: you lack {}", .missing.join(", "))]
    #[kind(Forbidden, code = "policies_missing", detail = missing)]
    Above {
        /// The target.
        target: Target,
        /// The keys of the missing policies.
        missing: Vec<String>,
    },
    /// The caller no longer exists.
    #[error("Unauthorized")]
    #[kind(Unauthorized)]
    CallerGone,
    /// The action creates or widens access, and the caller may not do that now.
    #[error(transparent)]
    AccessChange(#[from] AccessChangeError),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl Flows {
    /// What an actor may do at this moment, whatever was read at the start of the request. A deleted or locked user,
    /// and a revoked key, may do nothing.
    pub(crate) async fn permissions_within(
        &self,
        transaction: &mut Transaction,
        context: &Context,
    ) -> Result<Permissions, GrantError> {
        match context.actor {
            Actor::Operator => Ok(Permissions::everything()),
            Actor::User(_) | Actor::ApiKey(_) | Actor::Directory(_) => {
                let id = context.actor.id().unwrap_or_default();
                self.find_permissions(transaction, &id).await?.ok_or(GrantError::CallerGone)
            }
            Actor::Identity(_) | Actor::Anonymous => Ok(Permissions::default()),
        }
    }

    /// The same for the user or API key of this id. One that does not exist may do nothing.
    pub(crate) async fn permissions_of_subject(
        &self,
        connection: impl Into<Connection<'_>>,
        id: &str,
    ) -> Result<Permissions, Error> {
        Ok(self.find_permissions(connection, id).await?.unwrap_or_default())
    }

    async fn find_permissions(
        &self,
        connection: impl Into<Connection<'_>>,
        id: &str,
    ) -> Result<Option<Permissions>, Error> {
        if id.parse::<ApiKeyId>().is_ok() {
            let found = self.find_api_key_caller(connection, id).await?;
            return Ok(found.map(|program| program.permissions));
        }
        user_permissions::find_by_id(connection, id).await
    }

    /// Refuses to give what the caller lacks (security.md 5).
    ///
    /// # Errors
    ///
    /// [`GrantError`].
    pub async fn check_grant_within(
        &self,
        transaction: &mut Transaction,
        context: &Context,
        given: &Permissions,
    ) -> Result<(), GrantError> {
        let held = self.permissions_within(transaction, context).await?;
        refuse_lacking(&held, given)
    }

    /// Writes an entry of the audit log, in the transaction of the change that it records.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn record(
        &self,
        transaction: &mut Transaction,
        context: &Context,
        action: Action,
        target: (&'static str, &str),
        before: Option<Json>,
        after: Option<Json>,
    ) -> Result<(), Error> {
        context.record_within(transaction, &self.audit, action, target, before, after).await
    }
}

/// Refuses to give permissions that the caller lacks.
pub(crate) fn refuse_lacking(held: &Permissions, given: &Permissions) -> Result<(), GrantError> {
    let missing: Vec<String> = held.missing(given.keys()).into_iter().map(str::to_owned).collect();
    if missing.is_empty() { Ok(()) } else { Err(GrantError::Lacking { missing }) }
}
