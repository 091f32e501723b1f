//! Creating a webhook.

use serde_json::json;
use vestibule_audit::Action;
use vestibule_database::{Error, Transaction, transaction, values};
use vestibule_flows::{Context, GrantError};
use vestibule_rbac::Permissions;
use vestibule_webhook::Endpoint;

use super::{Webhook, WebhookError, WebhookId, WebhookWithSecret, Webhooks, audited, columns, events};

/// The longest description, in characters.
const LONGEST_DESCRIPTION: usize = 500;

/// A webhook to be created.
#[derive(Debug, Clone, Default)]
pub struct NewWebhook {
    /// The URL: https, or http inside the networks that the configuration allows.
    pub url: String,
    /// The description.
    pub description: Option<String>,
    /// The events that it receives.
    pub events: Vec<String>,
    /// Whether it receives secrets. Only a super admin may set this.
    pub includes_secrets: bool,
}

impl Webhooks {
    /// Creates a webhook. Its secret is returned this once.
    ///
    /// # Errors
    ///
    /// [`WebhookError`].
    pub async fn create(&self, new: &NewWebhook, context: &Context) -> Result<WebhookWithSecret, WebhookError> {
        let url = self.check_url(&new.url)?;
        let events = events::check(&new.events)?;
        check_description(new.description.as_deref())?;
        let (id, secret): (WebhookId, _) = (self.flows.environment().id(), self.new_secret());
        let now = self.flows.environment().now();
        let webhook: Result<Webhook, WebhookError> = transaction!(self.flows.database(), |transaction| {
            if new.includes_secrets {
                self.check_may_have_secrets(transaction, context).await?;
            }
            let text = concat!(
                "INSERT INTO webhook_endpoints (id, url, description, events, includes_secrets, secret, created_by, created_at,
                     updated_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8) RETURNING ",
                columns!()
            );
            let values = values![
                id,
                url.as_str(),
                new.description.as_deref(),
                json!(events),
                new.includes_secrets,
                self.seal(id, &secret),
                context.actor.id(),
                now,
            ];
            let made: Option<Webhook> = transaction.query_optional(text, values).await?;
            let made = made.ok_or_else(|| Error::Other("a webhook was made and is not there".into()))?;
            let target = ("webhook", &*id.to_string());
            self.flows.record(transaction, context, Action::WebhookCreated, target, None, Some(audited(&made))).await?;
            Ok(made)
        });
        Ok(WebhookWithSecret { webhook: webhook?, secret: secret.reveal() })
    }

    /// The normalised URL, if it is allowed.
    pub(super) fn check_url(&self, url: &str) -> Result<String, WebhookError> {
        let endpoint: Endpoint = url.parse()?;
        self.guard.check(&endpoint)?;
        Ok(endpoint.as_str().to_owned())
    }

    /// With the tokens of password resets, a receiver can act as any user.
    pub(super) async fn check_may_have_secrets(
        &self,
        transaction: &mut Transaction,
        context: &Context,
    ) -> Result<(), WebhookError> {
        self.flows.check_grant_within(transaction, context, &Permissions::everything()).await?;
        Ok(context.check_access_change().map_err(GrantError::from)?)
    }
}

pub(super) fn check_description(description: Option<&str>) -> Result<(), WebhookError> {
    match description {
        Some(text) if text.chars().count() > LONGEST_DESCRIPTION => {
            Err(WebhookError::Description { most: LONGEST_DESCRIPTION })
        }
        _ => Ok(()),
    }
}
