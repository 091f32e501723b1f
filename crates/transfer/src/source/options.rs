//! What is read, and the secrets that are needed for it.

use std::fmt;
use std::io::{Cursor, Read};
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::file::{fingerprint_of_file, open};
use super::{Kind, Map, SourceError};

/// What is read. Printed without secrets.
#[derive(Clone)]
#[non_exhaustive]
pub struct SourceOptions {
    /// The program.
    pub kind: Kind,
    /// The file, or the URL of the database.
    pub location: String,
    /// How columns and roles are called.
    pub map: Map,
    /// Medusa's `AUTH_MFA_ENCRYPTION_KEY`.
    pub mfa_key: Option<String>,
    /// better-auth's secret.
    pub auth_secret: Option<String>,
    /// The parameters of Firebase's password hashes.
    pub firebase: FirebaseParameters,
    /// The content of a table that is no file, and what an interrupted import of it is known by.
    pub(crate) content: Option<(Arc<[u8]>, String)>,
}

/// The parameters of Firebase's password hashes, as its console shows them.
#[derive(Clone, Default)]
pub struct FirebaseParameters {
    /// `base64_signer_key`.
    pub signer_key: Option<String>,
    /// `base64_salt_separator`.
    pub salt_separator: Option<String>,
    /// `rounds`.
    pub rounds: Option<u32>,
    /// `mem_cost`.
    pub mem_cost: Option<u32>,
}

impl SourceOptions {
    /// This file or database, without secrets.
    pub fn new(kind: Kind, location: impl Into<String>) -> Self {
        Self {
            kind,
            location: location.into(),
            map: Map::default(),
            mfa_key: None,
            auth_secret: None,
            firebase: FirebaseParameters::default(),
            content: None,
        }
    }

    /// A table with this content, which an interrupted import finds again by `name`.
    pub(crate) fn table(name: &str, content: Arc<[u8]>, map: Map) -> Self {
        let location = String::new();
        Self { map, content: Some((content, name.to_owned())), ..Self::new(Kind::Csv, location) }
    }

    /// The bytes of a table.
    pub(crate) fn read(&self) -> Result<Box<dyn Read + Send>, SourceError> {
        Ok(match &self.content {
            Some((content, _)) => Box::new(Cursor::new(Arc::clone(content))),
            None => Box::new(open(&self.location)?),
        })
    }

    /// Whether it is a database.
    pub(crate) fn is_postgres(&self) -> bool {
        self.location.starts_with("postgres://") || self.location.starts_with("postgresql://")
    }

    /// What an interrupted import is known by: the content of the file, or which database it is.
    pub(crate) fn fingerprint(&self) -> Result<String, SourceError> {
        let mut hash = Sha256::new();
        hash.update(self.kind.name());
        if let Some((_, name)) = &self.content {
            hash.update(name);
        } else if self.is_postgres() {
            // Without the password, which may be changed.
            hash.update(self.location.rsplit_once('@').map_or(self.location.as_str(), |(_, place)| place));
        } else {
            hash.update(fingerprint_of_file(&self.location)?);
        }
        Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
    }
}

impl fmt::Debug for SourceOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SourceOptions").field("kind", &self.kind).finish_non_exhaustive()
    }
}

impl fmt::Debug for FirebaseParameters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FirebaseParameters").finish_non_exhaustive()
    }
}
