//! Identifying the user behind a request.
//!
//! Session, identity's owner, user, roles and permissions are read in one query by indexes, at every request: deleting,
//! locking, signing out or demoting a user takes effect at the next request, on every process, whatever the token says.

use vestibule_auth::sessions::AccessClaims;
use vestibule_auth::{AuthIdentityId, SessionId};
use vestibule_core::Timestamp;
use vestibule_database::{Error, transaction};
use vestibule_rbac::{Permissions, RoleId};
use vestibule_user::{User, UserId};

use crate::queries::caller::{Found, Key, find_caller};
use crate::{Actor, Client, Context, Flows, SignIn, USER};

/// The credential of a request.
#[derive(Clone, Copy)]
pub enum Credential<'a> {
    /// A bearer token.
    Bearer(&'a str),
    /// A session's cookie.
    Cookie(&'a str),
}

/// The user or identity behind a request.
#[derive(Debug, Clone, PartialEq)]
pub struct SessionCaller {
    /// The session.
    pub session_id: SessionId,
    /// The identity that signed in.
    pub auth_identity_id: AuthIdentityId,
    /// The actor type, such as `user`.
    pub actor_type: String,
    /// The provider.
    pub provider: String,
    /// The owner of the identity among actors of this type, if the credential was issued for that owner.
    pub actor_id: Option<String>,
    /// The user, if the identity belongs to one that exists.
    pub user: Option<User>,
    /// The user's roles.
    pub roles: Vec<RoleId>,
    /// The user's permissions.
    pub permissions: Permissions,
    /// How far the session is signed in.
    pub stage: Stage,
    /// When the user last proved their identity.
    pub proved_at: Timestamp,
    /// Whether that is recent enough for actions that create or widen access.
    pub has_fresh_proof: bool,
}

/// How far a session is signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// The second factor is due: only the challenge is open.
    Half,
    /// The address must be verified: until then the session has no account.
    Unverified,
    /// A role requires a second factor and the user has none: only enrolment is open.
    Enrolment,
    /// Fully signed in.
    Full,
}

impl Flows {
    /// Identifies the user behind a request. Returns `None` if the credential is not genuine, outside its validity, or
    /// of a session that has ended. Records the use, to the minute, by `client`.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn identify(
        &self,
        credential: Credential<'_>,
        client: impl FnOnce() -> Client,
    ) -> Result<Option<SessionCaller>, Error> {
        match credential {
            Credential::Bearer(token) => {
                let Some((claims, session)) = self.read_bearer(token) else {
                    return Ok(None);
                };
                let found = self.look_up(Key::Session(session), client).await?;
                Ok(found.and_then(|caller| as_claimed(caller, &claims)))
            }
            Credential::Cookie(secret) => self.look_up(Key::Cookie(self.auth.cookie_hash(secret)), client).await,
        }
    }

    async fn look_up(&self, key: Key, client: impl FnOnce() -> Client) -> Result<Option<SessionCaller>, Error> {
        let now = self.environment.now();
        let found = find_caller(&self.database, key, now, self.auth.idle_since(now)).await?;
        let Some(Found { mut caller, last_used_at }) = found else {
            return Ok(None);
        };
        if matches!(caller.stage, Stage::Half | Stage::Unverified) {
            caller.forget_user();
        }
        caller.has_fresh_proof = self.is_fresh(caller.proved_at);
        let is_unseen = |user: &User| {
            user.last_seen_at.is_none_or(|last_seen_at| last_seen_at > now || self.auth.is_touch_due(last_seen_at))
        };
        if self.auth.is_touch_due(last_used_at) || caller.user.as_ref().is_some_and(is_unseen) {
            self.note_use(&caller, client()).await;
        }
        Ok(Some(caller))
    }

    /// Records the use of a session, and that its user was seen, in one transaction.
    async fn note_use(&self, caller: &SessionCaller, client: Client) {
        let (flows, session, user) = (self.clone(), caller.session_id, caller.user.as_ref().map(|user| user.id));
        let write = async move {
            let (address, user_agent) = (client.address_text(), client.user_agent.as_deref());
            let written: Result<(), Error> = async {
                transaction!(flows.database, |transaction| {
                    // Rows of users are locked before those of sessions (docs/architecture.md).
                    if let Some(user) = user {
                        flows.users.note_seen_within(transaction, user).await?;
                    }
                    flows.auth.note_use_within(transaction, session, address.as_deref(), user_agent).await
                })
            }
            .await;
            if let Err(error) = written {
                tracing::warn!(%session, %error, "the use of a session could not be noted");
            }
        };
        self.auth.write_use(session, write).await;
    }

    /// Records that a user was seen who has just signed in.
    pub(crate) async fn note_sign_in(&self, begun: &SignIn) {
        let SignIn::Session(token) = begun else { return };
        let Some(user) = token.actor_id.parse().ok().filter(|_: &UserId| token.actor_type == USER) else { return };
        let flows = self.clone();
        let write = async move {
            let written: Result<(), Error> = async {
                transaction!(flows.database, |transaction| flows.users.note_seen_within(transaction, user).await)
            }
            .await;
            if let Err(error) = written {
                tracing::warn!(%user, %error, "that a user was seen could not be noted");
            }
        };
        self.auth.write_use(user, write).await;
    }

    /// Whether a proof of this time is fresh.
    fn is_fresh(&self, proved_at: Timestamp) -> bool {
        self.environment.now().since(proved_at) <= self.auth.options().fresh_proof_lifetime
    }

    fn read_bearer(&self, token: &str) -> Option<(AccessClaims, SessionId)> {
        let claims = self.auth.read_token(token).ok()?;
        let session = claims.sid.parse().ok()?;
        Some((claims, session))
    }
}

/// A token issued before its identity had an owner keeps belonging to a registration without an account, also
/// afterwards; refreshed, it becomes the user's. A token that names another owner than the present one is invalid.
fn as_claimed(mut caller: SessionCaller, claims: &AccessClaims) -> Option<SessionCaller> {
    if claims.actor_id.is_empty() {
        caller.forget_user();
    } else if caller.actor_id.as_deref() != Some(claims.actor_id.as_str()) {
        return None;
    }
    Some(caller)
}

impl SessionCaller {
    fn forget_user(&mut self) {
        if self.stage == Stage::Enrolment {
            self.stage = Stage::Full;
        }
        self.actor_id = None;
        self.user = None;
        self.roles = Vec::new();
        self.permissions = Permissions::default();
    }

    /// Whether the caller is a user, or could become one.
    pub fn is_user_type(&self) -> bool {
        self.actor_type == USER
    }

    /// The actor that the audit log names.
    pub fn actor(&self) -> Actor {
        self.user.as_ref().map_or(Actor::Identity(self.auth_identity_id), |user| Actor::User(user.id))
    }

    /// The context that a flow receives.
    pub fn context(&self, client: Client) -> Context {
        Context { actor: self.actor(), client, has_fresh_proof: self.has_fresh_proof }
    }
}
