//! What is stored of a caller, for the caller: the copy of their data to which the law entitles them.

use vestibule_audit::{AuditField, Entry};
use vestibule_auth::identities::{AuthIdentityFilter, RetrieveIdentityError};
use vestibule_auth::mfa::MfaFactor;
use vestibule_auth::verification::{Verification, VerificationField};
use vestibule_auth::{ApiKey, ProviderIdentity, SessionView};
use vestibule_core::{Direction, DomainError, Field, FindConfig};
use vestibule_database::Error;
use vestibule_rbac::RoleId;
use vestibule_user::{Invite, InviteField, User};

use crate::mfa::FactorOwnerError;
use crate::{AccessChangeError, Context, Flows, SessionCaller, USER};

/// The most sessions, and the most entries of the audit log, that an export has.
pub const MOST_EXPORTED: u32 = 10_000;

/// Everything that is stored of a caller, apart from secrets, hashes and what is about other people.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct OwnData {
    /// The user; none if the caller is not one.
    pub user: Option<User>,
    /// The roles, those first that were assigned first.
    pub roles: Vec<RoleId>,
    /// The sign-in methods.
    pub sign_in_methods: Vec<ProviderIdentity>,
    /// The second factors, also those that were disabled.
    pub factors: Vec<MfaFactor>,
    /// The addresses that were verified or are to be.
    pub verifications: Vec<Verification>,
    /// The live sessions, last used first.
    pub sessions: Vec<SessionView>,
    /// The API keys that the user created and that still work.
    pub api_keys: Vec<ApiKey>,
    /// The invites that became this user.
    pub invites: Vec<Invite>,
    /// What the user did and what was done to them, newest first. Of what they did to others only that, and of what
    /// others did not from where.
    pub audit_entries: Vec<Entry>,
}

/// Why a caller's data is not returned.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum OwnDataError {
    /// The last proof of identity is too old: a session that was left open is not enough.
    #[error(transparent)]
    Access(#[from] AccessChangeError),
    /// The second factors cannot be listed.
    #[error(transparent)]
    Factors(#[from] FactorOwnerError),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl Flows {
    /// Returns what is stored of the caller.
    ///
    /// # Errors
    ///
    /// [`OwnDataError`].
    pub async fn export_own_data(&self, caller: &SessionCaller, context: &Context) -> Result<OwnData, OwnDataError> {
        context.check_access_change()?;
        let (sessions, _) = self.list_own_sessions(caller, 0, MOST_EXPORTED).await?;
        let mut data = OwnData {
            user: caller.user.clone(),
            roles: Vec::new(),
            sign_in_methods: Vec::new(),
            factors: self.list_mfa(caller).await?,
            verifications: Vec::new(),
            sessions,
            api_keys: Vec::new(),
            invites: Vec::new(),
            audit_entries: Vec::new(),
        };
        let identities = match &caller.actor_id {
            Some(actor) => {
                let owned = AuthIdentityFilter::of_actor(&caller.actor_type, actor);
                self.auth.list_auth_identities(&owned, &FindConfig::default()).await?
            }
            None => match self.auth.retrieve_auth_identity(caller.auth_identity_id).await {
                Ok(identity) => vec![identity],
                Err(RetrieveIdentityError::Database(error)) => return Err(error.into()),
                Err(_) => Vec::new(),
            },
        };
        let verified =
            VerificationField::AuthIdentityId.is_in(identities.iter().map(|identity| identity.id.to_string()));
        data.verifications = self.auth.list_auth_verifications(&verified, &FindConfig::default()).await?;
        data.sign_in_methods = identities.into_iter().flat_map(|identity| identity.provider_identities).collect();
        let Some(user) = &data.user else { return Ok(data) };
        let id = user.id.to_string();
        data.roles = self.rbac.role_ids_of(&self.database, &id).await?;
        data.api_keys = self.list_usable_api_keys_of_user(user.id).await?;
        data.invites =
            self.users.list_invites(&InviteField::AcceptedBy.eq(id.as_str()), &FindConfig::default()).await?;
        data.invites.iter_mut().for_each(|invite| invite.token = None);
        data.audit_entries = self.own_entries(&id).await?;
        Ok(data)
    }

    async fn own_entries(&self, user: &str) -> Result<Vec<Entry>, Error> {
        let by = AuditField::ActorType.eq(USER).and(AuditField::ActorId.eq(user));
        let about = AuditField::TargetType.eq(USER).and(AuditField::TargetId.eq(user));
        let newest =
            FindConfig::default().order_by(AuditField::Id, Direction::Descending).page(0, MOST_EXPORTED.into());
        let mut entries = self.audit.list_page(&by.or(about), &newest).await?.rows;
        for entry in &mut entries {
            if entry.actor_id.as_deref().is_some_and(|actor| actor != user) {
                (entry.address, entry.user_agent, entry.request_id) = (None, None, None);
            }
            if entry.target_id != user {
                (entry.before, entry.after) = (None, None);
            }
        }
        Ok(entries)
    }
}
