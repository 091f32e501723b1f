//! Mails that an administrator asks for: a test, and the look of an invitation before it is sent.

use std::time::Duration;

use serde_json::json;
use vestibule_audit::Action;
use vestibule_core::EmailAddress;
use vestibule_database::{Error, transaction};
use vestibule_flows::Context;
use vestibule_mail::{Facts, Kind, Mail, Rendered};
use vestibule_user::User;

use super::MailDestination;
use super::facts::name_of;
use crate::{DeliveryId, Reason};

impl MailDestination {
    /// Sends a test mail to a user, now and once, in this language if there are mails in it. Returns why the server did not accept
    /// it, if so.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database, in which the attempt is recorded.
    pub async fn send_test(&self, user: &User, language: &str, context: &Context) -> Result<Result<(), Reason>, Error> {
        let environment = self.flows.environment();
        let now = environment.now();
        let facts = Facts { happened_at: now, ..self.facts_of(user.email.as_str(), Kind::Test) };
        let language = self.templates.find_language(language).unwrap_or(&self.options.language);
        let id: DeliveryId = environment.id();
        let sent = match self.templates.render(Kind::Test, language, &facts) {
            Ok(rendered) => {
                let mail = Mail { id: &id.to_string(), to: &user.email, rendered: &rendered, at: now, language };
                self.mailer.send(&mail).await.map_err(|error| error.reason.into())
            }
            Err(error) => Err(Reason::Unwritten { error: error.to_string() }),
        };
        let (subject, outcome) = (user.id.to_string(), json!({ "accepted": sent.is_ok() }));
        transaction!(self.flows.database(), |transaction| {
            let target = ("user", subject.as_str());
            self.flows.record(transaction, context, Action::MailTested, target, None, Some(outcome.clone())).await
        })?;
        Ok(sent)
    }

    /// Renders the mail of an invite that this user would send now, with a link that does not work.
    ///
    /// # Errors
    ///
    /// The reason why an operator's template fails on it.
    pub fn preview_invite(
        &self,
        inviter: &User,
        to: Option<&EmailAddress>,
        lifetime: Duration,
    ) -> Result<Rendered, Reason> {
        let sample = Facts::sample(Kind::Invite);
        let now = self.flows.environment().now();
        let facts = Facts {
            link: self.link("/invite", "token", ""),
            inviter: Some(name_of(inviter)),
            expires_at: Some(now + lifetime),
            happened_at: now,
            ..self.facts_of(to.map_or(sample.address.as_str(), EmailAddress::as_str), Kind::Invite)
        };
        let rendered = self.templates.render(Kind::Invite, &self.options.language, &facts);
        rendered.map_err(|error| Reason::Unwritten { error: error.to_string() })
    }

    fn facts_of(&self, address: &str, kind: Kind) -> Facts {
        Facts {
            app: self.options.app.clone(),
            public_url: self.options.public_url.clone(),
            address: address.to_owned(),
            ..Facts::sample(kind)
        }
    }

    /// Whether mails are written to a folder, for want of a server.
    pub fn is_folder(&self) -> bool {
        self.mailer.is_folder().is_some()
    }
}
