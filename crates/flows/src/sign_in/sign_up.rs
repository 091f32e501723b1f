//! Creating a user whom a provider has proved, by the operator's rule. Off by default.
//!
//! An address that belongs to a user never signs in as that user: the user links the provider by consent
//! ([`Flows::link_provider`]). One that is invited is left to its invite, which carries roles and was sent to its owner.

use serde_json::{Value as Json, json};
use vestibule_audit::Action;
use vestibule_auth::AuthIdentity;
use vestibule_auth::identities::{ClaimError, RetrieveIdentityError};
use vestibule_core::{DomainError, EmailAddress};
use vestibule_database::{Error, transaction};
use vestibule_rbac::{AssignRolesError, RoleId};
use vestibule_user::users::CreateUsersError;
use vestibule_user::{CreateUser, User};

use crate::{Actor, Context, Flows, SessionCaller, USER};

/// Who may become a user without an invite, if a provider has proved the address.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SignUpRule {
    /// The domains of the addresses, in lower case; none by default.
    pub domains: Vec<String>,
    /// The roles of such users; none by default.
    pub roles: Vec<RoleId>,
}

/// Why no user was created. Nothing was changed.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum SignUpError {
    /// The identity belongs to a user already, or is no user's.
    #[error("You have an account already.")]
    #[kind(InvalidData, code = "identity_claimed")]
    Owned,
    /// The provider has proved no address.
    #[error("Email is required to create a user account")]
    #[kind(InvalidData, code = "email_not_proven")]
    NoAddress,
    /// The rule does not admit the address.
    #[error("There is no account for {0}. Ask an administrator for an invite.")]
    #[kind(Forbidden, code = "sign_up_refused")]
    Refused(String),
    /// A user has the address: that is no reason to become that user.
    #[error("A user with this address exists already. Sign in the way you did before, and link this provider there.")]
    #[kind(Conflict, code = "user_exists")]
    UserExists,
    /// An invite for the address is pending.
    #[error("There is an invite for {0}. Open the link in its mail.")]
    #[kind(Conflict, code = "invite_pending")]
    Invited(String),
    /// The user cannot be created.
    #[error(transparent)]
    Create(#[from] CreateUsersError),
    /// The identity was used in the meantime.
    #[error(transparent)]
    Claim(#[from] ClaimError),
    /// The rule's roles do not exist.
    #[error(transparent)]
    Roles(#[from] AssignRolesError),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

/// What can become of an identity that no user owns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignUpState {
    /// The user can be created.
    Possible {
        /// The address.
        email: EmailAddress,
    },
    /// A user has the address.
    UserExists,
    /// An invite is pending for the address.
    Invited,
    /// Only an invite helps.
    Refused,
}

impl Flows {
    /// Sets who may become a user without an invite.
    #[must_use]
    pub fn with_sign_up(mut self, rule: SignUpRule) -> Self {
        self.sign_up = rule;
        self
    }

    /// Who may become a user without an invite.
    pub fn sign_up_rule(&self) -> &SignUpRule {
        &self.sign_up
    }

    /// Returns what can become of the identity of a session that no user owns.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn sign_up_state(&self, caller: &SessionCaller) -> Result<SignUpState, Error> {
        let identity = match self.auth.retrieve_auth_identity(caller.auth_identity_id).await {
            Ok(identity) => identity,
            Err(RetrieveIdentityError::Database(error)) => return Err(error),
            Err(_) => return Ok(SignUpState::Refused),
        };
        let Some(email) = proven_email(&identity, &caller.provider) else { return Ok(SignUpState::Refused) };
        if self.users.is_address_taken(&self.database, &email).await? {
            return Ok(SignUpState::UserExists);
        }
        if self.users.is_address_invited(&self.database, &email, self.environment.now()).await? {
            return Ok(SignUpState::Invited);
        }
        Ok(if self.admits(&email) { SignUpState::Possible { email } } else { SignUpState::Refused })
    }

    /// Creates the user of an identity that a provider has proved, with the rule's roles, in one transaction.
    ///
    /// # Errors
    ///
    /// [`SignUpError`].
    pub async fn sign_up(&self, caller: &SessionCaller, context: &Context) -> Result<User, SignUpError> {
        if caller.actor_type != USER || caller.actor_id.is_some() {
            return Err(SignUpError::Owned);
        }
        let context = Context { actor: Actor::Identity(caller.auth_identity_id), ..context.clone() };
        let created: Result<_, SignUpError> = transaction!(self.database, |transaction| {
            let found = self.auth.retrieve_auth_identity_within(&mut *transaction, caller.auth_identity_id).await;
            let identity = found.map_err(|error| match error {
                RetrieveIdentityError::Database(error) => SignUpError::Database(error),
                _ => ClaimError::Gone.into(),
            })?;
            let email = proven_email(&identity, &caller.provider).ok_or(SignUpError::NoAddress)?;
            if self.users.is_address_taken(&mut *transaction, &email).await? {
                return Err(SignUpError::UserExists);
            }
            if !self.admits(&email) {
                return Err(SignUpError::Refused(email.to_string()));
            }
            if self.users.is_address_invited(&mut *transaction, &email, self.environment.now()).await? {
                return Err(SignUpError::Invited(email.to_string()));
            }
            // One that has expired would leave a link that can be renewed.
            if let Some(revoked) = self.users.revoke_invite_of_within(transaction, &email).await? {
                let id = revoked.to_string();
                self.record(transaction, &context, Action::InviteRevoked, ("invite", &id), None, None).await?;
            }
            let mut user = CreateUser::new(email.clone());
            let profile = identity.provider_identity(&caller.provider).and_then(|part| part.user_metadata.clone());
            let name = |field: &str| profile.as_ref()?.as_object().get(field)?.as_str().map(str::to_owned);
            user.first_name = name("given_name");
            user.last_name = name("family_name");
            let user = self.users.create_users_within(transaction, &[user]).await?.into_iter().next();
            let user = user.ok_or_else(|| Error::Other("a user was created and is not there".into()))?;
            let id = user.id.to_string();
            let roles = &self.sign_up.roles;
            self.rbac.assign_roles_within(transaction, &id, roles).await?;
            self.auth.claim_identity_within(transaction, identity.id, USER, &id).await?;
            self.note_second_factor_within(transaction, identity.id).await?;
            self.auth.take_as_verified_within(transaction, identity.id, &email).await?;
            let after: Json = json!({ "email": user.email.as_str(), "roles": roles, "provider": caller.provider });
            self.record(transaction, &context, Action::UserCreated, ("user", &id), None, Some(after)).await?;
            Ok(user)
        });
        created.map_err(|error| match error {
            // Another sign-up or an acceptance of an invite was first.
            SignUpError::Create(CreateUsersError::EmailTaken { .. } | CreateUsersError::EmailReserved { .. }) => {
                SignUpError::UserExists
            }
            error => error,
        })
    }

    fn admits(&self, email: &EmailAddress) -> bool {
        let domain = email.canonical().rsplit_once('@').map_or("", |(_, domain)| domain);
        self.sign_up.domains.iter().any(|admitted| admitted == domain)
    }
}

/// The address that the provider has proved to be the user's.
pub(super) fn proven_email(identity: &AuthIdentity, provider: &str) -> Option<EmailAddress> {
    identity.provider_identity(provider)?.proven_email()
}
