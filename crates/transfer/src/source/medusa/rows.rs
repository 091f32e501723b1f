//! Medusa's users, invites and API keys.

use vestibule_auth::imports::{ImportApiKey, ImportedToken};
use vestibule_core::{EmailAddress, Metadata, Timestamp};
use vestibule_user::invites::ImportInvite;

use super::super::accounts::encoded;
use crate::item::{Content, InviteRow, Person};
use crate::reason::Reason;
use crate::record::Record;
use crate::secrets::hexadecimal;

pub(super) fn person(row: &Record) -> Person {
    let mut person = Person {
        id: row.text("id").and_then(|id| id.parse().ok()),
        email: row.any_text("email").unwrap_or_default(),
        first_name: row.any_text("first_name"),
        last_name: row.any_text("last_name"),
        avatar_url: row.text("avatar_url"),
        created_at: row.time("created_at"),
        updated_at: row.time("updated_at"),
        deleted_at: row.time("deleted_at"),
        ..Person::default()
    };
    person.metadata = row.object("metadata").unwrap_or_default().0;
    if person.id.is_none() {
        let id = row.text("id").unwrap_or_default();
        person.metadata.insert("medusa_id".to_owned(), serde_json::Value::String(id));
    }
    person
}

pub(super) fn invite(row: &Record, roles: Vec<String>) -> Content {
    let (id, address) = (row.text("id").unwrap_or_default(), row.any_text("email").unwrap_or_default());
    let unusable = |reason: &str| Content::Unusable {
        kind: "invite",
        id: id.clone(),
        address: address.clone(),
        reason: Reason::Said(reason.to_owned()),
    };
    let Ok(invite_id) = id.parse() else {
        return unusable("its id is not of the form invite_…: invite the address again");
    };
    let epoch = Timestamp::from_seconds(0);
    let (created_at, deleted_at) = (row.time("created_at").unwrap_or(epoch), row.time("deleted_at"));
    let invite = ImportInvite {
        id: invite_id,
        email: EmailAddress::unchecked(&address),
        // Accepted invites are deleted, and look like withdrawn ones.
        is_pending: deleted_at.is_none() && !row.is("accepted"),
        expires_at: row.time("expires_at").unwrap_or(created_at),
        metadata: row.object("metadata").and_then(|fields| Metadata::new(fields.0).ok()),
        created_at,
        updated_at: row.time("updated_at").unwrap_or(created_at),
        deleted_at,
    };
    Content::Invite(Box::new(InviteRow { invite, address, roles }))
}

pub(super) fn key(row: &Record) -> Content {
    let (id, title) = (row.text("id").unwrap_or_default(), row.any_text("title").unwrap_or_default());
    let unusable = |reason: &str| Content::Unusable {
        kind: "api_key",
        id: id.clone(),
        address: title.clone(),
        reason: Reason::Said(reason.to_owned()),
    };
    let Ok(key_id) = id.parse() else { return unusable("its id is not of the form apk_…: create another one") };
    let (stored, salt) = (row.text("token").unwrap_or_default(), row.any_text("salt").unwrap_or_default());
    let token = if row.text("type").as_deref() == Some("publishable") {
        ImportedToken::Publishable(stored)
    } else {
        let Some(output) = hexadecimal(&stored).filter(|output| output.len() == 64) else {
            return unusable("its hash is damaged: create another one");
        };
        // The salt is the text of its column.
        ImportedToken::Hash(format!("$scrypt$ln=14,r=8,p=1${}${}", encoded(salt.as_bytes()), encoded(&output)))
    };
    let created_at = row.time("created_at").unwrap_or(Timestamp::from_seconds(0));
    Content::ApiKey(Box::new(ImportApiKey {
        id: key_id,
        title,
        token,
        redacted: row.text("redacted").unwrap_or_default(),
        created_by: row.text("created_by"),
        last_used_at: row.time("last_used_at"),
        revoked_at: row.time("revoked_at"),
        revoked_by: row.text("revoked_by"),
        created_at,
        updated_at: row.time("updated_at").unwrap_or(created_at),
        deleted_at: row.time("deleted_at"),
    }))
}
