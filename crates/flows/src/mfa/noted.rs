//! Notes with users whether they have a second factor, so that lists find those without one.

use vestibule_auth::AuthIdentityId;
use vestibule_database::{Error, Transaction, transaction};
use vestibule_user::UserId;

use crate::queries::second_factors;
use crate::{Flows, USER};

/// How many factors are noted in one transaction.
const BATCH: u32 = 500;

impl Flows {
    /// Notes with the user who has an identity whether the user has a second factor, after that has changed.
    pub(crate) async fn note_second_factor_within(
        &self,
        transaction: &mut Transaction,
        identity: AuthIdentityId,
    ) -> Result<(), Error> {
        let found = self.auth.find_mfa_of_actor(&mut *transaction, identity, USER).await?;
        match found.and_then(|(user, has_mfa)| Some((user.parse::<UserId>().ok()?, has_mfa))) {
            Some((user, has_mfa)) => self.users.note_second_factor_within(transaction, user, has_mfa).await,
            None => Ok(()),
        }
    }

    /// Notes the second factors that users had before they were noted, once: a few in each transaction, while others write.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn fill_second_factors(&self) -> Result<(), Error> {
        if self.users.are_second_factors_noted().await? {
            return Ok(());
        }
        let mut after = String::new();
        loop {
            let factors = second_factors::next(&self.database, &after, BATCH).await?;
            let noted: Result<(), Error> = transaction!(self.database, |transaction| {
                for user in factors.iter().filter_map(|factor| factor.user.parse().ok()) {
                    self.users.note_second_factor_within(transaction, user, true).await?;
                }
                if factors.is_empty() {
                    self.users.finish_noting_second_factors_within(transaction).await?;
                }
                Ok(())
            });
            noted?;
            match factors.last() {
                Some(last) => after.clone_from(&last.id),
                None => return Ok(()),
            }
        }
    }
}
