//! Precedence: flag over variable over file over default.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use super::clean;
use super::entries::{Entry, LISTEN, entries, file_variable};
use super::error::{ConfigurationError, SetBy, TrimmedSecret};
use super::file::{self, File};
use super::kinds::{Kind, Problem, Raw, Shape};
use super::settings::Unset;
use super::sources::Sources;
use super::value_file;

/// The text that applies to each entry, not parsed yet; `None` without text.
pub(super) struct Values {
    values: BTreeMap<String, (Option<Raw>, SetBy)>,
    entries: Vec<Entry>,
    trimmed: Vec<TrimmedSecret>,
}

/// What a source gives, as written and cleaned.
struct Given {
    written: Raw,
    raw: Result<Raw, Problem>,
    by: SetBy,
}

impl Values {
    pub(super) fn collect(sources: &Sources) -> Result<Self, ConfigurationError> {
        let mut file = file::read(sources)?;
        let entries = entries(&file);
        let mut values = BTreeMap::new();
        let mut trimmed = Vec::new();
        for entry in &entries {
            let kind = entry.setting.kind;
            let Some(Given { written, raw, by }) = given(entry, sources, &mut file)? else {
                values.insert(entry.key.clone(), unset(entry, &file));
                continue;
            };
            let expand = |raw| match raw {
                Raw::Text(text) => kind.expand(text, sources.home.as_deref()).map(Raw::Text),
                Raw::List(items) => Ok(Raw::List(items)),
            };
            let raw = raw.and_then(expand).map_err(|problem| problem.at(&by, &entry.key))?;
            if entry.setting.is_secret() && raw != written {
                trimmed.push(TrimmedSecret { at: by.clone(), key: entry.key.clone() });
            }
            values.insert(entry.key.clone(), (Some(raw), by));
        }
        if let Some(port) = sources.variable("PORT") {
            replace_port(&mut values, port)?;
        }
        Ok(Self { values, entries, trimmed })
    }

    /// All that can be set, in the order in which it is shown.
    pub(super) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The ids of the tables in a list.
    pub(super) fn ids(&self, table: &'static str) -> impl Iterator<Item = &str> {
        let ids =
            self.entries.iter().filter(move |entry| entry.setting.name() == "id" && entry.setting.section() == table);
        ids.filter_map(Entry::id)
    }

    /// Returns the secrets whose white space was removed.
    pub(super) fn trimmed(&self) -> &[TrimmedSecret] {
        &self.trimmed
    }

    /// Parses the value of `key`.
    pub(super) fn read<K: Kind>(&self, key: &str, kind: &K) -> Result<K::Value, ConfigurationError> {
        let unset = (None, SetBy::Default);
        let (raw, by) = self.values.get(key).unwrap_or(&unset);
        let value = match raw {
            Some(raw) => kind.read(raw),
            None => kind.unset().ok_or_else(|| Problem::Value("not set, and there is no default: set it".to_owned())),
        };
        value.map_err(|problem| problem.at(by, key))
    }

    /// Returns an entry's text for display, and its source.
    pub(super) fn display(&self, entry: &Entry) -> Option<(Option<String>, &SetBy)> {
        let (raw, by) = self.values.get(&entry.key)?;
        Some((raw.as_ref().map(|raw| entry.setting.kind.show(&raw.text())), by))
    }

    pub(super) fn is_default(&self, key: &str) -> bool {
        self.values.get(key).is_some_and(|(_, by)| *by == SetBy::Default)
    }
}

/// Returns the default. For a required value, the source is the table that lacks it.
fn unset(entry: &Entry, file: &File) -> (Option<Raw>, SetBy) {
    match entry.setting.default {
        Unset::Is(default) => (Some(Raw::from_text(default, entry.setting.kind.shape())), SetBy::Default),
        Unset::Follows(_) => (None, SetBy::Default),
        Unset::Required => {
            let place = entry.table.as_ref().and_then(|(table, id)| file.place(table, id));
            (None, place.cloned().unwrap_or(SetBy::Default))
        }
    }
}

/// Returns the flag, or else the first variable that is set, or else the file's value.
fn given(entry: &Entry, sources: &Sources, file: &mut File) -> Result<Option<Given>, ConfigurationError> {
    let shape = entry.setting.kind.shape();
    if let Some(text) = sources.flags.get(entry.key.as_str()) {
        return Ok(Some(Given::text(text, shape, SetBy::Flag(entry.setting.flag().unwrap_or_default()))));
    }
    for name in &entry.variables {
        let value = sources.variable(name).map(|text| Given::text(text, shape, SetBy::Variable(name.clone())));
        let name = file_variable(name);
        let path = sources.variable(&name).filter(|_| entry.setting.takes_file());
        let path = path.map(|path| Given::text(path, Shape::Text, SetBy::Variable(name)));
        if let Some(given) = one_of(entry, value, path, sources)? {
            return Ok(Some(given));
        }
    }
    let value = file.take(&entry.key).map(|(raw, by)| Given::from_file(raw, by));
    let path = file.take(&format!("{}_file", entry.key)).map(|(raw, by)| Given::from_file(raw, by));
    one_of(entry, value, path, sources)
}

/// Returns the value, or else the content of the file at `path`. Both from one source contradict each other.
fn one_of(
    entry: &Entry,
    value: Option<Given>,
    path: Option<Given>,
    sources: &Sources,
) -> Result<Option<Given>, ConfigurationError> {
    let Some(path) = path else { return Ok(value) };
    let by = path.by;
    if let Some(value) = value {
        let problem = format!("{} sets the value, too: keep one of the two", value.by);
        return Err(ConfigurationError::Value { at: by, key: entry.key.clone(), problem });
    }
    let text = path.raw.and_then(|path| value_file::read(&path.text(), sources));
    let text = text.map_err(|problem| problem.at(&by, &entry.key))?;
    Ok(Some(Given::text(&text, entry.setting.kind.shape(), by)))
}

impl Given {
    fn text(text: &str, shape: Shape, by: SetBy) -> Self {
        let raw = clean::text(text).map(|text| Raw::from_text(text, shape));
        Self { written: Raw::from_text(text, shape), raw, by }
    }

    fn from_file(raw: Raw, by: SetBy) -> Self {
        Self { written: raw.clone(), raw: clean::raw(raw), by }
    }
}

/// Platforms set the port to use with `PORT`, but not the address. So it replaces the port of the file or the default,
/// and yields to an address given by flag or variable.
fn replace_port(values: &mut BTreeMap<String, (Option<Raw>, SetBy)>, port: &str) -> Result<(), ConfigurationError> {
    let Some((Some(raw), by @ (SetBy::File { .. } | SetBy::Default))) = values.get_mut(LISTEN) else { return Ok(()) };
    let at = SetBy::Variable("PORT".to_owned());
    let port = clean::text(port).map_err(|problem| problem.at(&at, LISTEN))?;
    let Ok(port) = port.parse() else {
        let problem = "not a port: write a number from 0 to 65535, or unset it".to_owned();
        return Err(ConfigurationError::Value { at, key: LISTEN.to_owned(), problem });
    };
    // An invalid address is refused later, with the file as its source.
    if let Ok(mut address) = raw.text().parse::<SocketAddr>() {
        address.set_port(port);
        (*raw, *by) = (Raw::Text(address.to_string()), at);
    }
    Ok(())
}

impl Problem {
    /// Completes the message with the source of the value of `key`.
    pub(super) fn at(self, by: &SetBy, key: &str) -> ConfigurationError {
        let (at, key) = (by.clone(), key.to_owned());
        match self {
            Self::Value(problem) => ConfigurationError::Value { at, key, problem },
            Self::Secret(weakness) => ConfigurationError::Secret { at, key, weakness },
        }
    }
}
