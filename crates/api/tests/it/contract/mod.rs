//! The wire contract: the responses of Medusa 2.21.2 to an exchange, recorded in `expected.json`, and ours to the same.
//!
//! Every field of the reference must exist with the same value, ids and times by kind; more fields are allowed. A step
//! with a `deviation` has another response on purpose.

mod compare;
mod exchange;
mod recording;

use serde_json::Value as Json;
use vestibule_testing::on_both_engines;

use self::exchange::Exchange;
use crate::support::TestApp;

/// The recorded exchange: for each group its steps, with the reference's responses and our deviations.
fn expected() -> Json {
    serde_json::from_str(include_str!("expected.json")).unwrap()
}

/// Makes a test on both engines of each group of the exchange.
macro_rules! groups {
    ($($group:ident),+ $(,)?) => {
        on_both_engines!($($group),+);

        $(async fn $group(app: TestApp) {
            let mut exchange = Exchange::begin(app).await;
            exchange.$group().await;
            compare::compare(stringify!($group), &exchange.steps);
        })+

        /// All groups that are replayed.
        const GROUPS: &[&str] = &[$(stringify!($group)),+];
    };
}

groups!(
    login,
    session,
    token,
    register,
    invite_accept,
    invite_errors,
    invite_resend_delete,
    accept_errors,
    users_crud,
    users_list,
);

#[test]
fn every_recorded_group_is_replayed() {
    let mut groups: Vec<&str> = GROUPS.to_vec();
    groups.sort_unstable();
    assert!(expected().as_object().unwrap().keys().eq(groups));
}
