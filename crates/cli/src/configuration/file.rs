//! The TOML file: what it sets, and on which line.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use toml::de::{DeTable, DeValue};

use super::clean;
use super::error::{ConfigurationError, SetBy};
use super::kinds::{Raw, Shape, path};
use super::nearest::nearest_key;
use super::settings::{SETTINGS, Setting};
use super::sources::Sources;
use super::variables::CONFIG;

/// The file that is read where none is named.
const USUAL: &str = "vestibule.toml";

pub(super) type FileValues = BTreeMap<&'static str, (Raw, SetBy)>;

/// Reads the file that a flag or a variable names, which must be there, or the usual one, which need not.
pub(super) fn read(sources: &Sources) -> Result<FileValues, ConfigurationError> {
    let (name, by) = named(sources)?.map_or((PathBuf::from(USUAL), None), |(name, by)| (name, Some(by)));
    let path = sources.directory.join(&name);
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound || name.as_os_str().is_empty() => {
            return by.map_or(Ok(FileValues::new()), |by| Err(ConfigurationError::NoFile { by, path: name }));
        }
        Err(error) => return Err(ConfigurationError::UnreadableFile { path, error }),
    };
    parse(&path, &text)
}

/// The file that a flag or a variable names.
fn named(sources: &Sources) -> Result<Option<(PathBuf, SetBy)>, ConfigurationError> {
    let (text, by) = match (&sources.file, sources.variable(CONFIG)) {
        (Some(path), _) => {
            let by = SetBy::Flag("config".to_owned());
            // A name that is no text cannot be cleaned either.
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

fn parse(path: &Path, text: &str) -> Result<FileValues, ConfigurationError> {
    // Editors on Windows put a byte order mark before the text.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let place = |offset: usize| {
        let line = 1 + text.bytes().take(offset).filter(|byte| *byte == b'\n').count();
        SetBy::File { path: path.to_owned(), line }
    };
    let table = DeTable::parse(text).map_err(|error| ConfigurationError::Syntax {
        at: place(error.span().map_or(0, |span| span.start)),
        problem: error.message().replace('\n', ", "),
    })?;
    let mut values = FileValues::new();
    section(table.get_ref(), "", &place, &mut values)?;
    Ok(values)
}

fn section(
    table: &DeTable<'_>,
    prefix: &str,
    place: &impl Fn(usize) -> SetBy,
    values: &mut FileValues,
) -> Result<(), ConfigurationError> {
    for (name, value) in table {
        let (key, at) = (format!("{prefix}{}", name.get_ref()), place(name.span().start));
        if let Some(setting) = Setting::find(&key) {
            let raw = raw(setting.kind.shape(), value.get_ref());
            let raw = raw.map_err(|problem| ConfigurationError::Value {
                at: at.clone(),
                key: setting.key,
                problem: problem.to_owned(),
            })?;
            values.insert(setting.key, (raw, at));
        } else if is_section(&key) {
            let inner = value.get_ref().as_table();
            let inner = inner.ok_or_else(|| ConfigurationError::Section { at, key: key.clone() })?;
            section(inner, &format!("{key}."), place, values)?;
        } else {
            let nearest = nearest_key(&key);
            return Err(ConfigurationError::UnknownKey { at, key: one_line(&key), nearest });
        }
    }
    Ok(())
}

fn is_section(key: &str) -> bool {
    SETTINGS.iter().any(|setting| setting.key.strip_prefix(key).is_some_and(|rest| rest.starts_with('.')))
}

/// A quoted key may hold anything.
fn one_line(key: &str) -> String {
    key.escape_debug().take(80).collect()
}

fn raw(shape: Shape, value: &DeValue<'_>) -> Result<Raw, &'static str> {
    match (shape, value) {
        (Shape::Text, DeValue::String(text)) => Ok(Raw::Text(text.to_string())),
        (Shape::Number, DeValue::Integer(number)) => {
            // Out of range for an i64 is out of range for every setting.
            let number = i64::from_str_radix(number.as_str(), number.radix());
            Ok(Raw::Text(number.unwrap_or(i64::MAX).to_string()))
        }
        (Shape::List, DeValue::Array(items)) => {
            let texts = items.iter().map(|item| item.get_ref().as_str().map(str::to_owned));
            texts.collect::<Option<_>>().map(Raw::List).ok_or(LIST)
        }
        (Shape::Switch, DeValue::Boolean(value)) => Ok(Raw::Text(value.to_string())),
        (Shape::Switch, _) => Err("the file has something else there: write true or false without quotes"),
        (Shape::Text, _) => Err("the file has something else there: write text in quotes"),
        (Shape::Number, _) => Err("the file has something else there: write a whole number without quotes"),
        (Shape::List, _) => Err(LIST),
    }
}

const LIST: &str =
    r#"the file has something else there: write a list of texts, such as ["one", "two"], or [] for none"#;
