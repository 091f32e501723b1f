//! The importer: it reads a source twice or three times, and writes in the last.
//!
//! 1. It reads everything once, so that a file that is broken in its last line changes nothing, and finds the addresses that
//!    several users have ([`addresses`]).
//! 2. Where a conflict is to stop it, it tries everything in transactions that are rolled back.
//! 3. It writes a batch at a time ([`batch`]). The journal ([`journal`]) is in the same transactions: an interrupted import
//!    continues after the last batch that was committed, and an import can be undone ([`undo`]).

mod addresses;
mod batch;
mod erase;
mod error;
mod ids;
pub(crate) mod journal;
mod options;
mod prepare;
mod roles;
mod run;
mod undo;
mod write;

pub use self::erase::erase_within;
pub use self::error::{ImportError, UndoError};
pub(crate) use self::journal::Changes;
pub use self::journal::{ImportId, ImportRun};
pub use self::options::{Collisions, ImportOptions, Invites, OnConflict, Refused};

use serde_json::Value as Json;
use vestibule_audit::Action;
use vestibule_database::{Error, Transaction};
use vestibule_flows::{Context, Flows};

/// Imports users of other programs.
#[derive(Debug, Clone)]
pub struct Importer {
    flows: Flows,
    options: ImportOptions,
    context: Context,
}

/// What an import reports while it runs.
pub trait Progress: Send {
    /// It knows how many rows there are.
    fn begin(&mut self, rows: u64);
    /// This many rows are done, of those.
    fn at(&mut self, rows: u64);
}

/// Reports nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Quiet;

impl Progress for Quiet {
    fn begin(&mut self, _: u64) {}
    fn at(&mut self, _: u64) {}
}

impl Importer {
    /// Creates an importer into the database of these flows.
    pub fn new(flows: Flows, options: ImportOptions) -> Self {
        Self { flows, options, context: Context::operator() }
    }

    /// Names this caller in the audit log, in place of the operator. Who may import is for the program to decide: an import gives
    /// roles without looking at what the caller may do.
    #[must_use]
    pub fn on_behalf_of(self, context: Context) -> Self {
        Self { context, ..self }
    }

    /// Writes to the audit log what was done to an import.
    async fn record(
        &self,
        transaction: &mut Transaction,
        action: Action,
        id: &str,
        after: Option<Json>,
    ) -> Result<(), Error> {
        self.context.record_within(transaction, self.flows.audit(), action, ("import", id), None, after).await
    }
}
