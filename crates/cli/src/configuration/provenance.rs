//! `config show`: each setting's effective value and its source. Secrets and passwords are not included.

use serde::ser::{Serialize, SerializeSeq, Serializer};
use serde_json::{Value, json};

use super::entries::Entry;
use super::error::{SetBy, TrimmedSecret, UnknownVariable};
use super::kinds::Shape;
use super::load::Configuration;
use super::settings::Setting;
use super::values::Values;

/// The effective values of every setting and every key of a table, in the order of the tables.
///
/// Serialized as a list of objects with `key`, `value`, `source` (`flag`, `variable`, `file` or `default`) and `at`
/// (the flag, the variable, or file and line).
#[derive(Debug, Clone)]
pub struct Provenance {
    entries: Vec<EffectiveValue>,
    unknown: Vec<UnknownVariable>,
    trimmed: Vec<TrimmedSecret>,
}

/// The effective value of a setting, for display.
#[derive(Debug, Clone)]
pub struct EffectiveValue {
    /// Its key: the setting's, or in a table such as `auth.oidc.google.issuer`.
    pub key: String,
    /// The setting.
    pub setting: &'static Setting,
    /// Its value, as written in a variable; for a secret `set`, `missing` or its location.
    pub value: String,
    /// Its source.
    pub set_by: SetBy,
}

impl Provenance {
    pub(super) fn new(values: &Values, configuration: &Configuration, unknown: Vec<UnknownVariable>) -> Self {
        let effective_value = |entry: &Entry| {
            let (text, set_by) = values.display(entry)?;
            let value = text.unwrap_or_else(|| effective(entry, configuration));
            Some(EffectiveValue { key: entry.key.clone(), setting: entry.setting, value, set_by: set_by.clone() })
        };
        let trimmed = values.trimmed().to_vec();
        Self { entries: values.entries().iter().filter_map(effective_value).collect(), unknown, trimmed }
    }

    /// Returns every setting, in the order of the table.
    pub fn entries(&self) -> &[EffectiveValue] {
        &self.entries
    }

    /// Returns the variables with the prefix that are no setting.
    pub fn unknown_variables(&self) -> &[UnknownVariable] {
        &self.unknown
    }

    /// Returns the secrets whose white space was removed: a service that uses them byte by byte has others.
    pub fn trimmed_secrets(&self) -> &[TrimmedSecret] {
        &self.trimmed
    }

    /// Formats three aligned columns: key, value, source; one setting per line.
    pub fn to_text(&self) -> String {
        let width =
            |text: fn(&EffectiveValue) -> &str| self.entries.iter().map(|value| text(value).chars().count()).max();
        let keys = width(|value| &value.key).unwrap_or(0);
        let values = width(value_or_none).unwrap_or(0);
        let line = |value: &EffectiveValue| {
            format!("{:keys$}  {:values$}  {}\n", value.key, value_or_none(value), value.set_by)
        };
        self.entries.iter().map(line).collect()
    }
}

fn value_or_none(value: &EffectiveValue) -> &str {
    if value.value.is_empty() { "(none)" } else { &value.value }
}

/// Returns the value of an unset setting without a fixed default.
fn effective(entry: &Entry, configuration: &Configuration) -> String {
    match entry.setting.key {
        "server.public_url" => configuration.server.public_url(configuration.server.listen).to_string(),
        "auth.hashing.threads" => configuration.hashing.threads().to_string(),
        "mail.smtp.hello" => configuration.hello().to_string(),
        "auth.jwt_secret" => configuration.describe_secret(),
        "auth.oidc.name" => entry.id().unwrap_or_default().to_owned(),
        "auth.passkeys" => configuration.has_passkeys().to_string(),
        "auth.methods.user" | "auth.methods.customer" => configuration.provider_ids().collect::<Vec<_>>().join(","),
        "auth.oidc.callback_url" | "auth.google.callback_url" | "auth.github.callback_url" => {
            let public_url = configuration.server.public_url(configuration.server.listen);
            format!("{public_url}/auth/{{actor_type}}/{}/callback", entry.id().unwrap_or_default())
        }
        "auth.mfa_encryption_key" => "derived from auth.jwt_secret".to_owned(),
        _ => String::new(),
    }
}

impl Serialize for Provenance {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(self.entries.len()))?;
        for value in &self.entries {
            list.serialize_element(&value.to_json())?;
        }
        list.end()
    }
}

impl EffectiveValue {
    fn to_json(&self) -> Value {
        let value = match self.setting.kind.shape() {
            Shape::Text => json!(self.value),
            Shape::Number => self.value.parse::<u64>().map_or_else(|_| json!(self.value), |number| json!(number)),
            Shape::Switch => json!(self.value == "true"),
            Shape::List => self.value.split(',').filter(|item| !item.is_empty()).collect(),
        };
        let (source, at) = match &self.set_by {
            SetBy::Default => ("default", Value::Null),
            SetBy::File { .. } => ("file", json!(self.set_by.to_string())),
            SetBy::Variable(_) => ("variable", json!(self.set_by.to_string())),
            SetBy::Flag(_) => ("flag", json!(self.set_by.to_string())),
        };
        json!({ "key": self.key, "value": value, "source": source, "at": at })
    }
}
