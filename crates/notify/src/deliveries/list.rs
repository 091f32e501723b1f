//! Finding deliveries.

use vestibule_core::{DomainError, ErrorKind, Value};
use vestibule_database::{Error, FromRow, Row, values};

use super::{Deliveries, Delivery, DeliveryId, DeliveryState, columns};
use crate::{WEBHOOK, WebhookId};

/// Which deliveries to find. Newest first.
#[derive(Debug, Clone, Default)]
pub struct DeliveryQuery {
    /// Of what the event happened to one of these; empty for any.
    pub subjects: Vec<String>,
    /// Where they go: `mail`, `webhook`, ….
    pub destination: Option<String>,
    /// Which one there.
    pub target: Option<String>,
    /// How far they have come.
    pub state: Option<DeliveryState>,
    /// How many to pass over.
    pub skip: u32,
    /// How many to find at most.
    pub take: u32,
}

/// Why a delivery could not be found.
#[derive(Debug, thiserror::Error)]
pub enum RetrieveDeliveryError {
    /// There is none, or none any more.
    #[error("Delivery with id: {id} was not found")]
    NotFound {
        /// What was asked for.
        id: String,
    },
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl DomainError for RetrieveDeliveryError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::NotFound { .. } => ErrorKind::NotFound,
            Self::Database(error) => error.kind(),
        }
    }

    fn retry_after(&self) -> Option<std::time::Duration> {
        match self {
            Self::NotFound { .. } => None,
            Self::Database(error) => error.retry_after(),
        }
    }
}

struct Count(i64);

impl FromRow for Count {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        row.get("number").map(Self)
    }
}

impl DeliveryQuery {
    /// Finds the deliveries to a webhook, none of them yet.
    pub fn to_webhook(id: WebhookId) -> Self {
        Self { destination: Some(WEBHOOK.to_owned()), target: Some(id.to_string()), ..Self::default() }
    }

    /// The condition, and its values.
    fn condition(&self) -> (String, Vec<Value>) {
        let mut values = Vec::new();
        let mut placeholder = |value: Value| {
            values.push(value);
            format!("${}", values.len())
        };
        let mut parts = vec!["1 = 1".to_owned()];
        if !self.subjects.is_empty() {
            let subjects: Vec<String> =
                self.subjects.iter().map(|subject| placeholder(subject.as_str().into())).collect();
            parts.push(format!("subject IN ({})", subjects.join(", ")));
        }
        // A place is found by an index of its own.
        let place = self.destination.as_deref().zip(self.target.as_deref());
        let place = place.map(|(destination, target)| format!("{destination} {target}"));
        let unless_placed = |wanted: &Option<String>| wanted.clone().filter(|_| place.is_none());
        for (column, wanted) in [
            ("destination || ' ' || target", place.clone()),
            ("destination", unless_placed(&self.destination)),
            ("target", unless_placed(&self.target)),
            ("state", self.state.map(|state| state.as_str().to_owned())),
        ] {
            if let Some(wanted) = wanted {
                parts.push(format!("{column} = {}", placeholder(wanted.into())));
            }
        }
        (parts.join(" AND "), values)
    }
}

impl Deliveries {
    /// Finds deliveries, newest first, and counts all that match.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn list_and_count(&self, query: &DeliveryQuery) -> Result<(Vec<Delivery>, u64), Error> {
        let (condition, mut values) = query.condition();
        let counted: Option<Count> = self
            .database
            .query_optional(format!("SELECT count(*) AS number FROM deliveries WHERE {condition}"), &values)
            .await?;
        let (limit, offset) = (values.len() + 1, values.len() + 2);
        values.extend([query.take.into(), query.skip.into()]);
        let text = format!(
            "SELECT {} FROM deliveries WHERE {condition} ORDER BY position DESC, id DESC LIMIT ${limit} OFFSET ${offset}",
            columns!()
        );
        let found = self.database.query(text, &values).await?;
        Ok((found, counted.map_or(0, |count| u64::try_from(count.0).unwrap_or(0))))
    }

    /// The newest delivery to `destination` of each of these subjects that has one.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn latest(&self, destination: &str, subjects: &[String]) -> Result<Vec<Delivery>, Error> {
        if subjects.is_empty() {
            return Ok(Vec::new());
        }
        let placeholders: Vec<String> = (0..subjects.len()).map(|index| format!("${}", index + 2)).collect();
        let text = format!(
            "SELECT {} FROM deliveries WHERE destination = $1 AND position IN (
                 SELECT MAX(position) FROM deliveries WHERE destination = $1 AND subject IN ({}) GROUP BY subject
             )",
            columns!(),
            placeholders.join(", ")
        );
        let mut values = vec![Value::from(destination)];
        values.extend(subjects.iter().map(|subject| Value::from(subject.as_str())));
        self.database.query(text, &values).await
    }

    /// The newest delivery to each of these targets of `destination` that has one.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn latest_to(&self, destination: &str, targets: &[String]) -> Result<Vec<Delivery>, Error> {
        if targets.is_empty() {
            return Ok(Vec::new());
        }
        let placeholders: Vec<String> = (1..=targets.len()).map(|number| format!("${number}")).collect();
        // One event goes to many targets, so its position alone does not say which delivery is meant.
        let text = format!(
            "SELECT {} FROM deliveries WHERE (destination || ' ' || target, position) IN (
                 SELECT destination || ' ' || target AS place, MAX(position) FROM deliveries
                 WHERE destination || ' ' || target IN ({}) GROUP BY place
             )",
            columns!(),
            placeholders.join(", ")
        );
        let places = targets.iter().map(|target| Value::from(format!("{destination} {target}")));
        let values: Vec<Value> = places.collect();
        self.database.query(text, &values).await
    }

    /// The delivery of this id.
    ///
    /// # Errors
    ///
    /// [`RetrieveDeliveryError`].
    pub async fn retrieve(&self, id: DeliveryId) -> Result<Delivery, RetrieveDeliveryError> {
        let text = concat!("SELECT ", columns!(), " FROM deliveries WHERE id = $1");
        let found: Option<Delivery> = self.database.query_optional(text, values![id]).await?;
        found.ok_or_else(|| RetrieveDeliveryError::NotFound { id: id.to_string() })
    }
}
