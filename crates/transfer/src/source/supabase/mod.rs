//! Supabase: the schema `auth` of its database, or a dump of it.

mod database;
mod dump;

use serde_json::{Map, Value as Json};

use super::accounts::{add_factor, add_password, factor, provider_name};
use super::{Source, SourceError, SourceOptions};
use crate::item::{Account, Content, Person, provider_identity};
use crate::reason::Reason;
use crate::record::Record;
use crate::secrets::base32;

/// Opens the database or the file.
pub(super) async fn open(options: &SourceOptions, after: Option<String>) -> Result<Box<dyn Source>, SourceError> {
    Ok(match options.is_postgres() {
        true => Box::new(database::Supabase::open(options, after).await?),
        false => Box::new(dump::open(options, after)?),
    })
}

/// Whether an identity is the user's own address or telephone number, which is no other sign-in method.
fn is_own(provider: &str) -> bool {
    matches!(provider, "email" | "phone")
}

fn content(user: &Record, identities: &[Record], factors: &[Record], options: &SourceOptions) -> Content {
    let email = user.text("email").unwrap_or_default();
    let about = user.object("raw_user_meta_data").unwrap_or_default();
    let mut person = Person {
        email: email.clone(),
        is_verified: user.time("email_confirmed_at").is_some(),
        avatar_url: about.text("avatar_url"),
        // Supabase stores the digits alone.
        phone: user.text("phone").map(|phone| if phone.starts_with('+') { phone } else { format!("+{phone}") }),
        created_at: user.time("created_at"),
        updated_at: user.time("updated_at"),
        deleted_at: user.time("deleted_at"),
        ..Person::default()
    };
    person.set_name(about.text("full_name").or_else(|| about.text("name")));
    person.locked_until = user.time("banned_until");
    person.locked_at = person.locked_until.and(person.updated_at.or(person.created_at));
    let mut account = Account { source_id: user.text("id").unwrap_or_default(), ..Account::default() };
    person.metadata.insert(options.kind.id_field(), Json::String(account.source_id.clone()));
    if !about.0.is_empty() {
        person.metadata.insert("user_metadata".to_owned(), Json::Object(about.0));
    }
    if let Some(rights) = user.object("raw_app_meta_data") {
        account.roles = rights.texts("roles");
        account.roles.extend(rights.text("role"));
    }
    if let Some(hash) = user.text("encrypted_password") {
        add_password(&mut account, &email, &hash);
    }
    for row in identities {
        let provider = row.text("provider").unwrap_or_default();
        let data = row.object("identity_data").unwrap_or_default();
        let id = row.text("provider_id").or_else(|| data.text("sub"));
        if let Some(id) = id.filter(|_| !is_own(&provider)) {
            let facts: Map<String, Json> = ["email", "name"]
                .into_iter()
                .filter_map(|name| Some((name.to_owned(), Json::String(data.text(name)?))))
                .collect();
            account.identities.push(provider_identity(&provider_name(&provider), &id, facts));
        }
    }
    for row in factors.iter().filter(|row| row.text("status").as_deref() == Some("verified")) {
        let kind = row.text("factor_type").unwrap_or_default();
        match (kind.as_str(), row.text("secret").and_then(|secret| base32(&secret))) {
            ("totp", Some(secret)) => {
                add_factor(&mut account, factor(&row.text("friendly_name").unwrap_or_default(), secret))
            }
            ("totp", None) => {
                let reason = Reason::FactorLost;
                return Content::Unusable { kind: "user", id: account.source_id, address: email, reason };
            }
            (kind, _) => account.notes.push(Reason::Credential { kind: kind.to_owned() }),
        }
    }
    account.user = Some(person);
    Content::Account(Box::new(account))
}
