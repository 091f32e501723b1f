//! Auth0: its export of users, or of password hashes, with a JSON object a line.

use serde_json::{Map, Value as Json};

use super::accounts::{add_password, provider_name};
use super::{SourceError, SourceOptions};
use crate::item::{Account, Content, Person, provider_identity};
use crate::record::Record;

pub(super) fn item(record: &Record, options: &SourceOptions) -> Result<Content, SourceError> {
    let email = record.text("email").unwrap_or_default();
    let object_id = record.object("_id").and_then(|id| id.text("$oid"));
    let source_id = record.text("user_id").or(object_id.map(|id| format!("auth0|{id}"))).unwrap_or_default();
    let mut person = Person {
        email: email.clone(),
        is_verified: record.is("email_verified"),
        first_name: record.text("given_name"),
        last_name: record.text("family_name"),
        avatar_url: record.text("picture"),
        phone: record.text("phone_number"),
        created_at: record.time("created_at"),
        updated_at: record.time("updated_at"),
        ..Person::default()
    };
    if person.first_name.is_none() && person.last_name.is_none() {
        person.set_name(record.text("name").filter(|name| *name != email));
    }
    if record.is("blocked") {
        person.locked_at = person.updated_at.or(person.created_at);
    }
    person.metadata.insert(options.kind.id_field(), Json::String(source_id.clone()));
    let mut account = Account { source_id, ..Account::default() };
    for name in ["user_metadata", "app_metadata"] {
        if let Some(fields) = record.object(name) {
            account.roles.extend(fields.texts("roles"));
            person.metadata.insert(name.to_owned(), Json::Object(fields.0));
        }
    }
    if let Some(hash) = record.text("passwordHash").or_else(|| record.text("password_hash")) {
        add_password(&mut account, &email, &hash);
    }
    let mut providers: Vec<(String, String)> = Vec::new();
    providers.extend(account.source_id.split_once('|').map(|(provider, id)| (provider.to_owned(), id.to_owned())));
    let linked = record.objects("identities");
    providers
        .extend(linked.iter().filter_map(|identity| Some((identity.text("provider")?, identity.text("user_id")?))));
    providers.sort();
    providers.dedup();
    for (provider, id) in
        providers.iter().filter(|(provider, _)| !matches!(provider.as_str(), "auth0" | "email" | "sms"))
    {
        let facts: Map<String, Json> = [("email".to_owned(), Json::String(email.clone()))].into_iter().collect();
        account.identities.push(provider_identity(&provider_name(provider), id, facts));
    }
    account.user = Some(person);
    Ok(Content::Account(Box::new(account)))
}
