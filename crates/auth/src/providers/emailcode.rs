//! `emailcode`: a code of six digits that is mailed to the address. Off unless the program adds the provider.
//!
//! The owner of an account's address can set its password by a reset; a code signs them in without one. So it
//! signs in every account with this address: one with a password, and one that has accepted its invite without.
//!
//! A code belongs to the sign-in that requested it: to its state, which the client keeps, and to the browser. It works
//! once, for ten minutes, and for [`MOST_GUESSES`] guesses, which count for the account as those of passwords do. An unknown
//! address gets a state too, and no mail (security.md 10).

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use subtle::ConstantTimeEq as _;
use vestibule_core::{EmailAddress, Timestamp};
use vestibule_database::{Error, Transaction, transaction, values};
use vestibule_outbox::{self as outbox, EventName};

use super::{AuthInput, AuthProvider, Flow, InvalidInput, PROVIDER_STATE_LIFETIME, ProviderContext, ProviderRefusal};
use crate::attempts::{AttemptLimit, Counter};
use crate::identities::{ProviderIdentity, provider_columns};
use crate::stranger_mails::MailOrigin;
use crate::{AuthModule, AuthenticateError, Authentication, CreateProviderIdentity};

/// The identifier of the provider with codes by e-mail.
pub const EMAILCODE: &str = "emailcode";

/// How many guesses a code takes.
const MOST_GUESSES: u32 = 5;

/// How many codes an owner in a known browser can have mailed while the first of them works. What strangers request is limited
/// by [`crate::stranger_mails`].
const MOST_SENT: u32 = 5;

/// The provider `emailcode`.
#[derive(Debug, Clone, Copy, Default)]
pub struct EmailCodeProvider;

/// What is remembered of a sign-in while its mail is on the way.
#[derive(Serialize, Deserialize)]
struct Sent {
    /// The canonical address.
    account: String,
    code: String,
    /// Where the browser continues after the sign-in.
    continue_to: Option<String>,
}

#[async_trait]
impl AuthProvider for EmailCodeProvider {
    fn identifier(&self) -> &str {
        EMAILCODE
    }

    fn display_name(&self) -> &str {
        "Code by e-mail"
    }

    fn flow(&self) -> Flow {
        Flow::Code
    }

    fn fields(&self) -> Option<&'static [&'static str]> {
        Some(&["email", "code", "state"])
    }

    async fn authenticate(
        &self,
        input: &AuthInput,
        context: &ProviderContext<'_>,
    ) -> Result<Authentication, AuthenticateError> {
        let email = input.text("email").unwrap_or_default();
        let email = EmailAddress::parse(email).map_err(InvalidInput::from)?;
        context.module().send_code(&email, input, context).await
    }

    async fn validate_callback(
        &self,
        input: &AuthInput,
        context: &ProviderContext<'_>,
    ) -> Result<Authentication, AuthenticateError> {
        let text = |name: &str| input.body.get(name).or_else(|| input.query.get(name)).and_then(Json::as_str);
        let code: String = text("code").unwrap_or_default().chars().filter(|c| !c.is_whitespace()).collect();
        if code.is_empty() {
            return Err(ProviderRefusal::NoCode.into());
        }
        let state = text("state").unwrap_or_default();
        context.module().redeem_code((state, &code), &input.actor_type, context).await
    }
}

impl EmailCodeProvider {
    /// The identity of a user who has received something at an address, and needs no password.
    pub fn identity(email: &EmailAddress) -> CreateProviderIdentity {
        CreateProviderIdentity::new(EMAILCODE, email.as_str())
    }
}

impl AuthModule {
    /// Remembers a sign-in, and has its code mailed if the address has an account.
    async fn send_code(
        &self,
        email: &EmailAddress,
        input: &AuthInput,
        context: &ProviderContext<'_>,
    ) -> Result<Authentication, AuthenticateError> {
        let account = email.canonical().to_owned();
        let code = format!("{:06}", u64::from_be_bytes(self.environment.random_bytes()) % 1_000_000);
        let sent = Sent { account, code, continue_to: input.continue_to.clone() };
        let state = context.states().remember(&sent, PROVIDER_STATE_LIFETIME).await?;
        let expires_at = self.environment.now() + PROVIDER_STATE_LIFETIME;
        let mailed: Result<(), AuthenticateError> = transaction!(self.database, |transaction| {
            let owner = self.find_recipient_of_code(transaction, &sent.account, &input.actor_type).await?;
            let origin = self.origin_of_code_within(transaction, &sent.account, owner.is_some(), context).await?;
            let (Some(owner), Some(origin)) = (owner, origin) else { return Ok(()) };
            self.announce_code_within(transaction, (&owner, input), (&state, &sent, expires_at), origin).await?;
            Ok(())
        });
        mailed?;
        Ok(Authentication::CodeSent { state })
    }

    /// Who causes the mail; `None` if none is sent. An address without an account costs the same.
    async fn origin_of_code_within(
        &self,
        transaction: &mut Transaction,
        account: &str,
        has_owner: bool,
        context: &ProviderContext<'_>,
    ) -> Result<Option<MailOrigin>, AuthenticateError> {
        if self.find_known_device(&mut *transaction, account, context.devices()).await?.is_some() {
            let limit = AttemptLimit { most: MOST_SENT, window: PROVIDER_STATE_LIFETIME };
            let counted = self.count_within(transaction, &mailed_codes(account), limit).await?;
            return Ok(counted.then_some(MailOrigin::Authenticated));
        }
        self.count_mail_from_within(transaction, context.client_address()).await??;
        let recipient = match has_owner {
            true => account.to_owned(),
            // Bounded: strangers name any number of addresses without an account.
            false => self.unknown_recipient(account),
        };
        // At once, or not at all: a code that leaves later has expired when it is read.
        let from = self.reserve_mail_within(transaction, &recipient, self.environment.now()).await?;
        Ok(from.map(|from| MailOrigin::Stranger { from }))
    }

    /// Reserves the mail that an address without an account receives in place of a code: now, or not at all. The request
    /// was counted for its client before. Returns nothing if the address has an account, which is sent a code.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn reserve_mail_in_place_of_code_within(
        &self,
        transaction: &mut Transaction,
        email: &EmailAddress,
        actor_type: &str,
    ) -> Result<Option<Timestamp>, Error> {
        if self.find_recipient_of_code(transaction, email.canonical(), actor_type).await?.is_some() {
            return Ok(None);
        }
        self.reserve_mail_within(transaction, email.canonical(), self.environment.now()).await
    }

    async fn announce_code_within(
        &self,
        transaction: &mut Transaction,
        (owner, input): (&ProviderIdentity, &AuthInput),
        (state, sent, expires_at): (&str, &Sent, Timestamp),
        origin: MailOrigin,
    ) -> Result<(), Error> {
        let (name, subject) = (EventName::SignInCodeRequested, owner.auth_identity_id.to_string());
        let mut data = json!({
            "auth_identity_id": subject,
            "entity_id": owner.entity_id,
            "actor_type": input.actor_type,
            "code": self.seal_for_event(&name, &subject, &sent.code),
            "expires_at": expires_at,
        });
        // The link is for a page, which has the browser's cookie.
        if let (Some(fields), true) = (data.as_object_mut(), input.callback_url.is_some()) {
            let link = format!("{state}.{}", sent.code);
            fields.insert("token".to_owned(), self.seal_for_event(&name, &subject, &link));
        }
        origin.note(&mut data, self.environment.now());
        outbox::record(transaction, &self.environment, name, &subject, data).await.map(drop)
    }

    /// Redeems a code. A wrong one is a failed attempt of the account, known or not.
    async fn redeem_code(
        &self,
        (state, code): (&str, &str),
        actor_type: &str,
        context: &ProviderContext<'_>,
    ) -> Result<Authentication, AuthenticateError> {
        let expired = || AuthenticateError::from(ProviderRefusal::UnknownState);
        let sent: Sent = context.states().find(state).await?.ok_or_else(expired)?;
        let device = self.find_known_device(&self.database, &sent.account, context.devices()).await?;
        let counter = match device {
            Some(device) => Counter::device(&sent.account, device),
            None => Counter::strangers(sent.account.as_str()),
        };
        let taken = self.count_attempt(counter).await?;
        let guesses = AttemptLimit { most: MOST_GUESSES, window: PROVIDER_STATE_LIFETIME };
        let key = format!("email code {}", context.states().key(state));
        let counted: Result<bool, Error> =
            transaction!(self.database, |transaction| self.count_within(transaction, &key, guesses).await);
        if !counted? {
            return Err(expired());
        }
        let wrong = || AuthenticateError::WrongEmailCode { account: sent.account.clone() };
        if !bool::from(sent.code.as_bytes().ct_eq(code.as_bytes())) {
            return Err(wrong());
        }
        // Of concurrent callers with the right code, one takes it (security.md 2).
        let sent_once: Option<Sent> = context.states().take_as(state).await?;
        sent_once.ok_or_else(expired)?;
        let owner: Result<_, Error> = transaction!(self.database, |transaction| {
            self.find_recipient_of_code(transaction, &sent.account, actor_type).await
        });
        let owner = owner?.ok_or_else(wrong)?;
        let identity = context.identities().identity(&owner).await?;
        if let Ok(email) = EmailAddress::parse(&owner.entity_id) {
            let verified: Result<(), Error> = transaction!(self.database, |transaction| {
                self.take_as_verified_within(transaction, identity.id, &email).await
            });
            verified?;
        }
        match self.has_mfa(&self.database, identity.id).await? {
            // The code alone does not prove that the owner is there.
            true => self.refund_attempt(taken).await?,
            false => self.settle_attempt(taken).await?,
        }
        let continue_to = sent.continue_to;
        Ok(Authentication::Returned { identity: Box::new(identity), continue_to, has_second_factor: false })
    }

    /// The identity that signs in by an address: with codes alone, or with a password.
    async fn find_recipient_of_code(
        &self,
        transaction: &mut Transaction,
        account: &str,
        actor_type: &str,
    ) -> Result<Option<ProviderIdentity>, Error> {
        let text = concat!(
            "SELECT ",
            provider_columns!(),
            " FROM provider_identities
              WHERE provider IN ('emailcode', 'emailpass') AND entity_canonical = $1 AND claimed
              ORDER BY CASE WHEN auth_identity_id IN (
                  SELECT auth_identity_id FROM auth_identity_actors WHERE actor_type = $2) THEN 0 ELSE 1 END, provider LIMIT 1"
        );
        transaction.query_optional(text, values![account, actor_type]).await
    }
}

/// The key under which the codes that an account was mailed are counted.
pub(crate) fn mailed_codes(account: &str) -> String {
    format!("mailed codes {account}")
}
