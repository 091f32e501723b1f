//! The grammar of filters and of the paths of PATCH (RFC 7644, figures 1 and 7), read by descent with a limit of depth.
//!
//! - `parser`: text to [`Expression`] and [`Path`]
//! - `evaluate`: whether a JSON object matches; filters of users are turned into the database's in `users/filter.rs`

mod evaluate;
mod parser;

use serde_json::Value as Json;

use crate::error::ScimError;
use crate::{ENTERPRISE, GROUP, USER};

pub(crate) use self::evaluate::matches;

/// An attribute: its name and that of a part of it, in lower case, without the schema in front.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Attribute {
    pub(crate) name: String,
    pub(crate) part: Option<String>,
    /// Whether it belongs to an extension that is not stored.
    pub(crate) is_extension: bool,
}

/// How an attribute is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    Equal,
    NotEqual,
    Contains,
    StartsWith,
    EndsWith,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
}

/// A filter.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Expression {
    All(Vec<Expression>),
    Any(Vec<Expression>),
    Not(Box<Expression>),
    Present(Attribute),
    Compare(Attribute, Operator, Json),
    /// One of the values of an attribute matches.
    Values(Attribute, Box<Expression>),
}

/// The path of an operation.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Path {
    pub(crate) attribute: Attribute,
    /// Which of several values are meant.
    pub(crate) values: Option<Expression>,
}

/// Reads a filter.
pub(crate) fn parse(text: &str) -> Result<Expression, ScimError> {
    parser::filter(text).map_err(|problem| ScimError::filter(format!("the filter cannot be read: {problem}")))
}

/// Reads the path of an operation.
pub(crate) fn parse_path(text: &str) -> Result<Path, ScimError> {
    parser::path(text).map_err(|problem| ScimError::path(format!("the path cannot be read: {problem}")))
}

/// Reads the name of an attribute, as in `sortBy` and `attributes`.
pub(crate) fn parse_attribute(text: &str) -> Option<Attribute> {
    parser::path(text).ok().filter(|path| path.values.is_none()).map(|path| path.attribute)
}

impl Attribute {
    /// Reads `userName`, `name.givenName`, or either behind the name of a schema.
    fn read(text: &str) -> Option<Self> {
        let (text, is_extension) = match without_schema(text) {
            Some(found) => found,
            None if text.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("urn:")) => return None,
            None => (text, false),
        };
        let (name, part) = match text.split_once('.') {
            Some((name, part)) => (name, Some(part)),
            None => (text, None),
        };
        let is_name = |name: &str| {
            let name = name.strip_prefix('$').unwrap_or(name);
            name.starts_with(|first: char| first.is_ascii_alphabetic())
                && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
        };
        // The extension itself.
        if is_extension && name.is_empty() && part.is_none() {
            return Some(Self { name: String::new(), part: None, is_extension });
        }
        (is_name(name) && part.is_none_or(is_name)).then(|| Self {
            name: name.to_ascii_lowercase(),
            part: part.map(str::to_ascii_lowercase),
            is_extension,
        })
    }

    /// The name and the part, as in `name.givenname`.
    pub(crate) fn full(&self) -> String {
        match &self.part {
            Some(part) => format!("{}.{part}", self.name),
            None => self.name.clone(),
        }
    }
}

/// What follows the name of a schema, and whether it is an extension.
fn without_schema(text: &str) -> Option<(&str, bool)> {
    [(USER, false), (GROUP, false), (ENTERPRISE, true)].into_iter().find_map(|(schema, is_extension)| {
        let start = text.get(..schema.len())?;
        let rest = text.get(schema.len()..)?;
        let rest = if rest.is_empty() { rest } else { rest.strip_prefix(':').or(rest.strip_prefix('.'))? };
        start.eq_ignore_ascii_case(schema).then_some((rest, is_extension))
    })
}
