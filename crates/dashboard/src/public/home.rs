//! `/app`: on to the first page that somebody may see.

use crate::failure::Failure;
use crate::request::{Answer, Asked};
use vestibule_web::access::Refusal;

pub(crate) async fn home(visit: Asked) -> Answer {
    use vestibule_flows::Stage;
    let Some(caller) = &visit.caller else { return visit.go("/app/login") };
    match (caller.stage, &caller.user) {
        (Stage::Half, _) => visit.go("/app/login/factor"),
        (Stage::Enrolment, _) => visit.go("/app/profile/second-factor"),
        (Stage::Unverified, _) => visit.go("/app/verify"),
        (Stage::Full, None) => Err(Failure::Refused(Refusal::Nobody)),
        (Stage::Full, Some(_)) => {
            let done = visit.query.get("done");
            let path = visit.frame().places().first().map_or("/app/profile", |place| place.path);
            if done.is_empty() { visit.go(path) } else { visit.done(path, done) }
        }
    }
}
