//! What is chosen for an uploaded table: what its columns become, and what is done where there is a choice.

use std::collections::HashMap;

use serde_json::{Value as Json, json};
use vestibule_rbac::RoleId;

use crate::source::csv_file::COLUMNS;

/// What is chosen for an uploaded table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Choices {
    /// Our field for each column; none for one that is left out.
    pub columns: Vec<Option<&'static str>>,
    /// Whether users who are here already get the profile of the table, in place of staying as they are.
    pub updates: bool,
    /// The roles that every new user gets.
    pub roles: Vec<RoleId>,
}

impl Choices {
    /// The fields that a column can become, in the order in which they are offered.
    pub const FIELDS: [&'static str; 14] = [
        "email",
        "first_name",
        "last_name",
        "name",
        "phone",
        "avatar_url",
        "roles",
        "password_hash",
        "password",
        "totp_secret",
        "email_verified",
        "locked",
        "created_at",
        "id",
    ];

    /// These fields by column, of which an unknown name is none.
    pub fn new<'a>(columns: impl IntoIterator<Item = &'a str>, updates: bool, roles: Vec<RoleId>) -> Self {
        let known = |name: &str| COLUMNS.iter().map(|(field, _)| *field).find(|field| *field == name);
        Self { columns: columns.into_iter().map(known).collect(), updates, roles }
    }

    /// Which cell has which field; the first, where several columns have the same.
    pub(super) fn places(&self) -> HashMap<&'static str, usize> {
        let mut places = HashMap::new();
        for (place, field) in self.columns.iter().enumerate() {
            if let Some(field) = field {
                places.entry(*field).or_insert(place);
            }
        }
        places
    }

    /// Whether no field has several columns.
    pub fn are_distinct(&self) -> bool {
        self.places().len() == self.columns.iter().flatten().count()
    }

    /// As it is stored with the upload.
    pub(super) fn to_json(&self) -> Json {
        let roles: Vec<&str> = self.roles.iter().map(RoleId::as_str).collect();
        let columns: Vec<&str> = self.columns.iter().map(|field| field.unwrap_or_default()).collect();
        json!({ "columns": columns, "updates": self.updates, "roles": roles })
    }

    pub(super) fn from_json(json: &Json) -> Self {
        let texts = |name: &str| {
            let list = json.get(name).and_then(Json::as_array).map(Vec::as_slice).unwrap_or_default();
            list.iter().filter_map(Json::as_str)
        };
        let updates = json.get("updates").and_then(Json::as_bool).unwrap_or_default();
        Self::new(texts("columns"), updates, texts("roles").filter_map(|role| role.parse().ok()).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_of_a_table_is_offered() {
        let mut known: Vec<&str> = COLUMNS.iter().map(|(field, _)| *field).collect();
        let mut offered = Choices::FIELDS.to_vec();
        known.sort_unstable();
        offered.sort_unstable();
        assert_eq!(offered, known);
    }

    #[test]
    fn choices_are_stored_as_they_are() {
        let choices = Choices::new(["email", "", "nosuch", "phone"], true, vec!["role_editor".parse().unwrap()]);
        assert_eq!(choices.columns, [Some("email"), None, None, Some("phone")]);
        assert_eq!(Choices::from_json(&choices.to_json()), choices);
        assert!(choices.are_distinct() && !Choices::new(["email", "email"], false, Vec::new()).are_distinct());
    }
}
