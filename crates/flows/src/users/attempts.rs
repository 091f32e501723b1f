//! Failed sign-in attempts of a user: counted and cleared.

use serde_json::json;
use vestibule_audit::Action;
use vestibule_auth::attempts::Attempts;
use vestibule_auth::identities::AuthIdentityFilter;
use vestibule_core::{DomainError, FindConfig};
use vestibule_database::{Error, transaction};
use vestibule_user::UserId;
use vestibule_user::users::RetrieveUserError;

use crate::{Context, Flows, GrantError, USER};

/// How many identities of one user are considered. No user has as many.
const MOST_IDENTITIES: u64 = 1_000;

/// Why failed attempts were not cleared.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum ClearAttemptsError {
    /// There is no such user.
    #[error(transparent)]
    User(#[from] RetrieveUserError),
    /// The user may do more than the caller.
    #[error(transparent)]
    Grant(#[from] GrantError),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl Flows {
    /// Where the sign-in attempts of this user stand. The attempts of each sign-in method are counted apart: this
    /// returns the worst.
    ///
    /// # Errors
    ///
    /// [`RetrieveUserError`].
    pub async fn attempts_of_user(&self, id: UserId) -> Result<Attempts, RetrieveUserError> {
        self.users.retrieve_user(id).await?;
        let mut worst = self.auth.attempts(&id.to_string()).await?;
        for account in self.accounts_of(id).await? {
            let attempts = self.auth.attempts(&account).await?;
            if (attempts.failed, attempts.forgotten_at) > (worst.failed, worst.forgotten_at) {
                worst = attempts;
            }
        }
        Ok(worst)
    }

    /// Clears the failed sign-in attempts of this user, for every sign-in method.
    ///
    /// # Errors
    ///
    /// [`ClearAttemptsError`].
    pub async fn clear_attempts_of_user(&self, id: UserId, context: &Context) -> Result<(), ClearAttemptsError> {
        let before = self.attempts_of_user(id).await?;
        let accounts = self.accounts_of(id).await?;
        transaction!(self.database, |transaction| {
            self.check_may_act_on_within(transaction, context, id).await?;
            context.check_access_change_of(id).map_err(GrantError::from)?;
            for account in &accounts {
                self.auth.clear_attempts_within(transaction, account).await?;
            }
            let before = json!({ "failed": before.failed });
            let target = id.to_string();
            self.record(transaction, context, Action::UserAttemptsCleared, ("user", &target), Some(before), None)
                .await?;
            Ok(())
        })
    }

    /// The keys under which the attempts of a user's identities are counted.
    async fn accounts_of(&self, id: UserId) -> Result<Vec<String>, Error> {
        let filter = AuthIdentityFilter::of_actor(USER, &id.to_string());
        let mut accounts = Vec::new();
        for identity in self.auth.list_auth_identities(&filter, &FindConfig::default().page(0, MOST_IDENTITIES)).await?
        {
            accounts.push(self.auth.account_of(identity.id).await?);
        }
        Ok(accounts)
    }
}
