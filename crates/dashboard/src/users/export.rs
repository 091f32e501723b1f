//! The users as a table for other programs (RFC 4180).

use axum::body::Body;
use axum::response::Response;
use http::HeaderValue;
use http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use vestibule_flows::Person;

use super::list::{asked, role_names, roles};
use crate::visit::{Answer, Asked};

/// The users that the list would show with the same query, all of them.
pub(crate) async fn export(visit: Asked) -> Answer {
    let roles = roles(&visit).await?;
    let mut table =
        String::from("id,email,first_name,last_name,roles,second_factor,locked_at,last_seen_at,created_at\r\n");
    let (people, _) = visit.flows().list_and_count_people(&asked(&visit)).await?;
    for person in &people {
        line(&mut table, person, &role_names(&roles, &person.roles).join("; "));
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
