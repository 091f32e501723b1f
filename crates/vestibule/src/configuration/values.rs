//! Who wins: flag over variable over file over default.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use super::error::{ConfigurationError, SetBy};
use super::file;
use super::kinds::{Kind, Problem, Raw};
use super::settings::{SETTINGS, Setting, Unset};
use super::sources::Sources;

/// The setting of which `PORT` replaces a part.
const LISTEN: &str = "server.listen";

/// The winner for each setting, not yet read; nothing where none is set and no text is the default.
pub(super) struct Values(BTreeMap<&'static str, (Option<Raw>, SetBy)>);

impl Values {
    pub(super) fn collect(sources: &Sources) -> Result<Self, ConfigurationError> {
        let mut file = file::read(sources)?;
        let mut values = BTreeMap::new();
        for setting in SETTINGS {
            let text = |text: &str| Some(Raw::from_text(text, setting.kind.shape()));
            let value = if let Some((given, by)) = given(setting, sources) {
                (text(given), by)
            } else if let Some((raw, by)) = file.remove(setting.key) {
                (Some(raw), by)
            } else {
                match setting.default {
                    Unset::Is(default) => (text(default), SetBy::Default),
                    Unset::Follows(_) => (None, SetBy::Default),
                }
            };
            values.insert(setting.key, value);
        }
        if let Some(port) = sources.variable("PORT") {
            replace_port(&mut values, port)?;
        }
        Ok(Self(values))
    }

    /// Reads the value of `key`.
    pub(super) fn read<K: Kind>(&self, key: &'static str, kind: &K) -> Result<K::Value, ConfigurationError> {
        let unset = (None, SetBy::Default);
        let (raw, by) = self.0.get(key).unwrap_or(&unset);
        let value = match raw {
            Some(raw) => kind.read(raw),
            None => kind.unset().ok_or_else(|| Problem::Value("not set, and there is no default".to_owned())),
        };
        value.map_err(|problem| match problem {
            Problem::Value(problem) => ConfigurationError::Value { at: by.clone(), key, problem },
            Problem::Secret(weakness) => ConfigurationError::Secret { at: by.clone(), key, weakness },
        })
    }

    /// The text of `key` as it may be shown, and who set it.
    pub(super) fn shown(&self, setting: &Setting) -> Option<(Option<String>, &SetBy)> {
        let (raw, by) = self.0.get(setting.key)?;
        Some((raw.as_ref().map(|raw| setting.kind.show(&raw.text())), by))
    }

    pub(super) fn is_default(&self, key: &str) -> bool {
        self.0.get(key).is_some_and(|(_, by)| *by == SetBy::Default)
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
    let Ok(port) = port.parse() else {
        let problem = format!("{port:?} is not a port: write a number from 0 to 65535, or unset it");
        return Err(ConfigurationError::Value { at, key: LISTEN, problem });
    };
    // An address that cannot be read is refused later, in the name of the file.
    if let Ok(mut address) = raw.text().parse::<SocketAddr>() {
        address.set_port(port);
        (*raw, *by) = (Raw::Text(address.to_string()), at);
    }
    Ok(())
}
