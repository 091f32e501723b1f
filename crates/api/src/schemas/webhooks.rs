//! Webhooks, deliveries, and the feed of events.

use utoipa::{IntoParams, ToSchema};

/// An endpoint that receives events.
#[derive(ToSchema)]
pub(crate) struct Webhook {
    #[schema(example = "whep_01JDMX5R4Z9WQ0H3T2B7K8N6VC")]
    id: String,
    /// The address that messages are sent to.
    #[schema(example = "https://hooks.example.com/vestibule")]
    url: String,
    /// What it is for.
    description: Option<String>,
    /// The events that it receives: names, `user.*` for all of a kind, `*` for all.
    #[schema(example = json!(["user.*", "invite.accepted"]))]
    events: Vec<String>,
    /// Whether messages contain secrets: the token of a password reset, the code of a verification.
    includes_secrets: bool,
    /// When it was disabled.
    #[schema(format = DateTime)]
    disabled_at: Option<String>,
    /// Why it was disabled, if not by an administrator.
    disabled_reason: Option<String>,
    /// Until when messages are signed with the previous secret as well.
    #[schema(format = DateTime)]
    previous_secret_until: Option<String>,
    /// The user or the API key that created it.
    created_by: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
    /// The receiver verifies messages with it. Returned only when the webhook is created and when its secret is rotated.
    #[schema(required = false, nullable = false, example = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    secret: Option<String>,
}

#[derive(ToSchema)]
pub(crate) struct OneWebhook {
    webhook: Webhook,
}

#[derive(ToSchema)]
pub(crate) struct Webhooks {
    webhooks: Vec<Webhook>,
    /// How many there are.
    count: u64,
    offset: u64,
    limit: u64,
}

#[derive(ToSchema)]
pub(crate) struct TestedWebhook {
    /// The id of the event that is sent.
    #[schema(example = "event_01JDMX5R4Z9WQ0H3T2B7K8N6VC")]
    event_id: String,
}

/// The delivery of an event to a destination, and its state.
#[derive(ToSchema)]
pub(crate) struct Delivery {
    /// The same at each try, so that the receiver recognises a message that arrives twice.
    #[schema(example = "dlv_01JDMX5R4Z9WQ0H3T2B7K8N6VC")]
    id: String,
    #[schema(example = "event_01JDMX5R4Z9WQ0H3T2B7K8N6VC")]
    event_id: String,
    /// The name of the event.
    #[schema(example = "invite.created")]
    event: String,
    /// The id of what the event happened to.
    #[schema(example = "invite_01JDMX5R4Z9WQ0H3T2B7K8N6VC")]
    subject: String,
    /// `mail`, `webhook`, or the name of an embedder's destination.
    #[schema(example = "mail")]
    destination: String,
    /// The id of the webhook. Empty where the destination has one target.
    target: String,
    /// Who caused it: `authenticated`, `stranger` (without a session), or `sign_in`.
    #[schema(example = "authenticated")]
    origin: String,
    state: DeliveryState,
    /// How often it was tried.
    attempts: i64,
    /// When it is tried next, while it is queued.
    #[schema(format = DateTime)]
    next_try_at: Option<String>,
    /// The address that it was sent to.
    recipient: Option<String>,
    /// Why it has not arrived, if so.
    reason: Option<String>,
    /// The HTTP status of the last response.
    status: Option<i64>,
    #[schema(format = DateTime)]
    created_at: String,
    /// When it was last tried or changed.
    #[schema(format = DateTime)]
    updated_at: String,
    /// When it arrived or was given up.
    #[schema(format = DateTime)]
    finished_at: Option<String>,
}

/// The state of a delivery: waiting, arrived, given up, or superseded by a newer one.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
pub(crate) enum DeliveryState {
    Queued,
    Sent,
    Failed,
    Superseded,
}

#[derive(ToSchema)]
pub(crate) struct OneDelivery {
    delivery: Delivery,
}

#[derive(ToSchema)]
pub(crate) struct Deliveries {
    deliveries: Vec<Delivery>,
    /// How many match.
    count: u64,
    offset: u64,
    limit: u64,
}

/// An event.
#[derive(ToSchema)]
pub(crate) struct Event {
    #[schema(example = "event_01JDMX5R4Z9WQ0H3T2B7K8N6VC")]
    id: String,
    #[schema(example = "user.created")]
    name: String,
    /// The id of what it happened to.
    #[schema(example = "user_01JDMX5R4Z9WQ0H3T2B7K8N6VC")]
    subject: String,
    /// The details, without secrets.
    data: serde_json::Map<String, serde_json::Value>,
    #[schema(format = DateTime)]
    created_at: String,
    /// Its position in the feed: 1, 2, 3, ….
    position: i64,
}

#[derive(ToSchema)]
pub(crate) struct Events {
    events: Vec<Event>,
    /// The `after` of the next page.
    next: i64,
}

/// The page of a list.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct RowParameters {
    /// The most rows to return; at most 1000.
    #[param(required = false, minimum = 0, example = 50)]
    limit: u64,
    /// How many rows to skip.
    #[param(required = false, minimum = 0)]
    offset: u64,
}

/// The state of deliveries.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct DeliveryStateParameter {
    /// `queued`, `sent`, `failed` or `superseded`; several as `state[]=…`.
    #[param(required = false, example = "failed")]
    state: String,
}

/// Filters of deliveries.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct DeliveryParameters {
    /// The id of what the event happened to; several as `subject[]=…`.
    #[param(required = false, example = "invite_01JDMX5R4Z9WQ0H3T2B7K8N6VC")]
    subject: String,
    /// `mail`, `webhook`, …; several as `destination[]=…`.
    #[param(required = false, example = "mail")]
    destination: String,
}

/// The page of the feed, and whether to wait for an event.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct EventParameters {
    /// The position to start after: the `next` of the previous response. By default, the feed starts at its first event.
    #[param(required = false, minimum = 0, example = 0)]
    after: i64,
    /// The most events to return; by default 100, at most 1000.
    #[param(required = false, minimum = 1, example = 100)]
    limit: i64,
    /// How many seconds to wait for an event if there is none yet.
    #[param(required = false, minimum = 0, maximum = 30, example = 0)]
    wait: i64,
}
