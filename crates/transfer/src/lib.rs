//! Moving in and out: users of other programs are imported, and everything is exported.
//!
//! ```
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let file = vestibule_testing::TestDatabase::sqlite();
//! # let database = file.open().await;
//! # let environment = vestibule_core::Environment::system();
//! # let key = vestibule_core::SigningKey::new(b"a secret of at least 32 random bytes");
//! # let options = vestibule_user::UserOptions::new(key.clone());
//! # let users = vestibule_user::UserModule::new(database.clone(), environment.clone(), options);
//! # let passwords = vestibule_auth::Passwords::start(vestibule_auth::PasswordConfig::fast_for_tests())?;
//! # let auth = vestibule_auth::AuthModule::new(database.clone(), environment.clone(), vestibule_auth::AuthOptions::new(key), passwords);
//! # vestibule_flows::set_up(&database, &environment).await?;
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("people.csv");
//! use vestibule_flows::Flows;
//! use vestibule_transfer::{ImportOptions, Importer, Kind, Quiet, Report, SourceOptions};
//!
//! std::fs::write(&path, "email,first_name\nada@example.com,Ada\n")?;
//! let source = SourceOptions::new(Kind::Csv, path.display().to_string());
//! let importer = Importer::new(Flows::new(database, environment, users, auth), ImportOptions::default());
//! let summary = importer.run(&source, &mut Report::none(), &mut Quiet).await?;
//! assert_eq!(summary.count("user", "created"), 1);
//!
//! // The same again changes nothing.
//! let again = importer.run(&source, &mut Report::none(), &mut Quiet).await?;
//! assert_eq!((again.count("user", "created"), again.count("user", "exists")), (0, 1));
//! # Ok(())
//! # }
//! ```
//!
//! - [`Kind`], [`SourceOptions`]: what is read, and what its secrets need
//! - [`Importer`]: checks each row, and writes them a batch at a time; it continues where it was interrupted
//! - [`Report`], [`Summary`]: what became of each row
//! - [`Importer::list`], [`Importer::undo`]: what was imported
//! - [`Uploads`]: tables that are uploaded, checked and imported step by step, by any process of a server
//! - [`export`]: everything that there is, which [`Kind::Vestibule`] reads back
//!
//! A module's tables are written by the module: see `vestibule_user::imports` and `vestibule_auth::imports`.

mod import;
mod item;
mod moving;
mod reason;
mod record;
mod report;
mod secrets;
mod source;
mod uploads;

pub use import::{
    Collisions, ImportError, ImportId, ImportOptions, ImportRun, Importer, Invites, OnConflict, Progress, Quiet,
    Refused, UndoError, erase_within,
};
pub use moving::{ExportError, ExportFormat, export};
pub use reason::Reason;
pub use report::{Report, Summary};
pub use source::{FirebaseParameters, Kind, Map, SourceError, SourceOptions, TableError, TableProblem, UnknownKind};
pub use uploads::{
    Choices, MOST_BYTES, MOST_ROWS, Note, Noted, Outcome, Preview, Step, Stopped, Upload, UploadError, UploadId,
    UploadState, Uploads,
};

use vestibule_database::{Migration, Migrations};

/// The tables of imports. The first import creates them.
pub const MIGRATIONS: Migrations = Migrations {
    module: "transfer",
    steps: &[
        Migration { name: "V1__imports", sql: include_str!("../migrations/V1__imports.sql") },
        Migration { name: "V2__uploads", sql: include_str!("../migrations/V2__uploads.sql") },
    ],
};
