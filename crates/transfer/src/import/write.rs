//! A batch's transaction. One row that cannot be written stops no other.

use vestibule_audit::Action;
use vestibule_database::{Error, transaction};

use super::batch::Done;
use super::journal::{self, Changes};
use super::prepare::Prepared;
use super::{ImportId, Importer};
use crate::Summary;
use crate::reason::Reason;
use crate::report::Line;

/// An import that is being written.
pub(super) struct Writing {
    pub(super) id: ImportId,
    pub(super) source: &'static str,
    pub(super) fingerprint: String,
    pub(super) started_at: vestibule_core::Timestamp,
    /// Whether its row is there.
    pub(super) has_begun: bool,
    pub(super) batches: i64,
    /// The last row of the last batch that was written whole.
    pub(super) mark: String,
    pub(super) summary: Summary,
}

impl Importer {
    /// Writes a batch, and notes it in the same transaction.
    pub(super) async fn commit_batch(
        &self,
        writing: &mut Writing,
        rows: &[(String, Prepared)],
        mark: &str,
    ) -> Result<Done, Error> {
        let written = self.commit_rows(writing, rows, mark).await;
        let done = match written {
            // Another process has taken a name at the same moment: row by row, one of them is left out.
            Err(Error::Unique { .. } | Error::ForeignKey(_) | Error::Other(_)) if rows.len() > 1 => {
                let mut done = Done::default();
                let before = writing.mark.clone();
                for (number, row) in rows.iter().enumerate() {
                    let one = std::slice::from_ref(row);
                    // Interrupted here, the import continues before the batch: its first rows are there then.
                    let mark = if number + 1 == rows.len() { mark } else { &before };
                    let part = match self.commit_rows(writing, one, mark).await {
                        Err(error @ (Error::Unique { .. } | Error::ForeignKey(_) | Error::Other(_))) => {
                            refused(row, &error)
                        }
                        part => part?,
                    };
                    writing.count(&part);
                    done.lines.extend(part.lines);
                    done.conflicts.extend(part.conflicts);
                    done.invites.extend(part.invites);
                }
                mark.clone_into(&mut writing.mark);
                return Ok(done);
            }
            Err(error @ (Error::Unique { .. } | Error::ForeignKey(_) | Error::Other(_))) => match rows {
                [row] => refused(row, &error),
                _ => return Err(error),
            },
            written => written?,
        };
        writing.count(&done);
        mark.clone_into(&mut writing.mark);
        Ok(done)
    }

    async fn commit_rows(&self, writing: &mut Writing, rows: &[(String, Prepared)], mark: &str) -> Result<Done, Error> {
        let (number, has_begun) = (writing.batches + 1, writing.has_begun);
        let result: Result<Done, Error> = transaction!(self.flows.database(), |transaction| {
            if !has_begun {
                journal::begin(transaction, writing.id, writing.source, &writing.fingerprint, writing.started_at)
                    .await?;
                let id = writing.id.to_string();
                let after = Some(serde_json::json!({ "source": writing.source }));
                self.record(transaction, Action::ImportStarted, &id, after).await?;
            }
            let done = self.write_batch(transaction, rows).await?;
            let mut summary = writing.summary.clone();
            done.lines.iter().for_each(|line| summary.add(line.kind, line.result));
            journal::note(transaction, writing.id, number, mark, &summary, &done.changes).await?;
            Ok(done)
        });
        let done = result?;
        (writing.batches, writing.has_begun) = (number, true);
        Ok(done)
    }

    /// Tries a batch, and undoes it.
    pub(super) async fn try_batch(&self, rows: &[(String, Prepared)]) -> Result<Done, Error> {
        let mut transaction = self.flows.database().begin().await?;
        let done = self.write_batch(&mut transaction, rows).await;
        transaction.rollback().await?;
        match done {
            Err(error @ (Error::Unique { .. } | Error::ForeignKey(_) | Error::Other(_))) => match rows {
                [row] => Ok(refused(row, &error)),
                _ => Err(error),
            },
            done => done,
        }
    }
}

impl Writing {
    fn count(&mut self, done: &Done) {
        done.lines.iter().for_each(|line| self.summary.add(line.kind, line.result));
    }
}

/// A row that the database does not take.
fn refused((place, row): &(String, Prepared), error: &Error) -> Done {
    let (kind, id, address) = match row {
        Prepared::User(row) => ("user", row.user.id.to_string(), row.user.email.to_string()),
        Prepared::Identity(identity) => {
            ("identity", identity.id.map(|id| id.to_string()).unwrap_or_default(), String::new())
        }
        Prepared::Invite(invite, _) => ("invite", invite.id.to_string(), invite.email.to_string()),
        Prepared::ApiKey(key, _) => ("api_key", key.id.to_string(), key.title.clone()),
        Prepared::Unusable { kind, id, address, .. } => (*kind, id.clone(), address.clone()),
    };
    tracing::warn!(%place, error = %error.causes(), "a row could not be imported");
    let reasons = vec![Reason::NotTaken { problem: error.causes().to_string() }];
    let line = Line { place: place.clone(), kind, id, address, result: "left_out", reasons };
    Done { lines: vec![line], changes: Changes::default(), ..Done::default() }
}
