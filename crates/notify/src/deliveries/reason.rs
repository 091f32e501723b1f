//! Why a delivery has not arrived.

use serde::{Deserialize, Serialize, Serializer};
use vestibule_core::{Value, WrongType};

/// The longest reason that is stored, in characters. A longer one is stored as the beginning of its text.
const LONGEST: usize = 1_000;

/// Why a delivery waits, failed or was superseded. Its text is English, for the API, the command line and the log; a
/// page matches on it and has its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The database failed while it was tried.
    #[error("the database could not be reached")]
    Database,
    /// The event was deleted because it was old.
    #[error("the event was too long ago and is no longer stored")]
    EventGone,
    /// The process that took it has no such destination.
    #[error("this process does not deliver there")]
    NotHere,
    /// The attempt had to end before another process may begin.
    #[error("it took too long")]
    TooLong,

    /// No mail reports this event.
    #[error("no mail reports this event")]
    NoMail,
    /// The invite was deleted.
    #[error("the invite was deleted")]
    InviteDeleted,
    /// A newer mail has the link that works.
    #[error("it was sent again, with another link")]
    InviteSentAgain,
    /// The invite expired too soon.
    #[error("the invite expired before it could be sent")]
    InviteExpired,
    /// The invite became a user.
    #[error("the invite was accepted in the meantime")]
    InviteAccepted,
    /// An administrator revoked the invite.
    #[error("the invite was taken back")]
    InviteRevoked,
    /// A link to set a password or to verify an address expired too soon.
    #[error("the link expired before it could be sent")]
    LinkExpired,
    /// The user requested another link.
    #[error("a newer link was requested")]
    NewerLink,
    /// Mails that a caller without a session requests leave at intervals that grow.
    #[error("requests without a session are mailed one after the other, and this one is not due yet")]
    StrangerWaits,
    /// The link was used, or the password was changed, or an administrator handed on a newer one.
    #[error("the link does not work any more")]
    LinkDead,
    /// The entity to verify is no e-mail address, such as a telephone number.
    #[error("it is no e-mail address that is to be confirmed")]
    NotAnAddress,
    /// The account has no user.
    #[error("the account is not a user's, or not there any more")]
    NoUser,
    /// The event has no id of an invite.
    #[error("the event names no invite")]
    NoInviteNamed,
    /// The key of tokens was changed since.
    #[error("its link was sealed with another secret: have a new one sent")]
    LinkSealed,
    /// Mail goes to addresses alone.
    #[error("the account's name is no e-mail address")]
    NoAddress,
    /// The address has reached its limit of mails for this hour.
    #[error("{address} was sent {most} mails within an hour, which is the most")]
    TooManyMails {
        /// The address.
        address: String,
        /// How many mails an hour an address is sent at most.
        most: u32,
    },
    /// A template failed.
    #[error("the mail could not be written: {error}")]
    Unwritten {
        /// Why.
        error: String,
    },

    /// An administrator, or the receiver, disabled the webhook.
    #[error("the webhook was disabled")]
    WebhookDisabled,
    /// The webhook was deleted.
    #[error("the webhook was deleted")]
    WebhookDeleted,
    /// The key of secrets was changed since.
    #[error("its secret was sealed with another key: rotate it")]
    SecretSealed,
    /// The key of tokens was changed since.
    #[error("its data was sealed with another secret")]
    EventSealed,
    /// The stored URL is invalid.
    #[error("its URL is no longer valid: enter it again")]
    UrlUnreadable,

    /// The mail server, or the folder for mails.
    #[error(transparent)]
    Mail(#[from] vestibule_mail::Reason),
    /// The webhook's receiver.
    #[error(transparent)]
    Webhook(#[from] vestibule_webhook::Reason),
    /// A sentence: from a [`Destination`](crate::Destination) of an embedding program, or from before reasons had a
    /// type.
    #[error("{0}")]
    Said(String),
}

impl From<&str> for Reason {
    fn from(text: &str) -> Self {
        Self::Said(text.to_owned())
    }
}

impl From<&Reason> for Value {
    fn from(reason: &Reason) -> Self {
        let json = |reason: &Reason| serde_json::to_string(reason).unwrap_or_default();
        let whole = json(reason);
        match whole.chars().count() <= LONGEST {
            true => whole.into(),
            false => json(&Reason::Said(reason.to_string().chars().take(LONGEST).collect())).into(),
        }
    }
}

impl TryFrom<Value> for Reason {
    type Error = WrongType;

    fn try_from(value: Value) -> Result<Self, WrongType> {
        let text = String::try_from(value)?;
        Ok(serde_json::from_str(&text).unwrap_or(Self::Said(text)))
    }
}

/// Writes a reason as its text, for the API.
pub(crate) fn as_text<S: Serializer>(reason: &Option<Reason>, serializer: S) -> Result<S::Ok, S::Error> {
    match reason {
        Some(reason) => serializer.collect_str(reason),
        None => serializer.serialize_none(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stored(reason: &Reason) -> Reason {
        Reason::try_from(Value::from(reason)).unwrap()
    }

    #[test]
    fn a_reason_is_read_as_it_was_written() {
        let answered = vestibule_webhook::Reason::Answered { status: 500, answer: Some("try\u{0}later".to_owned()) };
        let within = std::time::Duration::from_millis(250);
        for (reason, text) in [
            (Reason::Database, "the database could not be reached"),
            (answered.into(), "answered 500: try\u{0}later"),
            (
                vestibule_mail::Reason::TimedOut { host: "smtp.example.com".to_owned(), within }.into(),
                "smtp.example.com did not answer within 250 ms",
            ),
            ("queue full".into(), "queue full"),
        ] {
            assert_eq!(stored(&reason), reason);
            assert_eq!(reason.to_string(), text);
        }
    }

    #[test]
    fn a_sentence_from_before_stays_one() {
        for text in ["", "the webhook was disabled", "answered 500: {}"] {
            assert_eq!(Reason::try_from(Value::from(text)), Ok(text.into()));
        }
    }

    #[test]
    fn a_long_reason_is_cut() {
        let long = Reason::Unwritten { error: "é".repeat(2 * LONGEST) };
        let text = stored(&long).to_string();
        assert!(text.chars().count() == LONGEST && long.to_string().starts_with(&text), "{text}");
    }
}
