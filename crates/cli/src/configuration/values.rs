//! Who wins: flag over variable over file over default.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use super::clean;
use super::error::{ConfigurationError, SetBy, TrimmedSecret};
use super::file;
use super::kinds::{Kind, Problem, Raw};
use super::settings::{SETTINGS, Setting, Unset};
use super::sources::Sources;

/// The setting of which `PORT` replaces a part.
const LISTEN: &str = "server.listen";

/// The winner for each setting, not yet read; nothing where none is set and no text is the default.
pub(super) struct Values {
    values: BTreeMap<&'static str, (Option<Raw>, SetBy)>,
    trimmed: Vec<TrimmedSecret>,
}

impl Values {
    pub(super) fn collect(sources: &Sources) -> Result<Self, ConfigurationError> {
        let mut file = file::read(sources)?;
        let mut values = BTreeMap::new();
        let mut trimmed = Vec::new();
        for setting in SETTINGS {
            let text = |text: &str| Raw::from_text(text, setting.kind.shape());
            let (before, raw, by) = if let Some((given, by)) = given(setting, sources) {
                (text(given), clean::text(given).map(text), by)
            } else if let Some((raw, by)) = file.remove(setting.key) {
                (raw.clone(), clean::raw(raw), by)
            } else {
                let default = match setting.default {
                    Unset::Is(default) => Some(text(default)),
                    Unset::Follows(_) => None,
                };
                values.insert(setting.key, (default, SetBy::Default));
                continue;
            };
            let expand = |raw| match raw {
                Raw::Text(text) => setting.kind.expand(text, sources.home.as_deref()).map(Raw::Text),
                Raw::List(items) => Ok(Raw::List(items)),
            };
            let raw = raw.and_then(expand).map_err(|problem| problem.at(&by, setting.key))?;
            if setting.is_secret() && raw != before {
                trimmed.push(TrimmedSecret { at: by.clone(), key: setting.key });
            }
            values.insert(setting.key, (Some(raw), by));
        }
        if let Some(port) = sources.variable("PORT") {
            replace_port(&mut values, port)?;
        }
        Ok(Self { values, trimmed })
    }

    /// The secrets of which white space was left out.
    pub(super) fn trimmed(&self) -> &[TrimmedSecret] {
        &self.trimmed
    }

    /// Reads the value of `key`.
    pub(super) fn read<K: Kind>(&self, key: &'static str, kind: &K) -> Result<K::Value, ConfigurationError> {
        let unset = (None, SetBy::Default);
        let (raw, by) = self.values.get(key).unwrap_or(&unset);
        let value = match raw {
            Some(raw) => kind.read(raw),
            None => kind.unset().ok_or_else(|| Problem::Value("not set, and there is no default".to_owned())),
        };
        value.map_err(|problem| problem.at(by, key))
    }

    /// The text of `key` as it may be shown, and who set it.
    pub(super) fn shown(&self, setting: &Setting) -> Option<(Option<String>, &SetBy)> {
        let (raw, by) = self.values.get(setting.key)?;
        Some((raw.as_ref().map(|raw| setting.kind.show(&raw.text())), by))
    }

    pub(super) fn is_default(&self, key: &str) -> bool {
        self.values.get(key).is_some_and(|(_, by)| *by == SetBy::Default)
    }
}

/// The flag, or else the variable, or else its alias.
fn given<'a>(setting: &Setting, sources: &'a Sources) -> Option<(&'a str, SetBy)> {
    if let Some(text) = sources.flags.get(setting.key) {
        return Some((text, SetBy::Flag(setting.flag().unwrap_or_default())));
    }
    let alias = setting.alias.filter(|_| setting.key != LISTEN).map(str::to_owned);
    let mut names = [Some(setting.variable()), alias].into_iter().flatten();
    names.find_map(|name| sources.variable(&name).map(|text| (text, SetBy::Variable(name))))
}

/// Platforms say with `PORT` where they will knock; which of the machine's addresses is meant, they do not say. So the
/// port replaces that of the file or the default, and yields to an address given by flag or variable.
fn replace_port(
    values: &mut BTreeMap<&'static str, (Option<Raw>, SetBy)>,
    port: &str,
) -> Result<(), ConfigurationError> {
    let Some((Some(raw), by @ (SetBy::File { .. } | SetBy::Default))) = values.get_mut(LISTEN) else { return Ok(()) };
    let at = SetBy::Variable("PORT".to_owned());
    let port = clean::text(port).map_err(|problem| problem.at(&at, LISTEN))?;
    let Ok(port) = port.parse() else {
        let problem = "not a port: write a number from 0 to 65535, or unset it".to_owned();
        return Err(ConfigurationError::Value { at, key: LISTEN, problem });
    };
    // An address that cannot be read is refused later, in the name of the file.
    if let Ok(mut address) = raw.text().parse::<SocketAddr>() {
        address.set_port(port);
        (*raw, *by) = (Raw::Text(address.to_string()), at);
    }
    Ok(())
}

impl Problem {
    /// The whole message: who set the value of `key` is put before it.
    pub(super) fn at(self, by: &SetBy, key: &'static str) -> ConfigurationError {
        let at = by.clone();
        match self {
            Self::Value(problem) => ConfigurationError::Value { at, key, problem },
            Self::Secret(weakness) => ConfigurationError::Secret { at, key, weakness },
        }
    }
}
