//! Listing imports, and undoing one as long as no one has used what it brought.

use serde_json::Value as Json;
use vestibule_audit::Action;
use vestibule_core::{EmailAddress, Metadata, Timestamp};
use vestibule_database::{Error, transaction};
use vestibule_user::imports::ImportUser;

use super::journal::{self, Changes, ImportId, ImportRun};
use super::{Importer, UndoError};

impl Importer {
    /// Lists the newest imports, at most 200.
    ///
    /// # Errors
    ///
    /// [`UndoError::Tables`] or [`UndoError::Database`].
    pub async fn list(&self) -> Result<Vec<ImportRun>, UndoError> {
        journal::set_up(self.flows.database()).await?;
        Ok(journal::list(self.flows.database()).await?)
    }

    /// Deletes what an import has created, as if it had never been there, and gives users that it has updated their profile back.
    /// Refused once one of its users has signed in, or one of its API keys was used. Returns how many users, invites, identities and
    /// keys were deleted.
    ///
    /// # Errors
    ///
    /// [`UndoError`].
    pub async fn undo(&self, id: ImportId) -> Result<usize, UndoError> {
        let not_found = || UndoError::NotFound(id.to_string());
        let run = self.list().await?.into_iter().find(|run| run.id == id).ok_or_else(not_found)?;
        if run.state == "undone" {
            return Err(UndoError::Undone);
        }
        self.refuse_used(&run).await?;
        let (database, mut after, mut deleted) = (self.flows.database(), -1, 0);
        while let Some((number, changes)) = journal::next_batch(database, id, after).await? {
            // Looked at once more in the transaction: a sign-in since the first look stops it here.
            let undone: Result<(), UndoError> =
                transaction!(database, |transaction| self.undo_batch(transaction, &run, &changes).await);
            undone?;
            deleted += changes.people.len() + changes.identities.len();
            after = number;
        }
        let undone: Result<(), Error> = transaction!(database, |transaction| {
            journal::finish(transaction, id, "undone", self.flows.environment().now()).await?;
            self.record(transaction, Action::ImportUndone, &id.to_string(), None).await
        });
        undone?;
        Ok(deleted)
    }

    async fn refuse_used(&self, run: &ImportRun) -> Result<(), UndoError> {
        let (database, mut after) = (self.flows.database(), -1);
        while let Some((number, changes)) = journal::next_batch(database, run.id, after).await? {
            let used: Result<Option<String>, Error> = transaction!(database, |transaction| {
                self.flows.auth().find_used_within(transaction, &changes.identities, run.started_at).await
            });
            if let Some(used) = used? {
                return Err(UndoError::Used(used));
            }
            after = number;
        }
        Ok(())
    }

    async fn undo_batch(
        &self,
        transaction: &mut vestibule_database::Transaction,
        run: &ImportRun,
        changes: &Changes,
    ) -> Result<(), UndoError> {
        let used = self.flows.auth().find_used_within(transaction, &changes.identities, run.started_at).await?;
        if let Some(used) = used {
            return Err(UndoError::Used(used));
        }
        self.flows.users().forget_imported_within(transaction, &changes.people).await?;
        let subjects: Vec<String> = changes.people.iter().chain(&changes.identities).cloned().collect();
        self.flows.rbac().forget_imported_within(transaction, &subjects).await?;
        self.flows.auth().forget_imported_within(transaction, &changes.identities).await?;
        for before in changes.before.iter().filter_map(user_before) {
            self.flows.users().update_imported_within(transaction, &before).await?;
        }
        Ok(())
    }
}

/// A user as they were.
fn user_before(json: &Json) -> Option<ImportUser> {
    let text = |name: &str| json.get(name).and_then(Json::as_str).map(str::to_owned);
    let time = |name: &str| text(name).and_then(|time| time.parse::<Timestamp>().ok());
    let email = text("email")?;
    Some(ImportUser {
        id: text("id")?.parse().ok()?,
        email: EmailAddress::parse(&email).unwrap_or_else(|_| EmailAddress::unchecked(&email)),
        is_as_written: false,
        first_name: text("first_name"),
        last_name: text("last_name"),
        avatar_url: text("avatar_url"),
        phone: text("phone"),
        metadata: json.get("metadata").and_then(Json::as_object).and_then(|fields| Metadata::new(fields.clone()).ok()),
        has_second_factor: false,
        locked_at: time("locked_at"),
        created_at: time("created_at")?,
        updated_at: time("updated_at")?,
        deleted_at: time("deleted_at"),
    })
}
