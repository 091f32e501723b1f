//! Mails as a destination: which event is told to whom, and what the mail can say.
//!
//! A mail goes to the stored address only, never to one that somebody typed in, and its links begin with the configured
//! URL (security.md 7, 15). What a link opens is made when the mail is sent, not before: of an invite that was sent again
//! in the meantime, only the newer mail goes out.

mod facts;
mod limit;
mod superseded;

use async_trait::async_trait;
use vestibule_core::{EmailAddress, Timestamp};
use vestibule_database::{Error, Transaction};
use vestibule_flows::{Flows, USER};
use vestibule_mail::{Facts, Kind, Mail, Mailer, SendError, Templates};
use vestibule_outbox::{Event, EventName, Placed};

use crate::{Delivery, Destination, Outcome, Reason, Target};

/// The name of this destination.
pub const MAIL: &str = "mail";

/// How mails are written.
#[derive(Debug, Clone)]
pub struct MailOptions {
    /// Where people reach the pages: the start of every link.
    pub public_url: String,
    /// Below which path of it the pages are: `/app`.
    pub dashboard_path: String,
    /// What the service calls itself.
    pub app: String,
    /// The language of whoever has none in his metadata (`language`).
    pub language: String,
    /// How many mails an hour one address is sent at most; 0 for any number.
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

/// A mail that is to be sent, or why none is.
#[expect(clippy::large_enum_variant, reason = "there is one at a time, and it is most often a letter")]
enum Due {
    Mail(Letter),
    Over(Reason),
}

/// To whom, in which language, and what the mail can say.
struct Letter {
    to: EmailAddress,
    language: Option<String>,
    facts: Facts,
}

/// Why it cannot be known what is due.
enum Unknown {
    /// The database has to be asked again.
    Database,
    /// What is stored does not say.
    Never(Reason),
}

impl From<Error> for Unknown {
    fn from(_: Error) -> Self {
        Self::Database
    }
}

impl MailDestination {
    /// Mails about what these flows do, sent by this mailer.
    pub fn new(flows: Flows, mailer: Mailer, templates: Templates, options: MailOptions) -> Self {
        Self { flows, mailer, templates: std::sync::Arc::new(templates), options }
    }

    async fn send(&self, delivery: &Delivery, kind: Kind, letter: &Letter, at: Timestamp) -> Outcome {
        let recipient = Some(letter.to.as_str().to_owned());
        let counted = self.counted(&letter.to, delivery);
        match self.count(counted.as_deref()).await {
            Ok(None) => {}
            // A link must not lie in the queue until it is dead.
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
            // Templates are tried at the start, with every fact that there can be.
            Err(error) => {
                self.uncount(counted.as_deref()).await;
                return again(Reason::Unwritten { error: error.to_string() }, recipient, false);
            }
        };
        let id = delivery.id.to_string();
        let mail = Mail { id: &id, to: &letter.to, rendered: &rendered, at, language };
        let sent = self.mailer.send(&mail).await;
        if sent.is_err() {
            // Only what has left fills a letter box.
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

    /// Whether the link of a letter is dead after so long.
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

    async fn targets(&self, transaction: &mut Transaction, events: &[Placed]) -> Result<Vec<Target>, Error> {
        for placed in events {
            self.supersede(transaction, &placed.event).await?;
        }
        let is_told = |placed: &&Placed| {
            // Other types of actors have pages of their own, which we do not know: a webhook can tell them.
            let actor = placed.event.data.get("actor_type").and_then(serde_json::Value::as_str);
            if placed.event.data.get("without_mail").is_some() {
                return false;
            }
            mail_about(&placed.event.name).is_some() && actor.is_none_or(|actor| actor == USER)
        };
        let target = |placed: &Placed| Target { position: placed.position, target: String::new() };
        Ok(events.iter().filter(is_told).map(target).collect())
    }

    async fn deliver(&self, delivery: &Delivery, event: &Event) -> Outcome {
        let outcome = self.send_due(delivery, event).await;
        // A newer one that was asked for while this one was tried must not wait for its next try.
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
