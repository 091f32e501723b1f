//! Changes of a role that everyone has; and what `me` waits in the meantime.

use std::thread;

use serde_json::json;
use tokio::time::Instant;

use crate::figures::Figures;
use crate::place::Place;
use crate::support::client::{ask_once, request};
use crate::support::load::{Load, Outcome};
use crate::support::table::Spread;

/// How often a policy is added and removed.
const TIMES: u32 = 20;

pub(crate) fn run(figures: &mut Figures, places: &mut [Place]) {
    // Only a caller who has signed in lately may change roles.
    for place in &mut *places {
        place.stop();
        place.start();
    }
    let policies: Vec<String> = places.iter().map(policy).collect();
    let mut times = vec![Vec::new(); places.len()];
    for _ in 0..TIMES {
        for (place, (policy, times)) in places.iter().zip(policies.iter().zip(&mut times)) {
            times.push(change(place, policy));
        }
    }
    let medians: Vec<f64> = times.into_iter().map(|times| Spread::of(times).median).collect();
    figures.add("a policy more for a role that everyone has, and one less", &medians);
    let outcomes: Vec<Outcome> = places.iter().zip(&policies).map(|(place, policy)| beside(place, policy)).collect();
    figures.add_outcomes("`me` while that goes on", &outcomes);
}

/// Creates a policy that nothing uses, and returns its id.
fn policy(place: &Place) -> String {
    let key = format!("thing{}:read", crate::fill::now());
    let (resource, operation) = key.split_once(':').expect("two parts");
    let body = json!({ "key": key, "resource": resource, "operation": operation }).to_string();
    let policy =
        ask_once(place.server().address, &request("POST", "/admin/rbac/policies", Some(place.token()), Some(&body)));
    policy["policy"]["id"].as_str().expect("an id").to_owned()
}

/// Adds the policy to the role and removes it, and returns the milliseconds of the two.
fn change(place: &Place, policy: &str) -> f64 {
    let path = format!("/admin/rbac/roles/{}/policies", place.role);
    let add = request("POST", &path, Some(place.token()), Some(&json!({ "policies": [policy] }).to_string()));
    let remove = request("DELETE", &format!("{path}/{policy}"), Some(place.token()), None);
    let began = Instant::now();
    ask_once(place.server().address, &add);
    ask_once(place.server().address, &remove);
    began.elapsed().as_secs_f64() * 1e3
}

/// Reads `me` while the role is changed all the time.
fn beside(place: &Place, policy: &str) -> Outcome {
    let me: Load = place.reads("/admin/users/me");
    let time = std::time::Duration::from_secs(2);
    let reading = thread::spawn(move || me.run(time));
    while !reading.is_finished() {
        change(place, policy);
    }
    reading.join().expect("the reader does not panic")
}
