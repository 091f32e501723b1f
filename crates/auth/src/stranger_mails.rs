//! Limits the mails that callers without a session can cause.
//!
//! The first mail to a recipient is sent at once, and each later one waits longer: a minute, 4, 16, then an hour. Each
//! client address can cause so many an hour, to any recipients. What an owner requests with a session, and what
//! administrators send, is counted apart: strangers neither delay it nor use it up.

use std::net::{IpAddr, Ipv6Addr};
use std::time::Duration;

use serde_json::{Map, Value as Json, json};
use sha2::{Digest, Sha256};
use vestibule_core::{DomainError, Metadata, Timestamp};
use vestibule_database::{Error, FromRow, Transaction, values};

use crate::AuthModule;
use crate::attempts::AttemptLimit;

/// After a day without a mail to a recipient, the next one is the first again.
const FORGOTTEN: Duration = Duration::from_secs(24 * 60 * 60);

/// The longest time between two mails to one recipient.
const LONGEST_GAP: Duration = Duration::from_secs(60 * 60);

/// How long the mails of a client address count.
const SOURCE_WINDOW: Duration = Duration::from_secs(60 * 60);

/// The largest metadata that a request for a mail can carry, in bytes of JSON, and how deep it can be.
const MAX_METADATA: (usize, usize) = (2 * 1024, 4);

/// Who causes a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailOrigin {
    /// The owner of the account with a session, an administrator, or the operator.
    Authenticated,
    /// A caller who need not be the recipient. The mail is sent at `from` at the earliest.
    Stranger {
        /// When it may be sent.
        from: Timestamp,
    },
    /// A sign-in, with the right password and perhaps not by the owner: a notice to the owner.
    SignIn {
        /// When it may be sent; `None` if there were too many already.
        from: Option<Timestamp>,
    },
}

/// Why no mail is sent for a caller.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, DomainError)]
pub enum RefusedMail {
    /// The client address has caused too many mails.
    #[error("Too many mails were requested from your address. Try again in an hour.")]
    #[kind(TooManyRequests, code = "too_many_mails_from_address")]
    TooManyFromAddress {
        /// When the next one is sent.
        retry_after: Duration,
    },
    /// The metadata is too large to be stored for a stranger.
    #[error("metadata of this request can have 2 KiB and 4 levels at most")]
    #[kind(InvalidData)]
    Metadata,
}

impl MailOrigin {
    /// Adds to an event's data who caused it (`origin`), and when its mail may be sent (`not_before`).
    pub(crate) fn note(self, data: &mut Json, now: Timestamp) {
        if let Some(data) = data.as_object_mut() {
            data.extend(self.data(now));
        }
    }

    /// The fields that this adds to an event's data.
    pub fn data(self, now: Timestamp) -> Map<String, Json> {
        let mut data = Map::new();
        let (name, from) = match self {
            // Without an origin, it is authenticated.
            Self::Authenticated => return data,
            Self::Stranger { from } => ("stranger", Some(from)),
            Self::SignIn { from } => ("sign_in", from),
        };
        data.insert("origin".to_owned(), json!(name));
        if let Some(from) = from.filter(|from| *from > now) {
            data.insert("not_before".to_owned(), json!(from));
        }
        if self == (Self::SignIn { from: None }) {
            data.insert("without_mail".to_owned(), json!(true));
        }
        data
    }
}

#[derive(FromRow)]
struct Slot {
    number: i64,
    next_at: i64,
}

/// How long the next mail waits after the one of this number, in microseconds. The statement has the same numbers.
fn gap(number: i64) -> i64 {
    match number {
        ..=1 => 60_000_000,
        2 => 240_000_000,
        3 => 960_000_000,
        _ => 3_600_000_000,
    }
}

const RESERVE: &str = "INSERT INTO auth_stranger_mails (recipient, number, next_at) VALUES ($1, 1, $3)
    ON CONFLICT (recipient) DO UPDATE SET
        number = CASE WHEN auth_stranger_mails.next_at <= $5 THEN 1 ELSE auth_stranger_mails.number + 1 END,
        next_at = CASE WHEN auth_stranger_mails.next_at <= $5 THEN $3
            ELSE (CASE WHEN auth_stranger_mails.next_at > $2 THEN auth_stranger_mails.next_at ELSE $2 END)
                + (CASE auth_stranger_mails.number WHEN 1 THEN 240000000 WHEN 2 THEN 960000000 ELSE 3600000000 END) END
    WHERE auth_stranger_mails.next_at <= $4
    RETURNING number, next_at";

impl AuthModule {
    /// Reserves the next mail of a stranger to a recipient, by one statement, and returns when it may be sent; `None`
    /// if that would be after `latest`.
    pub(crate) async fn reserve_mail_within(
        &self,
        transaction: &mut Transaction,
        recipient: &str,
        latest: Timestamp,
    ) -> Result<Option<Timestamp>, Error> {
        let now = self.environment.now();
        let forgotten = (now - FORGOTTEN).as_microseconds();
        let (now, latest) = (now.as_microseconds(), latest.as_microseconds());
        let values = values![recipient, now, now + gap(1), latest, forgotten];
        let slot: Option<Slot> = transaction.query_optional(RESERVE, values).await?;
        Ok(slot.map(|slot| Timestamp::from_microseconds(slot.next_at - gap(slot.number))))
    }

    /// The recipient under which mails to an address without an account are counted: one of 256.
    pub(crate) fn unknown_recipient(&self, account: &str) -> String {
        format!("unknown {:02x}", Sha256::digest(account.as_bytes()).first().copied().unwrap_or(0))
    }

    /// The latest moment for which a mail is reserved: the end of the longest gap.
    pub(crate) fn latest_mail(&self) -> Timestamp {
        self.environment.now() + LONGEST_GAP
    }

    /// Counts a mail that a client causes as a stranger. A client without a known address is not counted.
    ///
    /// # Errors
    ///
    /// The outer error is one of the database; the inner one is [`RefusedMail::TooManyFromAddress`].
    pub async fn count_mail_from_within(
        &self,
        transaction: &mut Transaction,
        client: Option<IpAddr>,
    ) -> Result<Result<(), RefusedMail>, Error> {
        let most = self.options.stranger_mails;
        let Some(client) = client.filter(|_| most > 0) else { return Ok(Ok(())) };
        let account = format!("mails from {}", network(client));
        let limit = AttemptLimit { most, window: SOURCE_WINDOW };
        if self.count_within(transaction, &account, limit).await? {
            return Ok(Ok(()));
        }
        Ok(Err(RefusedMail::TooManyFromAddress { retry_after: SOURCE_WINDOW }))
    }

    /// Refuses metadata that is too large for what a stranger can store.
    ///
    /// # Errors
    ///
    /// [`RefusedMail::Metadata`].
    pub fn check_mail_metadata(metadata: Option<&Metadata>) -> Result<(), RefusedMail> {
        let (bytes, depth) = MAX_METADATA;
        let is_small = metadata.is_none_or(|metadata| metadata.is_within(bytes, depth));
        if is_small { Ok(()) } else { Err(RefusedMail::Metadata) }
    }

    /// Deletes the counts of recipients without a mail for a day.
    pub(crate) async fn forget_recipients(&self) -> Result<u64, Error> {
        let forgotten = (self.environment.now() - FORGOTTEN).as_microseconds();
        let text = "DELETE FROM auth_stranger_mails WHERE next_at <= $1 AND recipient IN (
                        SELECT recipient FROM auth_stranger_mails WHERE next_at <= $1 LIMIT $2)";
        self.database.execute_in_batches(text, values![forgotten]).await
    }
}

/// What one customer of an internet provider has: an IPv4 address, or 2^64 of IPv6.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
    }
}
