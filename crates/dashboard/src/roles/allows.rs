//! What a role allows, in words, and what the roles that come with Vestibule are for.

use vestibule_rbac::ready_made::READY_MADE;
use vestibule_rbac::{Permissions, Role, RoleId};

use crate::texts::Texts;

/// Returns what permissions allow: `Users: see, change. Invites: see`.
pub(crate) fn in_words(permissions: &Permissions, texts: &Texts) -> String {
    let keys = permissions.keys();
    if permissions.allows("*:*") {
        return texts.allows_everything.to_owned();
    }
    let mut parts: Vec<(&str, Vec<&str>)> = Vec::new();
    for (resource, operation) in keys.iter().filter_map(|key| key.split_once(':')) {
        let word = operation_in_words(operation, texts);
        match parts.last_mut().filter(|(last, _)| *last == resource) {
            Some((_, operations)) => operations.push(word),
            None => parts.push((resource, vec![word])),
        }
    }
    if parts.is_empty() {
        return texts.allows_nothing.to_owned();
    }
    let part = |(resource, operations): &(&str, Vec<&str>)| {
        format!("{}{} {}", resource_in_words(resource, texts), texts.colon, operations.join(", "))
    };
    parts.iter().map(part).collect::<Vec<_>>().join(". ")
}

fn resource_in_words<'a>(resource: &'a str, texts: &'a Texts) -> &'a str {
    match resource {
        "user" => texts.users,
        "invite" => texts.invites,
        "rbac_role" => texts.roles,
        "rbac_policy" => texts.policies,
        "api_key" => texts.api_keys,
        "audit" => texts.audit_log,
        "session" => texts.sessions,
        "mfa" => texts.second_factor,
        "webhook" => texts.webhooks,
        "delivery" => texts.deliveries,
        "event" => texts.events,
        "*" => texts.allows_everything,
        other => other,
    }
}

fn operation_in_words<'a>(operation: &'a str, texts: &'a Texts) -> &'a str {
    match operation {
        "create" => texts.may_create,
        "read" => texts.may_see,
        "update" => texts.may_change,
        "delete" => texts.may_delete,
        "*" => texts.allows_everything,
        other => other,
    }
}

/// Returns the description of a role: of one that comes with Vestibule and has its first description, in the page's language.
pub(crate) fn description(role: &Role, texts: &Texts) -> Option<String> {
    let of_ready_made = [texts.role_viewer_what, texts.role_editor_what, texts.role_admin_what];
    let is_first = |known: &str| role.description.as_deref() == Some(known);
    let ready_made = READY_MADE.iter().zip(of_ready_made).find(|(known, _)| known.id() == role.id);
    let text = match ready_made {
        Some((known, text)) => is_first(known.description).then_some(text),
        None if role.id == RoleId::super_admin() => {
            is_first("Super admin role with full access to all resources and operations")
                .then_some(texts.role_super_admin_what)
        }
        None => None,
    };
    text.map(str::to_owned).or_else(|| role.description.clone())
}

#[cfg(test)]
mod tests {
    use vestibule_language::Language;

    use super::*;
    use crate::texts;

    #[test]
    fn permissions_are_listed_by_what_they_are_about() {
        let in_language = |grants: &str, language| {
            let mut permissions = Permissions::default();
            permissions.add(grants);
            in_words(&permissions, texts::of(language))
        };
        let english = |grants| in_language(grants, Language::English);
        assert_eq!(english("user:read invite:read user:create"), "Invites: see. Users: create, see");
        assert_eq!(english("shop:sell shop:read"), "shop: see, sell");
        assert_eq!(english("*:* user:read"), "Everything");
        assert_eq!(english(""), "Nothing");
        assert_eq!(in_language("user:read", Language::German), "Personen: sehen");
        let french = format!("Utilisateurs{} voir", texts::of(Language::French).colon);
        assert_eq!(in_language("user:read", Language::French), french);
    }
}
