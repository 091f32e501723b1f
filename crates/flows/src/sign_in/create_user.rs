//! Signing in a user, or creating one: the seed document's last section.

use vestibule_auth::identities::{ClaimError, RetrieveIdentityError};
use vestibule_auth::{AuthIdentity, AuthIdentityId, AuthInput, AuthenticateError};
use vestibule_core::{DomainError, EmailAddress};
use vestibule_database::{Error, Transaction, transaction};
use vestibule_user::users::{CreateUsersError, RetrieveUserError};
use vestibule_user::{CreateUser, User};

use super::user_of;
use crate::{Flows, USER};

/// Why a user could not be signed in or created.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum SignInError {
    /// The provider rejects the credentials.
    #[error(transparent)]
    Authenticate(#[from] AuthenticateError),
    /// A user with another sign-in method has the address: that a stranger knows the address proves nothing.
    #[error("A user with this address exists already. Sign in the way you did before.")]
    #[kind(Unauthorized, code = "user_exists")]
    UserExists,
    /// The provider's entity id is no e-mail address, so no user can be created from it.
    #[error("The provider {0} does not supply an e-mail address")]
    #[kind(Unauthorized)]
    NoAddress(String),
    /// The user cannot be created.
    #[error(transparent)]
    Create(#[from] CreateUsersError),
    /// The identity was claimed by another actor in the meantime.
    #[error(transparent)]
    Claim(#[from] ClaimError),
    /// The identity belongs to a user who does not exist.
    #[error(transparent)]
    Retrieve(#[from] RetrieveUserError),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl Flows {
    /// Authenticates, and creates the user if there is none: the seed document's last section, in one transaction.
    ///
    /// # Errors
    ///
    /// [`SignInError`]; [`AuthenticateError::MfaRequired`] within it carries the challenge of a user who has a second
    /// factor. An existing user is never linked by the address alone. A user created here signed up unasked:
    /// they have no roles until an administrator gives them some.
    pub async fn sign_in_or_create_user(
        &self,
        provider: &str,
        input: &AuthInput,
    ) -> Result<(User, AuthIdentity), SignInError> {
        let identity = self.auth.authenticate(provider, input).await?.identity()?;
        if let Some(id) = user_of(&identity) {
            return Ok((self.users.retrieve_user(id).await?, identity));
        }
        let entity = identity.provider_identity(provider).map_or(identity.entity_id(), |part| part.entity_id.as_str());
        let email: EmailAddress = entity.parse().map_err(|_| SignInError::NoAddress(provider.to_owned()))?;
        let created: Result<_, SignInError> = transaction!(self.database, |transaction| {
            let users = [CreateUser::new(email.clone())];
            let user = self.users.create_users_within(transaction, &users).await?.into_iter().next();
            let user = user.ok_or_else(|| Error::Other("a user was created and is not there".into()))?;
            self.auth.claim_identity_within(transaction, identity.id, USER, &user.id.to_string()).await?;
            self.note_second_factor_within(transaction, identity.id).await?;
            Ok((user, self.identity_within(transaction, identity.id).await?))
        });
        let error = match created {
            Err(error @ (SignInError::Create(_) | SignInError::Claim(_))) => error,
            done => return done,
        };
        // The same user may sign in twice at once. Read in a transaction: one that failed because of another sees what
        // the other has done, also before it is visible outside.
        let present: Result<_, SignInError> = transaction!(self.database, |transaction| {
            let identity = self.identity_within(transaction, identity.id).await?;
            match user_of(&identity) {
                Some(id) => Ok(Some((self.users.retrieve_user_within(transaction, id).await?, identity))),
                None => Ok(None),
            }
        });
        match (present, error) {
            (Ok(Some(found)), _) => Ok(found),
            (_, SignInError::Create(CreateUsersError::EmailTaken { .. } | CreateUsersError::EmailReserved { .. })) => {
                Err(SignInError::UserExists)
            }
            (_, error) => Err(error),
        }
    }

    async fn identity_within(
        &self,
        transaction: &mut Transaction,
        id: AuthIdentityId,
    ) -> Result<AuthIdentity, SignInError> {
        let found = self.auth.retrieve_auth_identity_within(transaction, id).await;
        found.map_err(|error| match error {
            RetrieveIdentityError::Database(error) => error.into(),
            _ => ClaimError::Gone.into(),
        })
    }
}
