//! The counts of all modules, which lists read.

use vestibule_database::{Counts, Error, WrongCount};

use crate::Flows;

/// The counts of every module.
const COUNTS: [Counts; 2] = [vestibule_user::COUNTS, vestibule_rbac::COUNTS];

impl Flows {
    /// Counts what was there before counts were kept, once. On PostgreSQL writers do not wait for it.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn fill_counts(&self) -> Result<(), Error> {
        self.database.fill_counts(&COUNTS).await
    }

    /// Lists the counts that differ from what is there. Reads all users, invites and assignments.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn wrong_counts(&self) -> Result<Vec<WrongCount>, Error> {
        self.database.wrong_counts(&COUNTS).await
    }

    /// Repairs the counts that differ from what is there.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn repair_counts(&self) -> Result<(), Error> {
        self.database.repair_counts(&COUNTS).await
    }

    /// Keeps the number of rows small of which counts are the sum: for a clean-up.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn fold_counts(&self) -> Result<(), Error> {
        self.database.fold_counts(&COUNTS).await
    }
}
