//! Webhooks, deliveries, and the feed of events.

use utoipa::{IntoParams, ToSchema};

/// A program that is told of events.
#[derive(ToSchema)]
pub(crate) struct Webhook {
    #[schema(example = "whep_01JDMX5R4Z9WQ0H3T2B7K8N6VC")]
    id: String,
    /// Where it listens.
    #[schema(example = "https://hooks.example.com/vestibule")]
    url: String,
    /// What it is for.
    description: Option<String>,
    /// Of which events it is told: names, `user.*` for all of a kind, `*` for all.
    #[schema(example = json!(["user.*", "invite.accepted"]))]
    events: Vec<String>,
    /// Whether it is told what opens a door: the token of a password reset, the code of a verification.
    includes_secrets: bool,
    /// Since when it is told nothing.
    #[schema(format = DateTime)]
    disabled_at: Option<String>,
    /// Why it is told nothing, where it was not an administrator's will.
    disabled_reason: Option<String>,
    /// Until when messages are signed with the secret before as well.
    #[schema(format = DateTime)]
    previous_secret_until: Option<String>,
    /// The user, or the API key, that made it.
    created_by: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
    /// By which the receiver verifies what it gets. There when the webhook is made and when its secret is rotated, and
    /// never again.
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
    /// How many there are in all.
    count: u64,
    offset: u64,
    limit: u64,
}

#[derive(ToSchema)]
pub(crate) struct TestedWebhook {
    /// The event that is sent.
    #[schema(example = "event_01JDMX5R4Z9WQ0H3T2B7K8N6VC")]
    event_id: String,
}

/// An event, a place that it is to reach, and how far that has come.
#[derive(ToSchema)]
pub(crate) struct Delivery {
    /// The same at each try, so that who receives it twice can tell.
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
    /// `mail`, `webhook`, or the name of a destination of an embedder's own.
    #[schema(example = "mail")]
    destination: String,
    /// Which one there: a webhook's id. Empty where there is only one.
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
    /// Why it has not arrived, where it has not.
    reason: Option<String>,
    /// The HTTP status of the last answer.
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

/// How far a delivery has come: to be tried, arrived, given up, or overtaken by something newer.
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
    /// How many match in all.
    count: u64,
    offset: u64,
    limit: u64,
}

/// Something that happened.
#[derive(ToSchema)]
pub(crate) struct Event {
    #[schema(example = "event_01JDMX5R4Z9WQ0H3T2B7K8N6VC")]
    id: String,
    #[schema(example = "user.created")]
    name: String,
    /// The id of what it happened to.
    #[schema(example = "user_01JDMX5R4Z9WQ0H3T2B7K8N6VC")]
    subject: String,
    /// The details, without what opens a door.
    data: serde_json::Map<String, serde_json::Value>,
    #[schema(format = DateTime)]
    created_at: String,
    /// Its place in the feed: 1, 2, 3, ….
    position: i64,
}

#[derive(ToSchema)]
pub(crate) struct Events {
    events: Vec<Event>,
    /// What to go on with as `after`.
    next: i64,
}

/// Which of the rows.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct RowParameters {
    /// How many rows at most; 1000 are the most that are shown.
    #[param(required = false, minimum = 0, example = 50)]
    limit: u64,
    /// How many rows are passed over.
    #[param(required = false, minimum = 0)]
    offset: u64,
}

/// How far the deliveries have come.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct DeliveryStateParameter {
    /// `queued`, `sent`, `failed` or `superseded`; several as `state[]=…`.
    #[param(required = false, example = "failed")]
    state: String,
}

/// Which deliveries.
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

/// Which events, and whether to wait for one.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct EventParameters {
    /// The place after which to begin: the `next` of the answer before. Without it, from the first that is still there.
    #[param(required = false, minimum = 0, example = 0)]
    after: i64,
    /// How many events at most; 100 where it is missing. More than 1 000 are cut to 1 000.
    #[param(required = false, minimum = 1, example = 100)]
    limit: i64,
    /// For how many seconds to wait for an event where there is none yet.
    #[param(required = false, minimum = 0, maximum = 30, example = 0)]
    wait: i64,
}
