//! How many subjects have a role, which triggers keep (`migrations/V6__counts.sql`).

use std::collections::HashMap;

use vestibule_database::{Counts, Error, FromRow, Sql, values};

use crate::{RbacModule, RoleId};

/// The counts of assignments, to fill, compare and repair.
pub const COUNTS: Counts = Counts { table: "rbac_counts", present: PRESENT };

/// Each has a function of its own that finds the kind of a subject.
const PRESENT: Sql = Sql::per_engine(
    "SELECT substr(subject_id, 1, instr(subject_id, '_') - 1) || ' ' || role_id AS name, 0 AS bucket, count(*) AS number
     FROM rbac_assignments GROUP BY 1",
    "SELECT split_part(subject_id, '_', 1) || ' ' || role_id AS name, 0 AS bucket, count(*) AS number
     FROM rbac_assignments GROUP BY 1",
);

#[derive(FromRow)]
struct Number {
    name: String,
    number: i64,
}

impl RbacModule {
    /// Counts the subjects of a kind, such as `user`, to which a role is given directly, without reading them; `None` while that
    /// is not known, see [`Database::fill_counts`](vestibule_database::Database::fill_counts). No one has a deleted role.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn find_count_of_subjects(&self, role: &RoleId, kind: &str) -> Result<Option<u64>, Error> {
        let text = "SELECT CASE WHEN EXISTS (SELECT 1 FROM rbac_counts WHERE name = 'filled') THEN
                        (SELECT CAST(COALESCE(sum(number), 0) AS bigint) FROM rbac_counts WHERE name = $1
                         AND EXISTS (SELECT 1 FROM rbac_roles WHERE id = $2 AND deleted_at IS NULL)) END";
        self.database.query_scalar_optional(text, values![format!("{kind} {role}"), role]).await
    }

    /// The same for all roles; roles without such subjects are not in the map.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn find_counts_of_subjects(&self, kind: &str) -> Result<Option<HashMap<RoleId, u64>>, Error> {
        let text = "SELECT name, CAST(sum(number) AS bigint) AS number FROM rbac_counts
                    WHERE name = 'filled' OR (name > $1 AND name < $2) GROUP BY name";
        // The character after the space.
        let numbers: Vec<Number> = self.database.query(text, values![format!("{kind} "), format!("{kind}!")]).await?;
        if !numbers.iter().any(|number| number.name == "filled") {
            return Ok(None);
        }
        let count = |Number { name, number }: Number| {
            let role = name.strip_prefix(kind)?.trim_start().parse().ok()?;
            Some((role, u64::try_from(number).ok().filter(|number| *number > 0)?))
        };
        Ok(Some(numbers.into_iter().filter_map(count).collect()))
    }
}
