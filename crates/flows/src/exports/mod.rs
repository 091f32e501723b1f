//! Exports: everything that a list shows, a batch at a time, for pages, the API and commands.
//!
//! Each batch is a read of its own that begins after the last row of the one before: no transaction stays open in between, and memory
//! does not grow with the list. Rows are in the order of their creation, so that one that is changed in the meantime is neither left
//! out nor read twice; the exception is documented at [`InviteExport`]. Rows without secrets: neither an invite's token nor a password.

mod audit;
mod invites;
mod users;

use std::future::Future;

use serde::Serialize;
use vestibule_core::{Counting, Cursor, CursorPage, Direction, Field, FindConfig};
use vestibule_database::Error;

pub use self::audit::AuditExport;
pub use self::invites::{ExportedInvite, InviteExport};
pub use self::users::{ExportedUser, UserExport};

/// All rows of a list, a batch at a time.
pub trait Batches: Send + 'static {
    /// A row, which serializes as an object.
    type Row: Serialize + Send;

    /// The names of the columns: fields of a row.
    fn columns(&self) -> &[&'static str];

    /// Reads the next rows; none when there are no more.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database. Called again afterwards, it continues.
    fn next_batch(&mut self) -> impl Future<Output = Result<Vec<Self::Row>, Error>> + Send;
}

/// How many rows the first batch has: few, so that an export begins soon.
const FIRST: u64 = 50;

/// How many rows each other batch has.
const MORE: u64 = 500;

/// Where an export continues.
#[derive(Debug, Clone)]
struct Place<F> {
    order: (F, Direction),
    take: u64,
    after: Option<Cursor>,
    is_over: bool,
}

impl<F: Field> Place<F> {
    /// The beginning of a list in this order.
    fn start(order: (F, Direction)) -> Self {
        Self { order, take: FIRST, after: None, is_over: false }
    }

    /// The next page; `None` after the last.
    fn next(&self) -> Option<FindConfig<F>> {
        let find = FindConfig { counting: Counting::None, after: self.after.clone(), ..FindConfig::default() };
        (!self.is_over).then(|| find.page(0, self.take).order_by(self.order.0, self.order.1))
    }

    /// Goes on behind a page that was read.
    fn pass<T>(&mut self, page: CursorPage<T>) -> Vec<T> {
        (self.take, self.is_over, self.after) = (MORE, page.next.is_none(), page.next);
        page.rows
    }
}
