//! The TOML file: its values, each with its line.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::clean;
use super::error::{ConfigurationError, SetBy};
use super::kinds::{Kind, ProviderId, Raw, Shape, path};
use super::nearest::{nearest_key, nearest_name};
use super::settings::{SETTINGS, Setting, TABLES, Table, Unset};
use super::sources::Sources;
use super::variables::CONFIG;

/// The default file.
const USUAL: &str = "vestibule.toml";

/// What the file sets.
#[derive(Default)]
pub(super) struct File {
    /// By key: of a setting `server.listen`, of a table `auth.oidc.google.issuer`, of the file with a secret
    /// `auth.jwt_secret_file`.
    values: BTreeMap<String, (Raw, SetBy)>,
    /// The tables of each list in their order: the id, and where the table begins.
    tables: BTreeMap<&'static str, Vec<(String, SetBy)>>,
}

impl File {
    /// Takes the value of `key`, and where it stands.
    pub(super) fn take(&mut self, key: &str) -> Option<(Raw, SetBy)> {
        self.values.remove(key)
    }

    /// The ids of the tables in a list.
    pub(super) fn ids(&self, table: &Table) -> impl Iterator<Item = &str> {
        self.tables.get(table.key).into_iter().flatten().map(|(id, _)| id.as_str())
    }

    /// Where the table with this id begins.
    pub(super) fn place(&self, table: &Table, id: &str) -> Option<&SetBy> {
        self.tables.get(table.key)?.iter().find(|(known, _)| known == id).map(|(_, at)| at)
    }
}

/// Reads the file that a flag or a variable names, which must exist, or the default one, which need not.
pub(super) fn read(sources: &Sources) -> Result<File, ConfigurationError> {
    let (name, by) = named(sources)?.map_or((PathBuf::from(USUAL), None), |(name, by)| (name, Some(by)));
    let path = sources.directory.join(&name);
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound || name.as_os_str().is_empty() => {
            return by.map_or(Ok(File::default()), |by| Err(ConfigurationError::NoFile { by, path: name }));
        }
        Err(error) => return Err(ConfigurationError::UnreadableFile { path, error }),
    };
    parse(&path, &text)
}

/// Returns the file that a flag or a variable names.
fn named(sources: &Sources) -> Result<Option<(PathBuf, SetBy)>, ConfigurationError> {
    let (text, by) = match (&sources.file, sources.variable(CONFIG)) {
        (Some(path), _) => {
            let by = SetBy::Flag("config".to_owned());
            // A name that is not UTF-8 cannot be cleaned either.
            let Some(text) = path.to_str() else { return Ok(Some((path.clone(), by))) };
            (text, by)
        }
        (None, Some(text)) => (text, SetBy::Variable(CONFIG.to_owned())),
        (None, None) => return Ok(None),
    };
    let path = clean::text(text).and_then(|text| path::expand(text, sources.home.as_deref()));
    let path = path.map_err(|problem| problem.at(&by, "config"))?;
    Ok(Some((PathBuf::from(path), by)))
}

fn parse(path: &Path, text: &str) -> Result<File, ConfigurationError> {
    // Editors on Windows write a byte order mark before the text.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let place = |offset: usize| {
        let line = 1 + text.bytes().take(offset).filter(|byte| *byte == b'\n').count();
        SetBy::File { path: path.to_owned(), line }
    };
    let table = DeTable::parse(text).map_err(|error| ConfigurationError::Syntax {
        at: place(error.span().map_or(0, |span| span.start)),
        problem: error.message().replace('\n', ", "),
    })?;
    let mut file = File::default();
    file.section(table.get_ref(), "", &place)?;
    Ok(file)
}

impl File {
    fn section(
        &mut self,
        table: &DeTable<'_>,
        prefix: &str,
        place: &impl Fn(usize) -> SetBy,
    ) -> Result<(), ConfigurationError> {
        for (name, value) in table {
            let (key, at) = (format!("{prefix}{}", name.get_ref()), place(name.span().start));
            if let Some(shape) = shape(SETTINGS, &key, |setting| setting.key) {
                self.set(key, shape, value.get_ref(), at)?;
            } else if let Some(table) = TABLES.iter().find(|table| table.key == key) {
                let items =
                    value.get_ref().as_array().filter(|items| items.iter().all(|item| item.get_ref().is_table()));
                let items = items.ok_or(ConfigurationError::Tables { at, key })?;
                for item in items {
                    self.table(table, item, place)?;
                }
            } else if is_section(&key) {
                let inner = value.get_ref().as_table();
                let inner = inner.ok_or_else(|| ConfigurationError::Section { at, key: key.clone() })?;
                self.section(inner, &format!("{key}."), place)?;
            } else {
                let nearest = nearest_key(&key);
                return Err(ConfigurationError::UnknownKey { at, key: one_line(&key), nearest });
            }
        }
        Ok(())
    }

    /// One table of a list.
    fn table(
        &mut self,
        table: &'static Table,
        item: &Spanned<DeValue<'_>>,
        place: &impl Fn(usize) -> SetBy,
    ) -> Result<(), ConfigurationError> {
        let Some(keys) = item.get_ref().as_table() else { return Ok(()) };
        let begins = place(item.span().start);
        let id = id_of(table, keys, &begins, place)?;
        if let Some(other) = self.place(table, &id) {
            let problem = format!("{id} is the id of the table at {other}, too: give each table its own");
            return Err(ConfigurationError::Value { at: begins, key: format!("{}.id", table.key), problem });
        }
        for (name, value) in keys {
            let at = place(name.span().start);
            let Some(shape) = shape(table.settings, name.get_ref(), Setting::name) else {
                let key = one_line(&format!("{}.{}", table.key, name.get_ref()));
                return Err(ConfigurationError::UnknownKey { at, key, nearest: nearest_name(table, name.get_ref()) });
            };
            self.set(table.key_of(&id, name.get_ref()), shape, value.get_ref(), at)?;
        }
        self.tables.entry(table.key).or_default().push((id, begins));
        Ok(())
    }

    fn set(&mut self, key: String, shape: Shape, value: &DeValue<'_>, at: SetBy) -> Result<(), ConfigurationError> {
        match raw(shape, value) {
            Ok(raw) => {
                self.values.insert(key, (raw, at));
                Ok(())
            }
            Err(problem) => Err(ConfigurationError::Value { at, key, problem: problem.to_owned() }),
        }
    }
}

/// The id of a table, by which variables and messages name it.
fn id_of(
    table: &Table,
    keys: &DeTable<'_>,
    begins: &SetBy,
    place: &impl Fn(usize) -> SetBy,
) -> Result<String, ConfigurationError> {
    let key = format!("{}.id", table.key);
    let Some((name, value)) = keys.get_key_value("id") else {
        let setting = table.settings.iter().find(|setting| setting.name() == "id");
        if let Some(Unset::Is(default)) = setting.map(|setting| setting.default) {
            return Ok(default.to_owned());
        }
        let problem = "not set: give this table an id".to_owned();
        return Err(ConfigurationError::Value { at: begins.clone(), key, problem });
    };
    let at = place(name.span().start);
    let raw = raw(Shape::Text, value.get_ref());
    let raw =
        raw.map_err(|problem| ConfigurationError::Value { at: at.clone(), key: key.clone(), problem: problem.into() })?;
    clean::raw(raw).and_then(|raw| ProviderId.read(&raw)).map_err(|problem| problem.at(&at, &key))
}

/// What the file must write for the setting with this name; for a secret, also for the name of the file that holds it.
fn shape(settings: &'static [Setting], name: &str, name_of: fn(&Setting) -> &'static str) -> Option<Shape> {
    let find = |name: &str| settings.iter().find(|setting| name_of(setting) == name);
    if let Some(setting) = find(name) {
        return Some(setting.kind.shape());
    }
    name.strip_suffix("_file").and_then(find).filter(|setting| setting.takes_file()).map(|_| Shape::Text)
}

fn is_section(key: &str) -> bool {
    SETTINGS.iter().any(|setting| setting.key.strip_prefix(key).is_some_and(|rest| rest.starts_with('.')))
}

/// Escapes a key: a quoted key may contain anything.
fn one_line(key: &str) -> String {
    key.escape_debug().take(80).collect()
}

fn raw(shape: Shape, value: &DeValue<'_>) -> Result<Raw, &'static str> {
    match (shape, value) {
        (Shape::Text, DeValue::String(text)) => Ok(Raw::Text(text.to_string())),
        (Shape::Number, DeValue::Integer(number)) => {
            // A number beyond i64 is out of range for every setting.
            let number = i64::from_str_radix(number.as_str(), number.radix());
            Ok(Raw::Text(number.unwrap_or(i64::MAX).to_string()))
        }
        (Shape::List, DeValue::Array(items)) => {
            let texts = items.iter().map(|item| item.get_ref().as_str().map(str::to_owned));
            texts.collect::<Option<_>>().map(Raw::List).ok_or(LIST)
        }
        (Shape::Switch, DeValue::Boolean(value)) => Ok(Raw::Text(value.to_string())),
        (Shape::Switch, _) => Err("the value has the wrong type: write true or false without quotes"),
        (Shape::Text, _) => Err("the value has the wrong type: write text in quotes"),
        (Shape::Number, _) => Err("the value has the wrong type: write a whole number without quotes"),
        (Shape::List, _) => Err(LIST),
    }
}

const LIST: &str = r#"the value has the wrong type: write a list of texts, such as ["one", "two"], or [] for none"#;
