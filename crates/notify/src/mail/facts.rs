//! The facts for a mail about an event, as things stand when it is sent.

use serde_json::Value as Json;
use vestibule_auth::identities::RetrieveIdentityError;
use vestibule_auth::mfa::RetrieveMfaError;
use vestibule_auth::{AuthIdentityId, EmailChangeLinkError, EmailChangePurpose, MfaFactorId, ResetPasswordError};
use vestibule_core::{DomainError, EmailAddress, ErrorKind, Timestamp, link};
use vestibule_mail::{Facts, unlinked};
use vestibule_outbox::{Event, EventName};
use vestibule_user::users::RetrieveUserError;
use vestibule_user::{InviteState, User, UserId};

use super::{Due, Letter, MailDestination, Unknown};
use crate::{Delivery, Reason};

impl MailDestination {
    pub(super) async fn due(&self, event: &Event, delivery: &Delivery) -> Result<Due, Unknown> {
        match event.name {
            EventName::InviteCreated | EventName::InviteResent => self.invite(event, delivery).await,
            EventName::PasswordReset => self.password_reset(event, delivery).await,
            EventName::VerificationRequested => self.verification(event, delivery).await,
            EventName::SignInCodeRequested => self.sign_in_code(event, delivery).await,
            EventName::EmailChangeRequested => {
                self.email_change(event, delivery, (EmailChangePurpose::Confirm, "/email")).await
            }
            EventName::EmailChanged => {
                self.email_change(event, delivery, (EmailChangePurpose::Revert, "/email/revert")).await
            }
            EventName::EmailChangeRefused => self.taken_email(event).await,
            _ => self.notice(event).await,
        }
    }

    /// What every mail contains.
    fn facts(&self, event: &Event, to: &EmailAddress) -> Facts {
        Facts {
            app: self.options.app.clone(),
            public_url: self.options.public_url.clone(),
            address: to.as_str().to_owned(),
            other_address: None,
            link: None,
            inviter: None,
            expires_at: None,
            happened_at: event.created_at,
            device: None,
            client_address: None,
            factor: None,
            other_factors: false,
            code: None,
        }
    }

    pub(super) fn link(&self, path: &str, name: &str, secret: &str) -> Option<String> {
        let path = format!("{}{path}", self.options.dashboard_path);
        Some(link(&self.options.public_url, &path, name, secret))
    }

    async fn invite(&self, event: &Event, delivery: &Delivery) -> Result<Due, Unknown> {
        let users = self.flows.users();
        let id = event.subject.parse().map_err(|_| Unknown::Never(Reason::NoInviteNamed))?;
        let invite = match users.retrieve_invite(id).await {
            Ok(invite) => invite,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Due::Over(Reason::InviteDeleted)),
            Err(_) => return Err(Unknown::Database),
        };
        let now = self.flows.environment().now();
        match (invite.state, &invite.token) {
            (InviteState::Pending, Some(_)) => {
                if let Some(reason) = self.superseded(delivery).await? {
                    return Ok(Due::Over(reason));
                }
                if invite.expires_at <= now {
                    return Ok(Due::Over(Reason::InviteExpired));
                }
            }
            (InviteState::Pending | InviteState::Expired, _) => {
                return Ok(Due::Over(Reason::InviteExpired));
            }
            (InviteState::Accepted, _) => return Ok(Due::Over(Reason::InviteAccepted)),
            (InviteState::Revoked, _) => return Ok(Due::Over(Reason::InviteRevoked)),
        }
        let inviter = match invite.invited_by.as_deref().and_then(|id| id.parse().ok()) {
            Some(id) => self.user(id).await?.map(|user| name_of(&user)),
            None => None,
        };
        let facts = Facts {
            link: self.link("/invite", "token", invite.token.as_deref().unwrap_or_default()),
            inviter,
            expires_at: Some(invite.expires_at),
            ..self.facts(event, &invite.email)
        };
        let language = language_of(invite.metadata.as_ref().map(|metadata| metadata.as_object()));
        Ok(Due::Mail(Letter { to: invite.email, language, facts }))
    }

    async fn password_reset(&self, event: &Event, delivery: &Delivery) -> Result<Due, Unknown> {
        // A stranger's mail waits, and its link lives from when it may be sent.
        let not_before: Option<Timestamp> = text_in(&event.data, "not_before").parse().ok();
        let made_for = not_before.map_or(event.created_at, |from| from.max(event.created_at));
        let expires_at = made_for + self.flows.auth().options().reset_lifetime;
        if let Some(reason) = self.over(delivery, expires_at).await? {
            return Ok(Due::Over(reason));
        }
        let data = self.revealed(event)?;
        let to = address_in(&data)?;
        let token = text_in(&data, "token");
        match self.flows.auth().find_password_reset(token).await {
            Ok(_) => {}
            Err(ResetPasswordError::Database(_)) => return Err(Unknown::Database),
            // The link was used, or the password was changed, or an administrator has handed on a newer link.
            Err(_) => return Ok(Due::Over(Reason::LinkDead)),
        }
        let facts = Facts {
            link: self.link("/reset-password", "token", token),
            expires_at: Some(expires_at),
            ..self.facts(event, &to)
        };
        Ok(Due::Mail(Letter { language: self.language_at(event).await?, to, facts }))
    }

    async fn verification(&self, event: &Event, delivery: &Delivery) -> Result<Due, Unknown> {
        if text_in(&event.data, "entity_type") != "email" {
            return Ok(Due::Over(Reason::NotAnAddress));
        }
        let expires_at: Option<Timestamp> = text_in(&event.data, "expires_at").parse().ok();
        if let Some(reason) = self.over(delivery, expires_at.unwrap_or(event.created_at)).await? {
            return Ok(Due::Over(reason));
        }
        let data = self.revealed(event)?;
        let to = address_in(&data)?;
        let code = text_in(&data, "code");
        let facts = Facts {
            link: self.link("/verify", "code", code),
            code: Some(code.to_owned()),
            expires_at,
            ..self.facts(event, &to)
        };
        Ok(Due::Mail(Letter { language: self.language_at(event).await?, to, facts }))
    }

    async fn sign_in_code(&self, event: &Event, delivery: &Delivery) -> Result<Due, Unknown> {
        let expires_at: Option<Timestamp> = text_in(&event.data, "expires_at").parse().ok();
        if let Some(reason) = self.over(delivery, expires_at.unwrap_or(event.created_at)).await? {
            return Ok(Due::Over(reason));
        }
        let data = self.revealed(event)?;
        let to = address_in(&data)?;
        // A client without pages has the code alone.
        let token = Some(text_in(&data, "token")).filter(|token| !token.is_empty());
        let facts = Facts {
            link: token.and_then(|token| self.link("/login/code", "token", token)),
            code: Some(text_in(&data, "code").to_owned()),
            expires_at,
            ..self.facts(event, &to)
        };
        Ok(Due::Mail(Letter { language: self.language_at(event).await?, to, facts }))
    }

    /// A link to confirm a change of address, for the new one, or to revert it, for the old one.
    async fn email_change(
        &self,
        event: &Event,
        delivery: &Delivery,
        (purpose, path): (EmailChangePurpose, &str),
    ) -> Result<Due, Unknown> {
        let expires_at: Option<Timestamp> = text_in(&event.data, "expires_at").parse().ok();
        if let Some(reason) = self.over(delivery, expires_at.unwrap_or(event.created_at)).await? {
            return Ok(Due::Over(reason));
        }
        let data = self.revealed(event)?;
        let to = address_in(&data)?;
        let token = text_in(&data, "token");
        let change = match self.flows.find_email_change(token, purpose).await {
            Ok(change) => change,
            Err(EmailChangeLinkError::Database(_)) => return Err(Unknown::Database),
            // It was used, or another address was requested, which is taken; or the sessions were ended.
            Err(_) => return Ok(Due::Over(Reason::LinkDead)),
        };
        // The new address may be a stranger's, to whom the old one says nothing.
        let new_email = (purpose == EmailChangePurpose::Revert).then(|| change.new_email.to_string());
        let facts = Facts {
            other_address: new_email,
            link: self.link(path, "token", token),
            expires_at,
            ..self.facts(event, &to)
        };
        Ok(Due::Mail(Letter { language: self.language_of_actor(event).await?, to, facts }))
    }

    /// A notice to the owner of an address that another account tried to take.
    async fn taken_email(&self, event: &Event) -> Result<Due, Unknown> {
        let to = address_in(&event.data)?;
        let facts = self.facts(event, &to);
        Ok(Due::Mail(Letter { language: self.language_of_actor(event).await?, to, facts }))
    }

    /// The language of the user whom an event names, if there is one.
    async fn language_of_actor(&self, event: &Event) -> Result<Option<String>, Unknown> {
        let Ok(id) = text_in(&event.data, "actor_id").parse() else { return Ok(None) };
        let user = self.user(id).await?;
        Ok(user.and_then(|user| language_of(user.metadata.as_ref().map(|found| found.as_object()))))
    }

    /// A notice about an account, mailed to the address that is stored now.
    async fn notice(&self, event: &Event) -> Result<Due, Unknown> {
        let Some(user) = self.owner(event).await? else {
            // Identities without a user, or with a deleted one, have no pages to link to.
            return Ok(Due::Over(Reason::NoUser));
        };
        let text = |key| Some(text_in(&event.data, key)).filter(|text| !text.is_empty()).map(str::to_owned);
        // For any sign-in method: the address is the user's.
        let to = match text("entity_id").and_then(|address| address.parse().ok()) {
            Some(address) => address,
            None => user.email.clone(),
        };
        let (factor, other_factors) = self.second_factor(event).await?;
        let facts = Facts {
            device: text("device"),
            client_address: text("address"),
            factor: factor.or_else(|| text("provider")),
            other_factors,
            ..self.facts(event, &to)
        };
        Ok(Due::Mail(Letter {
            language: language_of(user.metadata.as_ref().map(|found| found.as_object())),
            to,
            facts,
        }))
    }

    /// The name of the second factor that an event is about, and whether its owner has others now.
    async fn second_factor(&self, event: &Event) -> Result<(Option<String>, bool), Unknown> {
        let Ok(id) = text_in(&event.data, "mfa_id").parse::<MfaFactorId>() else { return Ok((None, false)) };
        let auth = self.flows.auth();
        let factor = match auth.retrieve_auth_mfa(id).await {
            Ok(factor) => factor,
            Err(RetrieveMfaError::Database(_)) => return Err(Unknown::Database),
            Err(_) => return Ok((None, false)),
        };
        let has_mfa = auth.has_mfa(self.flows.database(), factor.auth_identity_id).await;
        Ok((Some(factor.name).filter(|name| !name.is_empty()), has_mfa.map_err(|_| Unknown::Database)?))
    }

    /// Why a link is not sent any more, if so.
    async fn over(&self, delivery: &Delivery, expires_at: Timestamp) -> Result<Option<Reason>, Unknown> {
        if expires_at <= self.flows.environment().now() {
            return Ok(Some(Reason::LinkExpired));
        }
        Ok(self.superseded(delivery).await?)
    }

    fn revealed(&self, event: &Event) -> Result<Json, Unknown> {
        self.flows.auth().reveal_event(event).map_err(|_| Unknown::Never(Reason::LinkSealed))
    }

    /// The language of the user who owns the identity of an event, if there is one.
    async fn language_at(&self, event: &Event) -> Result<Option<String>, Unknown> {
        let owner = self.owner(event).await?;
        Ok(owner.and_then(|user| language_of(user.metadata.as_ref().map(|found| found.as_object()))))
    }

    /// The user who owns the identity of an event.
    async fn owner(&self, event: &Event) -> Result<Option<User>, Unknown> {
        let named = text_in(&event.data, "auth_identity_id");
        let id: Option<AuthIdentityId> = [named, &event.subject].into_iter().find_map(|text| text.parse().ok());
        let Some(id) = id else { return Ok(None) };
        let identity = match self.flows.auth().retrieve_auth_identity(id).await {
            Ok(identity) => identity,
            Err(RetrieveIdentityError::Database(_)) => return Err(Unknown::Database),
            Err(_) => return Ok(None),
        };
        let user = identity.app_metadata.get("user_id").and_then(Json::as_str).and_then(|id| id.parse().ok());
        match user {
            Some(id) => self.user(id).await,
            None => Ok(None),
        }
    }

    async fn user(&self, id: UserId) -> Result<Option<User>, Unknown> {
        match self.flows.users().retrieve_user(id).await {
            Ok(user) => Ok(Some(user)),
            Err(RetrieveUserError::Database(_)) => Err(Unknown::Database),
            Err(_) => Ok(None),
        }
    }
}

fn text_in<'a>(data: &'a Json, key: &str) -> &'a str {
    data.get(key).and_then(Json::as_str).unwrap_or_default()
}

fn address_in(data: &Json) -> Result<EmailAddress, Unknown> {
    let text = text_in(data, "entity_id");
    text.parse().map_err(|_| Unknown::Never(Reason::NoAddress))
}

/// The preferred language in the metadata of a user or an invite.
fn language_of(metadata: Option<&serde_json::Map<String, Json>>) -> Option<String> {
    metadata?.get("language")?.as_str().map(str::to_owned)
}

pub(super) fn name_of(user: &User) -> String {
    let names: Vec<&str> = [&user.first_name, &user.last_name].into_iter().filter_map(|name| name.as_deref()).collect();
    if names.is_empty() { user.email.as_str().to_owned() } else { unlinked(&names.join(" ")) }
}
