//! The users as a table for other programs (RFC 4180).

use axum::body::Body;
use axum::response::Response;
use http::HeaderValue;
use http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use vestibule_flows::{PeopleQuery, Person};
use vestibule_rbac::RoleId;

use super::list::{asked, roles};
use crate::visit::{Answer, Visit};

/// How many users are read at once.
const AT_ONCE: u32 = 500;

/// The users that the list would show with the same query, all of them.
pub(crate) async fn export(visit: Visit) -> Answer {
    let roles = roles(&visit).await?;
    let mut table =
        String::from("id,email,first_name,last_name,roles,second_factor,locked_at,last_seen_at,created_at\r\n");
    let mut query = PeopleQuery { take: AT_ONCE, ..asked(&visit) };
    loop {
        let (people, _) = visit.flows().list_and_count_people(&query).await?;
        for person in &people {
            let name = |id: &RoleId| roles.iter().find(|role| role.id == *id).map(|role| role.name.as_str());
            let names: Vec<&str> = person.roles.iter().filter_map(name).collect();
            line(&mut table, person, &names.join("; "));
        }
        if people.len() < AT_ONCE as usize {
            break;
        }
        query.skip = query.skip.saturating_add(AT_ONCE);
    }
    let mut response = Response::new(Body::from(table));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
    headers.insert(CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"users.csv\""));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
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
