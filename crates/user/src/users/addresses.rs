//! Addresses that the rule of today does not hold as they are stored: written by an older version, by an import, or by hand.

use vestibule_core::EmailAddress;
use vestibule_database::{Error, FromRow, Transaction, WALK, Walked, values};

use super::UserId;
use crate::UserModule;

/// What is wrong with the address of a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressFault {
    /// It is no e-mail address by the rule of today.
    Invalid,
    /// It is stored in another canonical form than that of today, by which no one finds it.
    Outdated,
    /// The same, and another user has the form of today.
    Colliding,
}

#[derive(FromRow)]
struct Stored {
    id: String,
    email: String,
    email_canonical: String,
}

impl UserModule {
    /// Examines the addresses of the users after this id.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn examine_addresses(&self, after: &str) -> Result<Walked<(String, AddressFault)>, Error> {
        let text =
            "SELECT id, email, email_canonical FROM users WHERE id > $1 AND deleted_at IS NULL ORDER BY id LIMIT $2";
        let rows: Vec<Stored> = self.database.scan(text, values![after, WALK]).await?;
        let last = rows.last().map(|row| row.id.clone());
        let mut found = Vec::new();
        for Stored { id, email, email_canonical } in rows {
            let fault = match EmailAddress::parse(&email) {
                Err(_) => AddressFault::Invalid,
                Ok(address) if address.canonical() == email_canonical => continue,
                Ok(address) => {
                    let text =
                        "SELECT 1 AS one FROM users WHERE email_canonical = $1 AND deleted_at IS NULL AND id <> $2";
                    let values = values![address.canonical(), id.as_str()];
                    match self.database.query_optional::<()>(text, values).await? {
                        Some(()) => AddressFault::Colliding,
                        None => AddressFault::Outdated,
                    }
                }
            };
            found.push((id, fault));
        }
        Ok(Walked { last, found })
    }

    /// Stores the address of a user in the canonical form of today, unless another user has it. Returns whether it was changed.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn renew_canonical_address_within(
        &self,
        transaction: &mut Transaction,
        id: UserId,
    ) -> Result<bool, Error> {
        let text = "SELECT email FROM users WHERE id = $1 AND deleted_at IS NULL";
        let email: Option<String> = transaction.query_scalar_optional(text, values![id]).await?;
        let Some(address) = email.and_then(|email| EmailAddress::parse(&email).ok()) else { return Ok(false) };
        let text = "UPDATE users SET email_canonical = $2 WHERE id = $1 AND email = $3 AND email_canonical <> $2
                    AND NOT EXISTS (SELECT 1 FROM users other
                                    WHERE other.email_canonical = $2 AND other.deleted_at IS NULL AND other.id <> $1)";
        Ok(transaction.execute(text, values![id, address.canonical(), address.as_str()]).await? > 0)
    }
}
