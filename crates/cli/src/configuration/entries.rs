//! What can be set: each setting, and each key of each table that the file has.

use super::file::File;
use super::settings::{SETTINGS, Setting, TABLES, Table};
use super::variables::PREFIX;

/// The setting of which `PORT` replaces a part.
pub(super) const LISTEN: &str = "server.listen";

/// A setting, or a key of a table.
pub(super) struct Entry {
    /// Its name in messages and in `config show`, such as `server.listen` or `auth.oidc.google.issuer`.
    pub(super) key: String,
    /// The table in which it stands.
    pub(super) table: Option<(&'static Table, String)>,
    pub(super) setting: &'static Setting,
    /// The variables that set it. An earlier one wins.
    pub(super) variables: Vec<String>,
}

/// All entries, in the order in which they are shown.
pub(super) fn entries(file: &File) -> Vec<Entry> {
    let scalars = SETTINGS.iter().map(|setting| {
        let alias = setting.alias.filter(|_| setting.key != LISTEN).map(str::to_owned);
        let variables = std::iter::once(setting.variable()).chain(alias).collect();
        Entry { key: setting.key.to_owned(), table: None, setting, variables }
    });
    let tables = TABLES.iter().flat_map(|table| file.ids(table).map(move |id| (table, id)));
    let keys = tables.flat_map(|(table, id)| {
        table.settings.iter().map(move |setting| Entry {
            key: table.key_of(id, setting.name()),
            table: Some((table, id.to_owned())),
            setting,
            variables: if setting.name() == "id" { Vec::new() } else { vec![table.variable(id, setting)] },
        })
    });
    scalars.chain(keys).collect()
}

impl Entry {
    /// Every variable that has an effect.
    pub(super) fn known_variables(&self) -> impl Iterator<Item = String> {
        let files = self.variables.iter().filter(|_| self.setting.takes_file()).map(|name| file_variable(name));
        self.variables.iter().cloned().chain(files)
    }

    /// The id of the table in which it stands.
    pub(super) fn id(&self) -> Option<&str> {
        self.table.as_ref().map(|(_, id)| id.as_str())
    }
}

/// The variable that names a file with the value.
pub(super) fn file_variable(name: &str) -> String {
    format!("{name}_FILE")
}

impl Table {
    /// The name of a key, such as `auth.oidc.google.issuer`.
    pub(super) fn key_of(&self, id: &str, name: &str) -> String {
        format!("{}.{id}.{name}", self.key)
    }

    /// The variable of a key of the table with this id, such as `VESTIBULE_AUTH_OIDC_GOOGLE_CLIENT_SECRET`.
    pub(super) fn variable(&self, id: &str, setting: &Setting) -> String {
        format!("{PREFIX}{}", self.key_of(id, setting.name()).replace(['.', '-'], "_").to_uppercase())
    }
}
