//! Listing deliveries.

use vestibule_core::{
    Before, Count, Counting, Cursor, CursorPage, Direction, DomainError, FindConfig, MOST_COUNTED, Value,
};
use vestibule_database::{Error, list, values};

use super::{Deliveries, Delivery, DeliveryId, DeliveryState, columns};
use crate::{WEBHOOK, WebhookId};

vestibule_core::fields!(
    /// The field by which deliveries are listed.
    DeliveryField {
        /// The place in the order of the events.
        Position: "position" as Int,
    }
);

/// The order of the lists, for [`Cursor::write`] and [`Cursor::read`].
pub const NEWEST_FIRST: [(DeliveryField, Direction); 1] = [(DeliveryField::Position, Direction::Descending)];

/// Which deliveries to list. Newest first.
#[derive(Debug, Clone, Default)]
pub struct DeliveryQuery {
    /// The subjects of the events; empty for any.
    pub subjects: Vec<String>,
    /// The destinations, such as `mail` and `webhook`; empty for any.
    pub destinations: Vec<String>,
    /// The target of the destination.
    pub target: Option<String>,
    /// The states; empty for any.
    pub states: Vec<DeliveryState>,
    /// The delivery to begin after, by a page's `next`; `None` for the newest.
    pub after: Option<Cursor>,
    /// Where the page ends, in place of `after`.
    pub before: Option<Before>,
    /// How many to skip; it does not count where `after` or `before` is given.
    pub skip: u32,
    /// How many to return at most.
    pub take: u32,
    /// How they are counted.
    pub counting: Counting,
}

/// Why a delivery was not retrieved.
#[derive(Debug, thiserror::Error, DomainError)]
#[non_exhaustive]
pub enum RetrieveDeliveryError {
    /// There is none, or no longer.
    #[error("Delivery with id: {id} was not found")]
    #[kind(NotFound)]
    NotFound {
        /// The id that was given.
        id: String,
    },
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl DeliveryQuery {
    /// A query for the deliveries to a webhook that returns none yet.
    pub fn to_webhook(id: WebhookId) -> Self {
        Self { destinations: vec![WEBHOOK.to_owned()], target: Some(id.to_string()), ..Self::default() }
    }

    /// The same deliveries, of this page.
    #[must_use]
    pub fn page(self, find: &FindConfig<DeliveryField>) -> Self {
        let number = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
        Self {
            after: find.after.clone(),
            before: find.before.clone(),
            skip: number(find.skip),
            take: find.take.map_or(u32::MAX, number),
            counting: find.counting,
            ..self
        }
    }

    /// Which page of them, and where it is read.
    fn find(&self) -> FindConfig<DeliveryField> {
        FindConfig {
            after: self.after.clone(),
            before: self.before.clone(),
            ..FindConfig::default().page(self.skip.into(), self.take.into())
        }
    }

    /// The statement that reads a page, and its values.
    fn statement(&self, find: &FindConfig<DeliveryField>) -> (String, Vec<Value>) {
        let (mut condition, mut values) = self.condition();
        let (sign, direction) = if find.reading().is_backwards() { (">", "ASC") } else { ("<", "DESC") };
        if let Some(cursor) = find.cursor() {
            values.extend(cursor.values().iter().cloned().chain([cursor.id().into()]));
            condition = format!("{condition} AND (position, id) {sign} (${}, ${})", values.len() - 1, values.len());
        }
        // One more than wanted: whether others follow.
        let skip = i64::try_from(find.skipped()).unwrap_or(i64::MAX);
        values.extend([i64::from(self.take) + 1, skip].map(Value::from));
        let text = format!(
            "SELECT {} FROM deliveries WHERE {condition} ORDER BY position {direction}, id {direction} LIMIT ${} OFFSET ${}",
            columns!(),
            values.len() - 1,
            values.len(),
        );
        (text, values)
    }

    /// The condition, and its values.
    fn condition(&self) -> (String, Vec<Value>) {
        let mut values = Vec::new();
        let mut placeholder = |value: Value| {
            values.push(value);
            format!("${}", values.len())
        };
        let mut parts = vec!["1 = 1".to_owned()];
        let subjects: Vec<&str> = self.subjects.iter().map(String::as_str).collect();
        one_of("subject", &subjects, &mut parts, &mut placeholder);
        let destinations: Vec<&str> = self.destinations.iter().map(String::as_str).collect();
        let targets: Vec<&str> = self.target.as_deref().into_iter().collect();
        match (destinations.as_slice(), targets.as_slice()) {
            // A target is found by its own index.
            ([destination], [target]) => {
                let place = placeholder(format!("{destination} {target}").into());
                parts.push(format!("destination || ' ' || target = {place}"));
            }
            _ => {
                one_of("destination", &destinations, &mut parts, &mut placeholder);
                one_of("target", &targets, &mut parts, &mut placeholder);
            }
        }
        let states: Vec<String> = self.states.iter().map(|state| format!("'{}'", state.as_str())).collect();
        if !states.is_empty() {
            parts.push(format!("state IN ({})", states.join(", ")));
        }
        // By these words SQLite recognises the index of those that were not sent. With several states it would sort them all.
        if matches!(self.states.as_slice(), [state] if *state != DeliveryState::Sent) {
            parts.push("state <> 'sent'".to_owned());
        }
        (parts.join(" AND "), values)
    }
}

/// Adds the condition that a column has one of these values; no condition if there are none.
fn one_of(column: &str, wanted: &[&str], parts: &mut Vec<String>, placeholder: &mut impl FnMut(Value) -> String) {
    let places: Vec<String> = wanted.iter().map(|wanted| placeholder((*wanted).into())).collect();
    match places.as_slice() {
        [] => {}
        [place] => parts.push(format!("{column} = {place}")),
        places => parts.push(format!("{column} IN ({})", places.join(", "))),
    }
}

impl Deliveries {
    /// Lists deliveries, newest first, and counts all that match.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn list_and_count(&self, query: &DeliveryQuery) -> Result<(Vec<Delivery>, u64), Error> {
        let (condition, values) = query.condition();
        let text = format!("SELECT count(*) FROM deliveries WHERE {condition}");
        let count = self.database.query_scalar(text, &values).await?;
        let page = self.list_page(&DeliveryQuery { counting: Counting::None, ..query.clone() }).await?;
        Ok((page.rows, count))
    }

    /// Lists deliveries, newest first, with what leads to the pages beside it.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn list_page(&self, query: &DeliveryQuery) -> Result<CursorPage<Delivery>, Error> {
        let find = query.find();
        let (text, values) = query.statement(&find);
        let found = self.database.query(text, &values).await?;
        let place = |delivery: &Delivery| Cursor::new(vec![delivery.position.into()], delivery.id.to_string());
        let page = CursorPage::cut(found, find.reading(), find.take, place);
        Ok(page.with_count(self.count(query).await?))
    }

    /// Explains how the database finds these deliveries: the lines of its plan, in its own words. For tests.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn explain(&self, query: &DeliveryQuery) -> Result<Vec<String>, Error> {
        let (text, values) = query.statement(&query.find());
        list::explain_text(&self.database, &text, &values).await
    }

    /// Counts the deliveries that match, as the query says.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn count(&self, query: &DeliveryQuery) -> Result<Option<Count>, Error> {
        let (condition, values) = query.condition();
        Ok(match query.counting {
            Counting::None => None,
            Counting::Exact => {
                let text = format!("SELECT count(*) FROM deliveries WHERE {condition}");
                Some(Count::Exactly(self.database.query_scalar(text, &values).await?))
            }
            Counting::Estimated => {
                let most = MOST_COUNTED + 1;
                let text =
                    format!("SELECT count(*) FROM (SELECT 1 FROM deliveries WHERE {condition} LIMIT {most}) counted");
                Some(Count::up_to_most(self.database.query_scalar(text, &values).await?))
            }
        })
    }

    /// Finds the newest delivery to `destination` for each of these subjects.
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

    /// Finds the newest delivery to each of these targets of `destination`.
    ///
    /// # Errors
    ///
    /// Any [`Error`] of the database.
    pub async fn latest_to(&self, destination: &str, targets: &[String]) -> Result<Vec<Delivery>, Error> {
        if targets.is_empty() {
            return Ok(Vec::new());
        }
        let placeholders: Vec<String> = (1..=targets.len()).map(|number| format!("${number}")).collect();
        // One event goes to many targets, so its position alone does not identify a delivery.
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

    /// Retrieves the delivery of this id.
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
