//! A row of another program, as JSON whatever it was read from.

use serde_json::{Map, Value as Json};
use vestibule_core::Timestamp;

/// A row by the names of its columns or fields.
#[derive(Debug, Clone, Default)]
pub(crate) struct Record(pub(crate) Map<String, Json>);

impl Record {
    /// A text that is not empty.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        self.any_text(name).filter(|text| !text.is_empty())
    }

    /// A text, also an empty one.
    pub(crate) fn any_text(&self, name: &str) -> Option<String> {
        match self.0.get(name)? {
            Json::String(text) => Some(text.clone()),
            Json::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }

    /// A truth, in any of the forms in which databases and tables have it.
    pub(crate) fn is(&self, name: &str) -> bool {
        match self.0.get(name) {
            Some(Json::Bool(value)) => *value,
            Some(Json::Number(number)) => number.as_i64() != Some(0),
            Some(Json::String(text)) => {
                matches!(text.trim().to_ascii_lowercase().as_str(), "true" | "t" | "1" | "yes" | "y")
            }
            _ => false,
        }
    }

    /// A time, as text or as milliseconds since 1970.
    pub(crate) fn time(&self, name: &str) -> Option<Timestamp> {
        match self.0.get(name)? {
            Json::Number(number) => Some(milliseconds(number.as_i64()?)),
            Json::String(text) => match text.parse::<i64>() {
                Ok(number) => Some(milliseconds(number)),
                Err(_) => text.trim().parse().ok(),
            },
            Json::Object(fields) => Self(fields.clone()).time("$date"),
            _ => None,
        }
    }

    /// An object, also one that is written as text.
    pub(crate) fn object(&self, name: &str) -> Option<Self> {
        match self.0.get(name)? {
            Json::Object(fields) => Some(Self(fields.clone())),
            Json::String(text) => match serde_json::from_str(text) {
                Ok(Json::Object(fields)) => Some(Self(fields)),
                _ => None,
            },
            _ => None,
        }
    }

    /// The objects of a list.
    pub(crate) fn objects(&self, name: &str) -> Vec<Self> {
        let items = self.0.get(name).and_then(Json::as_array).map(Vec::as_slice).unwrap_or_default();
        items.iter().filter_map(Json::as_object).map(|fields| Self(fields.clone())).collect()
    }

    /// The texts of a list, or of a text in which commas separate them.
    pub(crate) fn texts(&self, name: &str) -> Vec<String> {
        match self.0.get(name) {
            Some(Json::Array(items)) => items.iter().filter_map(Json::as_str).map(str::to_owned).collect(),
            Some(Json::String(text)) => {
                text.split([',', ';', '|']).map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned).collect()
            }
            _ => Vec::new(),
        }
    }
}

fn milliseconds(number: i64) -> Timestamp {
    Timestamp::from_microseconds(number.saturating_mul(1_000))
}
