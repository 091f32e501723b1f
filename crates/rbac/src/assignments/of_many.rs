//! The roles of many subjects at once.

use std::collections::HashMap;

use vestibule_core::Value;
use vestibule_database::{Connection, Error, FromRow};

use super::find::role_columns;
use crate::RbacModule;
use crate::roles::Role;

/// A role, and the subject that has it.
#[derive(FromRow)]
struct Held {
    #[row(column = "subject_id")]
    subject: String,
    #[row(flatten)]
    role: Role,
}

impl RbacModule {
    /// Finds the roles given directly to each of these subjects, in the order in which they were given, in one query.
    /// Subjects without roles are not in the map.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn roles_of_each(
        &self,
        connection: impl Into<Connection<'_>>,
        subject_ids: &[String],
    ) -> Result<HashMap<String, Vec<Role>>, Error> {
        let mut roles: HashMap<String, Vec<Role>> = HashMap::new();
        if subject_ids.is_empty() {
            return Ok(roles);
        }
        let places: Vec<String> = (1..=subject_ids.len()).map(|place| format!("${place}")).collect();
        let text = format!(
            concat!(
                "SELECT rbac_assignments.subject_id AS subject_id, ",
                role_columns!(),
                " FROM rbac_assignments JOIN rbac_roles role ON role.id = rbac_assignments.role_id
                 WHERE rbac_assignments.subject_id IN ({}) AND role.deleted_at IS NULL
                 ORDER BY rbac_assignments.created_at, role.id"
            ),
            places.join(", ")
        );
        let ids: Vec<Value> = subject_ids.iter().map(|id| Value::from(id.as_str())).collect();
        for Held { subject, role } in connection.into().query::<Held>(text, &ids).await? {
            roles.entry(subject).or_default().push(role);
        }
        Ok(roles)
    }
}
