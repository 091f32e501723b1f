//! Who does something, from where, and what he may do.

use std::net::IpAddr;

use serde_json::Value as Json;
use vestibule_audit::{Action, AuditLog, NewEntry};
use vestibule_auth::api_keys::ApiKeyId;
use vestibule_auth::{AuthIdentityId, DeviceSecrets};
use vestibule_core::DomainError;
use vestibule_database::{Connection, Error, Transaction};
use vestibule_rbac::Permissions;
use vestibule_user::UserId;

use crate::authority::Target;
use crate::{AccessChangeError, Flows};

/// From where somebody asks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Client {
    /// His address, as far as it can be known.
    pub address: Option<IpAddr>,
    /// His program, in its own words.
    pub user_agent: Option<String>,
    /// The id of the request, which is in the log as well.
    pub request_id: Option<String>,
    /// By what the browser is known to those who have signed in on it.
    pub devices: DeviceSecrets,
}

impl Client {
    /// The address as text.
    pub fn address_text(&self) -> Option<String> {
        self.address.map(|address| address.to_string())
    }
}

/// Who does something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    /// Whoever has the database in his hands: the command line, or a program that embeds the modules. May do everything.
    Operator,
    /// A user.
    User(UserId),
    /// A program.
    ApiKey(ApiKeyId),
    /// Somebody who has proved who he is, and is no user.
    Identity(AuthIdentityId),
    /// Somebody of whom nothing is known.
    Anonymous,
}

impl Actor {
    fn kind(self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::User(_) => "user",
            Self::ApiKey(_) => "api_key",
            Self::Identity(_) => "identity",
            Self::Anonymous => "nobody",
        }
    }

    /// The id, of whoever has one.
    pub fn id(self) -> Option<String> {
        match self {
            Self::User(id) => Some(id.to_string()),
            Self::ApiKey(id) => Some(id.to_string()),
            Self::Identity(id) => Some(id.to_string()),
            Self::Operator | Self::Anonymous => None,
        }
    }
}

/// Who does something, and from where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Context {
    /// Who.
    pub actor: Actor,
    /// From where.
    pub client: Client,
    /// Whether the caller has proved who they are, by the strongest means of the account, within
    /// `auth.fresh_proof_lifetime`. What creates or widens access asks for it.
    pub has_fresh_proof: bool,
}

impl Context {
    /// Whoever has the database in his hands.
    pub fn operator() -> Self {
        Self::actor(Actor::Operator)
    }

    /// Somebody of whom nothing is known but from where he asks.
    pub fn anonymous(client: Client) -> Self {
        Self { actor: Actor::Anonymous, client, has_fresh_proof: false }
    }

    /// This actor, from nowhere in particular. The program that says so answers for who it is: it counts as proved.
    pub fn actor(actor: Actor) -> Self {
        Self { actor, client: Client::default(), has_fresh_proof: true }
    }

    /// This user, from nowhere in particular.
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

    /// Writes to `audit` what this actor did to `target` (its kind and its id), in the transaction in which it is done.
    /// `before` and `after` are what an auditor would ask of the target, see [`NewEntry`].
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

/// Somebody tried to give, or to take in his hands, more than he has.
#[derive(Debug, thiserror::Error, DomainError)]
pub enum GrantError {
    /// Policies that he lacks.
    #[error("You do not have permission to assign these roles: you lack {}", .missing.join(", "))]
    #[kind(Forbidden, code = "policies_missing")]
    Lacking {
        /// Their keys.
        missing: Vec<String>,
    },
    /// What the caller acts on allows more than the caller may do.
    #[error("{target}: you lack {}", .missing.join(", "))]
    #[kind(Forbidden, code = "policies_missing")]
    Above {
        /// On what.
        target: Target,
        /// The keys of the missing policies.
        missing: Vec<String>,
    },
    /// Whoever tried is not there any more.
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
    /// What somebody may do at this moment, whatever his request was told a moment ago. A user who is deleted or
    /// locked, and a key that is revoked, is nobody.
    pub(crate) async fn permissions_within(
        &self,
        transaction: &mut Transaction,
        context: &Context,
    ) -> Result<Permissions, GrantError> {
        match context.actor {
            Actor::Operator => Ok(Permissions::everything()),
            Actor::User(_) | Actor::ApiKey(_) => {
                let id = context.actor.id().unwrap_or_default();
                self.find_permissions(transaction, &id).await?.ok_or(GrantError::CallerGone)
            }
            Actor::Identity(_) | Actor::Anonymous => Ok(Permissions::default()),
        }
    }

    /// The same of a user or an API key of this id. One that is not there may do nothing.
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
        let mut connection = connection.into();
        if let Some(program) = self.find_api_key_caller(connection.again(), id).await? {
            return Ok(Some(program.permissions));
        }
        if !self.users.is_active_user(connection.again(), id).await? {
            return Ok(None);
        }
        self.rbac.permissions_of(connection, id).await.map(Some)
    }

    /// Refuses to give what somebody lacks himself (security.md 5).
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

    /// Writes an entry of the audit log, in the transaction in which what it tells of is done.
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

/// Refuses to give what is lacking.
pub(crate) fn refuse_lacking(held: &Permissions, given: &Permissions) -> Result<(), GrantError> {
    let missing: Vec<String> = held.missing(given.keys()).into_iter().map(str::to_owned).collect();
    if missing.is_empty() { Ok(()) } else { Err(GrantError::Lacking { missing }) }
}
