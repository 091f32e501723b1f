//! Exports the users as CSV (RFC 4180).
//!
//! Spreadsheets recognise UTF-8 by the byte order mark, and evaluate a field that begins like a formula, also behind
//! invisible characters (OWASP, CSV injection).

use std::borrow::Cow;

use axum::BoxError;
use axum::body::{Body, Bytes};
use axum::response::Response;
use futures_util::stream;
use http::HeaderValue;
use http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use vestibule_flows::{Flows, UserQuery, UserSummary};
use vestibule_rbac::Role;

use super::list::{read_query, role_names, roles};
use crate::request::{Answer, SharedRequest};

/// How many users are read at a time.
const ROWS: u32 = 500;

const COLUMNS: [&str; 10] = [
    "id",
    "email",
    "first_name",
    "last_name",
    "roles",
    "second_factor",
    "locked_at",
    "last_seen_at",
    "created_at",
    "phone",
];

/// Exports all users that the list would show with the same query, in the order of their creation. Each batch is read when
/// the client has received the one before. A response without its final chunk is incomplete.
pub(crate) async fn export(request: SharedRequest) -> Answer {
    let roles = roles(&request).await?;
    let query = UserQuery { take: ROWS, ..read_query(&request) };
    // Read before the response begins, so that its status reports an unavailable database.
    let users = request.flows().list_user_summaries_after(&query, None).await?;
    let export = Export { flows: request.flows().clone(), query, roles, users, is_begun: false };
    let mut response = Response::new(Body::from_stream(stream::try_unfold(export, Export::next)));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
    headers.insert(CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"users.csv\""));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

struct Export {
    flows: Flows,
    query: UserQuery,
    roles: Vec<Role>,
    /// The users of the next lines.
    users: Vec<UserSummary>,
    is_begun: bool,
}

impl Export {
    async fn next(mut self) -> Result<Option<(Bytes, Self)>, BoxError> {
        if self.is_begun && self.users.is_empty() {
            return Ok(None);
        }
        let lines = self.users.iter().map(|person| {
            let roles = role_names(&self.roles, &person.roles).join("; ");
            fields(person, &roles)
        });
        let table = table(!self.is_begun, lines)?;
        self.is_begun = true;
        self.users = match self.users.last() {
            Some(last) => {
                self.flows.list_user_summaries_after(&self.query, Some(last.user.id)).await.inspect_err(|error| {
                    tracing::warn!(%error, "an export of the users was cut off");
                })?
            }
            None => Vec::new(),
        };
        Ok(Some((Bytes::from(table), self)))
    }
}

fn fields(person: &UserSummary, roles: &str) -> [String; COLUMNS.len()] {
    let user = &person.user;
    let time = |moment: Option<vestibule_core::Timestamp>| moment.map(|moment| moment.to_string()).unwrap_or_default();
    [
        user.id.to_string(),
        user.email.to_string(),
        user.first_name.clone().unwrap_or_default(),
        user.last_name.clone().unwrap_or_default(),
        roles.to_owned(),
        if person.has_second_factor { "yes" } else { "no" }.to_owned(),
        time(user.locked_at),
        time(person.last_seen_at),
        user.created_at.to_string(),
        user.phone.clone().unwrap_or_default(),
    ]
}

/// Formats lines; the first ones with the byte order mark and the names of the columns.
fn table(is_begin: bool, lines: impl Iterator<Item = [String; COLUMNS.len()]>) -> Result<Vec<u8>, csv::Error> {
    let before = if is_begin { "\u{feff}" } else { "" };
    let mut writer =
        csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(before.as_bytes().to_vec());
    if is_begin {
        writer.write_record(COLUMNS)?;
    }
    for line in lines {
        for field in &line {
            writer.write_field(guarded(field).as_bytes())?;
        }
        writer.write_record(None::<&[u8]>)?;
    }
    writer.into_inner().map_err(|error| error.into_error().into())
}

/// Escapes a field that a spreadsheet would evaluate as a formula with an apostrophe.
fn guarded(field: &str) -> Cow<'_, str> {
    let is_seen = |c: &char| !c.is_whitespace() && !c.is_control() && !is_invisible(*c);
    let begins = |c: char| {
        matches!(c, '=' | '+' | '-' | '@' | '\u{ff1d}' | '\u{ff0b}' | '\u{ff0d}' | '\u{ff20}')
            || matches!(c, '\u{fe66}' | '\u{fe62}' | '\u{fe63}' | '\u{fe6b}' | '\u{2212}')
    };
    let is_formula = field.starts_with(['\t', '\r', '\n']) || field.chars().find(is_seen).is_some_and(begins);
    if is_formula { Cow::Owned(format!("'{field}")) } else { Cow::Borrowed(field) }
}

/// Returns whether a character is invisible: without width, or a control character.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(field: &str) -> String {
        let mut line = [const { String::new() }; COLUMNS.len()];
        line[1] = field.to_owned();
        let table = String::from_utf8(table(true, std::iter::once(line)).unwrap()).unwrap();
        let line = table.split_once("\r\n").unwrap().1;
        line.strip_prefix(',').unwrap().strip_suffix(",,,,,,,,\r\n").unwrap().to_owned()
    }

    #[test]
    fn a_field_is_neither_two_nor_a_formula() {
        for (field, expected) in [
            ("Ada", "Ada"),
            ("Lovelace, Ada", "\"Lovelace, Ada\""),
            ("a \"b\"", "\"a \"\"b\"\"\""),
            ("=HYPERLINK(\"x\")", "\"'=HYPERLINK(\"\"x\"\")\""),
            ("@SUM(1)", "'@SUM(1)"),
            ("a=1", "a=1"),
            ("", ""),
        ] {
            assert_eq!(written(field), expected);
        }
    }

    #[test]
    fn a_formula_is_found_behind_what_is_not_seen() {
        for before in [
            "",
            " ",
            "\t",
            "\u{a0}",
            "\u{3000}",
            "\u{200b}",
            "\u{feff}",
            "\u{2060}\u{200d} ",
            "\u{202e}",
            "\u{1}",
            "\u{ad}",
        ] {
            for sign in ["=", "+", "-", "@", "＝", "＋", "－", "＠"] {
                let field = format!("{before}{sign}1+1");
                assert_eq!(written(&field).trim_matches('"'), format!("'{field}"), "{field:?}");
            }
        }
        for field in ["\tAda", "\rAda", "\nAda"] {
            assert_eq!(written(field).trim_matches('"'), format!("'{field}"), "{field:?}");
        }
        for field in [" Ada", "\u{200b}Ada", "1-1", "O'Brien"] {
            assert_eq!(written(field), field);
        }
    }
}
