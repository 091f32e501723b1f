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

/// Where nobody listens, and nothing is sent by these tests.
const URL: &str = "https://hooks.example.com/a";

/// An id that no webhook has.
const NO_WEBHOOK: &str = "whep_01JDMX5R4Z9WQ0H3T2B7K8N6VC";

/// What is said of a webhook that is not there.
fn not_found(id: &str) -> String {
    format!("Webhook with id: {id} was not found")
}
