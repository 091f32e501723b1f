//! `emailpass`: an e-mail address and a password.
//!
//! Anyone may register any address: that proves nothing, so an unclaimed identity blocks no one (security.md 6).
//! Several may wait for one address, each with its own password. They are distinguished by their hashes, which share a
//! salt derived from the address and the secret: so one hash is enough to find the right one among any number,
//! registering twice is registering once, and a sign-in costs the same whether an address has none, one or many of
//! them.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use serde_json::{Map, Value as Json};
use sha2::{Digest, Sha256};
use vestibule_core::{EmailAddress, Environment, SigningKey, Timestamp};

use super::{
    AuthInput, AuthProvider, Flow, IdentityStore, InvalidInput, ProviderContext, Registration, RejectionReason,
};
use crate::identities::ProviderIdentity;
use crate::passwords::{HashingError, PasswordRules, PasswordSubject, Passwords, Verdict, count_forms, is_too_long};
use crate::{AuthModule, AuthOptions, AuthenticateError, Authentication, CreateProviderIdentity};

/// The identifier of the provider with address and password.
pub const EMAILPASS: &str = "emailpass";

/// The longest text, in bytes, that may be the address of a user of another program.
const LONGEST_TEXT: usize = 1_024;

/// The field of the provider metadata that holds the hash, as in the reference.
pub(crate) const HASH: &str = "password";

/// The field that holds when the hash was set, in microseconds since 1970.
pub(crate) const SET_AT: &str = "password_set_at";

/// The provider `emailpass`.
#[derive(Debug)]
pub struct EmailPassProvider {
    passwords: Passwords,
    environment: Environment,
    signing_key: SigningKey,
    rules: Arc<PasswordRules>,
}

/// The claimed identities of a text.
#[derive(Default)]
struct Found {
    as_written: Option<ProviderIdentity>,
    by_address: Option<ProviderIdentity>,
}

impl EmailPassProvider {
    pub(crate) fn new(
        passwords: Passwords,
        environment: Environment,
        options: &AuthOptions,
        rules: Arc<PasswordRules>,
    ) -> Self {
        Self { passwords, environment, signing_key: options.signing_key.clone(), rules }
    }

    /// The salt of the hash by which an unclaimed registration is found.
    fn registration_salt(&self, email: &EmailAddress) -> [u8; 16] {
        let derived = self.signing_key.derive("emailpass registration salt", email.canonical());
        let mut salt = [0; 16];
        salt.iter_mut().zip(derived).for_each(|(to, from)| *to = from);
        salt
    }

    /// Finds the unclaimed registration of an address with this password. All forms of the password are hashed and looked
    /// for, whatever is found: the time must not reveal it.
    async fn find_registration(
        &self,
        identities: &IdentityStore<'_>,
        email: &EmailAddress,
        password: &str,
    ) -> Result<Option<ProviderIdentity>, AuthenticateError> {
        let mut found = None;
        for hash in self.passwords.hashes(password, self.registration_salt(email)).await? {
            let part = identities.find_registered(email.canonical(), &registration_key(&hash)).await?;
            // If it was claimed during the hashing, its password may have been changed as well.
            found = found.or(part.filter(|part| stored_hash(part) == Some(&hash)));
        }
        Ok(found)
    }

    /// Compares a password with the hash of a claimed identity. One whose hash is missing or unreadable admits no one,
    /// and responds like an unknown address.
    async fn check(&self, part: &ProviderIdentity, password: &str) -> Result<Verdict, HashingError> {
        match self.passwords.verify(password, stored_hash(part)).await {
            Err(HashingError::Unreadable) => {
                tracing::error!(provider_identity = %part.id, "a stored hash cannot be read: it needs a new password");
                Ok(Verdict { matches: false, outdated: false })
            }
            checked => checked,
        }
    }

    /// Finds the claimed identities of a text: the one that has it exactly as it is written, which an import brings for addresses
    /// that are refused here or are those of two users, and the one that has it as its address.
    async fn find_claimed(&self, identities: &IdentityStore<'_>, text: &str) -> Result<Found, AuthenticateError> {
        // A longer one, or one that the database cannot hold, is no one's.
        let is_possible = text.len() <= LONGEST_TEXT && !text.contains('\0');
        let written = if is_possible { EmailAddress::key_as_written(text) } else { String::new() };
        let canonical = EmailAddress::parse(text).map(|email| email.canonical().to_owned()).unwrap_or_default();
        let mut found = Found::default();
        for part in identities.list_claimed(&written, &canonical).await? {
            match part.entity_canonical == written {
                true => found.as_written = Some(part),
                false => found.by_address = Some(part),
            }
        }
        Ok(found)
    }

    /// The whole identity, unless another password was set during the hashing: then this one is outdated.
    async fn finish(
        &self,
        identities: &IdentityStore<'_>,
        part: ProviderIdentity,
    ) -> Result<Authentication, AuthenticateError> {
        let identity = identities.identity(&part).await?;
        let present = identity.provider_identities.iter().find(|present| present.id == part.id);
        let is_late =
            present.is_none_or(|present| set_at(&present.provider_metadata) != set_at(&part.provider_metadata));
        match is_late {
            true => Err(RejectionReason::WrongCredentials.into()),
            false => Ok(Authentication::Authenticated(Box::new(identity))),
        }
    }

    /// Replaces an outdated hash. The sign-in continues whether or not that succeeds.
    async fn upgrade_outdated(
        &self,
        identities: &IdentityStore<'_>,
        part: &ProviderIdentity,
        password: &str,
        verdict: Verdict,
    ) {
        if !verdict.outdated {
            return;
        }
        let upgraded = async {
            let hash = self.passwords.hash(password, self.environment.random_bytes()).await?;
            let mut metadata = part.provider_metadata.clone();
            metadata.insert(HASH.to_owned(), Json::String(hash));
            Ok::<_, AuthenticateError>(identities.replace_metadata(part, metadata).await?)
        };
        if let Err(error) = upgraded.await {
            tracing::warn!(%error, "a password's hash could not be updated; the next sign-in will try again");
        }
    }
}

#[async_trait]
impl AuthProvider for EmailPassProvider {
    fn identifier(&self) -> &str {
        EMAILPASS
    }

    fn display_name(&self) -> &str {
        "Email/Password Authentication"
    }

    fn flow(&self) -> Flow {
        Flow::Credentials
    }

    fn holds_passwords(&self) -> bool {
        true
    }

    fn fields(&self) -> Option<&'static [&'static str]> {
        Some(&["email", "password"])
    }

    fn account(&self, input: &AuthInput) -> Option<String> {
        let (email, password) = credentials(input).ok()?;
        if is_too_long(password) {
            return None;
        }
        Some(account_named(email))
    }

    async fn authenticate(
        &self,
        input: &AuthInput,
        context: &ProviderContext<'_>,
    ) -> Result<Authentication, AuthenticateError> {
        let identities = context.identities();
        let (email, password) = credentials(input)?;
        let wrong = || AuthenticateError::from(RejectionReason::WrongCredentials);
        let found = self.find_claimed(identities, email).await?;
        let is_imported = found.as_written.is_some();
        if let Some(part) = found.as_written {
            let verdict = self.check(&part, password).await?;
            if verdict.matches {
                self.upgrade_outdated(identities, &part, password, verdict).await;
                return self.finish(identities, part).await;
            }
        }
        let Ok(email) = EmailAddress::parse(email) else {
            if !is_imported {
                self.passwords.verify(password, None).await?;
            }
            return Err(wrong());
        };
        let part = match found.by_address {
            Some(part) => {
                let verdict = self.check(&part, password).await?;
                if !verdict.matches {
                    // The queries for an unknown address: the time must not reveal it.
                    for _ in 0..count_forms(password) {
                        identities.find_registered(email.canonical(), "").await?;
                    }
                    return Err(wrong());
                }
                self.upgrade_outdated(identities, &part, password, verdict).await;
                part
            }
            None => self.find_registration(identities, &email, password).await?.ok_or_else(wrong)?,
        };
        self.finish(identities, part).await
    }

    async fn register(
        &self,
        input: &AuthInput,
        context: &ProviderContext<'_>,
    ) -> Result<Authentication, AuthenticateError> {
        let identities = context.identities();
        let (email, password) = credentials(input)?;
        let email = EmailAddress::parse(email).map_err(InvalidInput::from)?;
        let subject = PasswordSubject::new(email.canonical(), &[]);
        self.passwords.check_strength(&self.rules, password, &subject).await?;
        let hash = self.passwords.hash(password, self.registration_salt(&email)).await?;
        if identities.find_claimed(email.canonical()).await?.is_some() {
            return Err(RejectionReason::IdentityExists.into());
        }
        let registration = Registration {
            entity_id: email.as_str().to_owned(),
            entity_canonical: email.canonical().to_owned(),
            registration_key: registration_key(&hash),
            user_metadata: None,
            provider_metadata: metadata(hash),
        };
        Ok(Authentication::Authenticated(Box::new(identities.register(&registration).await?)))
    }

    async fn update(
        &self,
        entity_id: &str,
        input: &AuthInput,
        context: &ProviderContext<'_>,
    ) -> Result<Authentication, AuthenticateError> {
        let identities = context.identities();
        let password = input.text("password").ok_or_else(|| missing("Password"))?;
        let imported = self.find_claimed(identities, entity_id).await?.as_written;
        let canonical = match imported {
            Some(part) => part.entity_canonical,
            None => EmailAddress::canonical_or_text(entity_id),
        };
        self.passwords.check_strength(&self.rules, password, &PasswordSubject::new(&canonical, &[])).await?;
        let unknown = || RejectionReason::UnknownIdentity { entity_id: entity_id.to_owned() };
        let hash = self.passwords.hash(password, self.environment.random_bytes()).await?;
        // A concurrent sign-in may be changing the row too: then this change comes after it.
        for _ in 0..8 {
            let part = identities.find_claimed(&canonical).await?.ok_or_else(unknown)?;
            let set_at = self.environment.now().max(part.updated_at + Duration::from_micros(1));
            if identities.replace_metadata(&part, new_metadata(hash.clone(), set_at)).await? {
                return Ok(Authentication::Authenticated(Box::new(identities.identity(&part).await?)));
            }
        }
        Err(vestibule_database::Error::Unavailable("the identity is being changed by many".into()).into())
    }
}

impl AuthModule {
    /// The identity of an address with this password, for a caller that creates it together with its owner. The
    /// password must not consist of the owner's address or names.
    ///
    /// # Errors
    ///
    /// [`AuthenticateError::Weak`], [`AuthenticateError::ForbiddenPassword`] or [`AuthenticateError::PasswordTooLong`] if the
    /// password cannot be accepted, [`AuthenticateError::Busy`].
    pub async fn password_identity(
        &self,
        email: &EmailAddress,
        subject: &PasswordSubject<'_>,
        password: &str,
    ) -> Result<CreateProviderIdentity, AuthenticateError> {
        self.passwords.check_strength(&self.password_rules, password, subject).await?;
        let hash = self.passwords.hash(password, self.environment.random_bytes()).await?;
        let mut identity = CreateProviderIdentity::new(EMAILPASS, email.as_str());
        identity.provider_metadata = metadata(hash);
        Ok(identity)
    }
}

/// The key under which the attempts of an address are counted: its canonical form, also if it is unknown. Other text is
/// no account, but must not look different. It is hashed: it may be long, and it may be a password in the wrong field.
pub(crate) fn account_named(text: &str) -> String {
    match EmailAddress::parse(text) {
        Ok(email) => email.canonical().to_owned(),
        Err(_) => format!("no address {}", digest(text)),
    }
}

/// Address and password, checked in the reference's order.
fn credentials(input: &AuthInput) -> Result<(&str, &str), AuthenticateError> {
    let password = input.text("password").filter(|text| !text.is_empty());
    let password = password.ok_or_else(|| missing("Password"))?;
    let email = input.text("email").filter(|text| !text.is_empty());
    let email = email.ok_or_else(|| missing("Email"))?;
    Ok((email, password))
}

fn missing(field: &'static str) -> AuthenticateError {
    RejectionReason::MissingField { field }.into()
}

pub(crate) fn stored_hash(part: &ProviderIdentity) -> Option<&str> {
    part.provider_metadata.get(HASH).and_then(Json::as_str)
}

fn metadata(hash: String) -> Map<String, Json> {
    [(HASH.to_owned(), Json::String(hash))].into_iter().collect()
}

/// The same for a password that replaces another one: the time shows a concurrent sign-in by the other one that it is
/// late. An updated hash keeps it.
pub(crate) fn new_metadata(hash: String, set_at: Timestamp) -> Map<String, Json> {
    let mut fields = metadata(hash);
    fields.insert(SET_AT.to_owned(), set_at.as_microseconds().into());
    fields
}

/// When a password replaced another one, if it did.
pub(crate) fn set_at(fields: &Map<String, Json>) -> Option<&Json> {
    fields.get(SET_AT)
}

/// The hash of the hash: an index holds it, and an index's pages are read more often than the row they lead to.
fn registration_key(hash: &str) -> String {
    digest(hash)
}

fn digest(text: &str) -> String {
    use base64::Engine;
    base64::prelude::BASE64_STANDARD_NO_PAD.encode(Sha256::digest(text.as_bytes()))
}
