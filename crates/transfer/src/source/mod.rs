//! What is read: other programs' databases and files.
//!
//! A source yields its rows in an order that is always the same, a batch at a time, and can begin after any of them.

mod accounts;
mod auth0;
mod better_auth;
pub(crate) mod csv_file;
mod dump;
mod error;
mod file;
mod firebase;
mod json_file;
mod keycloak;
mod kind;
mod map;
mod medusa;
mod options;
mod supabase;
mod table_problem;
mod tables;

use async_trait::async_trait;

pub use self::error::SourceError;
pub use self::kind::{Kind, UnknownKind};
pub use self::map::Map;
pub use self::options::{FirebaseParameters, SourceOptions};
pub use self::table_problem::{TableError, TableProblem};
use crate::item::Item;

/// How many rows a batch has. The index of words that SQLite keeps costs by the transaction, and others wait to write for as long
/// as one takes.
pub(crate) const BATCH: usize = 2_000;

/// A program whose rows are read.
#[async_trait]
pub(crate) trait Source: Send {
    /// The next rows; none when there are no more.
    async fn next_batch(&mut self) -> Result<Vec<Item>, SourceError>;

    /// The roles, where the source has them with what they allow. Elsewhere a role is a name, for which the map has ours.
    fn roles(&self) -> Option<Vec<SourceRole>> {
        None
    }
}

/// A role of a source.
#[derive(Debug, Clone)]
pub(crate) struct SourceRole {
    /// The id there.
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    /// Resources and operations.
    pub(crate) policies: Vec<(String, String)>,
}

/// Opens a source, to be read after the row that has this mark.
pub(crate) async fn open(options: &SourceOptions, after: Option<&str>) -> Result<Box<dyn Source>, SourceError> {
    let after = after.map(str::to_owned);
    Ok(match options.kind {
        Kind::Medusa => Box::new(medusa::Medusa::open(options, after).await?),
        Kind::BetterAuth => Box::new(better_auth::BetterAuth::open(options, after).await?),
        Kind::Supabase => supabase::open(options, after).await?,
        Kind::Csv | Kind::Clerk => Box::new(csv_file::open(options, after)?),
        Kind::Firebase => Box::new(json_file::open(options, after, &["users"], firebase::item)?),
        Kind::Keycloak => Box::new(json_file::open(options, after, &["users"], keycloak::item)?),
        Kind::Vestibule => {
            return Err(SourceError::Options("an export is read as a whole, and not row by row".to_owned()));
        }
        Kind::Auth0 => Box::new(json_file::open_lines(options, after, auth0::item)?),
    })
}
