//! What years have left behind, in all modules: the findings of the flows, and those of deliveries, webhooks, mails and indexes.

use vestibule_database::{Error, FromRow, values};
use vestibule_flows::doctor::{Finding, FindingKind, sorted};
use vestibule_flows::{Context, Flows};
use vestibule_mail::Mailer;
use vestibule_webhook::AddressGuard;

use crate::deliveries::Place;
use crate::{ALL_MIGRATIONS, Deliveries, RetryDeliveryError, WebhookId, Webhooks};

/// Examines an installation, and repairs what needs no decision.
#[derive(Debug, Clone)]
pub struct Doctor {
    flows: Flows,
    deliveries: Deliveries,
    mailer: Option<Mailer>,
}

#[derive(FromRow)]
struct Sealed {
    id: WebhookId,
    secret: Vec<u8>,
}

impl Doctor {
    /// Examines this database. Without a mailer, whether mails can be sent is not examined.
    pub fn new(flows: Flows) -> Self {
        let deliveries = Deliveries::new(flows.database().clone(), flows.environment().clone());
        Self { flows, deliveries, mailer: None }
    }

    /// Examines whether this mailer can send mails.
    #[must_use]
    pub fn with_mailer(mut self, mailer: Mailer) -> Self {
        self.mailer = Some(mailer);
        self
    }

    /// Finds what is wrong. Reads every table a batch at a time, and changes nothing.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn examine(&self) -> Result<Vec<Finding>, Error> {
        let mut findings = self.flows.examine().await?;
        let mut stuck = Finding::new(FindingKind::DeliveryStuck);
        let mut place = Some(Place::start());
        while let Some(here) = place {
            let (found, next) = self.deliveries.examine_queue(&here).await?;
            found.iter().for_each(|id| stuck.add(id.to_string()));
            place = next;
        }
        findings.push(stuck);
        self.examine_secrets(&mut findings).await?;
        let missing = self.flows.database().absent_indexes(&ALL_MIGRATIONS).await?;
        findings.push(Finding::new(FindingKind::IndexMissing).with(missing));
        if let Some(mailer) = &self.mailer
            && let Err(error) = mailer.check().await
        {
            findings.push(Finding::new(FindingKind::MailServerSilent).with([error.to_string()]));
        }
        Ok(sorted(findings))
    }

    /// Adds the webhooks whose secret cannot be opened to the other secrets of which that is true.
    async fn examine_secrets(&self, findings: &mut Vec<Finding>) -> Result<(), Error> {
        let webhooks = Webhooks::new(self.flows.clone(), AddressGuard::default());
        let text = "SELECT id, secret FROM webhook_endpoints WHERE deleted_at IS NULL ORDER BY id";
        let sealed: Vec<Sealed> = self.flows.database().scan(text, values![]).await?;
        let lost = sealed.into_iter().filter(|sealed| webhooks.unseal(sealed.id, &sealed.secret).is_err());
        let lost = lost.map(|sealed| sealed.id.to_string());
        match findings.iter_mut().find(|finding| finding.kind == FindingKind::SecretLost) {
            Some(finding) => lost.for_each(|id| finding.add(id)),
            None => findings.push(Finding::new(FindingKind::SecretLost).with(lost)),
        }
        Ok(())
    }

    /// Repairs what needs no decision, each in a transaction of its own with an entry of the audit log. Returns what was repaired.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database. What was repaired before stays so.
    pub async fn repair(&self, context: &Context) -> Result<Vec<Finding>, Error> {
        let mut repaired = self.flows.repair(context).await?;
        let mut stuck = Finding::new(FindingKind::DeliveryStuck);
        let mut place = Some(Place::start());
        while let Some(here) = place {
            let (found, next) = self.deliveries.examine_queue(&here).await?;
            for id in found {
                match self.deliveries.retry(id, context).await {
                    Ok(_) => stuck.add(id.to_string()),
                    // Some process tries it now, or has.
                    Err(RetryDeliveryError::NotFound { .. } | RetryDeliveryError::InProgress) => {}
                    Err(RetryDeliveryError::Database(error)) => return Err(error),
                }
            }
            place = next;
        }
        repaired.push(stuck);
        repaired.push(self.build_indexes(context).await?);
        Ok(sorted(repaired))
    }

    async fn build_indexes(&self, context: &Context) -> Result<Finding, Error> {
        let (kind, database) = (FindingKind::IndexMissing, self.flows.database());
        let mut built = Finding::new(kind);
        for name in database.absent_indexes(&ALL_MIGRATIONS).await? {
            match database.build_absent_index(&ALL_MIGRATIONS, &name).await {
                Ok(()) => {}
                // Rows that it forbids: that stays a finding.
                Err(error @ (Error::Unique { .. } | Error::Other(_))) => {
                    tracing::warn!(index = name, %error, "an index of the database could not be built");
                    continue;
                }
                Err(error) => return Err(error),
            }
            if !database.absent_indexes(&ALL_MIGRATIONS).await?.contains(&name) {
                self.flows.note_repair(kind, &name, context).await?;
                built.add(name);
            }
        }
        Ok(built)
    }
}
