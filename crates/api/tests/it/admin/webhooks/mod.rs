//! `/admin/webhooks`

mod addresses;
mod create;
mod delete;
mod deliveries;
mod list;
mod rights;
mod rotate_secret;
mod secrets;
mod test;
mod update;

/// No one listens here, and these tests send nothing.
const URL: &str = "https://hooks.example.com/a";

/// An id without a webhook.
const NO_WEBHOOK: &str = "whep_01JDMX5R4Z9WQ0H3T2B7K8N6VC";

/// The message for an unknown webhook.
fn not_found(id: &str) -> String {
    format!("Webhook with id: {id} was not found")
}
