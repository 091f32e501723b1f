//! Concurrent requests through the routes, on both engines. What may happen once happens once, in any order, and no
//! response is a 5xx, which the client of every test checks.

mod accepts;
mod deletes;
mod invites;
mod registrations;
mod roles;
mod updates;

use crate::support::{Answer, Ask, together};

/// As many as exhaust the reference's connections.
const MANY: usize = 64;

/// Sends all of these at the same moment.
async fn at_once(asks: Vec<Ask>) -> Vec<Answer> {
    let count = asks.len();
    together(count, |number| {
        let ask = asks[number].clone();
        async move { ask.await }
    })
    .await
}

/// The responses that succeeded, and the others.
fn sorted(answers: Vec<Answer>) -> (Vec<Answer>, Vec<Answer>) {
    answers.into_iter().partition(|answer| answer.status == 200)
}
