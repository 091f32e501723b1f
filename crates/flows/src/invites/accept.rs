//! Accepting an invite: create the user, claim the identity, use up the invite, drop rival registrations, record what
//! happened. One transaction: of concurrent callers one succeeds, and a crash leaves all of it or nothing.

use serde_json::json;
use std::fmt;
use vestibule_audit::Action;
use vestibule_auth::identities::{ClaimError, CreateIdentitiesError, RetrieveIdentityError};
use vestibule_auth::mfa::{BrowserCeremony, StartMfaError};
use vestibule_auth::{
    AuthIdentity, AuthIdentityId, AuthInput, AuthenticateError, Browser, CreateAuthIdentity, CreateProviderIdentity,
    EMAILCODE, EMAILPASS, EmailCodeProvider, Flow, PasswordSubject,
};
use vestibule_core::{DomainError, EmailAddress, Patch};
use vestibule_database::{Error, Transaction, transaction};
use vestibule_rbac::{AssignRolesError, RoleId};
use vestibule_user::invites::InviteTokenError;
use vestibule_user::users::{CreateUsersError, UpdateUsersError};
use vestibule_user::{CreateUser, Invite, UpdateUser, User};

use crate::{Actor, Client, Context, Flows, USER};

/// The profile of a user who accepts an invite. Printed without the token.
#[derive(Clone, PartialEq, Default)]
pub struct AcceptInvite {
    /// The invite's token.
    pub token: String,
    /// The given name.
    pub first_name: Option<String>,
    /// The family name.
    pub last_name: Option<String>,
}

impl fmt::Debug for AcceptInvite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AcceptInvite")
            .field("first_name", &self.first_name)
            .field("last_name", &self.last_name)
            .finish_non_exhaustive()
    }
}

/// Why no passkey was begun for an invite.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum InvitePasskeyError {
    /// The token admits no one.
    #[error(transparent)]
    Token(#[from] InviteTokenError),
    /// Users have no passkeys here.
    #[error(transparent)]
    Method(#[from] AuthenticateError),
    /// It cannot be begun.
    #[error(transparent)]
    Start(#[from] StartMfaError),
}

/// What the passkey of an invite is begun for.
fn purpose(invite: &Invite) -> String {
    format!("invite {}", invite.id)
}

/// Why an invite was not accepted. Nothing was changed.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum AcceptInviteError {
    /// The token admits no one.
    #[error(transparent)]
    Token(#[from] InviteTokenError),
    /// The registration has another address than the invite.
    #[kind(InvalidData, code = "invite_for_another_address")]
    #[error("This invite is for {invited}. Register with that address, or ask for an invite to yours.")]
    OtherAddress {
        /// The address that was invited.
        invited: String,
    },
    /// The registration is invalid.
    #[error(transparent)]
    Claim(#[from] ClaimError),
    /// The user cannot be created.
    #[error(transparent)]
    Create(#[from] CreateUsersError),
    /// The user created in advance cannot be changed.
    #[error(transparent)]
    Update(#[from] UpdateUsersError),
    /// The inviter can no longer give the invite's roles.
    #[kind(Forbidden, code = "inviter_lacks_policies")]
    #[error("The person who invited you may no longer give the roles of this invite. Ask for a new invite.")]
    InviterLacks,
    /// The roles cannot be given.
    #[error(transparent)]
    Roles(#[from] AssignRolesError),
    /// The identity cannot be created.
    #[error(transparent)]
    Identity(#[from] CreateIdentitiesError),
    /// The password cannot be set, or not at this moment.
    #[error(transparent)]
    Password(#[from] AuthenticateError),
    /// The browser's answer proves no passkey.
    #[error("This passkey is not accepted: the answer is late, was used already, or belongs elsewhere. Start again.")]
    #[kind(NotAllowed, code = "wrong_answer")]
    WrongAnswer,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl Flows {
    /// Accepts an invite for a registered identity.
    ///
    /// # Errors
    ///
    /// [`AcceptInviteError`].
    pub async fn accept_invite(
        &self,
        accept: &AcceptInvite,
        identity: AuthIdentityId,
        client: &Client,
    ) -> Result<User, AcceptInviteError> {
        let context = Context { client: client.clone(), ..Context::actor(Actor::Identity(identity)) };
        transaction!(self.database, |transaction| {
            let (invite, user) = self.use_invite_within(transaction, accept, &context).await?;
            let found = self.auth.retrieve_auth_identity_within(&mut *transaction, identity).await;
            let found = found.map_err(|error| match error {
                RetrieveIdentityError::Database(error) => AcceptInviteError::Database(error),
                _ => ClaimError::Gone.into(),
            })?;
            self.check_address(&invite.email, &found)?;
            self.auth.claim_identity_within(transaction, identity, USER, &user.id.to_string()).await?;
            self.note_second_factor_within(transaction, identity).await?;
            // The link was received there.
            self.auth.take_as_verified_within(transaction, identity, &invite.email).await?;
            self.note_device(transaction, identity, client).await?;
            Ok(user)
        })
    }

    /// Accepts an invite in one step, with a password and without a registration.
    ///
    /// # Errors
    ///
    /// [`AcceptInviteError`].
    pub async fn accept_invite_with_password(
        &self,
        accept: &AcceptInvite,
        password: &str,
        client: &Client,
    ) -> Result<(User, AuthIdentity), AcceptInviteError> {
        let context = Context::anonymous(client.clone());
        self.auth.check_actor_may_use(USER, EMAILPASS)?;
        // Checked before the transaction because hashing is expensive; decided within it.
        let invite = self.users.validate_invite_token(&accept.token).await?;
        let names: Vec<&str> =
            [&accept.first_name, &accept.last_name].into_iter().flatten().map(String::as_str).collect();
        let has_second_factor = self.does_invite_need_second_factor(&invite).await?;
        let subject = PasswordSubject::new(invite.email.canonical(), &names).with_second_factor(has_second_factor);
        let part = self.auth.password_identity(&invite.email, &subject, password).await?;
        transaction!(self.database, |transaction| {
            let (invite, user) = self.use_invite_within(transaction, accept, &context).await?;
            let identity = self.claimed_identity(transaction, &user, part.clone()).await?;
            self.auth.take_as_verified_within(transaction, identity.id, &invite.email).await?;
            self.note_device(transaction, identity.id, client).await?;
            Ok((user, identity))
        })
    }

    /// Accepts an invite in one step, with a passkey and without a password. `input` has the browser's answer to
    /// [`Flows::begin_invite_passkey`], with its state.
    ///
    /// # Errors
    ///
    /// [`AcceptInviteError`].
    pub async fn accept_invite_with_passkey(
        &self,
        accept: &AcceptInvite,
        (name, input): (Option<&str>, &AuthInput),
        client: &Client,
    ) -> Result<(User, AuthIdentity), AcceptInviteError> {
        let context = Context::anonymous(client.clone());
        let provider = self.passkeys()?;
        let invite = self.users.validate_invite_token(&accept.token).await?;
        let examined = self.auth.examine_new_factor(provider, &purpose(&invite), input).await?;
        let passkey = examined.ok_or(AcceptInviteError::WrongAnswer)?;
        transaction!(self.database, |transaction| {
            let (invite, user) = self.use_invite_within(transaction, accept, &context).await?;
            let identity = self.claimed_identity(transaction, &user, passkey.provider_identity()).await?;
            let factor = self.auth.create_new_factor_within(transaction, identity.id, name, &passkey).await?;
            self.record_new_factor(transaction, &user, &factor, client).await?;
            self.auth.take_as_verified_within(transaction, identity.id, &invite.email).await?;
            self.note_device(transaction, identity.id, client).await?;
            Ok((user, identity))
        })
    }

    /// Accepts an invite in one step without a password, where users may sign in by mailed codes: the invite's link was
    /// received at its address, as a code would be.
    ///
    /// # Errors
    ///
    /// [`AcceptInviteError`].
    pub async fn accept_invite_without_password(
        &self,
        accept: &AcceptInvite,
        client: &Client,
    ) -> Result<(User, AuthIdentity), AcceptInviteError> {
        let context = Context::anonymous(client.clone());
        if self.auth.find_provider(EMAILCODE).is_none() {
            return Err(AuthenticateError::UnknownProvider(EMAILCODE.to_owned()).into());
        }
        self.auth.check_actor_may_use(USER, EMAILCODE)?;
        transaction!(self.database, |transaction| {
            let (invite, user) = self.use_invite_within(transaction, accept, &context).await?;
            let part = EmailCodeProvider::identity(&invite.email);
            let identity = self.claimed_identity(transaction, &user, part).await?;
            self.auth.take_as_verified_within(transaction, identity.id, &invite.email).await?;
            self.note_device(transaction, identity.id, client).await?;
            Ok((user, identity))
        })
    }

    /// Begins the passkey with which an invite is accepted.
    ///
    /// # Errors
    ///
    /// [`InvitePasskeyError`].
    pub async fn begin_invite_passkey(
        &self,
        token: &str,
        browser: &Browser,
    ) -> Result<BrowserCeremony, InvitePasskeyError> {
        let provider = self.passkeys()?;
        let invite = self.users.validate_invite_token(token).await?;
        Ok(self.auth.begin_new_factor(provider, &purpose(&invite), invite.email.as_str(), browser).await?)
    }

    /// The provider of passkeys, if users may sign in by it.
    fn passkeys(&self) -> Result<&str, AuthenticateError> {
        let provider = self.auth.ceremony_provider_of(USER).map(|provider| provider.identifier());
        let refused = || AuthenticateError::NotForActor { actor_type: USER.to_owned(), provider: "passkey".to_owned() };
        provider.ok_or_else(refused)
    }

    /// The device on which an invite is accepted becomes the first known one: sign-ins from others are reported.
    async fn note_device(
        &self,
        transaction: &mut Transaction,
        identity: AuthIdentityId,
        client: &Client,
    ) -> Result<(), Error> {
        let address = client.address_text();
        let (address, user_agent) = (address.as_deref(), client.user_agent.as_deref());
        self.auth.note_device_within(transaction, identity, USER, address, user_agent).await
    }

    /// Creates an identity that belongs to a user from the start.
    pub(crate) async fn claimed_identity(
        &self,
        transaction: &mut Transaction,
        user: &User,
        part: CreateProviderIdentity,
    ) -> Result<AuthIdentity, CreateIdentitiesError> {
        let owner = (format!("{USER}_id"), user.id.to_string().into());
        let identity = CreateAuthIdentity {
            id: None,
            provider_identities: vec![part],
            app_metadata: [owner].into_iter().collect(),
        };
        self.auth.create_auth_identity_within(transaction, &identity).await
    }

    /// Uses the invite up and creates its user, or finds the one created in advance.
    async fn use_invite_within(
        &self,
        transaction: &mut Transaction,
        accept: &AcceptInvite,
        context: &Context,
    ) -> Result<(Invite, User), AcceptInviteError> {
        // The user's row before the invite's: see the order of locks in docs/architecture.md.
        if let Some(id) = self.users.find_invited_user_within(transaction, &accept.token).await? {
            self.users.lock_two_users_within(transaction, id, id).await?;
        }
        let invite = self.users.accept_invite_within(transaction, &accept.token).await?;
        let user = match invite.user_id {
            None => {
                let mut user = CreateUser::new(invite.email.clone());
                user.first_name.clone_from(&accept.first_name);
                user.last_name.clone_from(&accept.last_name);
                self.users.create_users_within(transaction, &[user]).await?.into_iter().next()
            }
            Some(id) => {
                let keep_or_set = |name: &Option<String>| name.clone().map_or(Patch::Keep, Patch::Set);
                let mut update = UpdateUser::new(id);
                update.first_name = keep_or_set(&accept.first_name);
                update.last_name = keep_or_set(&accept.last_name);
                self.users.update_users_within(transaction, &[update]).await?.into_iter().next()
            }
        };
        let user = user.ok_or_else(|| Error::Other("a user was created and is not there".into()))?;
        self.users.set_invite_user_within(transaction, invite.id, user.id).await?;
        let roles = self.give_roles_of_invite(transaction, &invite, &user).await?;
        let (id, after) = (invite.id.to_string(), json!({ "user_id": user.id, "roles": roles }));
        self.record(transaction, context, Action::InviteAccepted, ("invite", &id), None, Some(after)).await?;
        Ok((invite, user))
    }
}

impl Flows {
    /// Gives the user what the invite carries, if the inviter could still give it (security.md 5).
    async fn give_roles_of_invite(
        &self,
        transaction: &mut Transaction,
        invite: &Invite,
        user: &User,
    ) -> Result<Vec<RoleId>, AcceptInviteError> {
        let (invite_id, user_id) = (invite.id.to_string(), user.id.to_string());
        if !self.may_inviter_grant(&mut *transaction, invite).await? {
            return Err(AcceptInviteError::InviterLacks);
        }
        self.rbac.move_assignments_within(transaction, &invite_id, &user_id).await?;
        Ok(self.rbac.role_ids_of(&mut *transaction, &user_id).await?)
    }

    /// An invite is for the invited address alone: an identity registered under another address cannot use it. At a provider
    /// that redirects, the account may well have another address, and its id may look like one; there, receiving the invite
    /// is proof enough.
    fn check_address(&self, invited: &EmailAddress, identity: &AuthIdentity) -> Result<(), AcceptInviteError> {
        let redirects =
            |id: &str| self.auth.find_provider(id).is_some_and(|provider| provider.flow() == Flow::Redirect);
        let mut addresses = identity
            .provider_identities
            .iter()
            .filter(|part| !redirects(&part.provider))
            .filter_map(|part| part.entity_id.parse::<EmailAddress>().ok());
        if addresses.all(|address| address == *invited) {
            Ok(())
        } else {
            Err(AcceptInviteError::OtherAddress { invited: invited.to_string() })
        }
    }
}
