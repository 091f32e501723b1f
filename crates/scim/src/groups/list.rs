//! Lists of groups. All below the ceiling are read, filtered and sorted here: roles are few.

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value as Json};
use vestibule_flows::directory::Group;

use super::resource;
use crate::body::attribute;
use crate::call::Call;
use crate::error::ScimError;
use crate::filter::{Attribute, Expression, Operator, matches};
use crate::query::{ListPage, ListQuery, Start};
use crate::reply::Answer;

/// The attributes by which groups are searched and sorted.
const SEARCHED: [&str; 8] = [
    "id",
    "displayname",
    "externalid",
    "members",
    "members.value",
    "meta.created",
    "meta.lastmodified",
    "meta.resourcetype",
];

pub(crate) async fn list(call: &Call) -> Answer {
    found(call, &ListQuery::of_parameters(call)?).await
}

pub(crate) async fn search(call: &Call) -> Answer {
    found(call, &ListQuery::of_body(&call.body()?)?).await
}

async fn found(call: &Call, query: &ListQuery) -> Answer {
    let groups = call.flows().list_groups(&call.ceiling).await?;
    let mut listed: Vec<(Group, Map<String, Json>)> = groups
        .into_iter()
        .map(|group| (resource::write(call, &group), group))
        .map(|(json, group)| (group, json))
        .collect();
    if let Some(filter) = &query.filter {
        check(filter)?;
        let memberships = Memberships::of(call, filter).await?;
        listed.retain(|(group, json)| matches(filter, json, &|user| memberships.have(user, group)));
    }
    if let Some(by) = &query.sort_by {
        check_name(by)?;
        listed.sort_by_key(|(_, json)| key(by, json));
    }
    if query.is_descending {
        listed.reverse();
    }
    let total = listed.len();
    let skipped = match &query.start {
        Start::Index(start) => usize::try_from(start.saturating_sub(1)).unwrap_or(usize::MAX),
        Start::Cursor(cursor) => place(cursor)?,
    };
    let count = usize::try_from(query.count).unwrap_or(usize::MAX);
    let mut page = ListPage { total: u64::try_from(total).unwrap_or(u64::MAX), ..ListPage::default() };
    if matches!(query.start, Start::Cursor(_)) {
        let count = count.max(1);
        page.next = skipped.checked_add(count).filter(|next| *next < total).map(cursor_at);
        page.previous = (skipped > 0).then(|| cursor_at(skipped.saturating_sub(count)));
    }
    let has_members = query.chosen.has("members");
    for (mut group, mut json) in listed.into_iter().skip(skipped).take(count) {
        if has_members {
            group.members = call.flows().members_of_group(call.flows().database(), &group.role.id).await?;
            json = resource::write(call, &group);
        }
        page.resources.push(json);
    }
    Ok(page.reply(query))
}

/// The place at which a cursor of groups continues.
fn place(cursor: &str) -> Result<usize, ScimError> {
    if cursor.is_empty() {
        return Ok(0);
    }
    let text = URL_SAFE_NO_PAD.decode(cursor).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let place = text.and_then(|text| text.strip_prefix("groups ")?.parse().ok());
    place.ok_or_else(|| ScimError::cursor("this is no cursor of this list: begin with an empty one"))
}

fn cursor_at(place: usize) -> String {
    URL_SAFE_NO_PAD.encode(format!("groups {place}"))
}

/// What a group is sorted by.
fn key(by: &Attribute, json: &Map<String, Json>) -> String {
    let value = attribute(json, &by.name);
    let value = match &by.part {
        Some(part) => value.and_then(Json::as_object).and_then(|object| attribute(object, part)),
        None => value,
    };
    value.and_then(Json::as_str).unwrap_or_default().to_lowercase()
}

fn check_name(attribute: &Attribute) -> Result<(), ScimError> {
    match SEARCHED.contains(&attribute.full().as_str()) && !attribute.is_extension {
        true => Ok(()),
        false => Err(ScimError::filter(format!("groups cannot be searched by {}", attribute.full()))),
    }
}

/// Refuses a filter that asks for what groups have not.
fn check(filter: &Expression) -> Result<(), ScimError> {
    match filter {
        Expression::All(all) | Expression::Any(all) => all.iter().try_for_each(check),
        Expression::Not(inner) => check(inner),
        Expression::Present(attribute) | Expression::Compare(attribute, ..) => check_name(attribute),
        Expression::Values(attribute, inner) => {
            check_name(attribute)?;
            match inner.as_ref() {
                Expression::Compare(part, Operator::Equal, Json::String(_)) if part.full() == "value" => Ok(()),
                _ => Err(ScimError::filter("members are searched by [value eq \"…\"]")),
            }
        }
    }
}

/// The groups of the users whom a filter names.
struct Memberships(BTreeSet<(String, String)>);

impl Memberships {
    async fn of(call: &Call, filter: &Expression) -> Result<Self, ScimError> {
        let mut users = Vec::new();
        named_users(filter, &mut users);
        let roles = call.flows().rbac().roles_of_each(call.flows().database(), &users).await?;
        let pairs = roles
            .into_iter()
            .flat_map(|(user, roles)| roles.into_iter().map(move |role| (user.clone(), role.id.to_string())));
        Ok(Self(pairs.collect()))
    }

    fn have(&self, user: &str, group: &Group) -> bool {
        self.0.contains(&(user.to_owned(), group.role.id.to_string()))
    }
}

/// The members that a filter names.
fn named_users(filter: &Expression, users: &mut Vec<String>) {
    match filter {
        Expression::All(all) | Expression::Any(all) => all.iter().for_each(|each| named_users(each, users)),
        Expression::Not(inner) => named_users(inner, users),
        Expression::Values(attribute, inner) if attribute.name == "members" => {
            if let Expression::Compare(_, _, Json::String(id)) = inner.as_ref() {
                users.push(id.clone());
            }
        }
        Expression::Compare(attribute, _, Json::String(id)) if attribute.name == "members" => users.push(id.clone()),
        _ => {}
    }
}
