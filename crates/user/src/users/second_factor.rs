//! Noting which users have a second factor.

use vestibule_database::{Error, Transaction, values};

use super::UserId;
use crate::UserModule;

/// The row of `user_fillings`.
const SECOND_FACTORS: &str = "second_factors";

impl UserModule {
    /// Notes whether a user has a second factor, so that lists find the users without one. Nothing else follows from it: sign-ins
    /// ask the module that has the factors.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn note_second_factor_within(
        &self,
        transaction: &mut Transaction,
        id: UserId,
        has_second_factor: bool,
    ) -> Result<(), Error> {
        let text = "UPDATE users SET has_second_factor = $2 WHERE id = $1 AND has_second_factor <> $2";
        transaction.execute_pipelined(text, values![id, has_second_factor]).await
    }

    /// Whether the second factors that users had before they were noted have been.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn are_second_factors_noted(&self) -> Result<bool, Error> {
        let text = "SELECT 1 AS one FROM user_fillings WHERE name = $1";
        Ok(self.database.query_optional::<()>(text, values![SECOND_FACTORS]).await?.is_some())
    }

    /// Notes that they have been.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn finish_noting_second_factors_within(&self, transaction: &mut Transaction) -> Result<(), Error> {
        let text = "INSERT INTO user_fillings (name) VALUES ($1) ON CONFLICT DO NOTHING";
        transaction.execute_pipelined(text, values![SECOND_FACTORS]).await
    }
}
