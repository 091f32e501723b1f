//! Medusa's identities, with their second factors, recovery codes and verifications.

use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value as Json};
use vestibule_auth::imports::{
    ImportFactor, ImportIdentity, ImportProviderIdentity, ImportRecoveryCode, ImportVerification,
};
use vestibule_auth::passwords::is_readable_hash;
use vestibule_auth::{EMAILPASS, MfaStatus};
use vestibule_core::Metadata;

use super::super::accounts::factor as new_factor;
use super::super::tables::{Tables, by};
use super::super::{SourceError, SourceOptions};
use crate::reason::Reason;
use crate::record::Record;
use crate::secrets::{base32, hexadecimal, open_medusa};

/// The identities of some rows, and what belongs to them.
pub(super) struct Parts {
    identities: HashMap<String, Vec<Record>>,
    providers: HashMap<String, Vec<Record>>,
    factors: HashMap<String, Vec<Record>>,
    codes: HashMap<String, Vec<Record>>,
    verifications: HashMap<String, Vec<Record>>,
}

impl Parts {
    /// Reads what belongs to these identities, and groups them by their id or by their owner.
    pub(super) async fn read(tables: &Tables, identities: Vec<Record>, grouped_by: &str) -> Result<Self, SourceError> {
        let ids: Vec<String> = identities.iter().filter_map(|row| row.text("id")).collect();
        let mut found = Vec::new();
        for table in ["provider_identity", "auth_mfa_factor", "auth_mfa_recovery_code", "auth_verification"] {
            let rows = match !ids.is_empty() && tables.has(table).await? {
                true => tables.related(table, "source.deleted_at IS NULL AND source.auth_identity_id", &ids).await?,
                false => Vec::new(),
            };
            found.push(by(rows, "auth_identity_id"));
        }
        let mut found = found.into_iter();
        let mut next = || found.next().unwrap_or_default();
        let mut groups: HashMap<String, Vec<Record>> = HashMap::new();
        for row in identities {
            let owner = row.object("app_metadata").and_then(|metadata| metadata.text(grouped_by));
            if let Some(key) = if grouped_by == "id" { row.text("id") } else { owner } {
                groups.entry(key).or_default().push(row);
            }
        }
        Ok(Self { identities: groups, providers: next(), factors: next(), codes: next(), verifications: next() })
    }

    pub(super) fn of(&self, key: &str) -> &[Record] {
        self.identities.get(key).map(Vec::as_slice).unwrap_or_default()
    }

    /// The entity ids of an identity.
    pub(super) fn names_of(&self, id: &str) -> Vec<String> {
        list(&self.providers, id).iter().filter_map(|row| row.text("entity_id")).collect()
    }
}

fn list<'a>(groups: &'a HashMap<String, Vec<Record>>, id: &str) -> &'a [Record] {
    groups.get(id).map(Vec::as_slice).unwrap_or_default()
}

type Read = Result<(ImportIdentity, Vec<Reason>), Reason>;

/// An identity with notes on what was left out of it; or why it cannot be imported at all.
pub(super) fn identity(row: &Record, parts: &Parts, options: &SourceOptions) -> Result<Read, SourceError> {
    let id = row.text("id").unwrap_or_default();
    let mut notes = Vec::new();
    let mut identity = ImportIdentity {
        id: id.parse().ok(),
        created_at: row.time("created_at"),
        updated_at: row.time("updated_at"),
        ..ImportIdentity::default()
    };
    for (key, value) in row.object("app_metadata").unwrap_or_default().0 {
        match (key.strip_suffix("_id").filter(|actor_type| !actor_type.is_empty()), value) {
            // The importer names the user, who may have another id here.
            (Some("user"), _) => {}
            (Some(actor_type), Json::String(actor)) if !actor.is_empty() => {
                identity.actors.push((actor_type.to_owned(), actor));
            }
            (_, value) => drop(identity.app_metadata.insert(key, value)),
        }
    }
    for row in list(&parts.providers, &id) {
        identity.provider_identities.push(provider(row, &mut notes));
    }
    for row in list(&parts.factors, &id) {
        match factor(row, options)? {
            Some(factor) => identity.factors.push(factor),
            None => return Ok(Err(Reason::FactorLost)),
        }
    }
    let hashes = list(&parts.codes, &id).iter().filter_map(|row| STANDARD.decode(row.text("code_hash")?).ok());
    identity.recovery_codes = hashes.map(ImportRecoveryCode::Hash).collect();
    identity.verifications = list(&parts.verifications, &id).iter().map(verification).collect();
    Ok(Ok((identity, notes)))
}

fn metadata(fields: Option<Record>) -> Option<Metadata> {
    Metadata::new(fields?.0).ok()
}

fn provider(row: &Record, notes: &mut Vec<Reason>) -> ImportProviderIdentity {
    let mut private: Map<String, Json> = row.object("provider_metadata").unwrap_or_default().0;
    let provider = row.text("provider").unwrap_or_default();
    let mut password_hash = None;
    if provider == EMAILPASS {
        let hash = private.remove("password").and_then(|hash| hash.as_str().map(str::to_owned));
        password_hash = hash.filter(|hash| is_readable_hash(hash));
        if password_hash.is_none() {
            notes.push(Reason::Password);
        }
    }
    ImportProviderIdentity {
        // Medusa's ids have no prefix.
        id: row.text("id").and_then(|id| id.parse().ok().or_else(|| format!("provid_{id}").parse().ok())),
        entity_id: row.any_text("entity_id").unwrap_or_default(),
        entity_canonical: String::new(),
        password_hash,
        user_metadata: metadata(row.object("user_metadata")),
        provider_metadata: private,
        created_at: row.time("created_at"),
        updated_at: row.time("updated_at"),
        provider,
    }
}

/// A second factor; `None` if it counts and cannot be read.
fn factor(row: &Record, options: &SourceOptions) -> Result<Option<ImportFactor>, SourceError> {
    let status = match row.text("status").as_deref() {
        Some("enabled") => MfaStatus::Enabled,
        Some("pending") => MfaStatus::Pending,
        _ => MfaStatus::Disabled,
    };
    let about = row.object("metadata").unwrap_or_default();
    let mut factor = new_factor(&about.text("label").unwrap_or_default(), Vec::new());
    factor.id = row.text("id").and_then(|id| id.parse().ok());
    factor.metadata = Metadata::new(about.0).unwrap_or_default();
    factor.created_at = row.time("created_at");
    factor.updated_at = row.time("updated_at");
    factor.status = status;
    if status == MfaStatus::Disabled {
        return Ok(Some(factor));
    }
    let sealed = row.object("provider_metadata").and_then(|metadata| metadata.text("secret")).unwrap_or_default();
    let key = options.mfa_key.as_deref().ok_or_else(|| {
        SourceError::Options(
            "second factors are encrypted: give Medusa's key with --mfa-key or AUTH_MFA_ENCRYPTION_KEY".to_owned(),
        )
    })?;
    let secret = open_medusa(key, &sealed).and_then(|secret| base32(&secret));
    let is_totp = row.text("provider").as_deref() == Some("totp");
    Ok(secret.filter(|_| is_totp).map(|secret| ImportFactor { secret, ..factor }))
}

fn verification(row: &Record) -> ImportVerification {
    let hash = row.object("provider_metadata").and_then(|metadata| metadata.text("token_hash"));
    ImportVerification {
        id: row.text("id").and_then(|id| id.parse().ok()),
        entity_type: row.text("entity_type").unwrap_or_else(|| "email".to_owned()),
        entity_id: row.text("entity_id").unwrap_or_default(),
        code_hash: hash.and_then(|hash| hexadecimal(&hash)?.try_into().ok()),
        verified_at: row.time("verified_at"),
        requested_at: row.time("requested_at"),
        metadata: metadata(row.object("metadata")),
    }
}
