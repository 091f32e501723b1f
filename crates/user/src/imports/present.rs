//! What an import would meet.

use std::collections::{HashMap, HashSet};

use vestibule_database::{Error, Transaction, Value};

use crate::{User, UserModule};

/// The addresses and ids that some rows of an import have.
#[derive(Debug, Clone, Default)]
pub struct SoughtUsers {
    /// Addresses, in the form in which they are compared.
    pub canonicals: Vec<String>,
    /// Ids of users.
    pub ids: Vec<String>,
    /// Addresses of invites, likewise.
    pub invited: Vec<String>,
    /// Ids of invites.
    pub invites: Vec<String>,
}

/// Those of them that are taken.
#[derive(Debug, Clone, Default)]
pub struct PresentUsers {
    /// Users who are not deleted, by the form in which their address is compared.
    pub by_address: HashMap<String, User>,
    /// Users by id, also deleted ones.
    pub by_id: HashMap<String, User>,
    /// Addresses of users that are reserved for others.
    pub reserved: HashSet<String>,
    /// Addresses that have a pending invite.
    pub invited: HashSet<String>,
    /// Ids of invites.
    pub invites: HashSet<String>,
}

/// How many values a statement has at most.
const PORTION: usize = 500;

/// The columns of a [`User`], with the form in which the address is compared.
const SELECT: &str =
    "SELECT id, email, email_canonical, first_name, last_name, avatar_url, phone, metadata, locked_at, last_seen_at, created_at,
    updated_at, deleted_at FROM users";

#[derive(vestibule_database::FromRow)]
struct Canonical {
    email_canonical: String,
    id: String,
}

impl UserModule {
    /// Finds which addresses and ids are taken.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn find_present_within(
        &self,
        transaction: &mut Transaction,
        sought: &SoughtUsers,
    ) -> Result<PresentUsers, Error> {
        let mut present = PresentUsers::default();
        for (places, values) in portions(&sought.ids) {
            let users: Vec<User> = transaction.query(format!("{SELECT} WHERE id IN ({places})"), &values).await?;
            present.by_id.extend(users.into_iter().map(|user| (user.id.to_string(), user)));
        }
        for (places, values) in portions(&sought.canonicals) {
            let condition = format!("WHERE deleted_at IS NULL AND email_canonical IN ({places})");
            let names: Vec<Canonical> =
                transaction.query(format!("SELECT email_canonical, id FROM users {condition}"), &values).await?;
            let users: Vec<User> = transaction.query(format!("{SELECT} {condition}"), &values).await?;
            let mut users: HashMap<String, User> = users.into_iter().map(|user| (user.id.to_string(), user)).collect();
            let named = names.into_iter().filter_map(|name| Some((name.email_canonical, users.remove(&name.id)?)));
            present.by_address.extend(named);
            let text =
                format!("SELECT email_canonical FROM user_reserved_addresses WHERE email_canonical IN ({places})");
            present.reserved.extend(transaction.query_scalars::<String>(text, &values).await?);
        }
        for (places, values) in portions(&sought.invited) {
            let text = format!(
                "SELECT email_canonical FROM invites
                 WHERE state = 'pending' AND deleted_at IS NULL AND email_canonical IN ({places})"
            );
            present.invited.extend(transaction.query_scalars::<String>(text, &values).await?);
        }
        for (places, values) in portions(&sought.invites) {
            let text = format!("SELECT id FROM invites WHERE id IN ({places})");
            present.invites.extend(transaction.query_scalars::<String>(text, &values).await?);
        }
        Ok(present)
    }
}

/// Placeholders and values, a portion at a time.
pub(super) fn portions(texts: &[String]) -> impl Iterator<Item = (String, Vec<Value>)> {
    texts.chunks(PORTION).map(|portion| {
        let places: Vec<String> = (1..=portion.len()).map(|place| format!("${place}")).collect();
        (places.join(", "), portion.iter().map(|text| Value::from(text.as_str())).collect())
    })
}
