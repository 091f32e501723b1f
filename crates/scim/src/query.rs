//! Lists: filter, order and page, from the parameters of a query or the body of a search (RFC 7644 3.4.2 and 3.4.3, RFC 9865).

use serde_json::{Map, Value as Json, json};

use crate::attributes::Chosen;
use crate::body::attribute;
use crate::call::Call;
use crate::error::ScimError;
use crate::filter::{Attribute, Expression, parse, parse_attribute};
use crate::reply::Reply;
use crate::scim::{MOST_ROWS, USUAL_ROWS};

const LIST: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";

/// Where a page begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Start {
    /// At this row, counted from 1.
    Index(u64),
    /// Where an earlier page has ended; an empty text is the first page.
    Cursor(String),
}

/// What is to be listed.
#[derive(Debug, Clone)]
pub(crate) struct ListQuery {
    pub(crate) filter: Option<Expression>,
    pub(crate) sort_by: Option<Attribute>,
    pub(crate) is_descending: bool,
    pub(crate) start: Start,
    pub(crate) count: u64,
    pub(crate) chosen: Chosen,
}

/// The parameters as text, by name.
struct Parameters<'a> {
    find: &'a dyn Fn(&str) -> Option<String>,
    chosen: Chosen,
}

impl ListQuery {
    /// Reads the parameters of a query.
    pub(crate) fn of_parameters(call: &Call) -> Result<Self, ScimError> {
        let find = |name: &str| call.parameter(name).map(str::to_owned);
        Self::read(Parameters { find: &find, chosen: call.chosen()? })
    }

    /// Reads the body of a search.
    pub(crate) fn of_body(body: &Map<String, Json>) -> Result<Self, ScimError> {
        let find = |name: &str| {
            attribute(body, name).and_then(|value| match value {
                Json::Null => None,
                Json::String(text) => Some(text.clone()),
                other => Some(other.to_string()),
            })
        };
        let list = |name: &str| -> Vec<String> {
            let items = attribute(body, name).and_then(Json::as_array).into_iter().flatten();
            items.filter_map(|item| item.as_str().map(str::to_owned)).collect()
        };
        let chosen = Chosen::read(&list("attributes"), &list("excludedAttributes"))?;
        Self::read(Parameters { find: &find, chosen })
    }

    fn read(Parameters { find, chosen }: Parameters<'_>) -> Result<Self, ScimError> {
        let number = |name: &str| -> Result<Option<u64>, ScimError> {
            let Some(text) = find(name).filter(|text| !text.is_empty()) else { return Ok(None) };
            // A negative number counts as the least one (RFC 7644 3.4.2.4); one that is too large as the largest.
            match text.trim().parse::<i128>() {
                Ok(number) => Ok(Some(u64::try_from(number.max(0)).unwrap_or(u64::MAX))),
                Err(_) => Err(ScimError::value(format!("{name} is a whole number"))),
            }
        };
        let count = number("count")?.unwrap_or(USUAL_ROWS).min(MOST_ROWS);
        let start = match (find("cursor"), number("startIndex")?) {
            (Some(_), Some(_)) => return Err(ScimError::value("give startIndex or cursor, not both")),
            (Some(cursor), None) => Start::Cursor(cursor),
            (None, index) => Start::Index(index.unwrap_or(1).max(1)),
        };
        let sort_by = match find("sortBy").filter(|text| !text.is_empty()) {
            None => None,
            Some(text) => {
                Some(parse_attribute(&text).ok_or_else(|| ScimError::path("sortBy is the name of an attribute"))?)
            }
        };
        let is_descending = match find("sortOrder").map(|order| order.to_ascii_lowercase()).as_deref() {
            None | Some("" | "ascending") => false,
            Some("descending") => true,
            Some(_) => return Err(ScimError::value("sortOrder is ascending or descending")),
        };
        let filter = find("filter").filter(|text| !text.trim().is_empty());
        Ok(Self { filter: filter.map(|text| parse(&text)).transpose()?, sort_by, is_descending, start, count, chosen })
    }
}

/// A page of a list.
#[derive(Debug, Default)]
pub(crate) struct ListPage {
    pub(crate) resources: Vec<Map<String, Json>>,
    pub(crate) total: u64,
    pub(crate) next: Option<String>,
    pub(crate) previous: Option<String>,
}

impl ListPage {
    /// The response of a list.
    pub(crate) fn reply(self, query: &ListQuery) -> Reply {
        let mut body = Map::new();
        body.insert("schemas".to_owned(), json!([LIST]));
        body.insert("totalResults".to_owned(), self.total.into());
        body.insert("itemsPerPage".to_owned(), self.resources.len().into());
        match &query.start {
            Start::Index(start) => {
                body.insert("startIndex".to_owned(), (*start).into());
            }
            Start::Cursor(_) => {
                for (name, cursor) in [("nextCursor", self.next), ("previousCursor", self.previous)] {
                    if let Some(cursor) = cursor {
                        body.insert(name.to_owned(), cursor.into());
                    }
                }
            }
        }
        let resources = self.resources.into_iter().map(|resource| Json::Object(query.chosen.apply(resource)));
        body.insert("Resources".to_owned(), resources.collect());
        Reply::of(Json::Object(body))
    }
}
