//! Conditions in SQL that a list adds to its filter.

use serde_json::{Map, Value as Json};
use vestibule_core::{Metadata, Value};

use crate::Engine;

/// The condition that every row fulfils.
pub(super) const EVERY_ROW: &str = "1 = 1";

/// Conditions that a [`Filter`](vestibule_core::Filter) cannot express: on other tables, and on the keys of a JSON object. All of them must
/// hold.
#[derive(Debug)]
pub struct Conditions {
    pub(super) engine: Engine,
    pub(super) text: String,
    pub(super) values: Vec<Value>,
}

impl Conditions {
    /// No conditions.
    pub fn new(engine: Engine) -> Self {
        Self { engine, text: EVERY_ROW.to_owned(), values: Vec::new() }
    }

    /// Adds a condition in SQL, whose values were bound before.
    pub fn and(&mut self, text: &str) {
        self.text.push_str(" AND ");
        self.text.push_str(text);
    }

    /// Binds a value, and returns its placeholder.
    pub fn bind(&mut self, value: impl Into<Value>) -> String {
        self.values.push(value.into());
        format!("${}", self.values.len())
    }

    /// Adds that a column has one of these values.
    pub fn and_in<V: Into<Value>>(&mut self, column: &str, values: impl IntoIterator<Item = V>) {
        let list: Vec<String> = values.into_iter().map(|value| self.bind(value)).collect();
        match list.is_empty() {
            true => self.and("1 = 0"),
            false => self.and(&format!("{column} IN ({})", list.join(", "))),
        }
    }

    /// Adds that one of these holds; nothing if there are none. `write` adds the conditions of one.
    pub fn and_any<T>(&mut self, alternatives: &[T], write: impl Fn(&T, &mut Self)) {
        if alternatives.is_empty() {
            return;
        }
        let before = std::mem::take(&mut self.text);
        let mut texts = Vec::with_capacity(alternatives.len());
        for alternative in alternatives {
            self.text.push_str("1 = 1");
            write(alternative, self);
            texts.push(std::mem::take(&mut self.text));
        }
        self.text = before;
        self.and(&format!("(({}))", texts.join(") OR (")));
    }

    /// Adds that a JSON object has a value under a key. `null` matches a missing key as well.
    pub fn and_key(&mut self, column: &str, key: &str, value: &Json) {
        // What cannot be stored is never found.
        let object: Map<_, _> = [(key.to_owned(), value.clone())].into_iter().collect();
        if Metadata::new(object).is_err() {
            return self.and("1 = 0");
        }
        let key = self.bind(key);
        let text = match (self.engine, value) {
            (Engine::Postgres, Json::Null) => {
                format!("coalesce(jsonb_extract_path({column}, {key}), 'null') = 'null'")
            }
            (Engine::Postgres, value) => {
                format!("jsonb_extract_path({column}, {key}) = {}", self.bind(value.clone()))
            }
            (Engine::Sqlite, Json::Null) => {
                format!("NOT EXISTS (SELECT 1 FROM json_each({column}) WHERE key = {key} AND type <> 'null')")
            }
            (Engine::Sqlite, value) => {
                let is_equal = match value {
                    Json::Bool(value) => format!("type = '{value}'"),
                    Json::String(text) => format!("type = 'text' AND value = {}", self.bind(text)),
                    Json::Number(number) => format!(
                        "type IN ('integer', 'real') AND value = CAST({} AS NUMERIC)",
                        self.bind(number.to_string())
                    ),
                    value => format!("type IN ('object', 'array') AND value = {}", self.bind(value.to_string())),
                };
                format!("EXISTS (SELECT 1 FROM json_each({column}) WHERE key = {key} AND {is_equal})")
            }
        };
        self.and(&text);
    }
}
