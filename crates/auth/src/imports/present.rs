//! What an import would meet.

use std::collections::HashSet;

use vestibule_database::{Error, FromRow, Transaction, Value};

use crate::AuthModule;

/// The names and ids that some rows of an import have.
#[derive(Debug, Clone, Default)]
pub struct Sought {
    /// Providers and entity ids, in the form in which they are compared.
    pub names: Vec<(String, String)>,
    /// Ids of identities, of provider identities, of second factors and of verifications.
    pub ids: Vec<String>,
    /// Ids of API keys.
    pub keys: Vec<String>,
}

/// Those of them that are taken.
#[derive(Debug, Clone, Default)]
pub struct PresentIdentities {
    /// Providers and entity ids that are claimed.
    pub names: HashSet<(String, String)>,
    /// Ids of any kind.
    pub ids: HashSet<String>,
}

#[derive(FromRow)]
struct Name {
    provider: String,
    entity_canonical: String,
}

/// How many values a statement has at most.
const PORTION: usize = 500;

impl AuthModule {
    /// Finds which names and ids are taken.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn find_present_within(
        &self,
        transaction: &mut Transaction,
        sought: &Sought,
    ) -> Result<PresentIdentities, Error> {
        let mut present = PresentIdentities::default();
        for portion in sought.names.chunks(PORTION / 2) {
            let places: Vec<String> =
                (0..portion.len()).map(|pair| format!("(${}, ${})", 2 * pair + 1, 2 * pair + 2)).collect();
            let text = format!(
                "SELECT provider, entity_canonical FROM provider_identities WHERE claimed AND (provider, entity_canonical) IN (VALUES {})",
                places.join(", ")
            );
            let values: Vec<Value> = portion
                .iter()
                .flat_map(|(provider, name)| [Value::from(provider.as_str()), Value::from(name.as_str())])
                .collect();
            let names: Vec<Name> = transaction.query(text, &values).await?;
            present.names.extend(names.into_iter().map(|name| (name.provider, name.entity_canonical)));
        }
        for table in ["auth_identities", "provider_identities", "auth_mfa_factors", "auth_verifications"] {
            self.find_ids(transaction, table, &sought.ids, &mut present.ids).await?;
        }
        self.find_ids(transaction, "auth_api_keys", &sought.keys, &mut present.ids).await?;
        Ok(present)
    }

    async fn find_ids(
        &self,
        transaction: &mut Transaction,
        table: &'static str,
        ids: &[String],
        present: &mut HashSet<String>,
    ) -> Result<(), Error> {
        for portion in ids.chunks(PORTION) {
            let places: Vec<String> = (1..=portion.len()).map(|place| format!("${place}")).collect();
            let text = format!("SELECT id FROM {table} WHERE id IN ({})", places.join(", "));
            let values: Vec<Value> = portion.iter().map(|id| Value::from(id.as_str())).collect();
            present.extend(transaction.query_scalars::<String>(text, &values).await?);
        }
        Ok(())
    }
}
