//! Everything that an installation has, as lines of JSON, and back: also the way from SQLite to PostgreSQL.
//!
//! A line is a row: `{"kind": "user", "row": {…}}`. The first one says what follows, the last one has the number of rows and a
//! checksum of each kind, which the installation that reads them compares with its own.

mod export;
mod restore;
mod totals;

pub use self::export::{ExportError, ExportFormat, export};
pub(crate) use self::restore::restore;

use vestibule_database::Dumped;

/// What the first line says it is.
const FORMAT: &str = "vestibule";

/// The version of the format.
const VERSION: u64 = 1;

/// The kinds that are secrets as a whole, or useless without them.
const SECRET_KINDS: [&str; 3] = ["mfa_factor", "mfa_recovery_code", "api_key"];

/// All tables, in the order in which they are written: what others refer to comes first.
fn tables() -> Vec<&'static Dumped> {
    let [policies, roles, parents, role_policies, assignments] = &vestibule_rbac::DUMPED;
    let mut tables = vec![policies, roles, parents, role_policies];
    tables.extend(&vestibule_user::DUMPED);
    tables.extend(&vestibule_auth::DUMPED);
    tables.push(assignments);
    tables.extend(&vestibule_audit::DUMPED);
    tables
}
