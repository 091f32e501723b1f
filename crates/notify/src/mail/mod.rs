//! Mails as a destination: which event is mailed to whom, and with which facts.
//!
//! A mail goes to the stored address only, never to one that a caller typed in, and its links begin with the configured
//! URL (security.md 7, 15). A link's token is created when the mail is sent, not before: of an invite that was sent
//! again in the meantime, only the newer mail goes out.

mod by_hand;
mod facts;
mod limit;
mod superseded;

use async_trait::async_trait;
use vestibule_core::{EmailAddress, Timestamp};
use vestibule_database::{Error, Transaction};
use vestibule_flows::{Flows, USER};
use vestibule_mail::{Facts, Kind, Mail, Mailer, SendError, Templates};
use vestibule_outbox::{Event, EventName, FeedEvent};

use crate::{Delivery, Destination, Outcome, Reason, Target};

/// The name of this destination.
pub const MAIL: &str = "mail";

/// The configuration of mails.
#[derive(Debug, Clone)]
pub struct MailOptions {
    /// The public URL of the pages: the start of every link.
    pub public_url: String,
    /// The path of the pages below it: `/app`.
    pub dashboard_path: String,
    /// The name of the service.
    pub app: String,
    /// The language of users without one in their metadata (`language`).
    pub language: String,
    /// How many mails an hour one address is sent at most; 0 for no limit.
    pub per_address: u32,
}

/// Mails as a destination of the relay.
#[derive(Debug, Clone)]
pub struct MailDestination {
    flows: Flows,
    mailer: Mailer,
    templates: std::sync::Arc<Templates>,
    options: MailOptions,
}

/// A mail to be sent, or why none is.
#[expect(clippy::large_enum_variant, reason = "there is one at a time, and it is most often a letter")]
enum Due {
    Mail(Letter),
    Over(Reason),
}

/// Recipient, language and facts of the mail.
struct Letter {
    to: EmailAddress,
    language: Option<String>,
    facts: Facts,
}

/// Why the mail could not be prepared.
enum Unknown {
    /// The database failed: try again.
    Database,
    /// The stored data does not suffice.
    Never(Reason),
}

impl From<Error> for Unknown {
    fn from(_: Error) -> Self {
        Self::Database
    }
}

impl MailDestination {
    /// Creates the destination for mails about what these flows do, sent by this mailer.
    pub fn new(flows: Flows, mailer: Mailer, templates: Templates, options: MailOptions) -> Self {
        Self { flows, mailer, templates: std::sync::Arc::new(templates), options }
    }

    async fn send(&self, delivery: &Delivery, kind: Kind, letter: &Letter, at: Timestamp) -> Outcome {
        let recipient = Some(letter.to.as_str().to_owned());
        let counted = self.counted(&letter.to, delivery);
        match self.count(counted.as_deref()).await {
            Ok(None) => {}
            // A link must not expire in the queue.
            Ok(Some(after)) if letter.facts.link.is_some() && self.is_over_after(letter, after) => {}
            Ok(Some(after)) => {
                let most = self.options.per_address;
                let reason = Reason::TooManyMails { address: letter.to.as_str().to_owned(), most };
                return Outcome::Wait { reason, after };
            }
            Err(_) => return unavailable(),
        }
        let wanted = letter.language.as_deref().and_then(|wanted| self.templates.find_language(wanted));
        let language = wanted.unwrap_or(&self.options.language);
        let rendered = match self.templates.render(kind, language, &letter.facts) {
            Ok(rendered) => rendered,
            // Templates are rendered at the start, with every possible fact.
            Err(error) => {
                self.uncount(counted.as_deref()).await;
                return again(Reason::Unwritten { error: error.to_string() }, recipient, false);
            }
        };
        let id = delivery.id.to_string();
        let mail = Mail { id: &id, to: &letter.to, rendered: &rendered, at, language };
        let sent = self.mailer.send(&mail).await;
        if sent.is_err() {
            // Only mails that were sent fill a mailbox.
            self.uncount(counted.as_deref()).await;
        }
        match sent {
            Ok(()) => Outcome::Sent { recipient, status: None },
            Err(SendError { reason, is_final: true, .. }) => {
                Outcome::Failed { reason: reason.into(), recipient, status: None, is_refused_for_good: false }
            }
            Err(SendError { reason, is_unreachable, .. }) => again(reason.into(), recipient, is_unreachable),
        }
    }

    /// Whether the link of a mail has expired after so long.
    fn is_over_after(&self, letter: &Letter, after: std::time::Duration) -> bool {
        let sent_at = self.flows.environment().now() + after;
        letter.facts.expires_at.is_some_and(|expires_at| expires_at <= sent_at)
    }

    async fn send_due(&self, delivery: &Delivery, event: &Event) -> Outcome {
        let Some(kind) = mail_about(&event.name) else {
            return Outcome::Superseded { reason: Reason::NoMail };
        };
        let not_before = event.data.get("not_before").and_then(serde_json::Value::as_str);
        let not_before: Option<Timestamp> = not_before.and_then(|text| text.parse().ok());
        let now = self.flows.environment().now();
        match self.due(event, delivery).await {
            Ok(Due::Mail(_)) if not_before.is_some_and(|from| from > now) => {
                let after = not_before.map(|from| from.since(now)).unwrap_or_default();
                Outcome::Wait { reason: Reason::StrangerWaits, after }
            }
            Ok(Due::Mail(letter)) => self.send(delivery, kind, &letter, event.created_at).await,
            Ok(Due::Over(reason)) => Outcome::Superseded { reason },
            Err(Unknown::Database) => unavailable(),
            Err(Unknown::Never(reason)) => {
                Outcome::Failed { reason, recipient: None, status: None, is_refused_for_good: false }
            }
        }
    }
}

#[async_trait]
impl Destination for MailDestination {
    fn name(&self) -> &str {
        MAIL
    }

    async fn targets(&self, transaction: &mut Transaction, events: &[FeedEvent]) -> Result<Vec<Target>, Error> {
        for placed in events {
            self.supersede(transaction, &placed.event).await?;
        }
        let is_mailed = |placed: &&FeedEvent| {
            // Other types of actors have pages of their own, unknown here: a webhook can notify them.
            let actor = placed.event.data.get("actor_type").and_then(serde_json::Value::as_str);
            if placed.event.data.get("without_mail").is_some() {
                return false;
            }
            mail_about(&placed.event.name).is_some() && actor.is_none_or(|actor| actor == USER)
        };
        let target = |placed: &FeedEvent| Target { position: placed.position, target: String::new() };
        Ok(events.iter().filter(is_mailed).map(target).collect())
    }

    async fn deliver(&self, delivery: &Delivery, event: &Event) -> Outcome {
        let outcome = self.send_due(delivery, event).await;
        // A newer mail that was requested while this one was tried must not wait for its next attempt.
        if matches!(outcome, Outcome::Again { .. } | Outcome::Wait { .. })
            && let Ok(Some(reason)) = self.superseded(delivery).await
        {
            return Outcome::Superseded { reason };
        }
        outcome
    }
}

/// Returns the mail that reports an event; `None` if none does.
pub fn mail_about(name: &EventName) -> Option<Kind> {
    Some(match name {
        EventName::InviteCreated => Kind::Invite,
        EventName::InviteResent => Kind::InviteAgain,
        EventName::PasswordReset => Kind::PasswordReset,
        EventName::PasswordChanged => Kind::PasswordChanged,
        EventName::VerificationRequested => Kind::Verification,
        EventName::SignInCodeRequested => Kind::SignInCode,
        EventName::EmailChangeRequested => Kind::EmailChange,
        EventName::EmailChangeRefused => Kind::EmailTaken,
        EventName::EmailChanged => Kind::EmailChanged,
        EventName::NewDevice => Kind::NewDevice,
        EventName::MfaEnabled => Kind::SecondFactorOn,
        EventName::MfaDisabled => Kind::SecondFactorOff,
        EventName::MfaRecoveryCodesGenerated => Kind::RecoveryCodes,
        _ => return None,
    })
}

fn again(reason: Reason, recipient: Option<String>, is_unreachable: bool) -> Outcome {
    Outcome::Again { reason, recipient, status: None, after: None, is_unreachable }
}

fn unavailable() -> Outcome {
    again(Reason::Database, None, false)
}
