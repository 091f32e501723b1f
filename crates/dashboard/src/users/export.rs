//! The users as a table for other programs (RFC 4180).

use axum::BoxError;
use axum::body::{Body, Bytes};
use axum::response::Response;
use futures_util::stream;
use http::HeaderValue;
use http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use vestibule_flows::{Flows, PeopleQuery, Person};
use vestibule_rbac::Role;

use super::list::{asked, role_names, roles};
use crate::visit::{Answer, Asked};

/// How many users are read at a time.
const ROWS: u32 = 500;

const HEAD: &str = "id,email,first_name,last_name,roles,second_factor,locked_at,last_seen_at,created_at\r\n";

/// The users that the list would show with the same query, all of them, in the order of their creation. The next ones are
/// read when the client has taken those before. A table that ends without the end of its last chunk is not whole.
pub(crate) async fn export(visit: Asked) -> Answer {
    let roles = roles(&visit).await?;
    let query = PeopleQuery { take: ROWS, ..asked(&visit) };
    // Read before anything is sent: a database that is away is reported by the status.
    let people = visit.flows().list_people_after(&query, None).await?;
    let export = Export { flows: visit.flows().clone(), query, roles, people, is_begun: false };
    let mut response = Response::new(Body::from_stream(stream::try_unfold(export, Export::next)));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
    headers.insert(CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"users.csv\""));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

struct Export {
    flows: Flows,
    query: PeopleQuery,
    roles: Vec<Role>,
    /// The users whose lines come next.
    people: Vec<Person>,
    is_begun: bool,
}

impl Export {
    async fn next(mut self) -> Result<Option<(Bytes, Self)>, BoxError> {
        if self.is_begun && self.people.is_empty() {
            return Ok(None);
        }
        let mut table = if self.is_begun { String::new() } else { HEAD.to_owned() };
        for person in &self.people {
            line(&mut table, person, &role_names(&self.roles, &person.roles).join("; "));
        }
        self.is_begun = true;
        self.people = match self.people.last() {
            Some(last) => self.flows.list_people_after(&self.query, Some(last.user.id)).await.inspect_err(|error| {
                tracing::warn!(%error, "an export of the users was cut off");
            })?,
            None => Vec::new(),
        };
        Ok(Some((Bytes::from(table), self)))
    }
}

fn line(table: &mut String, person: &Person, roles: &str) {
    let user = &person.user;
    let time = |moment: Option<vestibule_core::Timestamp>| moment.map(|moment| moment.to_string()).unwrap_or_default();
    let fields = [
        user.id.to_string(),
        user.email.to_string(),
        user.first_name.clone().unwrap_or_default(),
        user.last_name.clone().unwrap_or_default(),
        roles.to_owned(),
        if person.has_second_factor { "yes" } else { "no" }.to_owned(),
        time(user.locked_at),
        time(person.last_seen_at),
        user.created_at.to_string(),
    ];
    let fields: Vec<String> = fields.iter().map(|field| quoted(field)).collect();
    table.push_str(&fields.join(","));
    table.push_str("\r\n");
}

/// A field as a table holds it. What a spreadsheet would take for a formula is made text by an apostrophe (OWASP, CSV
/// injection).
fn quoted(field: &str) -> String {
    let guard = if field.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    let field = format!("{guard}{field}");
    match field.contains([',', '"', '\r', '\n']) {
        true => format!("\"{}\"", field.replace('"', "\"\"")),
        false => field,
    }
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn a_field_is_neither_two_nor_a_formula() {
        for (field, written) in [
            ("Ada", "Ada"),
            ("Lovelace, Ada", "\"Lovelace, Ada\""),
            ("a \"b\"", "\"a \"\"b\"\"\""),
            ("=HYPERLINK(\"x\")", "\"'=HYPERLINK(\"\"x\"\")\""),
            ("@SUM(1)", "'@SUM(1)"),
        ] {
            assert_eq!(quoted(field), written);
        }
    }
}
