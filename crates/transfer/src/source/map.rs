//! How the columns of a table and the roles of another program are called here.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;
use vestibule_rbac::RoleId;

/// The names, as a JSON file has them: `{"columns": {"email": "E-Mail"}, "roles": {"admin": "role_super_admin"}}`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Map {
    /// Our fields, and the columns that have them.
    #[serde(default)]
    pub(crate) columns: BTreeMap<String, String>,
    /// The other program's roles and groups, and our roles: one, or a list.
    #[serde(default)]
    roles: BTreeMap<String, OneOrMany>,
    /// Which cell has which of our fields, where that was chosen column by column: then no other is guessed.
    #[serde(skip)]
    pub(crate) places: Option<HashMap<&'static str, usize>>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl Map {
    /// Reads the file's text.
    ///
    /// # Errors
    ///
    /// What is wrong, with line and column.
    pub fn read(text: &str) -> Result<Self, String> {
        let text = text.trim_start_matches('\u{feff}');
        if !text.trim_start().starts_with('{') {
            return Err("the map is a JSON object, such as {\"columns\": {\"email\": \"E-Mail\"}}".to_owned());
        }
        let map: Self = serde_json::from_str(text).map_err(|error| error.to_string())?;
        for (name, roles) in &map.roles {
            for role in roles.as_slice() {
                let _: RoleId =
                    role.parse().map_err(|_| format!("roles: {name}: {role:?} is no id of a role (role_…)"))?;
            }
        }
        Ok(map)
    }

    /// These cells of a table, and our role for each of these names.
    pub(crate) fn chosen(
        places: HashMap<&'static str, usize>,
        roles: impl IntoIterator<Item = (String, RoleId)>,
    ) -> Self {
        let roles = roles.into_iter().map(|(name, role)| (name, OneOrMany::One(role.to_string()))).collect();
        Self { columns: BTreeMap::new(), roles, places: Some(places) }
    }

    /// Our roles for one of the other program's; `None` if the map does not have it.
    pub(crate) fn roles(&self, name: &str) -> Option<Vec<RoleId>> {
        let roles = self.roles.get(name)?;
        Some(roles.as_slice().iter().filter_map(|role| role.parse().ok()).collect())
    }

    /// All of our roles that are named.
    pub(crate) fn all_roles(&self) -> impl Iterator<Item = RoleId> {
        self.roles.values().flat_map(OneOrMany::as_slice).filter_map(|role| role.parse().ok())
    }
}

impl OneOrMany {
    fn as_slice(&self) -> &[String] {
        match self {
            Self::One(role) => std::slice::from_ref(role),
            Self::Many(roles) => roles,
        }
    }
}
